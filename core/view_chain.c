/* Certificate chains, and names label under label. */
#include "core/view_parts.h"

#include <inttypes.h>

static const struct column chain_columns[] = {
	{ "Depth", 5, 0, false, false, false },
	{ "Subject", 12, 0, true, false, false },
	{ "Expires", 10, 0, false, false, false },
	{ "Key", 4, 0, false, false, false },
	{ "State", 5, 0, false, false, false },
};

enum { LABELS_MAX = 128 }; /* a name of 253 bytes has at most 127 labels */

static size_t
split_labels(struct str name, struct str *labels)
{
	struct str part;
	size_t n = 0;

	while (n < LABELS_MAX && str_split(&name, '.', &part))
		labels[n++] = part;
	return n;
}

/* One of the two names: its labels at the right of as many columns as the longer one has. */
static void
labels_row(struct doc *d, unsigned indent, const char *label, const struct str *labels, size_t n,
	const unsigned *widths, size_t columns)
{
	struct row *r = doc_row(d, ROW_VERBATIM, indent);
	size_t i;

	row_text(d, r, ROLE_HEADER, "%-9s", label);
	for (i = 0; i < columns; i++) {
		struct safe shown = safe_literal("");

		if (i + n >= columns)
			shown = safe_text(&d->arena, labels[i + n - columns], 0);
		row_span(d, r, ROLE_TEXT, shown);
		if (i + 1 == columns)
			break;
		row_text(d, r, ROLE_DIM, "%*s%s", (int)(widths[i] - shown.width), "",
			i + n >= columns ? " . " : "   ");
	}
}

void
part_labels(struct doc *d, unsigned indent, const char *pattern_label, struct str pattern,
	const char *name_label, struct str name, struct match_pair pair)
{
	struct str a[LABELS_MAX], b[LABELS_MAX];
	unsigned widths[LABELS_MAX] = { 0 }, at = 9;
	size_t na = split_labels(name_no_dot(pattern), a), nb = split_labels(name_no_dot(name), b);
	size_t columns = na > nb ? na : nb, i;
	struct row *r;

	for (i = 0; i < columns; i++) {
		if (i + na >= columns)
			widths[i] = safe_text(&d->arena, a[i + na - columns], 0).width;
		if (i + nb >= columns) {
			unsigned width = safe_text(&d->arena, b[i + nb - columns], 0).width;

			widths[i] = width > widths[i] ? width : widths[i];
		}
	}
	labels_row(d, indent, pattern_label, a, na, widths, columns);
	labels_row(d, indent, name_label, b, nb, widths, columns);
	if (pair.label_from_right > 0 && pair.label_from_right <= columns) {
		for (i = 0; i + pair.label_from_right < columns; i++)
			at += widths[i] + 3;
		r = doc_row(d, ROW_VERBATIM, indent);
		row_text(d, r, ROLE_STATE_FAIL, "%*s^", (int)at, "");
	}
	r = doc_row(d, ROW_TEXT, indent + 9);
	row_bytes(d, r, ROLE_TEXT, match_explain(&d->arena, pattern, name, pair));
}

static const struct ev_cert_error *
error_at(const struct tls_seen *tls, int64_t depth)
{
	size_t i;

	for (i = 0; i < tls->error_count; i++)
		if (tls->errors[i]->depth == depth)
			return tls->errors[i];
	return NULL;
}

/* X509_V_ERR_CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED and _HOSTNAME_MISMATCH */
static const char *
error_words(int64_t code)
{
	return code == 9 || code == 10 ? "dates" : code == 62 ? "name" : "path";
}

static void
chain_row(struct doc *d, size_t table, const struct tls_seen *tls, const struct ev_cert *c)
{
	struct row *r = doc_table_row(d, table, 1);
	const struct ev_cert_error *error = c->is_anchor ? NULL : error_at(tls, c->depth);
	bool is_bad = error || (c->depth == 0 && tls->verdict && !tls->verdict->is_name_ok);

	row_id(d, r, "cert:%s%" PRId64, c->is_sent ? "" : "+", c->depth);
	part_cell(d, r, ROLE_TEXT, "%" PRId64, c->depth);
	row_cell(d, r);
	row_bytes(d, r, is_bad ? ROLE_CERT_BAD : ROLE_CERT_OK, c->subject);
	if (!c->is_sent)
		row_text(d, r, ROLE_DIM, c->is_anchor ? "  (trust store)" : "  (not sent)");
	part_cell(d, r, ROLE_TEXT, "%s", part_date(d, c->not_after_s));
	row_cell(d, r);
	row_bytes(d, r, ROLE_TEXT, c->key);
	row_cell(d, r);
	part_ok(d, r, !is_bad);
	if (error)
		row_text(d, r, ROLE_CERT_BAD, " %s", error_words(error->code));
	else if (is_bad)
		row_text(d, r, ROLE_CERT_BAD, " name");
	else if (c->is_anchor)
		row_text(d, r, ROLE_DIM, " anchor");
	r->severity = is_bad ? SEVERITY_ERROR : SEVERITY_OK;
}

