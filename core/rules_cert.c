/* What rules say of certificates, for the policy host and MX hosts alike. */
#include "core/buf.h"
#include "core/rules.h"

#define DAY_S 86400
#define HOUR_S 3600
#define WARN_DAYS_MAX 14 /* of certificate life left; a quarter of it if that is less */
#define SANS_LISTED 8
#define TEXT_MAX 2048

static int64_t
warn_days(const struct judging *j, const struct ev_cert *cert)
{
	const int64_t quarter = elapsed(cert->not_before_s, cert->not_after_s) / DAY_S / 4;

	if (j->options != NULL && j->options->warn_days > 0)
		return j->options->warn_days;
	return quarter < WARN_DAYS_MAX ? quarter : WARN_DAYS_MAX;
}

bool
cert_is_expiring(const struct judging *j, const struct ev_cert *cert)
{
	if (cert == NULL || cert->not_after_s < j->as_of_s)
		return false;
	return cert_days_left(cert, j->as_of_s) < warn_days(j, cert);
}

struct str
days_left_text(const struct judging *j, const struct ev_cert *cert)
{
	return arena_printf(j->a, "%lld day%s left: valid to %.*s",
		(long long)cert_days_left(cert, j->as_of_s),
		cert_days_left(cert, j->as_of_s) == 1 ? "" : "s",
		STR_ARG(date_text(j->a, cert->not_after_s)));
}

/* Whole days, and hours on the first one. */
static const char *
ended_text(const struct judging *j, int64_t end_s)
{
	const int64_t ago_s = elapsed(end_s, j->as_of_s);
	const bool is_days = ago_s >= DAY_S;
	const int64_t n = ago_s / (is_days ? DAY_S : HOUR_S);

	if (n == 0)
		return "ended within the last hour";
	return arena_printf(j->a, "ended %lld %s%s ago", (long long)n, is_days ? "day" : "hour",
		n == 1 ? "" : "s")
		.p;
}

struct str
expiry_text(const struct judging *j, const struct cert_faults *c)
{
	if (c->dated == NULL)
		return STR("it has expired");
	return arena_printf(j->a, "%.*s: valid %.*s to %.*s, %s",
		STR_ARG(str_sub(c->dated->subject, 0, 200)),
		STR_ARG(date_text(j->a, c->dated->not_before_s)),
		STR_ARG(date_text(j->a, c->dated->not_after_s)),
		ended_text(j, c->dated->not_after_s));
}

struct str
early_text(const struct judging *j, const struct cert_faults *c)
{
	if (c->dated == NULL)
		return STR("it is not valid yet");
	return arena_printf(j->a, "%.*s: valid from %.*s",
		STR_ARG(str_sub(c->dated->subject, 0, 200)),
		STR_ARG(date_text(j->a, c->dated->not_before_s)));
}

/* The SAN that comes nearest: a wildcard that stops short says more than another name. */
static struct str
nearest_miss(struct arena *a, const struct ev_cert *leaf, struct str wanted)
{
	const struct str *nearest = NULL;
	struct match_pair best = { 0 };
	size_t at;

	for (size_t i = 0; i < leaf->sans.n; i++) {
		const struct match_pair pair = match_name(leaf->sans.v[i], wanted);

		/* The name is clear, but not written as a DNS-ID is. */
		if (pair.miss == MATCH_MISS_NONE) {
			const enum mx_fault fault = mx_pattern_check(leaf->sans.v[i], &at);

			return fault != MX_FAULT_NONE ? str_of(mx_fault_text(fault)) : STR_EMPTY;
		}
		if (nearest == NULL || pair.miss >= MATCH_MISS_WILDCARD_DEEP ||
			(best.miss == MATCH_MISS_LABEL && pair.miss == MATCH_MISS_LABEL &&
				pair.label_from_right > best.label_from_right)) {
			nearest = &leaf->sans.v[i];
			best = pair;
		}
	}
	return nearest == NULL ? STR_EMPTY : match_explain(a, *nearest, wanted, best);
}

struct str
cert_names_text(struct arena *a, const struct ev_cert *leaf, struct str wanted)
{
	struct buf out = BUF_INIT(TEXT_MAX);
	struct str result, why;

	if (leaf == NULL)
		return arena_printf(a, "no certificate; wanted %.*s", STR_ARG(wanted));
	if (leaf->sans.n == 0)
		buf_addf(&out, "no SAN; CN %.*s", STR_ARG(str_sub(leaf->common_name, 0, 200)));
	else
		buf_addf(&out, "SAN %.*s", STR_ARG(strs_join(a, leaf->sans, ", ", SANS_LISTED)));
	buf_addf(&out, "; wanted %.*s", STR_ARG(wanted));
	why = nearest_miss(a, leaf, wanted);
	if (why.n > 0)
		buf_addf(&out, "; %.*s", STR_ARG(why));
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str
trust_note(struct arena *a, const struct cert_faults *c)
{
	if (c->error == NULL)
		return STR("no path to a trusted CA");
	return arena_printf(a, "%.*s, X509 error %lld at depth %lld", STR_ARG(c->error->text),
		(long long)c->error->code, (long long)c->error->depth);
}

struct str
trust_text(struct arena *a, const struct tls_seen *tls, const struct cert_faults *c)
{
	const struct ev_cert *leaf = c->leaf;
	struct str text = trust_note(a, c);

	if (leaf == NULL)
		return text;
	text = arena_printf(a, "%.*s; %zu sent; %.*s issued by %.*s", STR_ARG(text),
		tls->chain_count, STR_ARG(str_sub(leaf->subject, 0, 200)),
		STR_ARG(str_sub(leaf->issuer, 0, 200)));
	if (c->trust == TRUST_INCOMPLETE && leaf->aia.n > 0)
		text = arena_printf(a, "%.*s, to be had at %.*s", STR_ARG(text),
			STR_ARG(str_sub(leaf->aia, 0, 200)));
	return text;
}
