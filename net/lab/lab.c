#include "net/lab/lab.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "net/lab/lab_own.h"

#define DNS_ADDRESS "127.0.0.53"
#define DNS_TRIALS 16
#define SPARE_HTTPS "127.0.1.180" /* keeps a port that answers nobody, where nothing is served */
#define SPARE_SMTP "127.0.1.25"
#define EHLO_NAME "client.example.test"

/* Every address that an act serves at has its place from the beginning. */
static enum result
add_place(struct lab *lab, const struct lab_server *s, struct err *err)
{
	struct lab_place *places = s->is_https ? lab->https : lab->smtp;
	size_t *count = s->is_https ? &lab->https_count : &lab->smtp_count;

	for (size_t i = 0; i < *count; i++) {
		if (str_eq(places[i].address, s->address))
			return RESULT_OK;
	}
	if (*count == LAB_MAX_PLACES)
		return err_set(err, 65, "lab: over %d addresses", LAB_MAX_PLACES);
	places[(*count)++] = (struct lab_place){ s->address, true, -1, -1 };
	return RESULT_OK;
}

static enum result
plan_places(struct lab *lab, struct err *err)
{
	for (size_t act = 0; act < lab->act_count; act++) {
		const struct lab_spec *spec = lab->acts[act];

		for (size_t i = 0; i < spec->server_count; i++) {
			if (add_place(lab, &spec->servers[i], err) != RESULT_OK)
				return RESULT_FAILED;
		}
	}
	if (lab->https_count == 0)
		lab->https[lab->https_count++] = (struct lab_place){ STR(SPARE_HTTPS), true, -1,
			-1 };
	if (lab->smtp_count == 0)
		lab->smtp[lab->smtp_count++] = (struct lab_place){ STR(SPARE_SMTP), true, -1, -1 };
	return RESULT_OK;
}

static void
close_dns(struct lab *lab)
{
	for (size_t i = 0; i < lab->loop.udp_count; i++)
		close(lab->loop.udp[i].fd);
	lab->loop.udp_count = 0;
	if (lab->dns_tcp_fd >= 0)
		close(lab->dns_tcp_fd);
	lab->dns_tcp_fd = -1;
}

/* The resolver and every name server at one port; false with errno as bind(2) left it. */
static bool
open_secondaries(struct lab *lab)
{
	for (size_t i = 0; i < lab->spec->secondary_count; i++) {
		const struct lab_secondary *s = &lab->spec->secondaries[i];
		int fd = lab_listen_udp(s->address, lab->dns_port);

		if (fd < 0)
			return false;
		lab->loop.udp[lab->loop.udp_count++] = (struct lab_udp){ fd, s->zone };
	}
	return true;
}

static enum result
open_dns(struct lab *lab, struct err *err)
{
	for (int trial = 0; trial < DNS_TRIALS; trial++) {
		int fd = -1;

		if (lab_listen_dns(DNS_ADDRESS, &fd, &lab->dns_tcp_fd, &lab->dns_port, err) !=
			RESULT_OK)
			return RESULT_FAILED;
		lab->loop.udp[0] = (struct lab_udp){ fd, &lab->spec->zone };
		lab->loop.udp_count = 1;
		if (open_secondaries(lab))
			return RESULT_OK;
		close_dns(lab);
	}
	return err_set(err, 70, "lab: no port that all name servers can have");
}

static enum result
open_sockets(struct lab *lab, struct err *err)
{
	if (plan_places(lab, err) != RESULT_OK || open_dns(lab, err) != RESULT_OK ||
		lab_listen(lab->https, lab->https_count, &lab->https_port, err) != RESULT_OK ||
		lab_listen(lab->smtp, lab->smtp_count, &lab->smtp_port, err) != RESULT_OK)
		return RESULT_FAILED;
	lab->loop.stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (lab->loop.stop_fd < 0)
		return err_set(err, 70, "lab: no descriptor left");
	return RESULT_OK;
}

static void *
run(void *arg)
{
	lab_loop_run(arg);
	return NULL;
}

/* Signals belong to the program's main thread. */
static enum result
start_thread(struct lab *lab, struct err *err)
{
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&lab->thread, NULL, run, &lab->loop);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		return err_set(err, 70, "lab: no thread: %s", strerror(rc));
	lab->has_thread = true;
	return RESULT_OK;
}

static void
stop_thread(struct lab *lab)
{
	uint64_t one = 1;

	if (!lab->has_thread)
		return;
	while (write(lab->loop.stop_fd, &one, sizeof(one)) < 0)
		;
	pthread_join(lab->thread, NULL);
	lab->has_thread = false;
	(void)!read(lab->loop.stop_fd, &one, sizeof(one));
}

static enum result
read_acts(struct lab *lab, const struct scenario *scenario, struct err *err)
{
	do {
		if (spec_parse_act(scenario->name, scenario->text, lab->act_count, &lab->arena,
			    &lab->acts[lab->act_count], err) != RESULT_OK)
			return RESULT_FAILED;
		lab->act_count++;
	} while (lab->act_count < lab->acts[0]->head.acts.n);
	lab->spec = lab->acts[0];
	return RESULT_OK;
}

