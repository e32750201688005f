/* One chain: a row per certificate, then the chosen one as facts or as PEM. */
#include "core/view_bytes.h"

#include <inttypes.h>

#include "core/view_parts.h"

static const struct column cert_columns[] = {
	{ "Depth", 5, 0, false, false, false },
	{ "Subject", 12, 0, true, false, false },
	{ "Expires", 10, 0, false, false, false },
	{ "Key", 4, 0, false, false, false },
	{ "State", 8, 0, false, false, false },
};

/* X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED and _HOSTNAME_MISMATCH */
enum { NOT_YET_VALID = 9, HAS_EXPIRED = 10, OTHER_NAME = 62 };

static const struct ev_cert_error *
error_of(const struct tls_seen *tls, const struct ev_cert *c)
{
	size_t i;

	for (i = 0; i < tls->error_count && !c->is_anchor; i++) {
		if (tls->errors[i]->depth == c->depth)
			return tls->errors[i];
	}
	return NULL;
}

static const char *
fault_words(const struct tls_seen *tls, const struct ev_cert *c)
{
	const struct ev_cert_error *error = error_of(tls, c);

	if (error != NULL && (error->code == NOT_YET_VALID || error->code == HAS_EXPIRED))
		return "dates";
	if (error != NULL && error->code != OTHER_NAME)
		return "path";
	if (error != NULL ||
		(c->depth == 0 && c->is_sent && tls->verdict != NULL && !tls->verdict->is_name_ok))
		return "name";
	return NULL;
}

static const char *
cert_id(struct doc *d, const struct ev_cert *c)
{
	return TEXT(d, "cert:%s%" PRId64, c->is_sent ? "" : "+", c->depth);
}

static void
cert_row(struct doc *d, size_t table, const struct attempt *t, const struct ev_cert *c)
{
	const char *fault = fault_words(&t->tls, c);
	struct row *r = doc_table_row(d, table, 3);

	row_id(d, r, "%s", cert_id(d, c));
	r->severity = fault != NULL ? SEVERITY_ERROR : SEVERITY_OK;
	part_cell(d, r, ROLE_TEXT, "%" PRId64, c->depth);
	row_cell(d, r);
	row_bytes(d, r, fault != NULL ? ROLE_CERT_BAD : ROLE_CERT_OK, c->subject);
	if (!c->is_sent)
		row_text(d, r, ROLE_DIM, c->is_anchor ? "  (trust store)" : "  (not sent)");
	part_cell(d, r, ROLE_TEXT, "%s", part_date(d, c->not_after_s));
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, c->key);
	row_cell(d, r);
	part_ok(d, r, fault == NULL);
	if (fault != NULL)
		row_text(d, r, ROLE_CERT_BAD, " %s", fault);
	else if (c->is_anchor)
		row_text(d, r, ROLE_DIM, " anchor");
}

static void
wanted_rows(struct doc *d, const struct tls_seen *tls, const struct ev_cert *c)
{
	enum { SHOWN = 12 };

	if (tls->verdict == NULL)
		return;
	doc_fieldf(d, 1, "Wanted", ROLE_TEXT, "%s   (SNI sent: %s)",
		doc_shown(d, tls->verdict->wanted),
		tls->sni.n > 0 ? doc_shown(d, tls->sni) : "none");
	part_cert_names(d, tls, c, SHOWN);
}

static void
path_row(struct doc *d, const struct tls_seen *tls)
{
	bool has_dates = !tls_error(tls, NOT_YET_VALID) && !tls_error(tls, HAS_EXPIRED);
	bool has_path = tls->verdict->is_trusted || (!has_dates && tls->error_count == 1);
	struct row *r = doc_row(d, ROW_FIELD, 1);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Path");
	row_cell(d, r);
	part_ok(d, r, has_path);
	row_text(d, r, ROLE_TEXT, " trusted root   ");
	part_ok(d, r, has_dates);
	row_text(d, r, ROLE_TEXT, " dates   ");
	part_ok(d, r, tls->verdict->is_name_ok);
	row_text(d, r, ROLE_TEXT, " host name   OCSP staple: ");
	row_bytes(d, r, ROLE_TEXT, tls->verdict->ocsp.n > 0 ? tls->verdict->ocsp : STR("none"));
}

