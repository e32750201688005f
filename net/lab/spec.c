#include "net/lab/spec_read.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/buf.h"
#include "core/limits.h"
#include "core/name.h"
#include "core/safe.h"

bool
spec_wrong(struct spec_reader *r, const char *format, ...)
{
	char words[256];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	err_set(r->err, 65, "%.*s.lab:%u: %.*s", SAFE_ARG(safe_text(r->a, r->name, 60)), r->line,
		SAFE_ARG(safe_text(r->a, str_of(words), 200)));
	return false;
}

/* The head: one keyword and its text per line. */

static bool
read_domain(struct spec_reader *r, struct str args)
{
	struct str name = name_no_dot(args);

	if (name.n == 0 || str_find(name, ' ') < name.n || !spec_name_has_shape(name))
		return spec_wrong(r, "\"%.*s\" is no domain name", STR_ARG(args));
	r->spec->head.domain = spec_lower(r->a, name);
	return true;
}

static bool
read_clock(struct spec_reader *r, struct str args)
{
	uint64_t s;
	bool is_behind = str_starts(args, STR("-"));

	if (is_behind || str_starts(args, STR("+")))
		args = str_skip(args, 1);
	if (!spec_number(r, args, SPEC_MAX_CLOCK_S, &s))
		return false;
	r->spec->head.as_of_offset_s = is_behind ? -(int64_t)s : (int64_t)s;
	return true;
}

static bool
read_takes(struct spec_reader *r, struct str args)
{
	uint64_t s;

	if (!spec_number(r, args, 600, &s))
		return false;
	r->spec->head.takes_s = (unsigned)s;
	return true;
}

static bool
read_expect(struct spec_reader *r, struct str args)
{
	if (args.n == 0)
		return spec_wrong(r, "expect wants a finding");
	arena_push(r->a, &r->spec->head.expect, args);
	return true;
}

static bool
read_expect_json(struct spec_reader *r, struct str args)
{
	if (str_find(args, '=') == args.n)
		return spec_wrong(r, "expect-json wants path=value");
	arena_push(r->a, &r->spec->head.expect_json, args);
	return true;
}

/* "sni-probe", "authoritative", "repeat N", "controls DOMAIN..." */
static bool
read_wish(struct spec_reader *r, struct str args)
{
	struct lab_wish *wish = &r->spec->wish;
	struct str word = spec_word(&args), name;
	uint64_t n;

	if (str_is(word, "sni-probe")) {
		wish->probes_sni = true;
	} else if (str_is(word, "authoritative")) {
		wish->asks_authority = true;
	} else if (str_is(word, "repeat")) {
		if (!spec_number(r, spec_word(&args), 20, &n))
			return false;
		wish->repeat = (unsigned)n;
	} else if (str_is(word, "controls")) {
		while ((name = spec_word(&args)).n > 0)
			arena_push(r->a, &wish->controls, name);
	} else {
		return spec_wrong(
			r, "walk wants sni-probe, authoritative, repeat N or controls DOMAIN...");
	}
	return args.n == 0 || spec_wrong(r, "\"%.*s\" is too much", STR_ARG(args));
}

/* How the scenario begins, by a name of its own. */
static bool
read_first_act(struct spec_reader *r, struct str args)
{
	if (args.n == 0)
		return spec_wrong(r, "act wants a name");
	r->spec->head.acts.v[0] = args;
	return true;
}

static const struct {
	const char *word;
	size_t text; /* offset of a text in the scenario; 0 where read is set */
	bool (*read)(struct spec_reader *r, struct str args);
	bool is_for_acts; /* also behind [act NAME] */
} head_words[] = {
	{ "title", offsetof(struct scenario, title), NULL, false },
	{ "broken", offsetof(struct scenario, broken), NULL, false },
	{ "sender", offsetof(struct scenario, sender), NULL, true },
	{ "owner", offsetof(struct scenario, owner), NULL, true },
	{ "fix", offsetof(struct scenario, fix), NULL, false },
	{ "reading", offsetof(struct scenario, reading), NULL, false },
	{ "note", offsetof(struct scenario, note), NULL, true },
	{ "act", 0, read_first_act, false },
	{ "domain", 0, read_domain, false },
	{ "clock", 0, read_clock, false },
	{ "takes", 0, read_takes, false },
	{ "walk", 0, read_wish, false },
	{ "expect", 0, read_expect, true },
	{ "expect-json", 0, read_expect_json, true },
};

