/*
 * linear: judging what is hostile or large takes time that grows with its size and no faster.
 *
 * Each row is judged at 1, 10 and 100 times its size; the last figure is the time per unit at 100x
 * over that at 10x, about 1 where time is linear (at 1x fixed costs rule).
 */
#include "tests/bench/linear.h"

#include <stdio.h>
#include <time.h>

#include "core/buf.h"
#include "core/finding.h"
#include "tests/support/build_session.h"

#define RUNS 5 /* the fastest counts */

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
walk_of(struct build *b, struct session *s, struct str body, size_t hosts)
{
	build_begin(b, s);
	add_walk_start(b, "example.com");
	add_txt(b, "v=STSv1; id=20260101T000000;");
	add_tlsrpt(b, NULL);
	add_policy_host(b, "192.0.2.80");
	add_https(b, (struct build_https){ .body = body });
	add_question(b, LOOKUP_MX, RRTYPE_MX, "example.com");
	for (size_t i = 0; i < hosts; i++)
		ADD(b, build_dns_job(b, RRTYPE_MX, "example.com"), DNS_RECORD, dns_record,
			.owner = STR("example.com"), .type = RRTYPE_MX, .ttl_s = 300,
			.preference = (int64_t)i,
			.data = str_of(build_text(b, "mx%zu.in%zu.example.com", i, i % 7)));
	add_answer(b, RRTYPE_MX, "example.com", LOOKUP_OK);
	for (size_t i = 0; i < hosts; i++)
		add_smtp_connect_fails(b, build_text(b, "mx%zu.in%zu.example.com", i, i % 7),
			"192.0.2.25", OUTCOME_REFUSED);
	add_end(b, END_DONE);
}

/* A line of a policy with a number in it. */
struct line {
	const char *before, *behind;
};

/* The same line over and over, up to a size. */
static void
fill(struct buf *body, const struct line *line, size_t bytes)
{
	const size_t room = 48; /* for the longest of them */

	buf_add_text(body, "version: STSv1\nmode: enforce\nmax_age: 1209600\n");
	for (size_t i = 0; body->n + room < bytes; i++)
		buf_addf(body, "%s%zu%s\n", line->before, i, line->behind);
}

static double
judge_once(struct str body, size_t hosts)
{
	struct session s;
	struct build b;
	struct judgement j;
	double begun, took;

	begun = now_ms();
	walk_of(&b, &s, body, hosts);
	judge(&s, NULL, &j);
	took = now_ms() - begun;
	judgement_release(&j);
	session_release(&s);
	return took;
}

static double
judge_best(struct line line, size_t bytes, size_t hosts)
{
	struct buf body = BUF_INIT(LIMIT_POLICY_BYTES);
	double best = 1e9;

	fill(&body, &line, bytes);
	for (int run = 0; run < RUNS; run++) {
		const double took = judge_once(buf_str(&body), hosts);

		best = took < best ? took : best;
	}
	buf_release(&body);
	return best;
}

static void
show(const char *name, const double took[3])
{
	printf("%-46s %10.2f %-6s 1x %.2f, 10x %.2f, 100x %.2f ms\n", name, took[2] / took[1] / 10,
		"x", took[0], took[1], took[2]);
	fflush(stdout);
}

void
bench_linear(void)
{
	static const struct {
		const char *name;
		struct line line;
	} policies[] = {
		{ "judge: 64 KiB of mx lines", { "mx: m", ".example.com" } },
		{ "judge: 64 KiB of wildcards", { "mx: *.m", ".example.com" } },
		{ "judge: 64 KiB of bad mx lines", { "mx: *.*.m", "..x" } },
		{ "judge: 64 KiB of unknown keys", { "k", ": v" } },
		{ "judge: 64 KiB of lines that are none", { "", "" } },
		{ "judge: 64 KiB of the same key", { "max_age: ", "" } },
	};
	double took[3];

	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		for (size_t k = 0, bytes = 655; k < 3; k++, bytes *= 10)
			took[k] = judge_best(policies[i].line, bytes, 4);
		show(policies[i].name, took);
	}
	for (size_t k = 0, hosts = 10; k < 3; k++, hosts *= 10)
		took[k] = judge_best((struct line){ "mx: *.in", ".example.com" }, 400, hosts);
	show("judge: 1,000 MX names", took);
}
