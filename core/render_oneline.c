/*
 * One line for monitoring: "STSWALK CRITICAL - example.com: mail delivered (mx1.example.com);
 * 1 error mx-not-in-policy mx2.example.net; coverage 4/8 | time=0.412s cert_days=61".
 *
 * A bar begins the figures and a line ends the message: neither may come from a peer.
 */
#include "core/diff.h"
#include "core/render.h"

#include <inttypes.h>

enum { FINDINGS_SHOWN = 3, WORDS_MAX = 120 };

/* By the exit status of check, as monitoring systems number their states. */
static const char *const states[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

static void
add_shown(struct arena *a, struct buf *out, struct str bytes)
{
	const struct safe shown = safe_ascii(a, safe_text(a, bytes, WORDS_MAX));

	for (size_t i = 0; i < shown.text.n; i++)
		buf_add_char(out, shown.text.p[i] == '|' ? '/' : shown.text.p[i]);
}

static void
add_mail(struct arena *a, struct buf *out, const struct judgement *j)
{
	static const char *const words[] = {
		[MAIL_NOT_KNOWN_YET] = "not known",
		[MAIL_DELIVERED_VALIDATED] = "delivered, validated",
		[MAIL_DELIVERED_UNVALIDATED] = "delivered, not validated",
		[MAIL_DEFERRED] = "deferred",
		[MAIL_UNDELIVERABLE] = "undeliverable",
		[MAIL_UNKNOWN] = "not known",
	};

	buf_addf(out, ": mail %s", words[j->fresh]);
	if (j->mail_host == NULL)
		return;
	buf_add_text(out, " (");
	add_shown(a, out, j->mail_host->name);
	buf_add_char(out, ')');
}

static void
add_counts(struct buf *out, const struct judgement *j)
{
	static const struct {
		enum severity severity;
		const char *one, *many;
	} rows[] = {
		{ SEVERITY_ERROR, "error", "errors" },
		{ SEVERITY_INCONCLUSIVE, "inconclusive", "inconclusive" },
		{ SEVERITY_WARNING, "warning", "warnings" },
	};
	const char *between = "; ";

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t n = j->counts[rows[i].severity];

		if (n == 0)
			continue;
		buf_addf(out, "%s%zu %s", between, n, n == 1 ? rows[i].one : rows[i].many);
		between = ", ";
	}
}

/* The worst first; what is only information needs nobody. */
static void
add_findings(struct arena *a, struct buf *out, const struct judgement *j)
{
	size_t shown = 0, serious = 0;

	for (size_t i = 0; i < j->count; i++)
		serious += j->findings[i].severity > SEVERITY_INFO;
	for (size_t i = 0; i < j->count && shown < FINDINGS_SHOWN; i++) {
		const struct finding *f = &j->findings[i];

		if (f->severity <= SEVERITY_INFO)
			continue;
		buf_addf(out, "%s%s", shown > 0 ? ", " : " ", f->type->name);
		if (f->subject.n > 0)
			buf_add_char(out, ' ');
		add_shown(a, out, f->subject);
		shown++;
	}
	if (serious > shown)
		buf_addf(out, " and %zu more", serious - shown);
}

/* Days of the first certificate that was sent; false when none was. */
static bool
leaf_days(const struct session *s, const struct attempt *t, int64_t *days)
{
	if (t == NULL || t->tls.chain_count == 0)
		return false;
	*days = cert_days_left(t->tls.chain[0], session_as_of_s(s));
	return true;
}

static void
take_least(const struct session *s, struct attempt *const *attempts, size_t count, int64_t *least,
	bool *has)
{
	for (size_t i = 0; i < count; i++) {
		int64_t days;

		if (!leaf_days(s, attempts[i], &days) || (*has && *least <= days))
			continue;
		*least = days;
		*has = true;
	}
}

static void
add_figures(struct buf *out, const struct session *s)
{
	int64_t policy_days = 0, mx_days = 0;
	bool has_policy = leaf_days(s, s->chosen, &policy_days), has_mx = false;

	if (!has_policy)
		take_least(s, s->https, s->https_count, &policy_days, &has_policy);
	for (size_t i = 0; i < s->host_count; i++)
		take_least(
			s, s->hosts[i]->addresses, s->hosts[i]->address_count, &mx_days, &has_mx);
	buf_addf(out, " | time=%" PRId64 ".%03ds", session_lasted_us(s) / 1000000,
		(int)(session_lasted_us(s) / 1000 % 1000));
	if (has_policy)
		buf_addf(out, " cert_days=%" PRId64, policy_days);
	if (has_mx)
		buf_addf(out, " mx_cert_days=%" PRId64, mx_days);
}

void
render_oneline(const struct view_input *in, const struct diff *changes, struct buf *out)
{
	const struct judgement *j = in->judgement;
	struct arena a = { 0 };

	buf_addf(out, "STSWALK %s - ", states[diff_exit(changes, j->exit) & 3]);
	add_shown(&a, out, session_domain(in->session));
	add_mail(&a, out, j);
	add_counts(out, j);
	add_findings(&a, out, j);
	if (changes != NULL && changes->count > 0)
		buf_addf(out, "; %zu change%s since the baseline", changes->count,
			changes->count == 1 ? "" : "s");
	buf_addf(out, "; coverage %zu/%zu", j->tested, j->addresses);
	add_figures(out, in->session);
	buf_add_char(out, '\n');
	arena_release(&a);
}
