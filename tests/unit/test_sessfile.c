#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/sessfile_plain.h"
#include "tests/support/build_session.h"
#include "tests/support/gen_event.h"

#define HEADER "{\"format\":\"stswalk-session\",\"version\":1,\"tool\":\"0.1.0\"}\n"
#define START \
	"{\"seq\":1,\"ms\":0.000,\"job\":\"walk\",\"kind\":\"walk-start\"," \
	"\"domain\":\"example.com\"}\n"
#define END "{\"seq\":9,\"ms\":9.000,\"job\":\"walk\",\"kind\":\"end\",\"reason\":\"done\"}\n"

static void
read_ok(struct str file, struct session *s, struct str *warning)
{
	struct err err = { 0 };

	session_init(s);
	if (sessfile_read(file, s, warning, &err) != RESULT_OK)
		fail_msg("%s", err.text);
}

static void
test_good_walk_comes_back(void **state)
{
	struct session written, read;
	struct build b;
	struct buf first = { 0 }, second = { 0 };
	struct str warning;

	(void)state;
	build_good(&b, &written, "enforce");
	sessfile_write(&first, &written);
	read_ok(buf_str(&first), &read, &warning);
	assert_int_equal(warning.n, 0);
	sessfile_write(&second, &read);
	assert_string_equal(buf_text(&first), buf_text(&second));
	assert_int_equal(read.event_count, written.event_count);
	for (size_t i = 0; i < read.event_count; i++) {
		assert_int_equal(read.events[i]->us, written.events[i]->us);
		assert_int_equal(read.events[i]->seq, written.events[i]->seq);
		assert_true(event_payload_eq(
			read.events[i]->kind, read.events[i]->payload, written.events[i]->payload));
	}
	assert_int_equal(session_mode(&read), POLICY_MODE_ENFORCE);
	assert_true(str_is(read.recorded_by, STSWALK_VERSION));
	buf_release(&first);
	buf_release(&second);
	session_release(&read);
	session_release(&written);
}

/* Every kind with generated values, awkward bytes among them, any microsecond. */
static void
test_every_kind_comes_back(void **state)
{
	struct gen g = { 42 };

	(void)state;
	for (int round = 0; round < 40; round++) {
		struct sessfile_reader r = { .has_header = true };
		struct arena a = { 0 };
		struct err err = { 0 };

		r.arena = &a;
		for (size_t i = 0; i < event_kind_count; i++) {
			const struct event event = { .seq = (uint32_t)i + 1,
				.us = (int64_t)gen_below(&g, 100000000),
				.job = gen_text(&g, &a),
				.kind = (enum event_kind)i,
				.payload = gen_payload(&g, &a, (enum event_kind)i) };
			struct buf line = { 0 }, again = { 0 };
			struct event *back;

			sessfile_write_event(&line, &event);
			assert_true(utf8_is_valid(buf_str(&line)));
			assert_int_equal(str_find(buf_str(&line), '\n'), line.n - 1);
			if (sessfile_read_line(&r, str_trim(buf_str(&line)), &back, &err) !=
				RESULT_OK)
				fail_msg("%s: %s", err.text, buf_text(&line));
			assert_non_null(back);
			assert_int_equal(back->kind, event.kind);
			assert_int_equal(back->us, event.us);
			assert_true(str_eq(back->job, event.job));
			assert_true(event_payload_eq(event.kind, back->payload, event.payload));
			sessfile_write_event(&again, back);
			assert_string_equal(buf_text(&line), buf_text(&again));
			buf_release(&line);
			buf_release(&again);
		}
		assert_int_equal(r.foreign, 1);
		assert_int_equal(r.foreign_fields, 0);
		arena_release(&a);
	}
}

static void
read_alone(struct arena *a, struct str line, struct event **event)
{
	struct sessfile_reader r = { .has_header = true, .arena = a };

	if (sessfile_read_line(&r, line, event, NULL) != RESULT_OK)
		*event = NULL;
}

/* Lines as they are written have a way of their own; a blank behind one leads to the other. */
static bool
is_read_alike(struct arena *a, struct str line)
{
	const struct str blank = arena_printf(a, "%.*s ", STR_ARG(line));
	struct event *plain, *tree;

	read_alone(a, line, &plain);
	read_alone(a, blank, &tree);
	if (plain == NULL || tree == NULL)
		return plain == tree;
	return plain->seq == tree->seq && plain->us == tree->us && plain->kind == tree->kind &&
	       str_eq(plain->job, tree->job) && str_eq(plain->members, tree->members) &&
	       event_payload_eq(plain->kind, plain->payload, tree->payload);
}