enum result
lab_act(struct lab *lab, size_t act, struct err *err)
{
	if (act >= lab->act_count)
		return err_set(err, 64, "act %zu: there are %zu", act + 1, lab->act_count);
	stop_thread(lab);
	lab->spec = lab->acts[act];
	lab->loop.spec = lab->spec;
	lab->loop.clock_offset_s = lab->spec->head.as_of_offset_s;
	lab->loop.udp[0].zone = &lab->spec->zone;
	for (size_t i = 0; i < lab->spec->secondary_count; i++)
		lab->loop.udp[1 + i].zone = lab->spec->secondaries[i].zone;
	if (lab_made_all(lab, err) != RESULT_OK || lab_listeners(lab, err) != RESULT_OK)
		return RESULT_FAILED;
	return start_thread(lab, err);
}

enum result
lab_start(struct lab **out, const struct scenario *scenario, const struct lab_options *options,
	struct err *err)
{
	struct lab *lab = mem_alloc(sizeof(*lab));

	*out = NULL;
	lab->loop.stop_fd = lab->dns_tcp_fd = -1;
	lab->loop.delay_ms = options != NULL ? options->delay_ms : 0;
	if (read_acts(lab, scenario, err) != RESULT_OK || lab_made_ca(lab, err) != RESULT_OK ||
		open_sockets(lab, err) != RESULT_OK || lab_act(lab, 0, err) != RESULT_OK) {
		lab_stop(lab);
		return RESULT_FAILED;
	}
	*out = lab;
	return RESULT_OK;
}

static void
close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
lab_stop(struct lab *lab)
{
	if (lab == NULL)
		return;
	stop_thread(lab);
	lab_places_close(lab->https, lab->https_count);
	lab_places_close(lab->smtp, lab->smtp_count);
	close_dns(lab);
	close_if_open(lab->loop.stop_fd);
	lab_made_release(lab);
	lab_ca_free(lab->ca);
	trust_free(lab->trust);
	arena_release(&lab->arena);
	free(lab);
}

/* What senders hold, as they fetched it days ago by our clock. */
static void
apply_cached(struct lab *lab, struct walk_options *options)
{
	const struct lab_spec *spec = lab->spec;
	struct ev_policy_cached *cached;

	if (spec->cached_count == 0)
		return;
	cached = arena_array(&lab->arena, spec->cached_count, sizeof(*cached));
	for (size_t i = 0; i < spec->cached_count; i++)
		cached[i] = (struct ev_policy_cached){ .source = STR("history"),
			.first_s = spec->cached[i].known_s < 0
					   ? -1
					   : (int64_t)time(NULL) - spec->cached[i].known_s,
			.fetched_s = (int64_t)time(NULL) - spec->cached[i].age_s,
			.id = spec->cached[i].id,
			.body = spec->cached[i].body };
	options->cached = cached;
	options->cached_count = spec->cached_count;
}

void
lab_apply(struct lab *lab, struct walk_options *options)
{
	struct domain *d = &options->domain;

	addr_make(STR(DNS_ADDRESS), lab->dns_port, &lab->resolvers.servers[0]);
	lab->resolvers.count = 1;
	d->input = d->ascii = lab->spec->head.domain;
	d->unicode = name_to_unicode(&lab->arena, d->ascii);
	options->resolvers = &lab->resolvers;
	options->is_ad_trusted = true; /* the resolver is on loopback */
	options->trust = lab->trust;
	options->https_port = lab->https_port;
	options->smtp_port = lab->smtp_port;
	options->ehlo = EHLO_NAME;
	options->scenario = lab->spec->head.name.p;
	options->probes_sni |= lab->spec->wish.probes_sni;
	options->asks_authority |= lab->spec->wish.asks_authority;
	if (lab->spec->wish.repeat > options->repeat)
		options->repeat = lab->spec->wish.repeat;
	options->controls = lab->spec->wish.controls;
	options->dns_port = lab->dns_port;
	/* This machine's own file is no part of the scenario. */
	options->hosts_text = lab->spec->hosts.p != NULL ? lab->spec->hosts : STR("");
	apply_cached(lab, options);
}

struct str
lab_ca_pem(const struct lab *lab)
{
	return lab_ca_root_pem(lab->ca);
}

unsigned
lab_dns_port(const struct lab *lab)
{
	return lab->dns_port;
}

unsigned
lab_https_port(const struct lab *lab)
{
	return lab->https_port;
}

unsigned
lab_smtp_port(const struct lab *lab)
{
	return lab->smtp_port;
}

const char *
lab_dns_address(const struct lab *lab)
{
	(void)lab;
	return DNS_ADDRESS;
}

const struct scenario *
lab_scenario(const struct lab *lab)
{
	return &lab->spec->head;
}

struct lab_counts
lab_counts(const struct lab *lab)
{
	return (struct lab_counts){ lab->loop.dns, lab->loop.https, lab->loop.smtp };
}
