#include "net/lab/lab.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "net/lab/lab_listen.h"
#include "net/lab/lab_serve.h"

#define DNS_ADDRESS "127.0.0.53"
#define DNS_TRIALS 16
#define SPARE_HTTPS "127.0.1.180" /* keeps a port that answers nobody, where nothing is served */
#define SPARE_SMTP "127.0.1.25"
#define EHLO_NAME "client.example.test"

struct lab {
	struct arena arena;
	struct lab_spec *spec;
	struct lab_ca *ca;
	struct trust *trust;
	struct lab_identity identities[SPEC_MAX_SERVERS], others[SPEC_MAX_SERVERS];
	struct lab_tls_context *contexts[SPEC_MAX_SERVERS];
	struct lab_place https[SPEC_MAX_SERVERS], smtp[SPEC_MAX_SERVERS];
	size_t https_count, smtp_count;
	unsigned dns_port, https_port, smtp_port;
	int dns_tcp_fd;
	struct resolver_config resolvers;
	struct lab_loop loop;
	pthread_t thread;
	bool has_thread;
};

/* The digests of TLSA records that speak of a server's own certificate. */
static bool
fill_tlsa(struct lab *lab, struct lab_record *rr)
{
	struct buf wire = BUF_INIT(65535);
	unsigned char fields[3];
	bool is_filled = false;

	memcpy(fields, rr->rdata.p, sizeof(fields));
	buf_add(&wire, str_sub(rr->rdata, 0, sizeof(fields)));
	for (size_t i = 0; i < lab->spec->server_count && !is_filled; i++) {
		const struct lab_server *s = &lab->spec->servers[i];

		if (!s->is_https && str_ends_nocase(rr->name, s->host))
			is_filled = lab_ca_tlsa(&lab->identities[i], fields, &wire);
	}
	rr->rdata = arena_str(&lab->arena, buf_str(&wire));
	buf_release(&wire);
	return is_filled;
}

/* The same server with its other certificate. */
static bool
issue_other(struct lab *lab, const struct lab_server *s, struct lab_identity *out)
{
	struct lab_server copy = *s;

	if (!s->other.is_given)
		return true;
	copy.cert = s->other.cert;
	copy.cert_names = s->other.cert_names;
	return lab_ca_issue(lab->ca, &copy, out);
}

static enum result
make_certificates(struct lab *lab, struct err *err)
{
	struct lab_spec *spec = lab->spec;

	lab->ca = lab_ca_new((int64_t)time(NULL) + spec->head.as_of_offset_s);
	if (lab->ca == NULL)
		return err_set(err, 70, "lab: the certificate authority could not be made");
	for (size_t i = 0; i < spec->server_count; i++) {
		const struct lab_server *s = &spec->servers[i];

		if (!lab_ca_issue(lab->ca, s, &lab->identities[i]) ||
			!issue_other(lab, s, &lab->others[i]) ||
			(lab->contexts[i] = lab_tls_context_new(
				 s, &lab->identities[i], &lab->others[i])) == NULL)
			return err_set(err, 70,
				"lab: no certificate could be made for %.*s (line %u)",
				STR_ARG(s->host), s->line);
	}
	for (size_t i = 0; i < spec->zone.record_count; i++) {
		struct lab_record *rr = &spec->zone.records[i];

		if (rr->is_tlsa_of_server && !fill_tlsa(lab, rr))
			return err_set(err, 65, "%.*s.lab:%u: no server for this TLSA record",
				STR_ARG(spec->head.name), rr->line);
	}
	return trust_open_pem(&lab->trust, lab_ca_root_pem(lab->ca), err);
}

static void
add_listener(struct lab *lab, int fd, const struct lab_protocol *protocol, size_t server)
{
	struct lab_listener *at = &lab->loop.listeners[lab->loop.listener_count];

	if (fd < 0)
		return;
	*at = (struct lab_listener){ .fd = fd, .protocol = protocol };
	if (protocol != &lab_protocol_dns) {
		at->server = &lab->spec->servers[server];
		at->tls = lab->contexts[server];
	}
	lab->loop.listener_count++;
}

static void
plan_places(struct lab *lab)
{
	for (size_t i = 0; i < lab->spec->server_count; i++) {
		const struct lab_server *s = &lab->spec->servers[i];
		struct lab_place *p = s->is_https ? &lab->https[lab->https_count++]
						  : &lab->smtp[lab->smtp_count++];

		*p = (struct lab_place){ s->address, s->steps[LAB_CONNECT].deed == LAB_REFUSE, -1,
			-1 };
	}
	if (lab->https_count == 0)
		lab->https[lab->https_count++] = (struct lab_place){ STR(SPARE_HTTPS), true, -1,
			-1 };
	if (lab->smtp_count == 0)
		lab->smtp[lab->smtp_count++] = (struct lab_place){ STR(SPARE_SMTP), true, -1, -1 };
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
	size_t https = 0, smtp = 0;

	plan_places(lab);
	if (open_dns(lab, err) != RESULT_OK ||
		lab_listen(lab->https, lab->https_count, &lab->https_port, err) != RESULT_OK ||
		lab_listen(lab->smtp, lab->smtp_count, &lab->smtp_port, err) != RESULT_OK)
		return RESULT_FAILED;
	add_listener(lab, lab->dns_tcp_fd, &lab_protocol_dns, 0);
	for (size_t i = 0; i < lab->spec->server_count; i++) {
		bool is_https = lab->spec->servers[i].is_https;

		add_listener(lab, is_https ? lab->https[https++].fd : lab->smtp[smtp++].fd,
			is_https ? &lab_protocol_https : &lab_protocol_smtp, i);
	}
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

enum result
lab_start(struct lab **out, const struct scenario *scenario, const struct lab_options *options,
	struct err *err)
{
	struct lab *lab = mem_alloc(sizeof(*lab));

	*out = NULL;
	lab->loop.stop_fd = lab->dns_tcp_fd = -1;
	if (spec_parse(scenario->name, scenario->text, &lab->arena, &lab->spec, err) != RESULT_OK ||
		make_certificates(lab, err) != RESULT_OK || open_sockets(lab, err) != RESULT_OK) {
		lab_stop(lab);
		return RESULT_FAILED;
	}
	lab->loop.spec = lab->spec;
	lab->loop.delay_ms = options != NULL ? options->delay_ms : 0;
	lab->loop.clock_offset_s = lab->spec->head.as_of_offset_s;
	if (start_thread(lab, err) != RESULT_OK) {
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
	uint64_t one = 1;

	if (lab == NULL)
		return;
	if (lab->has_thread) {
		while (write(lab->loop.stop_fd, &one, sizeof(one)) < 0)
			;
		pthread_join(lab->thread, NULL);
	}
	lab_places_close(lab->https, lab->https_count);
	lab_places_close(lab->smtp, lab->smtp_count);
	close_dns(lab);
	close_if_open(lab->loop.stop_fd);
	for (size_t i = 0; i < SPEC_MAX_SERVERS; i++) {
		lab_tls_context_free(lab->contexts[i]);
		lab_identity_release(&lab->identities[i]);
		lab_identity_release(&lab->others[i]);
	}
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
			.first_s = -1,
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

struct lab_counts
lab_counts(const struct lab *lab)
{
	return (struct lab_counts){ lab->loop.dns, lab->loop.https, lab->loop.smtp };
}