static struct str
gen_plain(struct gen *g, struct arena *a)
{
	return arena_printf(a, "plain %zu", gen_below(g, 1000));
}

/* A payload of which every line is taken the quick way. */
static void *
plain_payload(struct gen *g, struct arena *a, enum event_kind kind)
{
	const struct event_type *type = event_type(kind);
	void *payload = gen_payload(g, a, kind);

	for (size_t i = 0; i < type->field_count; i++) {
		const struct field *f = &type->fields[i];
		struct strs *list = FIELD_OF(payload, f);

		if (f->type == FIELD_INT)
			*(int64_t *)FIELD_OF(payload, f) = (int64_t)gen_below(g, 2000) - 1;
		if (f->type == FIELD_TEXT)
			*(struct str *)FIELD_OF(payload, f) = gen_plain(g, a);
		for (size_t k = 0; f->type == FIELD_LIST && k < list->n; k++)
			list->v[k] = gen_plain(g, a);
	}
	return payload;
}

/* Whatever byte of it is another one, a line is read, or refused, as without the quick way. */
static void
test_quick_way_is_the_same(void **state)
{
	static const char others[] = "\"\\,:{}[]0-. a\x7f\xc3\x01";
	struct gen g = { 7 };
	size_t taken = 0;

	(void)state;
	for (size_t i = 0; i < event_kind_count * 12; i++) {
		const enum event_kind kind = (enum event_kind)(i % event_kind_count);
		struct arena a = { 0 };
		struct sessfile_reader r = { .has_header = true, .arena = &a };
		const struct event event = { .seq = (uint32_t)i + 1,
			.us = (int64_t)gen_below(&g, 100000000),
			.job = gen_plain(&g, &a),
			.kind = kind,
			.payload = i < event_kind_count * 6 ? plain_payload(&g, &a, kind)
							    : gen_payload(&g, &a, kind) };
		struct buf text = { 0 };
		struct str line;
		char *bytes;

		if (kind == EV_FOREIGN) {
			arena_release(&a);
			continue;
		}
		sessfile_write_event(&text, &event);
		line = arena_str(&a, str_trim(buf_str(&text)));
		taken += sessfile_read_plain(&r, line) != NULL;
		assert_true(is_read_alike(&a, line));
		bytes = arena_alloc(&a, line.n + 1);
		for (int k = 0; k < 50; k++) {
			memcpy(bytes, line.p, line.n);
			bytes[gen_below(&g, line.n)] = others[gen_below(&g, sizeof(others) - 1)];
			if (!is_read_alike(&a, (struct str){ bytes, line.n }))
				fail_msg("%.*s", (int)line.n, bytes);
		}
		buf_release(&text);
		arena_release(&a);
	}
	assert_true(taken >= (event_kind_count - 2) * 6);
}

static const struct {
	const char *name;
	struct str text;
	const char *json;
} texts[] = {
	{ "plain", { "a/b", 3 }, "\"a/b\"" },
	{ "quotes", { "\"\\", 2 }, "\"\\\"\\\\\"" },
	{ "line ends", { "\r\n\t", 3 }, "\"\\r\\n\\t\"" },
	{ "controls", { "\x1b[m\x7f\xc2\x9b", 6 }, "\"\\u001b[m\\u007f\\u009b\"" },
	{ "utf-8", { "\xc3\xbc", 2 }, "\"\xc3\xbc\"" },
	{ "nul", { "a\0b", 3 }, "{\"b64\":\"YQBi\"}" },
	{ "no utf-8", { "\xff", 1 }, "{\"b64\":\"/w==\"}" },
	{ "half a character", { "\xc3", 1 }, "{\"b64\":\"ww==\"}" },
};

static void
test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const struct ev_http_header header = { .line = texts[i].text };
		const struct event event = { .seq = 1,
			.us = 1500,
			.job = STR("j"),
			.kind = EV_HTTP_HEADER,
			.payload = &header };
		struct buf line = { 0 };
		char wanted[128];

		sessfile_write_event(&line, &event);
		snprintf(wanted, sizeof(wanted),
			"{\"seq\":1,\"ms\":1.500,\"job\":\"j\",\"kind\":\"http-header\",\"line\":%"
			"s}\n",
			texts[i].json);
		assert_string_equal(buf_text(&line), wanted);
		buf_release(&line);
	}
}