static bool
read_head_line(struct spec_reader *r, struct str line)
{
	struct str rest = line, word;

	if (ascii_is_wsp(line.p[0])) {
		if (r->text == NULL)
			return spec_wrong(r, "nothing to continue here");
		*r->text = arena_printf(
			r->a, "%.*s %.*s", STR_ARG(*r->text), STR_ARG(str_trim_wsp(line)));
		return true;
	}
	r->text = NULL;
	word = spec_word(&rest);
	for (size_t i = 0; i < sizeof(head_words) / sizeof(head_words[0]); i++) {
		if (!str_is(word, head_words[i].word) || (r->act > 0 && !head_words[i].is_for_acts))
			continue;
		if (head_words[i].read != NULL)
			return head_words[i].read(r, rest);
		r->text = (struct str *)((char *)&r->spec->head + head_words[i].text);
		if (r->text->n > 0 && r->act == 0)
			return spec_wrong(r, "%s is given twice", head_words[i].word);
		*r->text = rest;
		return true;
	}
	return spec_wrong(
		r, "\"%.*s\" is no word of %s", STR_ARG(word), r->act > 0 ? "an act" : "the head");
}

/* The policy: each line as it is served. A line of one backslash is an empty one. */
static bool
read_policy_line(struct spec_reader *r, struct str line)
{
	struct str text = str_trim_wsp(line);

	if (str_is(text, "\\"))
		text = STR_EMPTY;
	else if (!spec_unescape(r->a, text, &text))
		return spec_wrong(r, "an escape is \\n \\r \\t \\0 \\\\ \\\" or \\xHH");
	buf_add(r->body, text);
	buf_add_text(r->body, r->ends_crlf ? "\r\n" : "\n");
	return true;
}

static bool
begin_policy(struct spec_reader *r, struct str args)
{
	struct str word;

	r->has_policy = true;
	if (spec_is_new_act(r, &r->policy_act)) {
		buf_clear(r->body);
		r->ends_crlf = r->is_utf16 = r->ends_open = false;
	}
	while ((word = spec_word(&args)).n > 0) {
		if (str_is(word, "crlf"))
			r->ends_crlf = true;
		else if (str_is(word, "utf16"))
			r->is_utf16 = true;
		else if (str_is(word, "open"))
			r->ends_open = true;
		else
			return spec_wrong(r, "\"%.*s\" is not crlf, utf16 or open", STR_ARG(word));
	}
	return true;
}

static void
finish_policy(struct spec_reader *r)
{
	struct str body = buf_str(r->body);

	if (r->ends_open && body.n > 0)
		body = str_sub(body, 0, body.n - (r->ends_crlf ? 2 : 1));
	if (!r->is_utf16) {
		r->spec->policy = arena_str(r->a, body);
		return;
	}
	char *wide = arena_alloc(r->a, 2 * body.n + 3);

	wide[0] = '\xff';
	wide[1] = '\xfe';
	for (size_t i = 0; i < body.n; i++)
		wide[2 + 2 * i] = body.p[i];
	r->spec->policy = (struct str){ wide, 2 * body.n + 2 };
}

static bool
read_hosts_line(struct spec_reader *r, struct str line)
{
	r->spec->hosts = arena_printf(
		r->a, "%.*s%.*s\n", STR_ARG(r->spec->hosts), STR_ARG(str_trim(line)));
	return true;
}

/* A cached policy: its id, its age and since when it is known in days, then its lines. */
static bool
begin_cached(struct spec_reader *r, struct str args)
{
	const struct str id = spec_word(&args), age = spec_word(&args), known = spec_word(&args);
	struct lab_cached *c;
	uint64_t days = 0, known_days = 0;

	if (spec_is_new_act(r, &r->cached_act))
		r->spec->cached_count = 0;
	c = &r->spec->cached[r->spec->cached_count];
	if (r->spec->cached_count == SPEC_MAX_CACHED)
		return spec_wrong(r, "over %d cached policies", SPEC_MAX_CACHED);
	if (id.n == 0 || args.n > 0 || (age.n > 0 && !str_to_u64(age, 366, &days)) ||
		(known.n > 0 && (!str_to_u64(known, 366, &known_days) || known_days < days)))
		return spec_wrong(r, "[cached ID DAYS [SINCE]]");
	*c = (struct lab_cached){ .id = id };
	c->known_s = known.n > 0 ? (int64_t)known_days * 86400 : -1;
	c->age_s = (int64_t)days * 86400;
	r->spec->cached_count++;
	return true;
}

static bool
read_cached_line(struct spec_reader *r, struct str line)
{
	struct lab_cached *c = &r->spec->cached[r->spec->cached_count - 1];

	c->body = arena_printf(r->a, "%.*s%.*s\n", STR_ARG(c->body), STR_ARG(str_trim_wsp(line)));
	return true;
}

/* Sections. */

typedef bool line_reader(struct spec_reader *r, struct str line);

