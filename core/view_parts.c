#include "core/view_parts.h"

#include <inttypes.h>
#include <stdarg.h>

static const struct stage_words stages[stage_count] = {
	[STAGE_ENV] = { "0", "Here", "HERE", "the walk to begin" },
	[STAGE_TXT] = { "1", "DNS records", "DNS", "the walk to begin" },
	[STAGE_HTTPS] = { "2", "HTTPS policy", "FETCH", "the addresses of the policy host" },
	[STAGE_POLICY] = { "3", "Policy", "POLICY", "stage 2" },
	[STAGE_MX] = { "4", "MX + STARTTLS", "MX", "the MX records" },
	[STAGE_TLSRPT] = { "1", "DNS records", "DNS", "the walk to begin" },
	[STAGE_VERDICT] = { "5", "Verdict", "END", "stage 4" },
};

const struct stage_words *
stage_words(enum stage stage)
{
	return &stages[stage];
}

/* Which of two states a row that holds both shows: what is wrong, then what runs. */
static enum state
worse(enum state a, enum state b)
{
	static const unsigned rank[] = {
		[STATE_SKIPPED] = 0,
		[STATE_NOT_REACHED] = 1,
		[STATE_OK] = 2,
		[STATE_WAITING] = 3,
		[STATE_WARN] = 4,
		[STATE_INCONCLUSIVE] = 5,
		[STATE_FAIL] = 6,
		[STATE_RUNNING] = 7,
	};

	return rank[a] >= rank[b] ? a : b;
}

enum state
part_stage_state(const struct judgement *j, enum stage stage)
{
	if (stage == STAGE_TXT || stage == STAGE_TLSRPT)
		return worse(j->stages[STAGE_TXT], j->stages[STAGE_TLSRPT]);
	return j->stages[stage];
}

int64_t
part_stage_us(const struct view_input *in, enum stage stage)
{
	int64_t us = in->judgement->stage_us[stage];

	if (stage == STAGE_POLICY || stage == STAGE_VERDICT)
		return -1;
	if (stage == STAGE_TXT && in->judgement->stage_us[STAGE_TLSRPT] > us)
		us = in->judgement->stage_us[STAGE_TLSRPT];
	if (us >= 0 && in->judgement->stages[stage] == STATE_RUNNING &&
		in->now_us > in->session->last_us)
		us += in->now_us - in->session->last_us;
	return us;
}

const char *
part_seconds(struct doc *d, int64_t us)
{
	if (us < 0)
		return "-";
	/* Rounded before the choice, so that 9.996 s never reads "10.00s". */
	if (us + 5000 < 10 * INT64_C(1000000))
		return TEXT(d, "%" PRId64 ".%02" PRId64 "s", (us + 5000) / 1000000,
			(us + 5000) % 1000000 / 10000);
	return TEXT(d, "%" PRId64 ".%" PRId64 "s", (us + 50000) / 1000000,
		(us + 50000) % 1000000 / 100000);
}

const char *
part_ms(struct doc *d, int64_t us)
{
	if (us < 0)
		return "-";
	return TEXT(d, "%" PRId64 " ms", (us + 500) / 1000);
}

const char *
part_offset(struct doc *d, int64_t us)
{
	if (us < 0)
		return "";
	return TEXT(d, "+%" PRId64 ".%03" PRId64, us / 1000000, us % 1000000 / 1000);
}

/* Days since 1970 to a civil date, proleptic Gregorian; eras of 400 years. */
static void
civil(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
	int64_t from_march = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
	*month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
	*year = years + era * 400 + (*month <= 2 ? 1 : 0);
}

/* So near that a day needs no year. */
#define NEAR_DAYS 180

static int64_t
days_of(int64_t unix_s)
{
	return unix_s / 86400 - (unix_s % 86400 < 0 ? 1 : 0);
}

const char *
part_date(struct doc *d, int64_t unix_s)
{
	int64_t year;
	int month, day;

	civil(days_of(unix_s), &year, &month, &day);
	return TEXT(d, "%04" PRId64 "-%02d-%02d", year, month, day);
}

const char *
part_stamp(struct doc *d, int64_t unix_s)
{
	int64_t of_day = unix_s - days_of(unix_s) * 86400;

	return TEXT(d, "%s %02" PRId64 ":%02" PRId64 ":%02" PRId64 "Z", part_date(d, unix_s),
		of_day / 3600, of_day / 60 % 60, of_day % 60);
}

const char *
part_day(struct doc *d, int64_t unix_s, int64_t near_s)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
		"Aug", "Sep", "Oct", "Nov", "Dec" };
	const int64_t days = days_of(unix_s), away = days - days_of(near_s);
	int64_t year;
	int month, day;

	if (away < -NEAR_DAYS || away > NEAR_DAYS)
		return part_date(d, unix_s);
	civil(days, &year, &month, &day);
	return TEXT(d, "%d %s", day, months[month - 1]);
}

