/* The TLSRPT record: RFC 8460 section 3. */
#include "core/tlsrpt.h"

#include "support/check.h"
#include "support/vectors.h"

static const struct {
	const char *name;
	struct str record;
	enum tlsrpt_fault fault;
	size_t at;
} faults[] = {
	{ "example of the RFC", BYTES("v=TLSRPTv1;rua=mailto:reports@example.com"),
		TLSRPT_FAULT_NONE, 0 },
	{ "blank before the semicolon", BYTES("v=TLSRPTv1 ; rua=mailto:a@example.com"),
		TLSRPT_FAULT_NONE, 0 },
	{ "blanks at the end", BYTES("v=TLSRPTv1; rua=mailto:a@example.com  "), TLSRPT_FAULT_NONE,
		0 },
	{ "query with an equals sign", BYTES("v=TLSRPTv1; rua=https://r.example/x?a=b"),
		TLSRPT_FAULT_NONE, 0 },
	{ "unknown field", BYTES("v=TLSRPTv1; x=1; rua=mailto:a@example.com"), TLSRPT_FAULT_NONE,
		0 },
	{ "foreign", BYTES("v=spf1 -all"), TLSRPT_FAULT_ABSENT, 0 },
	{ "empty", BYTES(""), TLSRPT_FAULT_ABSENT, 0 },
	{ "case of the version", BYTES("v=TLSRPTV1; rua=mailto:a@example.com"),
		TLSRPT_FAULT_VERSION, 0 },
	{ "spacing of the version", BYTES(" v = tlsrptv1; rua=mailto:a@example.com"),
		TLSRPT_FAULT_VERSION, 0 },
	{ "quotes", BYTES("\"v=TLSRPTv1; rua=mailto:a@example.com\""), TLSRPT_FAULT_VERSION, 0 },
	{ "digit behind the version", BYTES("v=TLSRPTv12; rua=mailto:a@example.com"),
		TLSRPT_FAULT_VERSION, 10 },
	{ "version alone", BYTES("v=TLSRPTv1"), TLSRPT_FAULT_SYNTAX, 10 },
	{ "no semicolon", BYTES("v=TLSRPTv1 rua=mailto:a@example.com"), TLSRPT_FAULT_SYNTAX, 11 },
	{ "blank behind equals", BYTES("v=TLSRPTv1; rua= mailto:a@example.com"),
		TLSRPT_FAULT_SYNTAX, 16 },
	{ "blank in the URI", BYTES("v=TLSRPTv1; rua=mailto:a@example.com b"), TLSRPT_FAULT_SYNTAX,
		36 },
	{ "broken escape", BYTES("v=TLSRPTv1; rua=https://r.example/%4"), TLSRPT_FAULT_SYNTAX, 34 },
	{ "NUL", BYTES("v=TLSRPTv1; rua=mailto:a\0@example.com"), TLSRPT_FAULT_SYNTAX, 24 },
	{ "bracket in a mailbox", BYTES("v=TLSRPTv1; rua=mailto:a[b@example.com"),
		TLSRPT_FAULT_SYNTAX, 24 },
	{ "bracket in a path", BYTES("v=TLSRPTv1; rua=https://[::1]/[x]"), TLSRPT_FAULT_SYNTAX,
		30 },
	{ "brackets round no address", BYTES("v=TLSRPTv1; rua=https://[r.example]/"),
		TLSRPT_FAULT_SYNTAX, 24 },
	{ "text behind an address", BYTES("v=TLSRPTv1; rua=https://[::1]x/"), TLSRPT_FAULT_SYNTAX,
		29 },
	{ "port that is no number", BYTES("v=TLSRPTv1; rua=https://u@r.example:4x3/"),
		TLSRPT_FAULT_SYNTAX, 37 },
	{ "empty port", BYTES("v=TLSRPTv1; rua=https://r.example:/"), TLSRPT_FAULT_NONE, 0 },
	{ "two fragments", BYTES("v=TLSRPTv1; rua=https://r.example/#a#b"), TLSRPT_FAULT_SYNTAX,
		36 },
	{ "empty URI in a list", BYTES("v=TLSRPTv1; rua=mailto:a@example.com,,"),
		TLSRPT_FAULT_SYNTAX, 37 },
	{ "no rua", BYTES("v=TLSRPTv1;"), TLSRPT_FAULT_RUA_MISSING, 11 },
	{ "RUA is not rua", BYTES("v=TLSRPTv1; RUA=mailto:a@example.com"), TLSRPT_FAULT_RUA_MISSING,
		36 },
};

static void
test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(faults); i++) {
		struct arena a = { 0 };
		struct strs records = { 0 };
		struct tlsrpt t;

		arena_push(&a, &records, faults[i].record);
		tlsrpt_parse(&a, records, &t);
		check_int(faults[i].name, "fault", t.fault, faults[i].fault);
		check_int(faults[i].name, "place", (long long)t.fault_at, (long long)faults[i].at);
		check_int(faults[i].name, "validity", t.is_valid, t.fault == TLSRPT_FAULT_NONE);
		arena_release(&a);
	}
}