static const struct {
	int64_t ms;
	const char *text;
} times[] = {
	{ 0, "\"1970-01-01T00:00:00.000Z\"" },
	{ 951782400123, "\"2000-02-29T00:00:00.123Z\"" },
	{ 1795334400000, "\"2026-11-22T08:00:00.000Z\"" },
	{ 4107542399999, "\"2100-02-28T23:59:59.999Z\"" },
	{ 4107542400000, "\"2100-03-01T00:00:00.000Z\"" },
	{ 253402300799999, "\"9999-12-31T23:59:59.999Z\"" },
	{ 253402300800000, "null" },
	{ -1, "null" },
	{ INT64_MAX, "null" },
	{ INT64_MIN, "null" },
};

static void
test_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct ev_walk_start start = build_walk_start("example.com");
		struct buf line = { 0 };
		char wanted[64];

		start.started_ms = times[i].ms;
		sessfile_write_header(&line, &start);
		snprintf(wanted, sizeof(wanted), "\"started\":%s,\"options\":{\"ipv4\":true,",
			times[i].text);
		if (strstr(buf_text(&line), wanted) == NULL)
			fail_msg("%s not in %s", wanted, buf_text(&line));
		assert_true(str_starts(buf_str(&line),
			STR("{\"format\":\"stswalk-session\",\"version\":1,\"tool\":{")));
		buf_release(&line);
	}
}

/* What is wrong is refused, with the number of its line; the text may go on. */
static const struct {
	const char *name;
	const char *file;
	const char *text;
} refused[] = {
	{ "empty", "", "empty, not a session of stswalk" },
	{ "other file", "hello\n", "line 1: not a session of stswalk: --save" },
	{ "a report", "[[[[[[[[[[[[]]]]]]]]]]]]\n", "line 1: not a session of stswalk: --save" },
	{ "other JSON", "{\"format\":\"stswalk-report\"}\n", "line 1: not a session of stswalk" },
	{ "list", "[]\n", "line 1: not a session of stswalk" },
	{ "no header", START, "line 1: not a session of stswalk" },
	{ "later format", "{\"format\":\"stswalk-session\",\"version\":2}\n",
		"line 1: session format 2 is not known, only 1" },
	{ "tool is a number", "{\"format\":\"stswalk-session\",\"version\":1,\"tool\":7}\n",
		"line 1: \"tool\" must name a version" },
	{ "header only", HEADER, "line 1: ends before the walk begins" },
	{ "torn behind the header", HEADER "{\"seq\":1,", "line 2: ends before the walk begins" },
	{ "broken in the middle", HEADER START "{\"seq\":\n" END, "line 3: no JSON (byte" },
	{ "key twice", HEADER "{\"seq\":1,\"seq\":2}\n", "line 2: no JSON (byte" },
	{ "no kind", HEADER "{\"seq\":1,\"ms\":0,\"job\":\"walk\"}\n",
		"line 2: \"kind\" must be a word" },
	{ "no seq", HEADER "{\"ms\":0,\"job\":\"j\",\"kind\":\"tls-start\"}\n",
		"line 2: \"seq\" must be an integer above 0" },
	{ "seq again", HEADER START "{\"seq\":1,\"ms\":0,\"job\":\"j\",\"kind\":\"tls-start\"}\n",
		"line 3: \"seq\" must be an integer above 1" },
	{ "seq too large",
		HEADER START "{\"seq\":4294967296,\"ms\":0,\"job\":\"j\",\"kind\":\"tls-start\"}\n",
		"line 3: \"seq\" must be an integer above 1" },
	{ "time before",
		HEADER START "{\"seq\":2,\"ms\":-1,\"job\":\"j\",\"kind\":\"tls-start\"}\n",
		"line 3: \"ms\" must be a number from 0 on" },
	{ "time beyond",
		HEADER START "{\"seq\":2,\"ms\":1e300,\"job\":\"j\",\"kind\":\"tls-start\"}\n",
		"line 3: \"ms\" must be a number from 0 on" },
	{ "job is a number", HEADER START "{\"seq\":2,\"ms\":1,\"job\":5,\"kind\":\"tls-start\"}\n",
		"line 3: \"job\" must be text" },
	{ "text is a number",
		HEADER START
		"{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"tls-start\",\"sni\":null}\n",
		"line 3: \"sni\" of tls-start must be text or {\"b64\":...}" },
	{ "wrong base64",
		HEADER START "{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"tls-start\",\"sni\":{"
			     "\"b64\":\"Z\"}}\n",
		"line 3: \"sni\" of tls-start must be text or {\"b64\":...}" },
	{ "list of numbers",
		HEADER START
		"{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"hosts-left-out\",\"hosts\":[1]}\n",
		"line 3: \"hosts\" of hosts-left-out must be a list of texts" },
	{ "integer is a real",
		HEADER START
		"{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"cert-error\",\"code\":1.5}\n",
		"line 3: \"code\" of cert-error must be an integer" },
	{ "boolean is a word",
		HEADER START
		"{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"route\",\"has_route\":\"yes\"}\n",
		"line 3: \"has_route\" of route must be true or false" },
	{ "word is a number",
		HEADER START "{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"route\",\"family\":4}\n",
		"line 3: \"family\" of route must be a word" },
	{ "deep", HEADER START "{\"x\":[[[[[[[[[[]]]]]]]]]]}\n", "line 3: nested deeper than 8" },
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct session s;
		struct err err = { 0 };

		session_init(&s);
		if (sessfile_read(str_of(refused[i].file), &s, NULL, &err) == RESULT_OK)
			fail_msg("%s was accepted", refused[i].name);
		if (!str_starts(str_of(err.text), str_of(refused[i].text)))
			fail_msg("%s: %s", refused[i].name, err.text);
		assert_int_equal(err.exit, 65);
		assert_int_equal(s.event_count, 0);
		session_release(&s);
	}
}

