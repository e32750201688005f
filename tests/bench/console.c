/*
 * console: figures of the console on a terminal: how fast a key is answered, and how few bytes it
 * takes. One line each: name, value, unit, bound.
 *
 * console PROGRAM. The sessions are made here; where a walk must be running, it is that of a demo
 * whose server stays silent.
 */
#include <dirent.h>
#include <time.h>

#include "core/sessfile.h"
#include "screen/tty.h"
#include "support/build_session.h"

enum { HOSTS = 50, ADDRESSES = 4, EVENTS = 10000, IDLE_MS = 2000 };

static const char *program;

/* A key and its picture. */
struct paint {
	double ms;
	size_t bytes;
};

struct sample {
	double v[4096];
	size_t n;
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* bound 0: a figure to know; else the value must be below it (or be 0 for a bound of 1). */
static void
figure(const char *name, double value, const char *unit, double bound)
{
	bool is_over = bound > 0 && value >= bound;
	char limit[32] = "";

	if (bound > 0)
		snprintf(limit, sizeof(limit), bound == 1 ? "= 0" : "< %g", bound);
	printf("%-46s %10.2f %-6s %s%s\n", name, value, unit, limit, is_over ? "  MISSED" : "");
	fflush(stdout);
}

static void
add(struct sample *s, double value)
{
	if (s->n < sizeof(s->v) / sizeof(s->v[0]))
		s->v[s->n++] = value;
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
quantile(struct sample *s, double part)
{
	size_t at = (size_t)((double)s->n * part);

	if (s->n == 0)
		return 0;
	qsort(s->v, s->n, sizeof(s->v[0]), compare);
	return s->v[at < s->n ? at : s->n - 1];
}

/* The time ends with the frame's own byte: the picture was written before it. The emulator's work is
 * not counted, so its bytes wait. */
static struct paint
press(struct tty *t, const char *keys)
{
	static char bytes[1 << 20];
	struct pollfd fds[2] = { { .fd = t->fd, .events = POLLIN },
		{ .fd = t->frames_fd, .events = POLLIN } };
	struct paint p = { .ms = -1 };
	double started = now_ms();
	char frames[64];
	ssize_t n;

	tty_type(t, keys, strlen(keys));
	while (poll(fds, 2, p.ms < 0 ? TTY_PATIENCE_MS : 5) > 0) {
		if ((n = read(t->fd, bytes + p.bytes, sizeof(bytes) - p.bytes)) > 0)
			p.bytes += (size_t)n;
		else if (n == 0 || errno != EAGAIN)
			break;
		if ((n = read(t->frames_fd, frames, sizeof(frames))) > 0) {
			t->frames += (unsigned long)n;
			p.ms = p.ms < 0 ? now_ms() - started : p.ms;
		}
	}
	if (p.ms < 0)
		fail_msg("no frame after key %#x", (unsigned)keys[0]);
	vterm_input_write(t->vt, bytes, p.bytes);
	t->bytes += p.bytes;
	return p;
}

static void
save(const struct session *s, const char *path)
{
	struct buf text = BUF_INIT(0);
	FILE *file = fopen(path, "we");

	sessfile_write(&text, s);
	if (file == NULL || fwrite(text.p, 1, text.n, file) != text.n || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
	buf_release(&text);
}

/* 50 hosts of four addresses; every seventh host has a certificate that is over. */
static void
many_addresses(const char *path)
{
	struct session s;
	struct build b;
	int i, k;

	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	add_route(&b, FAMILY_IPV4, true);
	add_route(&b, FAMILY_IPV6, true);
	add_txt(&b, "v=STSv1; id=20260101T000000;");
	add_tlsrpt(&b, "v=TLSRPTv1; rua=mailto:tls@example.com");
	add_policy_host(&b, "192.0.2.80");
	add_https_ok(&b, "192.0.2.80",
		"version: STSv1\r\nmode: enforce\r\nmx: *.example.com\r\nmax_age: 604800\r\n");
	add_question(&b, LOOKUP_MX, RRTYPE_MX, "example.com");
	for (i = 0; i < HOSTS; i++)
		add_record(&b, RRTYPE_MX, "example.com",
			arena_printf(&s.arena, "%d mx%d.example.com", 10 * i, i));
	add_answer(&b, RRTYPE_MX, "example.com", LOOKUP_OK);
	for (i = 0; i < HOSTS; i++) {
		const char *host = build_text(&b, "mx%d.example.com", i);
		const char *addresses[ADDRESSES] = { build_text(&b, "192.0.2.%d", i + 1),
			build_text(&b, "198.51.100.%d", i + 1),
			build_text(&b, "2001:db8::%x", i + 1),
			build_text(&b, "2001:db8:1::%x", i + 1) };

		add_addresses(&b, host,
			build_text(&b, "%s\n%s\n%s\n%s", addresses[0], addresses[1], addresses[2],
				addresses[3]));
		for (k = 0; k < ADDRESSES; k++) {
			struct build_smtp m = { .host = host, .address = addresses[k] };

			if (i % 7 == 3)
				m.tls = (struct build_tls){ .is_untrusted = true,
					.code = 10,
					.error = "certificate has expired",
					.days_left = -3 };
			add_smtp(&b, m);
		}
	}
	add_end(&b, END_DONE);
	save(&s, path);
	session_release(&s);
}

/* A dialogue without end: EHLO replies of many lines, 10,000 events in all. */
static void
many_events(const char *path)
{
	struct session s;
	struct build b;
	int i;

	build_good_open(&b, &s, "enforce");
	for (i = 0; (int)s.event_count < EVENTS - 1; i++)
		add_lookup(&b, LOOKUP_TLSA, RRTYPE_TLSA,
			build_text(&b, "_25._tcp.mx%d.example.com", i), LOOKUP_NODATA, NULL);
	add_end(&b, END_DONE);
	save(&s, path);
	session_release(&s);
}

/* 10 MB of a walk: dialogues with EHLO replies of many lines, certificates, lookups. */
static void
many_bytes(const char *path)
{
	enum { WANTED = 10 * 1000 * 1000 };
	static char reply[70 * 60];
	struct session s;
	struct build b;
	size_t written = 0;
	int i;

	for (i = 0; i < 60; i++)
		snprintf(reply + strlen(reply), sizeof(reply) - strlen(reply),
			"250%cXFEATURE%02d what a server says it can do, in some words\n",
			i == 59 ? ' ' : '-', i);
	reply[strlen(reply) - 1] = '\0';
	build_good_open(&b, &s, "enforce");
	for (i = 0; written < WANTED; i++) {
		const char *host = build_text(&b, "mx%d.example.com", i % HOSTS);
		struct buf text = BUF_INIT(0);
		size_t from = s.event_count;

		add_smtp(&b, (struct build_smtp){ .host = host,
				     .address = build_text(
					     &b, "2001:db8:%x::%x", i / HOSTS + 1, i % HOSTS + 1),
				     .ehlo = reply });
		for (; from < s.event_count; from++)
			sessfile_write_event(&text, s.events[from]);
		written += text.n;
		buf_release(&text);
	}
	add_end(&b, END_DONE);
	save(&s, path);
	session_release(&s);
}

static void
start(struct tty *t, int rows, int columns, const char *path)
{
	const char *argv[] = { program, "open", path, NULL };

	tty_start(t, rows, columns, NULL, argv);
	tty_until(t, "done 5/5");
}

static void
leave(struct tty *t)
{
	tty_type(t, "Q", 1);
	if (tty_end(t) != 0)
		fail_msg("the program ended with status %d", t->status);
}

/* Keys of an operator: through the overview, the matrix, details, findings, simulation, log. */
static void
bench_keys(const char *path, int rows, int columns)
{
	static const char *const tour[] = { "j", "j", "k", "k", "4", "j", "j", "j", "j", "j", "J",
		"j", "\006", "\006", "j", "G", "k", "k", "g", "\t", "\t", "\r", "j", "j", "q", "f",
		"j", "j", "\r", "q", "s", "j", "j", "e", "\006", "j", "G", "k", "3", "j", "2", "1",
		"5", "?", "q", "H" };
	struct sample all = { .n = 0 };
	char name[64];
	struct tty t;
	size_t i, turn;

	start(&t, rows, columns, path);
	for (turn = 0; turn < 20; turn++) {
		for (i = 0; i < sizeof(tour) / sizeof(tour[0]); i++)
			add(&all, press(&t, tour[i]).ms);
	}
	snprintf(name, sizeof(name), "console: key to picture, %dx%d, median", columns, rows);
	figure(name, quantile(&all, 0.5), "ms", 2);
	snprintf(name, sizeof(name), "console: key to picture, %dx%d, p99", columns, rows);
	figure(name, quantile(&all, 0.99), "ms", 10);
	leave(&t);
}

/* What if on 200 addresses: a choice, a key of a text, and back; each with the whole result. */
static void
bench_edits(const char *path)
{
	static const char *const keys[] = { "l", "l", "l", "j\r", "\025", "*", ".", "e", "x", "\r",
		"u", "k" };
	struct sample all = { .n = 0 };
	struct tty t;

	start(&t, 24, 80, path);
	press(&t, "sss");
	for (size_t turn = 0; turn < 20; turn++) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			add(&all, press(&t, keys[i]).ms);
	}
	figure("console: edit to new what-if, median", quantile(&all, 0.5), "ms", 10);
	figure("console: edit to new what-if, p99", quantile(&all, 0.99), "ms", 20);
	leave(&t);
}

/* One step of the cursor within the page. Two rows of full width are rewritten at worst. */
static void
bench_move(const char *path, const char *screen, const char *name, int steps)
{
	struct sample bytes = { .n = 0 };
	char text[64];
	struct tty t;
	int i;

	start(&t, 24, 80, path);
	press(&t, screen);
	for (i = 0; i < steps; i++)
		add(&bytes, (double)press(&t, "j").bytes);
	for (i = 0; i < steps; i++)
		add(&bytes, (double)press(&t, "k").bytes);
	snprintf(text, sizeof(text), "console: bytes of a move, %s, median", name);
	figure(text, quantile(&bytes, 0.5), "B", 200);
	snprintf(text, sizeof(text), "console: bytes of a move, %s, worst", name);
	figure(text, quantile(&bytes, 1), "B", 0);
	leave(&t);
}

static void
bench_full(const char *path)
{
	static const char *const screens[] = { "1", "2", "3", "4", "5", "f", "e", "s", "?", "qH" };
	struct sample bytes = { .n = 0 };
	struct tty t;
	size_t i;

	start(&t, 24, 80, path);
	for (i = 0; i < sizeof(screens) / sizeof(screens[0]); i++) {
		press(&t, screens[i]);
		add(&bytes, (double)press(&t, "\014").bytes);
	}
	figure("console: whole 80x24 picture, largest of 10", quantile(&bytes, 1), "B", 4096);
	leave(&t);
}

/* How often any thread of the process has slept and was woken. */
static unsigned long
wakeups(pid_t pid)
{
	char path[300], line[128];
	unsigned long sum = 0;
	struct dirent *entry;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	if ((tasks = opendir(path)) == NULL)
		return 0;
	while ((entry = readdir(tasks)) != NULL) {
		static const char field[] = "voluntary_ctxt_switches:";
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%d/task/%s/status", (int)pid, entry->d_name);
		if (entry->d_name[0] == '.' || (file = fopen(path, "re")) == NULL)
			continue;
		while (fgets(line, sizeof(line), file) != NULL) {
			if (strncmp(line, field, sizeof(field) - 1) == 0)
				sum += strtoul(line + sizeof(field) - 1, NULL, 10);
		}
		fclose(file);
	}
	closedir(tasks);
	return sum;
}

static void
bench_idle(struct tty *t, const char *what)
{
	double until;
	unsigned long woken;
	char name[64];
	size_t bytes;

	/* Let the last picture and whatever follows a walk be over. */
	while (tty_pump(t, 500))
		;
	bytes = t->bytes;
	woken = wakeups(t->pid);
	for (until = now_ms() + IDLE_MS; now_ms() < until;)
		tty_pump(t, (int)(until - now_ms()) + 1);
	snprintf(name, sizeof(name), "console: bytes in 2 idle seconds, %s", what);
	figure(name, (double)(t->bytes - bytes), "B", 1);
	snprintf(name, sizeof(name), "console: wake-ups in them, %s", what);
	figure(name, (double)(wakeups(t->pid) - woken), "", 1);
	leave(t);
}

static void
bench_idle_walk(void)
{
	const char *argv[] = { program, "demo", "good", "--no-history", NULL };
	struct tty t;

	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "done 5/5");
	bench_idle(&t, "walk done");
}

static void
bench_idle_file(const char *path)
{
	struct tty t;

	start(&t, 24, 80, path);
	bench_idle(&t, "file");
}

static void
cells(struct tty *t, char *out)
{
	char row[2048];
	int i;

	for (i = 0; i < t->rows; i++)
		snprintf(out + (size_t)i * 512, 512, "%-510.510s", tty_row(t, i, row, sizeof(row)));
}

/* Words of the new picture that were others before. */
static unsigned
changed_words(const char *old, const char *new, int rows)
{
	unsigned changed = 0;
	int i, k;

	for (i = 0; i < rows; i++, old += 512, new += 512) {
		for (k = 0; new[k] != '\0';) {
			int from = k;

			while (new[k] != ' ' && new[k] != '\0')
				k++;
			changed += k > from &&
				   memcmp(old + from, new + from, (size_t)(k - from)) != 0;
			k += new[k] == ' ';
		}
	}
	return changed;
}

/* Frames in which nothing but timers moves, while a server is silent. */
static void
bench_timer(void)
{
	const char *argv[] = { program, "demo", "mx-silent", "--no-history", NULL };
	static char old[24 * 512], new[24 * 512];
	struct sample each = { .n = 0 };
	struct tty t;
	double until;

	tty_start(&t, 24, 80, NULL, argv);
	tty_until(&t, "running 3/5");
	/* By then everything else has answered. */
	for (until = now_ms() + 1500; now_ms() < until;)
		tty_pump(&t, 50);
	while (each.n < 30) {
		unsigned long frames = t.frames;
		size_t bytes = t.bytes;
		unsigned changed;

		cells(&t, old);
		while (tty_pump(&t, t.frames == frames ? TTY_PATIENCE_MS : 5))
			;
		cells(&t, new);
		changed = changed_words(old, new, t.rows);
		if (t.frames == frames + 1 && changed > 0)
			add(&each, (double)(t.bytes - bytes) / changed);
	}
	figure("console: bytes of one changed timer, worst", quantile(&each, 1), "B", 40);
	kill(t.pid, SIGTERM);
	tty_end(&t);
}

static void
bench_log(const char *path)
{
	struct sample first = { .n = 0 }, last = { .n = 0 };
	struct tty t;
	int i;

	start(&t, 24, 80, path);
	press(&t, "e");
	press(&t, "G");
	press(&t, "g");
	for (i = 0; i < 100; i++)
		add(&first, press(&t, "\006").ms);
	press(&t, "G");
	for (i = 0; i < 100; i++)
		press(&t, "\002");
	for (i = 0; i < 100; i++)
		add(&last, press(&t, "\006").ms);
	figure("console: log of 10,000, a page, median", quantile(&last, 0.5), "ms", 10);
	figure("console: last pages / first pages", quantile(&last, 0.5) / quantile(&first, 0.5),
		"x", 1.5);
	leave(&t);
}

/* Until its first picture, by the clock of whoever waits for it. */
static void
bench_open(const char *path)
{
	const char *argv[] = { program, "open", path, NULL };
	struct sample times = { .n = 0 };
	struct tty t;
	int i;

	for (i = 0; i < 5; i++) {
		double started = now_ms();

		tty_start(&t, 24, 80, NULL, argv);
		tty_until(&t, "done 5/5");
		add(&times, now_ms() - started);
		leave(&t);
	}
	figure("console: opening a session of 10 MB, median", quantile(&times, 0.5), "ms", 300);
}

/* Keys while a report of it is made, and while the session is written. */
static void
bench_save(const char *path)
{
	struct sample making = { .n = 0 }, writing = { .n = 0 };
	struct tty t;
	double started;
	int i;

	start(&t, 24, 80, path);
	started = now_ms();
	add(&making, press(&t, "w").ms);
	while (!tty_shows(&t, "line 1-"))
		add(&making, press(&t, making.n % 2 ? "j" : "k").ms);
	figure("console: 10 MB, a transcript is made in", now_ms() - started, "ms", 0);
	figure("console: key to picture meanwhile, worst", quantile(&making, 1), "ms", 5);
	press(&t, "kkkkklll\014");
	while (!tty_shows(&t, "line 1-"))
		press(&t, "\014");
	started = now_ms();
	add(&writing, press(&t, "w").ms);
	for (i = 0; i < 20 && !tty_shows(&t, "bytes written"); i++)
		add(&writing, press(&t, "\014").ms);
	tty_until(&t, "MX + STARTTLS");
	figure("console: 10 MB are written in", now_ms() - started, "ms", 0);
	figure("console: key to picture meanwhile, worst", quantile(&writing, 1), "ms", 5);
	leave(&t);
}

int
main(int argc, char **argv)
{
	char folder[] = "/tmp/stswalk-bench-XXXXXX", wide[64], deep[64], large[64];

	if (argc != 2) {
		fprintf(stderr, "usage: console PROGRAM\n");
		return 64;
	}
	program = argv[1];
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	snprintf(wide, sizeof(wide), "%s/wide.stswalk", folder);
	snprintf(deep, sizeof(deep), "%s/deep.stswalk", folder);
	many_addresses(wide);
	many_events(deep);
	snprintf(large, sizeof(large), "%s/large.stswalk", folder);
	many_bytes(large);
	bench_open(large);
	bench_save(large);
	unlink(large);
	bench_keys(wide, 24, 80);
	bench_keys(wide, 40, 120);
	bench_edits(wide);
	bench_move(wide, "e", "log", 10);
	bench_move(wide, "4g", "MX matrix", 6);
	bench_timer();
	bench_full(wide);
	bench_idle_file(wide);
	bench_idle_walk();
	bench_log(deep);
	unlink(wide);
	unlink(deep);
	rmdir(folder);
	return 0;
}