static const struct {
	const char *uri;
	enum rua_fault fault;
	const char *host;
	bool is_mailto;
} uris[] = {
	{ "mailto:a@example.com", RUA_FAULT_NONE, "example.com", true },
	{ "MAILTO:a@example.com?subject=x@y", RUA_FAULT_NONE, "example.com", true },
	{ "mailto:a%21b@example.com", RUA_FAULT_NONE, "example.com", true },
	{ "mailto:a!b@example.com", RUA_FAULT_RAW_EXCLAMATION, "example.com", true },
	{ "mailto:a@example.com!10m", RUA_FAULT_RAW_EXCLAMATION, "example.com!10m", true },
	{ "mailto:", RUA_FAULT_EMPTY, "", true },
	{ "mailto:postmaster", RUA_FAULT_EMPTY, "", true },
	{ "https://r.example/v1?x#y", RUA_FAULT_NONE, "r.example", false },
	{ "https://user@r.example:8443/", RUA_FAULT_NONE, "r.example", false },
	{ "https://[2001:db8::1]:8443/", RUA_FAULT_NONE, "[2001:db8::1]", false },
	{ "https://r.example", RUA_FAULT_NONE, "r.example", false },
	{ "https:///x", RUA_FAULT_EMPTY, "", false },
	{ "http://r.example/", RUA_FAULT_SCHEME, "", false },
	{ "a@example.com", RUA_FAULT_SCHEME, "", false },
};

static void
test_uris(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(uris); i++) {
		struct arena a = { 0 };
		struct strs records = { 0 };
		struct tlsrpt t;

		arena_push(&a, &records,
			arena_printf(&a, "v=TLSRPTv1; rua=mailto:x@example.net, %s", uris[i].uri));
		tlsrpt_parse(&a, records, &t);
		check_int(uris[i].uri, "number of URIs", (long long)t.rua_count, 2);
		check_text(uris[i].uri, "URI", t.rua[1].uri, uris[i].uri);
		check_int(uris[i].uri, "fault", t.rua[1].fault, uris[i].fault);
		check_text(uris[i].uri, "host", t.rua[1].host, uris[i].host);
		check_int(uris[i].uri, "being mailto", t.rua[1].is_mailto, uris[i].is_mailto);
		check_int(uris[i].uri, "validity", t.is_valid, uris[i].fault == RUA_FAULT_NONE);
		arena_release(&a);
	}
}

static const struct {
	const char *name;
	const char *records[3];
	enum tlsrpt_fault fault;
	int chosen; /* -1 for none */
} sets[] = {
	{ "none", { NULL }, TLSRPT_FAULT_ABSENT, -1 },
	{ "foreign beside", { "x", "v=TLSRPTv1; rua=mailto:a@example.com" }, TLSRPT_FAULT_NONE, 1 },
	{ "two", { "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1;" }, TLSRPT_FAULT_MULTIPLE,
		-1 },
	{ "near beside", { "v=tlsrptv1;", "v=TLSRPTv1; rua=mailto:a@example.com" },
		TLSRPT_FAULT_NONE, 1 },
	{ "near only", { "x", "v=tlsrptv1; rua=mailto:a@example.com" }, TLSRPT_FAULT_VERSION, 1 },
	{ "blank in company", { "v=TLSRPTv1 ; rua=mailto:a@example.com", "x" },
		TLSRPT_FAULT_VERSION, 0 },
	{ "only foreign ones", { "x", "y" }, TLSRPT_FAULT_ABSENT, -1 },
};

static void
test_sets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sets); i++) {
		struct arena a = { 0 };
		struct strs records = { 0 };
		struct tlsrpt t;

		for (size_t j = 0; j < ROWS(sets[i].records) && sets[i].records[j] != NULL; j++)
			arena_push(&a, &records, str_of(sets[i].records[j]));
		tlsrpt_parse(&a, records, &t);
		check_int(sets[i].name, "fault", t.fault, sets[i].fault);
		check_str(sets[i].name, "chosen", t.chosen,
			sets[i].chosen < 0 ? STR_EMPTY : records.v[sets[i].chosen]);
		arena_release(&a);
	}
}

static void
test_vectors(void **state)
{
	json_t *root = vectors_load(TEST_DIR "/vectors/tlsrpt_txt.json");
	json_t *vector;
	size_t i;

	(void)state;
	assert_int_equal(json_array_size(root), 27);
	json_array_foreach(root, i, vector)
	{
		struct arena a = { 0 };
		const char *name = vector_name(&a, "tlsrpt", vector);
		const struct strs rua = vector_strs(
			&a, json_object_get(json_object_get(vector, "expect"), "rua"));
		struct tlsrpt t;

		tlsrpt_parse(&a, vector_strs(&a, json_object_get(vector, "input")), &t);
		check_int(name, "validity", t.is_valid, vector_expects(vector, "valid"));
		if (t.is_valid)
			check_int(name, "URIs", (long long)t.rua_count, (long long)rua.n);
		for (size_t j = 0; t.is_valid && j < rua.n; j++)
			check_str(name, "URI", t.rua[j].uri, rua.v[j]);
		arena_release(&a);
	}
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_uris),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests_name("tlsrpt", tests, NULL, NULL);
}
