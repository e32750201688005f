#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net/dns.h"
#include "support/cmocka_all.h"
#include "support/dns_peer.h"
#include "support/event_log.h"

#define ASKED "a.example"
#define LONG_MS 60000

/* What one lookup gave. */
struct looked_up {
	struct arena arena;
	struct event_log log;
	struct dns_answer answer;
	const struct ev_dns_answer *fact;
};

static void
look_up(struct looked_up *o, const struct resolver_config *resolvers, const struct waiter *w,
	int64_t limit_ms, enum rrtype type, const char *name)
{
	const struct waiter none = { -1, -1 };
	const struct dns_context context = {
		.resolvers = resolvers,
		.waiter = w != NULL ? *w : none,
		.limit = deadline_in_ms(limit_ms),
		.sink = &o->log.sink,
	};
	const struct dns_question question = { LOOKUP_AUX, type, str_of(name) };

	o->arena = (struct arena){ NULL, 0 };
	event_log_init(&o->log);
	dns_lookup(&context, &o->arena, &question, &o->answer);
	/* The question is the first event of the job, the answer the last. */
	assert_int_equal(o->log.events[0]->kind, EV_DNS_QUESTION);
	assert_int_equal(o->log.events[o->log.count - 1]->kind, EV_DNS_ANSWER);
	o->fact = o->log.events[o->log.count - 1]->payload;
	assert_int_equal(o->fact->status, o->answer.status);
}

static void
looked_up_release(struct looked_up *o)
{
	event_log_release(&o->log);
	arena_release(&o->arena);
}

static struct resolver_config
resolvers_of(const struct dns_peer *peers, size_t count)
{
	struct resolver_config config = { .count = count };

	for (size_t i = 0; i < count; i++)
		config.servers[i] = peers[i].address;
	return config;
}

static struct str
good(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return dns_peer_reply(q, DNSWIRE_NOERROR,
		ASKED " 60 MX 20 mx2.a.example\n" ASKED
		      " 50 MX 10 MX1.a.example\nother.example 5 MX 1 x\n");
}

static struct str
with_byte(const struct dns_peer_question *q, struct str bytes, size_t at, int flip)
{
	char *copy = arena_alloc(q->a, bytes.n);

	memcpy(copy, bytes.p, bytes.n);
	copy[at] = (char)(copy[at] ^ flip);
	return (struct str){ copy, bytes.n };
}

static struct str
no_such_name(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return dns_peer_reply(q, DNSWIRE_NXDOMAIN, "");
}

static struct str
no_data(void *arg, const struct dns_peer_question *q)
{
	struct str bytes = STR_EMPTY, why;
	struct dnswire_record soa;
	const struct dnswire_reply reply = {
		.query = &q->query,
		.authority = &soa,
		.authority_count = 1,
		.ede_code = -1,
		.is_recursive = true,
	};

	(void)arg;
	if (dnswire_line(q->a, STR("example. 900 SOA a. b. 1 2 3 4 30"), STR("."), &soa, &why))
		(void)dnswire_reply_build(q->a, &reply, &bytes);
	return bytes;
}

static struct str
with_ede(const struct dns_peer_question *q, int rcode, int code)
{
	struct str bytes = STR_EMPTY;
	const struct dnswire_reply reply = {
		.query = &q->query,
		.rcode = rcode,
		.is_recursive = true,
		.ede_code = code,
		.ede_text = STR("why"),
	};

	(void)dnswire_reply_build(q->a, &reply, &bytes);
	return bytes;
}

static struct str
server_failure(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return with_ede(q, DNSWIRE_SERVFAIL, -1);
}

static struct str
refused(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return with_ede(q, DNSWIRE_REFUSED, 18);
}

static struct str
bogus(void *arg, const struct dns_peer_question *q)
{
	return q->query.has_cd ? good(arg, q) : with_ede(q, DNSWIRE_SERVFAIL, 7);
}

static struct str
unreachable(void *arg, const struct dns_peer_question *q)
{
	return q->query.has_cd ? good(arg, q) : with_ede(q, DNSWIRE_SERVFAIL, 22);
}

static struct str
truncated(void *arg, const struct dns_peer_question *q)
{
	struct str bytes = good(arg, q);

	return q->is_tcp ? bytes : with_byte(q, bytes, 2, 0x02);
}

static struct str
truncated_only(void *arg, const struct dns_peer_question *q)
{
	return q->is_tcp ? STR_EMPTY : truncated(arg, q);
}