/* What is odd is told, and the rest is read. */
static const struct {
	const char *name;
	const char *file;
	const char *warning;
	size_t events;
} odd[] = {
	{ "nothing", HEADER START END, "", 2 },
	{ "CRLF and blank lines",
		"\r\n{\"format\":\"stswalk-session\",\"version\":1}\r\n\n" START "\n" END "\n", "",
		2 },
	{ "no line end behind the end", HEADER START "{\"kind\":\"end\",\"reason\":\"cancelled\"}",
		"", 2 },
	{ "cut", HEADER START, "the walk was cut: its end is missing", 2 },
	{ "torn", HEADER START "{\"seq\":2,\"ms\":3.0,\"jo",
		"the last line is torn and was left out; the walk was cut: its end is missing", 2 },
	{ "kind of another version",
		HEADER START "{\"seq\":2,\"ms\":1,\"job\":\"walk\",\"kind\":\"later\"}\n" END,
		"1 line of another version kept, but not understood", 3 },
	{ "word of another version",
		HEADER START
		"{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"route\",\"family\":\"ipv9\"}\n" END,
		"1 line of another version kept, but not understood", 3 },
	{ "fields of another version",
		HEADER START
		"{\"seq\":2,\"ms\":1,\"job\":\"j\",\"kind\":\"route\",\"x\":[{}],\"y\":null}\n" END,
		"2 fields of another version kept, but not understood", 3 },
};

/* What this version does not know is written again by saving what was read. */
static void
test_foreign_comes_back(void **state)
{
	static const char file[] =
		"{\"format\":\"stswalk-session\",\"version\":1,\"later\":[1,2]}\n" START
		"{\"seq\":2,\"ms\":1.000,\"job\":\"walk\",\"kind\":\"later-kind\","
		"\"a\":{\"b64\":\"AAE=\"},\"b\":\"\\u00fc\\u001b\",\"c\":1.5}\n"
		"{\"seq\":3,\"ms\":1.000,\"job\":\"j\",\"kind\":\"route\",\"family\":\"ipv9\","
		"\"has_route\":true}\n"
		"{\"seq\":4,\"ms\":1.000,\"job\":\"j\",\"kind\":\"route\",\"family\":\"ipv4\","
		"\"has_route\":true,\"address\":\"\",\"hops\":[{\"n\":null}]}\n" END;
	static const char *const parts[] = {
		",\"later\":[1,2]}\n",
		("\"kind\":\"later-kind\",\"a\":{\"b64\":\"AAE=\"},"
		 "\"b\":\"\\u00FC\\u001B\",\"c\":1.5}\n"),
		"\"kind\":\"route\",\"family\":\"ipv9\",\"has_route\":true}\n",
		"\"address\":\"\",\"hops\":[{\"n\":null}]}\n",
	};
	struct buf once = BUF_INIT(0), twice = BUF_INIT(0);
	struct session s, again;
	struct str warning;

	(void)state;
	read_ok(str_of(file), &s, &warning);
	sessfile_write(&once, &s);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strstr(buf_text(&once), parts[i]) == NULL)
			fail_msg("no %s in\n%s", parts[i], buf_text(&once));
	read_ok(buf_str(&once), &again, &warning);
	sessfile_write(&twice, &again);
	assert_string_equal(buf_text(&twice), buf_text(&once));
	buf_release(&once);
	buf_release(&twice);
	session_release(&s);
	session_release(&again);
}

