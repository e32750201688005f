/* Attacks on the way: what leaks, what waits, what is safe. */
#include "tests/support/judge_case.h"

#include "core/attack.h"

#define STRIP ATTACK_BIT(ATTACK_STRIP)
#define SWAP ATTACK_BIT(ATTACK_SWAP)
#define FORGE ATTACK_BIT(ATTACK_FORGE)
#define BLOCK ATTACK_BIT(ATTACK_BLOCK)
#define DROP ATTACK_BIT(ATTACK_DROP)

static void
hold_copy(struct build *b)
{
	ADD(b, "walk", POLICY_CACHED, policy_cached, .source = STR("history"), .first_s = -1,
		.fetched_s = BUILD_AS_OF_S - BUILD_DAY_S, .id = STR("1"),
		.body = STR(
			"version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 864000\n"));
}

static const struct {
	const char *row;
	const char *mode; /* "" for no policy */
	unsigned set;
	enum attack_fate fates[attack_victim_count];
	const char *mx; /* in place of the usual ones, NULL for those */
	void (*before)(struct build *b);
} rows[] = {
	{ "nobody attacks", "enforce", 0, { FATE_OPEN, FATE_SAFE, FATE_SAFE } },
	{ "stripped", "enforce", STRIP, { FATE_LEAKS, FATE_WAITS, FATE_WAITS } },
	{ "swapped", "enforce", SWAP, { FATE_LEAKS, FATE_WAITS, FATE_WAITS } },
	{ "forged", "enforce", FORGE, { FATE_LEAKS, FATE_WAITS, FATE_WAITS } },
	{ "blocked", "enforce", BLOCK, { FATE_OPEN, FATE_OPEN, FATE_SAFE } },
	{ "dropped", "enforce", DROP, { FATE_OPEN, FATE_OPEN, FATE_SAFE } },
	{ "stripped and dropped", "enforce", STRIP | DROP, { FATE_LEAKS, FATE_LEAKS, FATE_WAITS } },
	{ "forged and blocked", "enforce", FORGE | BLOCK, { FATE_LEAKS, FATE_LEAKS, FATE_WAITS } },
	{ "all", "enforce", STRIP | SWAP | FORGE | BLOCK | DROP,
		{ FATE_LEAKS, FATE_LEAKS, FATE_WAITS } },
	{ "testing guards nothing", "testing", STRIP, { FATE_LEAKS, FATE_LEAKS, FATE_LEAKS } },
	{ "no policy", "", SWAP, { FATE_LEAKS, FATE_LEAKS, FATE_LEAKS } },
	{ "no policy, forged", "", FORGE, { FATE_LEAKS, FATE_LEAKS, FATE_LEAKS } },
	{ "null MX", "", STRIP, { FATE_RETURNED, FATE_RETURNED, FATE_RETURNED }, "0 ." },
	{ "null MX, forged", "", FORGE, { FATE_LEAKS, FATE_LEAKS, FATE_LEAKS }, "0 ." },
	{ "null MX with a policy", "enforce", DROP, { FATE_RETURNED, FATE_RETURNED, FATE_RETURNED },
		"0 ." },
	{ "null MX with a policy, forged", "enforce", FORGE, { FATE_LEAKS, FATE_WAITS, FATE_WAITS },
		"0 ." },
	{ "removed at once: who holds a copy waits", "", FORGE,
		{ FATE_LEAKS, FATE_LEAKS, FATE_WAITS }, NULL, hold_copy },
};

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct walk w = { .mode = rows[i].mode };
		struct arena a = { 0 };
		struct session s;
		struct build b;
		struct judgement j;

		if (rows[i].mode[0] == '\0')
			w = (struct walk){ .txt = "", .hosts = "" };
		if (rows[i].mx != NULL)
			w.mx = rows[i].mx;
		w.before = rows[i].before;
		walk_build(&b, &s, &w);
		judge(&s, NULL, &j);
		for (int v = 0; v < attack_victim_count; v++) {
			struct attack_outcome o;

			attack_try(&a, &j, rows[i].set, (enum attack_victim)v, &o);
			check_text(rows[i].row, "fate", str_of(attack_fate_name(o.fate)),
				attack_fate_name(rows[i].fates[v]));
		}
		check_int(rows[i].row, "first contact",
			attack_shows_first_contact(&a, &j, rows[i].set),
			(rows[i].set & (BLOCK | DROP)) != 0 &&
				rows[i].fates[VICTIM_FRESH] == FATE_LEAKS);
		arena_release(&a);
		judgement_release(&j);
		session_release(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