static void
fact_rows(struct doc *d, const struct session *s, const struct attempt *t, const struct ev_cert *c)
{
	const struct tls_seen *tls = &t->tls;
	const struct ev_cert_error *error = error_of(tls, c);
	bool is_leaf = c->is_sent && c->depth == 0;

	doc_field(d, 1, "Subject", ROLE_TEXT, c->subject);
	if (is_leaf || c->sans.n > 0)
		doc_fieldf(d, 1, "SAN", ROLE_TEXT, "%s%s",
			c->sans.n > 0 ? part_list(d, c->sans, "  ") : "none",
			c->sans_left_out > 0 ? TEXT(d, "  (and %" PRId64 " more)", c->sans_left_out)
					     : "");
	if (is_leaf)
		wanted_rows(d, tls, c);
	if (is_leaf && tls->verdict != NULL)
		path_row(d, tls);
	doc_fieldf(d, 1, "Issuer", ROLE_TEXT, "%s%s", doc_shown(d, c->issuer),
		c->is_self_issued ? "   (itself)" : "");
	part_cert_valid(d, s, c);
	doc_field(d, 1, "Key", ROLE_TEXT, c->key);
	doc_field(d, 1, "Signed", ROLE_TEXT, c->signature);
	doc_field(d, 1, "Serial", ROLE_TEXT, c->serial);
	doc_field(d, 1, "SHA-256", ROLE_TEXT, c->sha256);
	doc_field(d, 1, "SPKI", ROLE_TEXT, c->spki_sha256);
	doc_field(d, 1, "Issued at", ROLE_TEXT, c->aia);
	if (error != NULL)
		doc_fieldf(d, 1, "Error", ROLE_CERT_BAD, "%s (%" PRId64 ")",
			doc_shown(d, error->text), error->code);
}

static void
pem_rows(struct doc *d, const struct ev_cert *c)
{
	struct str rest = c->pem, line;

	while (str_split(&rest, '\n', &line)) {
		struct row *r = doc_row(d, ROW_VERBATIM, 1);

		row_bytes(d, r, ROLE_TEXT, line);
	}
}

static const struct attempt *
seen_at(struct attempt *const *list, size_t count, struct str host, struct str address)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (list[i]->tls.chain_count > 0 && (host.n == 0 || name_eq(list[i]->host, host)) &&
			(address.n == 0 || str_eq(list[i]->address, address)))
			return list[i];
	}
	return NULL;
}

const struct attempt *
certs_attempt(const struct session *s, struct str host, struct str address)
{
	const struct mx_host *mx = session_host(s, host);
	const struct attempt *t = NULL;

	if (host.n == 0 && s->chosen != NULL && s->chosen->tls.chain_count > 0)
		return s->chosen;
	if (mx != NULL)
		t = seen_at(mx->addresses, mx->address_count, host, address);
	if (t == NULL)
		t = seen_at(s->https, s->https_count, host, address);
	return t != NULL ? t : session_planned_attempt(s, host, address);
}

static const struct ev_cert *
find_cert(struct doc *d, const struct tls_seen *tls, struct str id)
{
	size_t i;

	for (i = 0; i < tls->chain_count; i++) {
		if (str_is(id, cert_id(d, tls->chain[i])))
			return tls->chain[i];
	}
	for (i = 0; i < tls->added_count; i++) {
		if (str_is(id, cert_id(d, tls->added[i])))
			return tls->added[i];
	}
	return tls->chain[0];
}

void
view_certs(const struct view_input *in, struct str host, struct str address, struct str id,
	bool as_pem, struct doc *out)
{
	const struct attempt *t = certs_attempt(in->session, host, address);
	const struct ev_cert *shown;
	size_t table, i;

	doc_init(out);
	out->title = safe_literal("Certs");
	if (t == NULL) {
		doc_text(out, 1, ROLE_DIM, "no certificate was seen here");
		return;
	}
	table = doc_table(out, cert_columns, sizeof(cert_columns) / sizeof(cert_columns[0]));
	doc_table_head(out, table, 3);
	for (i = 0; i < t->tls.chain_count; i++)
		cert_row(out, table, t, t->tls.chain[i]);
	for (i = 0; i < t->tls.added_count; i++)
		cert_row(out, table, t, t->tls.added[i]);
	shown = find_cert(out, &t->tls, id);
	if (shown->is_sent)
		doc_heading(out, "Certificate %" PRId64 " of the chain as sent by %s:%" PRId64,
			shown->depth, doc_shown(out, t->address), t->port);
	else
		doc_heading(out, "%s",
			shown->is_anchor ? "From the trust store: not sent"
					 : "On the path, but not sent");
	if (as_pem)
		pem_rows(out, shown);
	else
		fact_rows(out, in->session, t, shown);
}