static struct str
garbled(void *arg, const struct dns_peer_question *q)
{
	struct str bytes = good(arg, q);

	return str_sub(bytes, 0, bytes.n - 15);
}

static void
send_from(const struct dns_peer_question *q, int fd, struct str bytes)
{
	(void)!sendto(fd, bytes.p, bytes.n, 0, (const struct sockaddr *)&q->from, q->from_len);
}

/* Three answers that must not count, each with the wrong address in it, then the good one. */
static struct str
noise(void *arg, const struct dns_peer_question *q)
{
	struct str evil = dns_peer_reply(q, DNSWIRE_NOERROR, ASKED " 60 MX 66 evil.example\n");
	struct dns_peer *peer = arg;
	struct sockaddr_in in = { .sin_family = AF_INET };
	int stranger = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(stranger, (struct sockaddr *)&in, sizeof(in)) == 0)
		send_from(q, stranger, evil);
	close(stranger);
	send_from(q, peer->udp, with_byte(q, evil, 0, 0x55)); /* id */
	send_from(q, peer->udp, with_byte(q, evil, 2, 0x80)); /* QR */
	send_from(q, peer->udp, with_byte(q, evil, 13, 0x01)); /* question */
	send_from(q, peer->udp, str_sub(evil, 0, 5));
	return good(NULL, q);
}

static struct str
no_edns(void *arg, const struct dns_peer_question *q)
{
	return q->query.has_edns ? dns_peer_reply(q, DNSWIRE_FORMERR, "") : good(arg, q);
}

static struct str
chain(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return dns_peer_reply(q, DNSWIRE_NOERROR,
		"c.example 9 MX 1 m\n" ASKED " 60 CNAME B.example\nb.example 7 CNAME c.example\n"
		"a.example 1 MX 1 stray\n");
}

/* One CNAME at a time, as a server without recursion into other zones does. */
static struct str
short_chain(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	if (str_is(q->query.name, "a.example"))
		return dns_peer_reply(q, DNSWIRE_NOERROR, "a.example 60 CNAME b.example\n");
	if (str_is(q->query.name, "b.example"))
		return dns_peer_reply(q, DNSWIRE_NOERROR, "b.example 60 CNAME c.example\n");
	return dns_peer_reply(q, DNSWIRE_NOERROR, "c.example 60 MX 10 mx1.a.example\n");
}

static struct str
dangling(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return dns_peer_reply(q, DNSWIRE_NXDOMAIN, "a.example 60 CNAME b.example\n");
}

static struct str
loop(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return dns_peer_reply(
		q, DNSWIRE_NOERROR, "a.example 60 CNAME b.example\nb.example 60 CNAME a.example\n");
}

static struct str
slow_loop(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	if (str_is(q->query.name, "a.example"))
		return dns_peer_reply(q, DNSWIRE_NOERROR, "a.example 60 CNAME b.example\n");
	return dns_peer_reply(q, DNSWIRE_NOERROR, "b.example 60 CNAME a.example\n");
}

static struct str
endless_chain(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	return dns_peer_reply(q, DNSWIRE_NOERROR,
		arena_printf(q->a, "%.*s 60 CNAME x%u.example\n", STR_ARG(q->query.name), q->nth)
			.p);
}

static struct str
referral(void *arg, const struct dns_peer_question *q)
{
	struct str bytes = STR_EMPTY, why;
	struct dnswire_record ns;
	const struct dnswire_reply reply = {
		.query = &q->query,
		.authority = &ns,
		.authority_count = 1,
		.ede_code = -1,
	};

	(void)arg;
	if (dnswire_line(q->a, STR("example. 900 NS a."), STR("."), &ns, &why))
		(void)dnswire_reply_build(q->a, &reply, &bytes);
	return bytes;
}

static struct str
secure(void *arg, const struct dns_peer_question *q)
{
	return q->query.has_ad ? with_byte(q, good(arg, q), 3, 0x20) : STR_EMPTY;
}

static struct str
silent(void *arg, const struct dns_peer_question *q)
{
	(void)arg;
	(void)q;
	return STR_EMPTY;
}

