/*
 * bench: figures of speed and size as ratios and counts. One line each: name, value, unit, bound.
 *
 * Nothing here is a test: machines differ and bounds are for people to look at.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/senders.h"
#include "net/lab/lab.h"
#include "net/walk.h"
#include "tests/bench/linear.h"

#define DELAY_MS 50

static const char *program = "build/release/stswalk";

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
figure(const char *name, double value, const char *unit, const char *bound)
{
	printf("%-46s %10.2f %-6s %s\n", name, value, unit, bound);
	fflush(stdout);
}

static void
die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench: %s: %s\n", what, err->text);
	exit(1);
}

static struct lab *
start_lab(const char *name, int64_t delay_ms, struct arena *a)
{
	struct lab_options options = { .delay_ms = delay_ms };
	struct scenario scenario;
	struct lab *lab;
	struct err err = { "", 0 };

	if (scenario_find(str_of(name), a, &scenario, &err) != RESULT_OK)
		die(name, &err);
	if (lab_start(&lab, &scenario, &options, &err) != RESULT_OK)
		die("lab", &err);
	return lab;
}

/* A domain with five MX hosts of two addresses each, all well. */
static struct lab *
start_five_by_two(int64_t delay_ms, struct arena *a)
{
	struct lab_options options = { .delay_ms = delay_ms };
	struct scenario scenario;
	struct err err = { "", 0 };
	struct lab *lab;
	char text[65536];
	FILE *file = fopen("tests/bench/five-by-two.lab", "re");
	size_t n;

	if (file == NULL) {
		perror("tests/bench/five-by-two.lab");
		exit(1);
	}
	n = fread(text, 1, sizeof(text), file);
	fclose(file);
	if (scenario_parse(STR("five-by-two"), arena_str(a, (struct str){ text, n }), a, &scenario,
		    &err) != RESULT_OK)
		die("five-by-two", &err);
	if (lab_start(&lab, &scenario, &options, &err) != RESULT_OK)
		die("lab", &err);
	return lab;
}

static struct walk *
start_walk(struct lab *lab)
{
	struct walk_options options = {
		.wants_ipv4 = true, .wants_ipv6 = true, .host = "bench", .budget_ms = LIMIT_WALK_MS
	};
	struct err err = { "", 0 };
	struct walk *walk;

	lab_apply(lab, &options);
	if (walk_start(&walk, &options, &err) != RESULT_OK)
		die("walk", &err);
	return walk;
}

/* Folds events until the walk ends; with cancel_on, cancels once an event of that kind came. */
static double
run_walk(struct walk *walk, struct session *s, int cancel_on)
{
	double cancelled_ms = 0;

	while (!s->is_ended) {
		struct pollfd fd = { .fd = walk_fd(walk), .events = POLLIN };
		const struct event *event;

		poll(&fd, 1, -1);
		while (walk_take(walk, &event)) {
			session_apply(s, event);
			if ((int)event->kind == cancel_on && cancelled_ms == 0) {
				cancelled_ms = now_ms();
				walk_cancel(walk);
			}
		}
	}
	return cancelled_ms == 0 ? 0 : now_ms() - cancelled_ms;
}

static void
bench_critical_path(void)
{
	struct arena a = { 0 };
	struct lab *lab = start_five_by_two(DELAY_MS, &a);
	struct walk *walk = start_walk(lab);
	struct session s;

	session_init(&s);
	run_walk(walk, &s, -1);
	/* Delayed answers: MX, address, greeting, EHLO, STARTTLS, TLS; and address, TLS, HTTP. */
	figure("verdict / delayed answers, 5 MX x 2", (double)s.verdict_us / 1e3 / (6 * DELAY_MS),
		"x", "<= 1.15");
	if (s.chosen != NULL)
		figure("fetch / delayed answers", (double)s.chosen->http_us / 1e3 / (3 * DELAY_MS),
			"x", "<= 1.15");
	figure("end / delayed answers", (double)s.last_us / 1e3 / (6 * DELAY_MS), "x", "<= 1.42");
	session_release(&s);
	walk_free(walk);
	lab_stop(lab);
	arena_release(&a);
}

static void
bench_cancel(const char *scenario, const char *name, int kind)
{
	struct arena a = { 0 };
	struct lab *lab = start_lab(scenario, 0, &a);
	struct walk *walk = start_walk(lab);
	struct session s;
	double ms;

	session_init(&s);
	ms = run_walk(walk, &s, kind);
	figure(name, ms, "ms", "< 50");
	session_release(&s);
	walk_free(walk);
	lab_stop(lab);
	arena_release(&a);
}

