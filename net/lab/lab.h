/*
 * lab: real DNS, HTTPS and SMTP servers on loopback that play one scenario, with certificates of a
 * throw-away CA made in memory.
 *
 * A scenario is a text file (docs/internals/scenarios.md has the grammar; net/lab/scenarios/ the shipped
 * ones, which are compiled in). The walk reaches the servers with the options that an operator has:
 * lab_options() fills them in.
 */
#ifndef STS_LAB_H
#define STS_LAB_H

#include "core/buf.h"
#include "core/err.h"
#include "net/walk.h"

/* What a scenario file says, read without starting anything. */
struct scenario {
	struct str name;
	struct str title;
	struct str domain;
	struct str broken, sender, owner, fix, reading; /* the lesson, empty where not given */
	struct str text; /* the whole file */
	struct strs expect; /* finding ids, maybe "ID SUBJECT", that a walk raises */
	struct strs expect_json; /* "path=value" checks on the report, may be empty */
	struct strs acts; /* their names, at least one */
	size_t act; /* which of them expect, note and the lesson's texts are of */
	struct str note; /* what was done before this act, empty for the first */
	int64_t as_of_offset_s; /* the clock of the servers against ours, and of their certificates */
	unsigned takes_s; /* how long a walk of it takes when that is over a few seconds */
	bool needs_ipv6;
};

size_t scenario_count(void); /* shipped */
/* By index, sorted by name; text lives as long as the program. */
enum result scenario_shipped(size_t index, struct arena *a, struct scenario *out, struct err *err);
/* By name; the err lists near names, exit 64. */
enum result scenario_find(struct str name, struct arena *a, struct scenario *out, struct err *err);
/* The name of the first shipped one that raises a finding, NULL if none does. */
const char *scenario_for_finding(struct arena *a, const char *id);
/* Any text as a scenario; err names the line. */
enum result scenario_parse(
	struct str name, struct str text, struct arena *a, struct scenario *out, struct err *err);

/* The same scenario with what a later act expects and says; act 0 is how it begins. */
enum result scenario_act(const struct scenario *scenario, size_t act, struct arena *a,
	struct scenario *out, struct err *err);

struct lab;

struct lab_options {
	int64_t delay_ms; /* added to every answer of every server */
};

enum result lab_start(struct lab **out, const struct scenario *scenario,
	const struct lab_options *options, struct err *err);
/*
 * Go on to an act, or back to one: records, policy and servers as it has them, at the same
 * addresses and ports, with the certificates of sections that it leaves alone. Not while a walk
 * runs; walk options must be applied again. When it fails the lab serves nobody any more.
 */
enum result lab_act(struct lab *lab, size_t act, struct err *err);
void lab_stop(struct lab *lab); /* joins its thread, frees all; NULL is fine */
/*
 * Point a walk at the lab: domain, resolvers, ports, trust, ehlo, scenario. What it sets is owned
 * by the lab. options must have the caller's other settings already.
 */
void lab_apply(struct lab *lab, struct walk_options *options);
/* Where the servers are, for people and tests. */
struct str lab_ca_pem(const struct lab *lab);
unsigned lab_dns_port(const struct lab *lab);
unsigned lab_https_port(const struct lab *lab);
unsigned lab_smtp_port(const struct lab *lab);
const char *lab_dns_address(const struct lab *lab);
/* What the servers play now; as long as the lab. */
const struct scenario *lab_scenario(const struct lab *lab);
/* How to look at the servers by hand: commands for a shell, with ca_path as the file of the CA. */
void lab_commands(const struct lab *lab, struct str ca_path, struct buf *out);
/* Counters for benches: answers given so far by kind. */
struct lab_counts {
	unsigned long dns, https, smtp;
};
struct lab_counts lab_counts(const struct lab *lab);

#endif