static void
test_odd(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct session s;
		struct str warning;

		read_ok(str_of(odd[i].file), &s, &warning);
		if (!str_is(warning, odd[i].warning) || s.event_count != odd[i].events)
			fail_msg("%s: %zu events, \"%.*s\"", odd[i].name, s.event_count,
				STR_ARG(warning));
		session_release(&s);
	}
}

static void
test_missing_numbers_are_absent(void **state)
{
	struct session s;
	const struct ev_walk_start *start;

	(void)state;
	read_ok(str_of(HEADER START END), &s, NULL);
	start = s.events[0]->payload;
	assert_int_equal(start->anchors, -1);
	assert_int_equal(start->resolvers.n, 0);
	assert_true(s.is_ended);
	assert_true(str_is(s.recorded_by, "0.1.0"));
	session_release(&s);
}

/* Cut anywhere, a file is read up to there or refused, never more. */
static void
test_cut_anywhere(void **state)
{
	struct session s, part;
	struct build b;
	struct buf file = { 0 };

	(void)state;
	build_begin(&b, &s);
	add_walk_start(&b, "example.com");
	add_txt(&b, "v=STSv1; id=1;\n\xff\xfe");
	add_mx(&b, "10 mx1.example.com");
	add_smtp_ok(&b, "mx1.example.com", "192.0.2.25");
	add_end(&b, END_DONE);
	sessfile_write(&file, &s);
	for (size_t n = 0; n < file.n; n++) {
		size_t lines = 0;

		for (size_t i = 0; i < n; i++)
			lines += file.p[i] == '\n';
		session_init(&part);
		if (sessfile_read(str_sub(buf_str(&file), 0, n), &part, NULL, NULL) == RESULT_OK) {
			/* The header is no event; a last line without its end is whole or left out. */
			const size_t read = lines - 1 + (file.p[n] == '\n');

			assert_true(part.is_ended);
			/* An end stands in place of the one that is missing. */
			assert_int_equal(part.event_count, read == s.event_count ? read : read + 1);
			assert_int_equal(
				part.end_reason, read == s.event_count ? END_DONE : END_CANCELLED);
		} else {
			assert_true(lines <= 1);
		}
		session_release(&part);
	}
	buf_release(&file);
	session_release(&s);
}

static void
test_limits(void **state)
{
	struct buf file = { 0 };
	struct session s;
	struct err err = { 0 };

	(void)state;
	buf_add_text(&file, HEADER START "{\"seq\":2,\"ms\":1,\"job\":\"");
	while (file.n < LIMIT_SESSION_LINE_BYTES + 1024)
		buf_add_text(&file, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	buf_add_text(&file, "\",\"kind\":\"tls-start\"}\n" END);
	session_init(&s);
	assert_int_equal(sessfile_read(buf_str(&file), &s, NULL, &err), RESULT_FAILED);
	assert_string_equal(err.text, "line 3: longer than 1048576 bytes");

	buf_clear(&file);
	buf_add_text(&file, HEADER START);
	for (int i = 0; i <= LIMIT_EVENTS; i++)
		buf_addf(&file, "{\"seq\":%d,\"ms\":1,\"job\":\"\",\"kind\":\"?\"}\n", i + 2);
	session_init(&s);
	assert_int_equal(sessfile_read(buf_str(&file), &s, NULL, &err), RESULT_FAILED);
	assert_string_equal(err.text, "line 200003: more than 200000 lines");

	session_init(&s);
	assert_int_equal(sessfile_read((struct str){ file.p, (size_t)LIMIT_SESSION_BYTES + 1 }, &s,
				 NULL, &err),
		RESULT_FAILED);
	assert_string_equal(err.text, "larger than 268435456 bytes");
	buf_release(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_walk_comes_back),
		cmocka_unit_test(test_every_kind_comes_back),
		cmocka_unit_test(test_quick_way_is_the_same),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_foreign_comes_back),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_missing_numbers_are_absent),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests_name("sessfile", tests, NULL, NULL);
}
