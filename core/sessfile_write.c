/* Writing of session files: the same events give the same bytes. */
#include "core/sessfile.h"

#include <inttypes.h>
#include <string.h>

#include "core/base64.h"

/* C0, DEL and C1 are escaped, so that a session file can be looked at in any terminal. */
static size_t
control_at(struct str s, size_t at, unsigned *code)
{
	const unsigned char c = (unsigned char)s.p[at];

	*code = c;
	if (c < 0x20 || c == 0x7f)
		return 1;
	if (c != 0xc2 || (unsigned char)s.p[at + 1] > 0x9f)
		return 0;
	*code = (unsigned char)s.p[at + 1];
	return 2;
}

static size_t
write_escaped(struct buf *out, struct str s, size_t at)
{
	unsigned code;
	const size_t length = control_at(s, at, &code);

	if (code == '\n')
		buf_add(out, STR("\\n"));
	else if (code == '\r')
		buf_add(out, STR("\\r"));
	else if (code == '\t')
		buf_add(out, STR("\\t"));
	else if (length > 0)
		buf_addf(out, "\\u%04x", code);
	else
		buf_addf(out, "\\%c", s.p[at]);
	return length > 0 ? length : 1;
}

/* s is well-formed UTF-8. */
static void
write_string(struct buf *out, struct str s)
{
	size_t plain = 0, at = 0;
	unsigned code;

	buf_add_char(out, '"');
	while (at < s.n) {
		if (s.p[at] != '"' && s.p[at] != '\\' && control_at(s, at, &code) == 0) {
			at++;
			continue;
		}
		buf_add(out, str_sub(s, plain, at - plain));
		at += write_escaped(out, s, at);
		plain = at;
	}
	buf_add(out, str_sub(s, plain, at - plain));
	buf_add_char(out, '"');
}

static void
write_text(struct buf *out, struct str s)
{
	if (utf8_is_valid(s) && str_find(s, '\0') == s.n) {
		write_string(out, s);
		return;
	}
	buf_add(out, STR("{\"b64\":\""));
	base64_encode(out, s);
	buf_add(out, STR("\"}"));
}

static void
write_list(struct buf *out, const struct strs *list)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		write_text(out, list->v[i]);
	}
	buf_add_char(out, ']');
}

static void
write_bool(struct buf *out, bool value)
{
	buf_add(out, value ? STR("true") : STR("false"));
}

static void
write_field(struct buf *out, const struct field *field, const void *payload)
{
	const void *member = FIELD_IN(payload, field);

	buf_add(out, STR(",\""));
	buf_add_text(out, field->name);
	buf_add(out, STR("\":"));
	switch (field->type) {
	case FIELD_INT:
		buf_addf(out, "%" PRId64, *(const int64_t *)member);
		break;
	case FIELD_BOOL:
		write_bool(out, *(const bool *)member);
		break;
	case FIELD_ENUM:
		buf_add_char(out, '"');
		buf_add_text(out, field->vocab->words[*(const unsigned *)member]);
		buf_add_char(out, '"');
		break;
	case FIELD_TEXT:
		write_text(out, *(const struct str *)member);
		break;
	case FIELD_LIST:
		write_list(out, member);
		break;
	}
}

/* Three decimals of a millisecond are whole microseconds: nothing is rounded. */
void
sessfile_write_event(struct buf *out, const struct event *event)
{
	const struct event_type *type = event_type(event->kind);
	const struct ev_foreign *foreign = event->payload;
	const int64_t us = event->us > 0 ? event->us : 0;

	buf_addf(out, "{\"seq\":%" PRIu32 ",\"ms\":%" PRId64 ".%03d,\"job\":", event->seq,
		us / 1000, (int)(us % 1000));
	write_text(out, event->job);
	buf_add(out, STR(",\"kind\":"));
	if (event->kind == EV_FOREIGN) {
		write_text(out, foreign->word);
		buf_add(out, foreign->members);
	} else {
		write_text(out, str_of(type->name));
		for (size_t i = 0; i < type->field_count; i++)
			write_field(out, &type->fields[i], event->payload);
		buf_add(out, event->members);
	}
	buf_add(out, STR("}\n"));
}

/* A day since 1970 in the Gregorian calendar; 400 years are a period of 146097 days. */
static void
write_date(struct buf *out, int64_t day)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int64_t year = 1970, length;
	int month = 0;
	bool is_leap = false;

	for (;; year++) {
		is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
		length = is_leap ? 366 : 365;
		if (day < length)
			break;
		day -= length;
	}
	for (; day >= (length = lengths[month] + (month == 1 && is_leap)); month++)
		day -= length;
	buf_addf(out, "%04d-%02d-%02d", (int)year, month + 1, (int)day + 1);
}

/* RFC 3339 in UTC; null for what has no such form (before 1970, after 9999). */
static void
write_time(struct buf *out, int64_t ms)
{
	const int64_t day_ms = 86400000, days = 2932897; /* to 10000-01-01 */
	const int64_t rest = ms % day_ms;

	if (ms < 0 || ms / day_ms >= days) {
		buf_add(out, STR("null"));
		return;
	}
	buf_add_char(out, '"');
	write_date(out, ms / day_ms);
	buf_addf(out, "T%02d:%02d:%02d.%03dZ\"", (int)(rest / 3600000), (int)(rest / 60000 % 60),
		(int)(rest / 1000 % 60), (int)(rest % 1000));
}

static void
write_options(struct buf *out, const struct ev_walk_start *start)
{
	buf_add(out, STR("{\"ipv4\":"));
	write_bool(out, start->wants_ipv4);
	buf_add(out, STR(",\"ipv6\":"));
	write_bool(out, start->wants_ipv6);
	buf_addf(out,
		",\"https_port\":%" PRId64 ",\"smtp_port\":%" PRId64 ",\"budget_ms\":%" PRId64
		",\"ehlo\":",
		start->https_port, start->smtp_port, start->budget_ms);
	write_text(out, start->ehlo);
	buf_add(out, STR(",\"rehearsal\":"));
	write_list(out, &start->rehearsal);
	buf_add(out, STR(",\"scenario\":"));
	write_text(out, start->scenario);
	buf_add_char(out, '}');
}

static void
write_header(struct buf *out, const struct ev_walk_start *start, struct str members)
{
	buf_addf(out,
		"{\"format\":\"" SESSFILE_FORMAT
		"\",\"version\":%d,\"tool\":{\"name\":\"stswalk\",\"version\":",
		SESSFILE_VERSION);
	write_text(out, start->tool);
	buf_add(out, STR("},\"domain\":"));
	write_text(out, start->domain);
	buf_add(out, STR(",\"started\":"));
	write_time(out, start->started_ms);
	buf_add(out, STR(",\"options\":"));
	write_options(out, start);
	buf_add(out, members);
	buf_add(out, STR("}\n"));
}

void
sessfile_write_header(struct buf *out, const struct ev_walk_start *start)
{
	write_header(out, start, STR_EMPTY);
}

void
sessfile_write(struct buf *out, const struct session *s)
{
	if (s->start != NULL)
		write_header(out, s->start, s->header_members);
	for (size_t i = 0; i < s->event_count; i++)
		sessfile_write_event(out, s->events[i]);
}