void
part_cert_names(struct doc *d, const struct tls_seen *tls, const struct ev_cert *c, size_t most)
{
	for (size_t i = 0; i < c->sans.n && i < most; i++) {
		struct match_pair pair = match_name(c->sans.v[i], tls->verdict->wanted);
		struct row *r = doc_row(d, ROW_FIELD, 1);

		row_cell(d, r);
		row_cell(d, r);
		part_ok(d, r, pair.miss == MATCH_MISS_NONE);
		row_text(d, r, ROLE_TEXT, " ");
		row_bytes(d, r, ROLE_TEXT, c->sans.v[i]);
		if (pair.label_from_right > 0)
			row_text(d, r, ROLE_DIM, "   differs at label %u from the right",
				pair.label_from_right);
	}
}

static void
wanted_rows(struct doc *d, const struct tls_seen *tls, const struct ev_cert *leaf)
{
	enum { SHOWN = 8 };

	doc_fieldf(d, 1, "Wanted", ROLE_TEXT, "%s%s", doc_shown(d, tls->verdict->wanted),
		str_eq_nocase(tls->sni, tls->verdict->wanted) ? "   (the SNI sent)" : "");
	if (tls->verdict->is_name_ok)
		return;
	part_cert_names(d, tls, leaf, SHOWN);
	if (leaf->sans.n > SHOWN)
		doc_fieldf(d, 1, "", ROLE_DIM, "and %s more that do not match",
			part_count(d, leaf->sans.n - SHOWN, "name"));
	if (leaf->sans.n == 0 && leaf->common_name.n > 0)
		doc_fieldf(d, 1, "", ROLE_TEXT,
			"no SAN at all; the common name %s does not count (RFC 6125)",
			doc_shown(d, leaf->common_name));
}

void
part_cert_valid(struct doc *d, const struct session *s, const struct ev_cert *leaf)
{
	int64_t left = cert_days_left(leaf, session_as_of_s(s));
	const char *words;

	if (session_as_of_s(s) > leaf->not_after_s)
		words = TEXT(
			d, "ended %s ago", part_count(d, (size_t)(left < 0 ? -left : left), "day"));
	else if (session_as_of_s(s) < leaf->not_before_s)
		words = "not valid yet";
	else
		words = TEXT(d, "%s left", part_count(d, (size_t)left, "day"));
	doc_fieldf(d, 1, "Valid", ROLE_TEXT, "%s .. %s   %s", part_stamp(d, leaf->not_before_s),
		part_stamp(d, leaf->not_after_s), words);
}

static void
path_row(struct doc *d, const struct tls_seen *tls)
{
	struct row *r = doc_row(d, ROW_FIELD, 1);
	bool has_dates = !tls_error(tls, 9) && !tls_error(tls, 10);

	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "Path");
	row_cell(d, r);
	part_ok(d, r, tls->verdict->is_trusted || (!has_dates && tls->error_count == 1));
	row_text(d, r, ROLE_TEXT, " trusted root   ");
	part_ok(d, r, has_dates);
	row_text(d, r, ROLE_TEXT, " dates   ");
	part_ok(d, r, tls->verdict->is_name_ok);
	row_text(d, r, ROLE_TEXT, " host name   OCSP staple: ");
	if (tls->verdict->ocsp.n > 0)
		row_bytes(d, r, ROLE_TEXT, tls->verdict->ocsp);
	else
		row_text(d, r, ROLE_DIM, "none");
}

static void
error_rows(struct doc *d, const struct tls_seen *tls)
{
	size_t i;

	for (i = 0; i < tls->error_count; i++)
		doc_fieldf(d, 1, i == 0 ? "Errors" : "", ROLE_CERT_BAD,
			"depth %" PRId64 ": %s (%" PRId64 ")", tls->errors[i]->depth,
			doc_shown(d, tls->errors[i]->text), tls->errors[i]->code);
}

static void
leaf_rows(struct doc *d, const struct session *s, const struct tls_seen *tls)
{
	const struct ev_cert *leaf = tls->chain[0];

	doc_field(d, 1, "Subject", ROLE_TEXT, leaf->subject);
	doc_fieldf(d, 1, "SAN", ROLE_TEXT, "%s%s",
		leaf->sans.n > 0 ? part_list(d, leaf->sans, "  ") : "none",
		leaf->sans_left_out > 0 ? TEXT(d, "  (and %" PRId64 " more)", leaf->sans_left_out)
					: "");
	if (tls->verdict)
		wanted_rows(d, tls, leaf);
	doc_field(d, 1, "Issuer", ROLE_TEXT, leaf->issuer);
	part_cert_valid(d, s, leaf);
	doc_field(d, 1, "Serial", ROLE_TEXT, leaf->serial);
	doc_field(d, 1, "SHA-256", ROLE_TEXT, leaf->sha256);
	if (tls->verdict)
		path_row(d, tls);
	error_rows(d, tls);
}

void
part_chain(struct doc *d, const struct session *s, const struct attempt *t)
{
	const struct tls_seen *tls = &t->tls;
	size_t table, i;

	if (tls->chain_count == 0)
		return;
	doc_heading(d, "Certificates sent by %s", doc_shown(d, t->address));
	table = doc_table(d, chain_columns, sizeof(chain_columns) / sizeof(chain_columns[0]));
	doc_table_head(d, table, 1);
	for (i = 0; i < tls->chain_count; i++)
		chain_row(d, table, tls, tls->chain[i]);
	for (i = 0; i < tls->added_count; i++)
		chain_row(d, table, tls, tls->added[i]);
	doc_heading(d, "Certificate 0");
	leaf_rows(d, s, tls);
}