static void
one_server(void **state)
{
	static const struct row {
		const char *name;
		dns_peer_answer *answer;
		enum lookup_status status;
		int rcode, tries;
		size_t cnames, data;
		bool is_loop, is_tcp, is_ad, has_error;
		int ttl_s, ede_code;
	} rows[] = {
		{ "good", good, LOOKUP_OK, 0, 1, 0, 2, .ttl_s = 50, .ede_code = -1 },
		{ "AD", secure, LOOKUP_OK, 0, 1, 0, 2, .is_ad = true, .ttl_s = 50, .ede_code = -1 },
		{ "NXDOMAIN", no_such_name, LOOKUP_NXDOMAIN, 3, 1, .ttl_s = -1, .ede_code = -1 },
		{ "NODATA", no_data, LOOKUP_NODATA, 0, 1, .ttl_s = 30, .ede_code = -1 },
		{ "SERVFAIL", server_failure, LOOKUP_SERVFAIL, 2, 2, .ttl_s = -1, .ede_code = -1 },
		{ "REFUSED", refused, LOOKUP_REFUSED, 5, 1, .ttl_s = -1, .ede_code = 18 },
		{ "bogus", bogus, LOOKUP_BOGUS, 2, 2, .ttl_s = -1, .ede_code = 7 },
		{ "SERVFAIL for the network", unreachable, LOOKUP_SERVFAIL, 2, 1, .ttl_s = -1,
			.ede_code = 22 },
		{ "TC, then TCP", truncated, LOOKUP_OK, 0, 2, 0, 2, .is_tcp = true, .ttl_s = 50,
			.ede_code = -1 },
		{ "TC, TCP closes", truncated_only, LOOKUP_TIMEOUT, -1, 2, .has_error = true,
			.ttl_s = -1, .ede_code = -1 },
		{ "garbled", garbled, LOOKUP_MALFORMED, -1, 1, .has_error = true, .ttl_s = -1,
			.ede_code = -1 },
		{ "strangers and wrong ids", noise, LOOKUP_OK, 0, 1, 0, 2, .ttl_s = 50,
			.ede_code = -1 },
		{ "no EDNS", no_edns, LOOKUP_OK, 0, 2, 0, 2, .ttl_s = 50, .ede_code = -1 },
		{ "CNAME chain", chain, LOOKUP_OK, 0, 1, 2, 1, .ttl_s = 7, .ede_code = -1 },
		{ "chain asked for", short_chain, LOOKUP_OK, 0, 3, 2, 1, .ttl_s = 60,
			.ede_code = -1 },
		{ "dangling CNAME", dangling, LOOKUP_NXDOMAIN, 3, 1, 1, .ttl_s = 60,
			.ede_code = -1 },
		{ "CNAME loop", loop, LOOKUP_NODATA, 0, 1, 2, .is_loop = true, .ttl_s = 60,
			.ede_code = -1 },
		{ "CNAME loop asked for", slow_loop, LOOKUP_NODATA, 0, 2, 2, .is_loop = true,
			.ttl_s = 60, .ede_code = -1 },
		{ "endless chain", endless_chain, LOOKUP_NODATA, 0, 9, 8, .has_error = true,
			.ttl_s = 60, .ede_code = -1 },
		{ "referral", referral, LOOKUP_REFUSED, 0, 1, .has_error = true, .ttl_s = -1,
			.ede_code = -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct dns_peer peer;
		struct resolver_config config;
		struct looked_up o;

		print_message("%s\n", row->name);
		dns_peer_start(&peer, row->answer, &peer);
		config = resolvers_of(&peer, 1);
		look_up(&o, &config, NULL, LONG_MS, RRTYPE_MX, ASKED);
		dns_peer_stop(&peer);
		assert_string_equal(
			lookup_status_name(o.fact->status), lookup_status_name(row->status));
		assert_int_equal(o.fact->rcode, row->rcode);
		assert_int_equal(o.fact->tries, row->tries);
		assert_int_equal(o.fact->cname.n, row->cnames);
		assert_int_equal(o.fact->is_cname_loop, row->is_loop);
		assert_int_equal(o.fact->is_tcp, row->is_tcp);
		assert_int_equal(o.fact->is_ad, row->is_ad);
		assert_int_equal(o.fact->ttl_s, row->ttl_s);
		assert_int_equal(o.fact->ede_code, row->ede_code);
		assert_int_equal(o.fact->error.n > 0, row->has_error);
		assert_int_equal(o.answer.data.n, row->data);
		assert_int_equal(
			event_log_count(&o.log, EV_DNS_RECORD, NULL), row->data + row->cnames);
		assert_false(o.answer.was_cut);
		looked_up_release(&o);
	}
}

static void
what_an_answer_holds(void **state)
{
	const struct ev_dns_record *record;
	struct resolver_config config;
	struct dns_peer peer;
	struct looked_up o;

	(void)state;
	dns_peer_start(&peer, good, NULL);
	config = resolvers_of(&peer, 1);
	look_up(&o, &config, NULL, LONG_MS, RRTYPE_MX, ASKED);
	assert_str(o.answer.data.v[1], "mx1.a.example");
	assert_true(o.answer.preferences[1] == 10);
	record = event_log_nth(&o.log, EV_DNS_RECORD, "dns:MX:a.example", 1);
	assert_non_null(record);
	assert_str(record->owner, ASKED);
	assert_str(record->data, "mx1.a.example");
	assert_true(record->preference == 10 && record->ttl_s == 50);
	assert_str(o.fact->resolver, addr_text_port(&o.arena, &peer.address).p);
	looked_up_release(&o);
	dns_peer_stop(&peer);
}

static struct str
many_strings(void *arg, const struct dns_peer_question *q)
{
	const char *lines = "";

	(void)arg;
	for (int i = 0; i < LIMIT_TXT_RECORDS + 3; i++)
		lines = arena_printf(q->a, "%s" ASKED " 60 TXT \"n%d\" \"\\255\"\n", lines, i).p;
	return dns_peer_reply(q, DNSWIRE_NOERROR, lines);
}

static void
too_many_records_are_counted(void **state)
{
	const struct ev_dns_record *record;
	struct resolver_config config;
	struct dns_peer peer;
	struct looked_up o;

	(void)state;
	dns_peer_start(&peer, many_strings, NULL);
	config = resolvers_of(&peer, 1);
	look_up(&o, &config, NULL, LONG_MS, RRTYPE_TXT, ASKED);
	dns_peer_stop(&peer);
	assert_int_equal(o.answer.data.n, LIMIT_TXT_RECORDS);
	assert_int_equal(o.fact->over_limit, 3);
	assert_true(o.fact->is_tcp);
	record = event_log_nth(&o.log, EV_DNS_RECORD, NULL, 0);
	assert_str(record->data, "n0\xff");
	assert_int_equal(record->strings.n, 2);
	looked_up_release(&o);
}

/* Two resolvers: the first does what the row says, the second what it says. */
static void
two_servers(void **state)
{
	static const struct row {
		const char *name;
		dns_peer_answer *first, *second;
		enum lookup_status status;
		bool is_second;
	} rows[] = {
		{ "first is good", good, no_such_name, LOOKUP_OK, false },
		{ "SERVFAIL moves on", server_failure, good, LOOKUP_OK, true },
		{ "REFUSED moves on", refused, good, LOOKUP_OK, true },
		{ "garbage moves on", garbled, good, LOOKUP_OK, true },
		{ "referral moves on", referral, no_such_name, LOOKUP_NXDOMAIN, true },
		{ "NXDOMAIN stands", no_such_name, good, LOOKUP_NXDOMAIN, false },
		{ "silence moves on", silent, good, LOOKUP_OK, true },
		{ "failed TCP moves on", truncated_only, good, LOOKUP_OK, true },
		{ "SERVFAIL tells more than REFUSED", refused, server_failure, LOOKUP_SERVFAIL,
			true },
		{ "REFUSED tells more than garbage", refused, garbled, LOOKUP_REFUSED, false },
		{ "bogus at both", bogus, bogus, LOOKUP_BOGUS, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dns_peer peers[2];
		struct resolver_config config;
		struct looked_up o;

		print_message("%s\n", rows[i].name);
		dns_peer_start(&peers[0], rows[i].first, &peers[0]);
		dns_peer_start(&peers[1], rows[i].second, &peers[1]);
		config = resolvers_of(peers, 2);
		look_up(&o, &config, NULL, LONG_MS, RRTYPE_MX, ASKED);
		assert_string_equal(
			lookup_status_name(o.fact->status), lookup_status_name(rows[i].status));
		assert_str(o.fact->resolver,
			addr_text_port(&o.arena, &peers[rows[i].is_second].address).p);
		looked_up_release(&o);
		dns_peer_stop(&peers[0]);
		dns_peer_stop(&peers[1]);
	}
}

/* A port where nothing listens: it was bound a moment ago. */
static struct addr
closed_port(void)
{
	struct dns_peer peer;

	dns_peer_start(&peer, silent, NULL);
	dns_peer_stop(&peer);
	return peer.address;
}

static void
a_closed_port_ends_at_once(void **state)
{
	struct resolver_config config = { .count = 1 };
	struct looked_up o;

	(void)state;
	config.servers[0] = closed_port();
	look_up(&o, &config, NULL, LONG_MS, RRTYPE_A, ASKED);
	assert_int_equal(o.fact->status, LOOKUP_TIMEOUT);
	assert_int_equal(o.fact->rcode, -1);
	assert_true(str_find_str(o.fact->error, STR("refused")) < o.fact->error.n);
	assert_int_equal(o.fact->resolver.n, 0);
	looked_up_release(&o);
}

static void
no_resolver(void **state)
{
	const struct resolver_config config = { .count = 0 };
	struct looked_up o;

	(void)state;
	look_up(&o, &config, NULL, LONG_MS, RRTYPE_A, ASKED);
	assert_int_equal(o.fact->status, LOOKUP_NOT_ASKED);
	assert_str(o.fact->error, "no resolver configured");
	assert_int_equal(o.fact->tries, 0);
	looked_up_release(&o);
}

static void
no_name(void **state)
{
	static const char *const names[] = { "", "a..b",
		"a23456789012345678901234567890123456789012345678901234567890abcde.example" };
	struct resolver_config config;
	struct dns_peer peer;

	(void)state;
	dns_peer_start(&peer, good, NULL);
	config = resolvers_of(&peer, 1);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct looked_up o;

		look_up(&o, &config, NULL, LONG_MS, RRTYPE_A, names[i]);
		/* Nobody can publish it. */
		assert_int_equal(o.fact->status, LOOKUP_NXDOMAIN);
		assert_int_equal(o.fact->tries, 0);
		assert_true(o.fact->error.n > 0);
		looked_up_release(&o);
	}
	dns_peer_stop(&peer);
}

static void
the_budget_cuts(void **state)
{
	struct resolver_config config;
	struct dns_peer peer;
	struct looked_up o;

	(void)state;
	dns_peer_start(&peer, silent, NULL);
	config = resolvers_of(&peer, 1);
	look_up(&o, &config, NULL, 20, RRTYPE_A, ASKED);
	assert_int_equal(o.fact->status, LOOKUP_TIMEOUT);
	assert_true(o.answer.was_cut);
	looked_up_release(&o);
	dns_peer_stop(&peer);
}

/* The peer itself cancels as soon as it is asked, and says nothing. */
static struct str
cancels(void *arg, const struct dns_peer_question *q)
{
	const uint64_t one = 1;

	(void)q;
	(void)!write(*(int *)arg, &one, sizeof(one));
	return STR_EMPTY;
}

static struct str
cancels_over_tcp(void *arg, const struct dns_peer_question *q)
{
	return q->is_tcp ? cancels(arg, q) : truncated(NULL, q);
}

static void
cancel_ends_a_lookup(void **state)
{
	dns_peer_answer *const rows[] = { cancels, cancels_over_tcp };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int cancel = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		const struct waiter w = { cancel, -1 };
		struct resolver_config config;
		struct dns_peer peer;
		struct looked_up o;

		dns_peer_start(&peer, rows[i], &cancel);
		config = resolvers_of(&peer, 1);
		look_up(&o, &config, &w, LONG_MS, RRTYPE_A, ASKED);
		dns_peer_stop(&peer);
		/* Over TCP the close of the peer and the cancel race; both end the lookup. */
		if (i == 0) {
			assert_int_equal(o.fact->status, LOOKUP_NOT_ASKED);
			assert_str(o.fact->error, "cancelled");
			assert_true(o.answer.was_cut);
		}
		looked_up_release(&o);
		close(cancel);
	}
}

static void
out_of_descriptors(void **state)
{
	struct rlimit before, none = { 0, 0 };
	struct resolver_config config;
	struct dns_peer peer;
	struct looked_up o;

	(void)state;
	dns_peer_start(&peer, good, NULL);
	config = resolvers_of(&peer, 1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	look_up(&o, &config, NULL, LONG_MS, RRTYPE_A, ASKED);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	dns_peer_stop(&peer);
	assert_int_equal(o.fact->status, LOOKUP_NOT_ASKED);
	assert_true(o.fact->error.n > 0);
	assert_int_equal(event_log_count(&o.log, EV_LOCAL_FAULT, "dns:A:a.example"), 1);
	looked_up_release(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_server),
		cmocka_unit_test(what_an_answer_holds),
		cmocka_unit_test(too_many_records_are_counted),
		cmocka_unit_test(two_servers),
		cmocka_unit_test(a_closed_port_ends_at_once),
		cmocka_unit_test(no_resolver),
		cmocka_unit_test(no_name),
		cmocka_unit_test(the_budget_cuts),
		cmocka_unit_test(cancel_ends_a_lookup),
		cmocka_unit_test(out_of_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