const char *
part_moment(struct doc *d, int64_t unix_s, int64_t near_s)
{
	const int64_t days = days_of(unix_s), away = days - days_of(near_s);
	const int minute = (int)((unix_s - days * 86400) / 60);

	if (away < -NEAR_DAYS || away > NEAR_DAYS)
		return part_date(d, unix_s);
	return TEXT(d, "%s%s%02d:%02dZ", away == 0 ? "" : part_day(d, unix_s, near_s),
		away == 0 ? "" : " ", minute / 60, minute % 60);
}

const char *
part_span(struct doc *d, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *noun;
	} units[] = { { 604800, "week" }, { 86400, "day" }, { 3600, "hour" }, { 60, "minute" } };
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (seconds >= units[i].seconds && seconds % units[i].seconds == 0)
			return part_count(d, (size_t)(seconds / units[i].seconds), units[i].noun);
	if (seconds >= 2 * 86400)
		return TEXT(d, "about %s", part_count(d, (size_t)(seconds / 86400), "day"));
	if (seconds >= 2 * 3600)
		return TEXT(d, "about %s", part_count(d, (size_t)(seconds / 3600), "hour"));
	return part_count(d, (size_t)seconds, "second");
}

const char *
part_count(struct doc *d, size_t n, const char *noun)
{
	size_t length = str_of(noun).n;
	const char *plural = "s";

	if (n == 1)
		plural = "";
	else if (length > 0 && noun[length - 1] == 's')
		plural = "es";
	return TEXT(d, "%zu %s%s", n, noun, plural);
}

const char *
part_counts(struct doc *d, const struct judgement *j)
{
	static const enum severity order[] = { SEVERITY_ERROR, SEVERITY_INCONCLUSIVE,
		SEVERITY_WARNING, SEVERITY_INFO };
	static const char *const words[] = { [SEVERITY_OK] = "",
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INCONCLUSIVE] = "inconclusive",
		[SEVERITY_ERROR] = "error" };
	const char *all = part_count(d, j->count, "finding");
	const char *between = ":";
	size_t i;

	if (j->count == 0)
		return "no findings";
	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (j->counts[order[i]] == 0)
			continue;
		all = TEXT(d, "%s%s %zu %s", all, between, j->counts[order[i]], words[order[i]]);
		between = ",";
	}
	return all;
}

const char *
part_coverage(struct doc *d, const struct judgement *j)
{
	return TEXT(d, "%zu of %s tested", j->tested, part_count(d, j->addresses, "address"));
}

const char *
part_nobody(struct doc *d, const struct judgement *j)
{
	const struct session *s = j->session;

	if (!j->is_final)
		return "Nobody has to act so far.";
	/* By the operator, who need not be told that this side is at fault. */
	if (s->end_reason == END_CANCELLED)
		return "Nobody has to act, as far as the walk came.";
	if (j->severity != SEVERITY_INCONCLUSIVE)
		return "Nobody has to act.";
	if (s->fault_count == 0)
		return "You, at this host: not everything could be told from here.";
	return TEXT(d, "You, at this host: %s (%s).", doc_shown(d, s->faults[0]->error),
		doc_shown(d, s->faults[0]->what));
}

const char *
part_list(struct doc *d, struct strs list, const char *between)
{
	struct buf all = BUF_INIT(0);
	const char *shown;
	size_t i;

	for (i = 0; i < list.n; i++) {
		if (i > 0)
			buf_add_text(&all, between);
		buf_add(&all, list.v[i]);
	}
	shown = doc_shown(d, buf_str(&all));
	buf_release(&all);
	return shown;
}

const char *
part_short_host(struct doc *d, const struct session *s, struct str host)
{
	struct str domain = session_domain(s);

	if (domain.n > 0 && host.n > domain.n + 1 && name_is_under(host, domain))
		host = str_sub(host, 0, host.n - domain.n - 1);
	return doc_shown(d, host);
}

void
part_state(struct doc *d, struct row *r, enum state state)
{
	row_glyph(d, r, state_role(state), state_glyph(state));
	row_text(d, r, state_role(state), " %s", state_word(state));
	r->severity = state_severity(state);
}

void
part_severity(struct doc *d, struct row *r, enum severity severity)
{
	row_glyph(d, r, severity_role(severity), severity_glyph(severity));
	row_text(d, r, severity_role(severity), " %s", severity_word(severity));
	r->severity = severity;
}

void
part_ok(struct doc *d, struct row *r, bool is_ok)
{
	row_glyph(d, r, is_ok ? ROLE_STATE_OK : ROLE_STATE_FAIL, is_ok ? GLYPH_OK : GLYPH_FAIL);
}

void
part_cell(struct doc *d, struct row *r, enum role role, const char *format, ...)
{
	va_list args;

	row_cell(d, r);
	va_start(args, format);
	row_vtext(d, r, role, format, args);
	va_end(args);
}
