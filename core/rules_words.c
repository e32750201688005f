/* Words that predicates share: evidence, dates, lists, what a lookup or a step came to. */
#include "core/buf.h"
#include "core/rules.h"

#define JOIN_MAX 2048
#define QUOTE_SIDE 40 /* bytes quoted before and behind the one at fault */

void
found_seq(struct found *f, uint32_t seq)
{
	for (size_t i = 0; i < f->evidence_count; i++) {
		if (f->evidence[i] == seq)
			return;
	}
	if (seq != 0 && f->evidence_count < sizeof(f->evidence) / sizeof(f->evidence[0]))
		f->evidence[f->evidence_count++] = seq;
}

void
found_lookup(struct found *f, const struct lookup *l)
{
	if (l != NULL)
		found_seq(f, l->seq);
}

const char *
lookup_words(const struct lookup *l)
{
	static const char *const words[lookup_status_count] = {
		[LOOKUP_NOT_ASKED] = "not asked",
		[LOOKUP_OK] = "answered",
		[LOOKUP_NXDOMAIN] = "NXDOMAIN (no such name)",
		[LOOKUP_NODATA] = "no such record at the name",
		[LOOKUP_SERVFAIL] = "SERVFAIL",
		[LOOKUP_BOGUS] = "SERVFAIL, but answered with checking disabled",
		[LOOKUP_REFUSED] = "REFUSED",
		[LOOKUP_TIMEOUT] = "no answer in time",
		[LOOKUP_MALFORMED] = "an answer that cannot be read",
	};

	if (l == NULL)
		return "not asked";
	/* Silence is told so; any other error is of the way to the resolver. */
	if (l->status == LOOKUP_TIMEOUT && l->answer != NULL && l->answer->error.n > 0 &&
		str_find_str(l->answer->error, STR("no answer")) == l->answer->error.n)
		return "no resolver can be reached";
	if (l->status == LOOKUP_NODATA && l->answer != NULL && !l->answer->is_cname_loop &&
		l->answer->cname.n >= LIMIT_CNAME_STEPS && l->answer->error.n > 0)
		return "the CNAME chain goes on, and is followed no further";
	return words[l->status];
}

const char *
outcome_words(enum outcome outcome)
{
	static const char *const words[outcome_count] = {
		[OUTCOME_OK] = "ok",
		[OUTCOME_REFUSED] = "connection refused",
		[OUTCOME_UNREACHABLE] = "unreachable",
		[OUTCOME_TIMEOUT] = "no answer in time",
		[OUTCOME_RESET] = "connection reset",
		[OUTCOME_CLOSED] = "connection closed",
		[OUTCOME_ALERT] = "TLS alert",
		[OUTCOME_GARBAGE] = "bytes of another protocol",
		[OUTCOME_REPLY] = "refused by a reply",
		[OUTCOME_BAD_REPLY] = "a reply that cannot be read",
		[OUTCOME_STATUS] = "another HTTP status",
		[OUTCOME_REDIRECT] = "redirected",
		[OUTCOME_TRUNCATED] = "broken off",
		[OUTCOME_TOO_BIG] = "too big",
		[OUTCOME_UNTRUSTED] = "certificate not trusted",
		[OUTCOME_NOT_OFFERED] = "not offered",
		[OUTCOME_UNREAD] = "reply not read",
		[OUTCOME_BUDGET] = "cut by the time of the whole walk",
		[OUTCOME_CANCELLED] = "cancelled",
		[OUTCOME_LOCAL_FAULT] = "a fault of this side",
		[OUTCOME_STOPPED] = "stopped by the operator",
	};

	return words[outcome];
}

bool
outcome_was_cut(enum outcome outcome)
{
	return outcome == OUTCOME_BUDGET || outcome == OUTCOME_CANCELLED ||
	       outcome == OUTCOME_LOCAL_FAULT || outcome == OUTCOME_STOPPED;
}

/* Days since 1970 to a civil date: eras of 400 years that begin in March. */
struct str
date_text(struct arena *a, int64_t s)
{
	int64_t days = s / 86400 - (s % 86400 < 0 ? 1 : 0), era, year;
	unsigned of_era, year_of_era, of_year, month, day;

	if (days < -719468 || days > 2932896)
		return arena_printf(a, "%lld s", (long long)s);
	days += 719468;
	era = days / 146097;
	of_era = (unsigned)(days - era * 146097);
	year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * of_year + 2) / 153;
	day = of_year - (153 * month + 2) / 5 + 1;
	month = month < 10 ? month + 3 : month - 9;
	year = (int64_t)year_of_era + era * 400 + (month <= 2 ? 1 : 0);
	return arena_printf(a, "%04lld-%02u-%02u", (long long)year, month, day);
}

struct str
strs_join(struct arena *a, struct strs list, const char *between, size_t most)
{
	struct buf out = BUF_INIT(JOIN_MAX);
	struct str result;

	for (size_t i = 0; i < list.n && i < most; i++) {
		if (i > 0)
			buf_add_text(&out, between);
		buf_add(&out, list.v[i]);
	}
	if (list.n > most)
		buf_addf(&out, "%sand %zu more", between, list.n - most);
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

struct str
quote_at(struct arena *a, struct str text, size_t at)
{
	const size_t from = at > QUOTE_SIDE ? at - QUOTE_SIDE : 0;
	const struct str part = str_sub(text, from, 2 * QUOTE_SIDE);

	return arena_printf(a, "%s%.*s%s", from > 0 ? "..." : "", STR_ARG(part),
		from + part.n < text.n ? "..." : "");
}