/* The program as a process of its own on the default trust store. */
static void
bench_process(void)
{
	struct arena a = { 0 };
	struct lab *lab = start_lab("good", 0, &a);
	char resolver[64], https[16], smtp[16];
	double cpu[9], peak = 0;
	int i, k;

	snprintf(resolver, sizeof(resolver), "%s:%u", lab_dns_address(lab), lab_dns_port(lab));
	snprintf(https, sizeof(https), "%u", lab_https_port(lab));
	snprintf(smtp, sizeof(smtp), "%u", lab_smtp_port(lab));
	for (i = 0; i < 9; i++) {
		const char *argv[] = { program, "check", "--no-history", "--resolver", resolver,
			"--https-port", https, "--smtp-port", smtp, "good.test", NULL };
		struct rusage usage;
		pid_t pid = fork();
		int status;

		if (pid == 0) {
			int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

			dup2(null, STDOUT_FILENO);
			execv(program, (char *const *)(uintptr_t)argv);
			_exit(127);
		}
		wait4(pid, &status, 0, &usage);
		cpu[i] = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
			 (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
		if ((double)usage.ru_maxrss / 1024 > peak)
			peak = (double)usage.ru_maxrss / 1024;
	}
	for (i = 0; i < 9; i++) {
		for (k = i + 1; k < 9; k++) {
			if (cpu[k] < cpu[i]) {
				double swap = cpu[i];

				cpu[i] = cpu[k];
				cpu[k] = swap;
			}
		}
	}
	figure("CPU of one check, median of 9", cpu[4], "ms", "< 30");
	figure("peak memory of one check", peak, "MiB", "< 24");
	lab_stop(lab);
	arena_release(&a);
}

/* Bytes that the console writes: to its last frame, and in two idle seconds behind it. */
static void
bench_console(void)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	const char *argv[] = { program, "demo", "good", "--no-history", NULL };
	size_t painted = 0, idle = 0;
	double started = now_ms(), quiet = 0, first = 0;
	char bytes[8192];
	pid_t pid;
	int fd;

	pid = forkpty(&fd, NULL, NULL, &size);
	if (pid == 0) {
		setenv("TERM", "screen-256color", 1);
		setenv("LC_ALL", "C.UTF-8", 1);
		execv(program, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = poll(&p, 1, quiet > 0 ? 2000 : 1000);
		ssize_t n;

		if (ready == 0 && quiet > 0)
			break;
		if (ready == 0) {
			quiet = now_ms();
			continue;
		}
		n = read(fd, bytes, sizeof(bytes));
		if (n <= 0)
			break;
		if (first == 0)
			first = now_ms() - started;
		*(quiet > 0 ? &idle : &painted) += (size_t)n;
	}
	kill(pid, SIGTERM);
	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
	waitpid(pid, NULL, 0);
	close(fd);
	figure("console: start to first byte", first, "ms", "< 100");
	figure("console: bytes from start to the end of a walk", (double)painted, "B", "");
	figure("console: bytes in 2 idle seconds", (double)idle, "B", "= 0");
}

/* Every profile on 1,000 hosts of an address each, under a policy of 16 patterns. */
static void
bench_senders(void)
{
	enum { HOSTS = 1000, PATTERNS = 16 };
	struct arena a = { 0 };
	struct session s;
	struct policy policy = { .mode = POLICY_MODE_ENFORCE, .is_valid = true };
	struct sim_scene scene = { .mx = SIM_MX_IS_LIST,
		.is_mode_known = true,
		.is_policy_usable = true,
		.mode = POLICY_MODE_ENFORCE,
		.policy = &policy };
	struct sender_outlook all[sender_count];
	struct outlook o;
	struct judgement j = { .scene = &scene, .outlook = &o };
	double started;

	session_init(&s);
	scene.host_count = HOSTS;
	scene.hosts = arena_array(&a, HOSTS, sizeof(struct sim_host));
	policy.mx_count = PATTERNS;
	policy.mx = arena_array(&a, PATTERNS, sizeof(struct policy_pattern));
	for (size_t i = 0; i < PATTERNS; i++)
		policy.mx[i] = (struct policy_pattern){
			.text = arena_printf(&a, "*.in%zu.example.com", i), .is_valid = true
		};
	for (size_t i = 0; i < HOSTS; i++) {
		struct sim_host *h = &scene.hosts[i];

		h->name = arena_printf(&a, "mx%zu.in%zu.example.com", i, i % (2 * PATTERNS));
		h->is_settled = true;
		h->count = 1;
		h->addresses = arena_new(&a, struct sim_address);
		h->addresses->trouble = i % 3 == 0 ? TROUBLE_CERT : TROUBLE_CONN;
	}
	started = now_ms();
	outlook_make(&a, &s, &scene, false, &o);
	senders_make(&a, &j, all);
	figure("simulate: 1,000 addresses, modes and all senders", now_ms() - started, "ms", "< 5");
	session_release(&s);
	arena_release(&a);
}

int
main(int argc, char **argv)
{
	if (argc > 1)
		program = argv[1];
	bench_senders();
	bench_linear();
	bench_critical_path();
	bench_process();
	bench_cancel("good", "cancel at the first DNS question", EV_DNS_QUESTION);
	bench_cancel("good", "cancel at the first TLS handshake", EV_TLS_START);
	bench_cancel("https-slow", "cancel while the policy host is silent", EV_HTTP_REQUEST);
	bench_console();
	return 0;
}