static bool
begin_hosts(struct spec_reader *r, struct str args)
{
	if (spec_is_new_act(r, &r->hosts_act))
		r->spec->hosts = STR_EMPTY;
	return args.n == 0 || spec_wrong(r, "[hosts] has no arguments");
}

/* Behind [without ...] nothing stands. */
static bool
read_nothing(struct spec_reader *r, struct str line)
{
	return spec_wrong(r, "\"%.*s\" stands in no section", STR_ARG(str_trim(line)));
}

/* An act that does not count: it is read another time. */
static bool
read_later(struct spec_reader *r, struct str line)
{
	(void)r;
	(void)line;
	return true;
}

static bool
begin_section(struct spec_reader *r, struct str line, line_reader **reader)
{
	struct str rest, word;

	if (line.p[line.n - 1] != ']')
		return spec_wrong(r, "a section ends in ]");
	if (r->spec->head.domain.n == 0)
		return spec_wrong(r, "domain must stand before the first section");
	rest = str_sub(line, 1, line.n - 2);
	word = spec_word(&rest);
	if (str_is(word, "act")) {
		*reader = r->act >= r->want_act ? read_later : read_head_line;
		return spec_act_begin(r, rest);
	}
	if (r->act > r->want_act)
		return true;
	if (str_is(word, "without")) {
		*reader = read_nothing;
		return spec_without(r, rest);
	}
	if (str_is(word, "dns")) {
		*reader = spec_dns_line;
		r->zone = &r->spec->zone;
		return rest.n == 0 || spec_dns_secondary(r, rest);
	}
	if (str_is(word, "hosts")) {
		*reader = read_hosts_line;
		return begin_hosts(r, rest);
	}
	if (str_is(word, "policy")) {
		*reader = read_policy_line;
		return begin_policy(r, rest);
	}
	if (str_is(word, "cached")) {
		*reader = read_cached_line;
		return begin_cached(r, rest);
	}
	*reader = spec_server_line;
	if (str_is(word, "https") || str_is(word, "mx"))
		return spec_server_begin(r, str_is(word, "https"), rest);
	return spec_wrong(r,
		"[%.*s] is no section; they are [dns] [hosts] [policy] [cached ID DAYS [SINCE]] "
		"[https] "
		"[mx PREFERENCE HOST] [act NAME] [without ...]",
		STR_ARG(str_sub(word, 0, 40)));
}

static bool
read_lines(struct spec_reader *r, struct str text)
{
	line_reader *reader = read_head_line;
	struct str line;

	while (str_split(&text, '\n', &line)) {
		struct str trimmed = str_trim(line);

		r->line++;
		if (line.n > SPEC_MAX_LINE_BYTES)
			return spec_wrong(r, "line of over %d bytes", SPEC_MAX_LINE_BYTES);
		if (trimmed.n == 0 || trimmed.p[0] == '#')
			continue;
		if (line.p[line.n - 1] == '\r')
			line.n--;
		if (trimmed.p[0] == '[' ? !begin_section(r, trimmed, &reader) : !reader(r, line))
			return false;
	}
	return true;
}

static bool
check_whole(struct spec_reader *r)
{
	if (r->spec->head.domain.n == 0)
		return spec_wrong(r, "the scenario names no domain");
	if (r->spec->head.title.n == 0)
		return spec_wrong(r, "the scenario has no title");
	return true;
}

enum result
spec_parse(
	struct str name, struct str text, struct arena *a, struct lab_spec **out, struct err *err)
{
	return spec_parse_act(name, text, 0, a, out, err);
}

enum result
spec_parse_act(struct str name, struct str text, size_t act, struct arena *a, struct lab_spec **out,
	struct err *err)
{
	struct buf body = BUF_INIT(SPEC_MAX_BYTES);
	struct err own = { 0 };
	struct spec_reader r = { .a = a,
		.name = name,
		.err = err != NULL ? err : &own,
		.body = &body,
		.want_act = (unsigned)act };
	bool is_right;

	if (text.n > SPEC_MAX_BYTES)
		return err_set(err, 65, "%.*s.lab: over %d bytes", STR_ARG(name), SPEC_MAX_BYTES);
	r.spec = arena_new(a, struct lab_spec);
	r.spec->head.name = arena_str(a, name);
	r.spec->head.text = arena_str(a, text);
	arena_push(a, &r.spec->head.acts, STR("start"));
	is_right = read_lines(&r, r.spec->head.text) && check_whole(&r) && spec_dns_finish(&r);
	if (is_right)
		finish_policy(&r);
	buf_release(&body);
	if (is_right && r.act < act)
		is_right = spec_wrong(&r, "there is no act %zu", act + 1);
	*out = r.spec;
	return is_right ? RESULT_OK : RESULT_FAILED;
}
