/* What an act of a scenario needs: certificates, and sockets that listen or refuse. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "net/lab/lab_own.h"

enum result
lab_made_ca(struct lab *lab, struct err *err)
{
	lab->ca = lab_ca_new((int64_t)time(NULL) + lab->spec->head.as_of_offset_s);
	if (lab->ca == NULL)
		return err_set(err, 70, "lab: the certificate authority could not be made");
	return trust_open_pem(&lab->trust, lab_ca_root_pem(lab->ca), err);
}

static struct lab_made *
find_made(const struct lab *lab, unsigned line)
{
	struct lab_made *m = lab->made;

	while (m != NULL && m->line != line)
		m = m->next;
	return m;
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

static bool
has_same_certificate(const struct lab_server *s, const struct lab_server *t)
{
	size_t i = 0;

	while (i < s->cert_names.n && i < t->cert_names.n &&
		str_eq(s->cert_names.v[i], t->cert_names.v[i]))
		i++;
	return str_eq(s->host, t->host) && s->is_https == t->is_https && s->cert == t->cert &&
	       s->key == t->key && i == s->cert_names.n && i == t->cert_names.n;
}

/* Whose certificate a section keeps: that of the same host in the last act before. */
static const struct lab_server *
kept_from(const struct lab *lab, const struct lab_server *s)
{
	for (size_t act = s->keeps_cert ? s->act : 0; act-- > 0;) {
		const struct lab_spec *spec = lab->acts[act];

		for (size_t i = 0; i < spec->server_count; i++)
			if (has_same_certificate(s, &spec->servers[i]))
				return &spec->servers[i];
	}
	return NULL;
}

static bool
make(struct lab *lab, const struct lab_server *s)
{
	const struct lab_server *before = kept_from(lab, s);
	struct lab_made *m;

	if (find_made(lab, s->line) != NULL)
		return true;
	if (before != NULL && !make(lab, before))
		return false;
	m = mem_alloc(sizeof(*m));
	*m = (struct lab_made){ .next = lab->made, .line = s->line };
	lab->made = m;
	if (!(before != NULL ? lab_identity_share(
				       &find_made(lab, before->line)->identity, &m->identity)
			     : lab_ca_issue(lab->ca, s, &m->identity)) ||
		!issue_other(lab, s, &m->other))
		return false;
	m->context = lab_tls_context_new(s, &m->identity, &m->other);
	return m->context != NULL;
}

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
			is_filled = lab_ca_tlsa(&find_made(lab, s->line)->identity, fields, &wire);
	}
	rr->rdata = arena_str(&lab->arena, buf_str(&wire));
	buf_release(&wire);
	return is_filled;
}

enum result
lab_made_all(struct lab *lab, struct err *err)
{
	struct lab_spec *spec = lab->spec;

	for (size_t i = 0; i < spec->server_count; i++) {
		const struct lab_server *s = &spec->servers[i];

		if (!make(lab, s))
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
	return RESULT_OK;
}

void
lab_made_release(struct lab *lab)
{
	struct lab_made *next;

	for (struct lab_made *m = lab->made; m != NULL; m = next) {
		next = m->next;
		lab_tls_context_free(m->context);
		lab_identity_release(&m->identity);
		lab_identity_release(&m->other);
		free(m);
	}
	lab->made = NULL;
}

static const struct lab_server *
server_at(const struct lab_spec *spec, bool is_https, struct str address)
{
	for (size_t i = 0; i < spec->server_count; i++) {
		const struct lab_server *s = &spec->servers[i];

		if (s->is_https == is_https && str_eq(s->address, address))
			return s;
	}
	return NULL;
}

static enum result
set_places(struct lab *lab, bool is_https, struct err *err)
{
	struct lab_place *places = is_https ? lab->https : lab->smtp;
	const size_t count = is_https ? lab->https_count : lab->smtp_count;

	for (size_t i = 0; i < count; i++) {
		const struct lab_server *s = server_at(lab->spec, is_https, places[i].address);
		const bool refuses = s == NULL || s->steps[LAB_CONNECT].deed == LAB_REFUSE;
		struct lab_listener *at = &lab->loop.listeners[lab->loop.listener_count];

		if (!lab_place_set(&places[i], refuses))
			return err_set(err, 70, "lab server on %.*s: %s",
				STR_ARG(places[i].address), strerror(errno));
		if (refuses)
			continue;
		*at = (struct lab_listener){ .fd = places[i].fd,
			.protocol = is_https ? &lab_protocol_https : &lab_protocol_smtp,
			.server = s,
			.tls = find_made(lab, s->line)->context };
		lab->loop.listener_count++;
	}
	return RESULT_OK;
}

enum result
lab_listeners(struct lab *lab, struct err *err)
{
	lab->loop.listeners[0] = (struct lab_listener){ .fd = lab->dns_tcp_fd,
		.protocol = &lab_protocol_dns };
	lab->loop.listener_count = 1;
	if (set_places(lab, true, err) != RESULT_OK)
		return RESULT_FAILED;
	return set_places(lab, false, err);
}
