#include "net/resolver.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/sock.h"

#define FIRST_TRY_MS 1500 /* patience of the first round, doubled with each that follows */
#define LAST_ROUND 3
#define ENOUGH_TRIES 2 /* of a silent server, where another has at least said no */
#define TCP_MS 5000
#define DATAGRAM_BYTES 4096 /* some servers send more than the 1232 we ask for */
#define STRAYS_MAX 64 /* wrong answers that one server may send before it is given up */

static_assert(LIMIT_RESOLVERS <= WAIT_FDS_MAX, "every resolver's socket is waited for at once");

struct server {
	const struct addr *address;
	struct str text;
	int fd; /* -1: not asked yet */
	uint16_t id;
	bool has_edns;
	bool is_out; /* failed for good: not asked again */
	unsigned tries;
	unsigned strays; /* packets that answer something else */
};

struct asking {
	const struct dns_context *c;
	struct arena *a;
	const struct resolver_question *question;
	struct server servers[LIMIT_RESOLVERS];
	size_t count, next;
	struct resolver_reply *out;
	bool is_done;
	bool is_faulty; /* our own side failed */
};

/* Which of several failures to tell: what a server said before what it did not say. */
static const int telling[lookup_status_count] = {
	[LOOKUP_NOT_ASKED] = 0,
	[LOOKUP_TIMEOUT] = 1,
	[LOOKUP_MALFORMED] = 2,
	[LOOKUP_REFUSED] = 3,
	[LOOKUP_SERVFAIL] = 4,
	[LOOKUP_BOGUS] = 5,
	[LOOKUP_NODATA] = 6,
	[LOOKUP_NXDOMAIN] = 7,
	[LOOKUP_OK] = 8,
};

static enum lookup_status
status_of(const struct dnswire_packet *packet)
{
	if (packet->is_referral)
		return LOOKUP_REFUSED;
	switch (packet->rcode) {
	case DNSWIRE_NOERROR:
		return LOOKUP_OK;
	case DNSWIRE_NXDOMAIN:
		return LOOKUP_NXDOMAIN;
	case DNSWIRE_REFUSED:
	case DNSWIRE_NOTIMP:
	case DNSWIRE_NOTAUTH:
		return LOOKUP_REFUSED;
	}
	return LOOKUP_SERVFAIL;
}

static void
add_error(struct asking *k, const struct server *s, const char *text)
{
	struct str *error = &k->out->error;

	*error = arena_printf(k->a, "%.*s%s%.*s: %s", STR_ARG(*error), error->n > 0 ? "; " : "",
		STR_ARG(s->text), text);
}

static void
fail(struct asking *k, struct server *s, enum lookup_status status, const char *text)
{
	s->is_out = true;
	add_error(k, s, text);
	if (telling[status] > telling[k->out->status])
		k->out->status = status;
}

/* A failure of the system: out of descriptors or memory is our own fault, the rest is the path. */
static void
fail_by_errno(struct asking *k, struct server *s, const char *what, int error)
{
	char reason[SOCK_ERROR_MAX];
	struct str text = arena_printf(k->a, "%s: %s", what, sock_error(error, reason));

	if (!sock_is_local_fault(error)) {
		fail(k, s, LOOKUP_TIMEOUT, text.p);
		return;
	}
	k->is_faulty = true;
	fail(k, s, LOOKUP_NOT_ASKED, text.p);
	EMIT(k->c->sink, k->question->job, LOCAL_FAULT, local_fault, .what = str_of(what),
		.error = str_of(reason));
}

static bool
build(struct asking *k, const struct server *s, struct str *bytes)
{
	const struct dnswire_query query = {
		.id = s->id,
		.name = k->question->name,
		.type = k->question->type,
		.has_edns = s->has_edns,
		.wants_cd = k->question->wants_cd,
	};

	return dnswire_query_build(k->a, &query, bytes);
}

static void
send_question(struct asking *k, struct server *s)
{
	struct str bytes = STR_EMPTY;

	if (s->fd < 0) {
		s->fd = sock_open(s->address, SOCK_DGRAM);
		if (s->fd < 0) {
			fail_by_errno(k, s, "DNS over UDP", errno);
			return;
		}
	}
	if (!build(k, s, &bytes)) {
		fail(k, s, LOOKUP_NOT_ASKED, "the name cannot be asked for");
		return;
	}
	if (send(s->fd, bytes.p, bytes.n, MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
		fail_by_errno(k, s, "DNS over UDP", errno);
		return;
	}
	k->out->tries++;
	s->tries++;
}

/* Whether these bytes are the answer to what this server was asked: id, QR and question. */
enum match { MATCH_NOT, MATCH_GARBLED, MATCH_YES };

static enum match
match_reply(struct asking *k, const struct server *s, struct str bytes, struct dnswire_packet *p)
{
	unsigned id;

	if (bytes.n < DNSWIRE_HEADER_BYTES)
		return MATCH_NOT;
	id = (unsigned)(unsigned char)bytes.p[0] << 8 | (unsigned char)bytes.p[1];
	if (id != s->id)
		return MATCH_NOT;
	if (!dnswire_parse(k->a, bytes, p))
		return MATCH_GARBLED;
	if (!p->is_response)
		return MATCH_NOT;
	/* A server that understood nothing may leave the question out. */
	if (!p->has_question && p->rcode != DNSWIRE_NOERROR && p->rcode != DNSWIRE_NXDOMAIN)
		return MATCH_YES;
	return p->has_question && p->is_known && p->type == k->question->type &&
			       str_eq(p->name, k->question->name)
		       ? MATCH_YES
		       : MATCH_NOT;
}

static void
take_packet(struct asking *k, struct server *s, const struct dnswire_packet *packet, bool is_tcp)
{
	enum lookup_status status = status_of(packet);
	bool is_best = !k->out->has_packet || telling[status] > telling[k->out->status];

	k->is_done = status == LOOKUP_OK || status == LOOKUP_NXDOMAIN;
	if (packet->is_referral)
		add_error(k, s, "refers to other servers, no recursion");
	s->is_out = true;
	if (!is_best && !k->is_done)
		return;
	k->out->status = status;
	k->out->has_packet = true;
	k->out->packet = *packet;
	k->out->resolver = s->text;
	k->out->is_tcp = is_tcp;
}

/* The whole exchange over TCP (RFC 7766): length, question; length, answer. */
static enum wait_result
tcp_exchange(struct asking *k, int fd, deadline limit, struct str question, struct str *answer)
{
	unsigned char head[2] = { (unsigned char)(question.n >> 8), (unsigned char)question.n };
	const struct str length = { (const char *)head, sizeof(head) };
	const struct waiter *w = &k->c->waiter;
	enum wait_result wait;
	char *body;
	size_t n;

	if ((wait = sock_connected(fd, limit, w)) != WAIT_READY)
		return wait;
	if ((wait = sock_send(fd, length, limit, w)) != WAIT_READY)
		return wait;
	if ((wait = sock_send(fd, question, limit, w)) != WAIT_READY)
		return wait;
	if ((wait = sock_receive(fd, (char *)head, sizeof(head), limit, w)) != WAIT_READY)
		return wait;
	n = (size_t)head[0] << 8 | head[1];
	body = arena_alloc(k->a, n + 1);
	*answer = (struct str){ body, n };
	return sock_receive(fd, body, n, limit, w);
}

static void
take_tcp_answer(struct asking *k, struct server *s, struct str answer)
{
	struct dnswire_packet packet;

	if (match_reply(k, s, answer, &packet) == MATCH_YES && !packet.is_truncated)
		take_packet(k, s, &packet, true);
	else
		fail(k, s, LOOKUP_MALFORMED, "malformed answer over TCP");
}

static void
ask_by_tcp(struct asking *k, struct server *s)
{
	deadline limit = deadline_earlier(k->question->limit, deadline_in_ms(TCP_MS));
	struct str question = STR_EMPTY, answer = STR_EMPTY;
	enum wait_result wait = WAIT_FAILED;
	int error = 0;
	int fd = -1;

	if (build(k, s, &question)) {
		fd = sock_open(s->address, SOCK_STREAM);
		error = errno;
	}
	if (fd >= 0) {
		k->out->tries++;
		wait = tcp_exchange(k, fd, limit, question, &answer);
		error = errno;
		close(fd);
	}
	switch (wait) {
	case WAIT_READY:
		take_tcp_answer(k, s, answer);
		break;
	case WAIT_CANCELLED:
		k->is_done = true;
		k->out->cut = RESOLVER_CANCELLED;
		break;
	case WAIT_TIMEOUT:
	case WAIT_TAIL:
		fail(k, s, LOOKUP_TIMEOUT, "no answer over TCP");
		break;
	case WAIT_FAILED:
		fail_by_errno(k, s, "DNS over TCP", error);
		break;
	}
}

static void
take_datagram(struct asking *k, struct server *s)
{
	char bytes[DATAGRAM_BYTES];
	struct dnswire_packet packet;
	ssize_t n = recv(s->fd, bytes, sizeof(bytes), 0);

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			fail_by_errno(k, s, "DNS over UDP", errno);
		return;
	}
	switch (match_reply(k, s, (struct str){ bytes, (size_t)n }, &packet)) {
	case MATCH_NOT:
		if (++s->strays > STRAYS_MAX)
			fail(k, s, LOOKUP_MALFORMED, "answers to other questions");
		return;
	case MATCH_GARBLED:
		fail(k, s, LOOKUP_MALFORMED, "malformed answer");
		return;
	case MATCH_YES:
		break;
	}
	if (packet.is_truncated) {
		ask_by_tcp(k, s);
	} else if (packet.rcode == DNSWIRE_FORMERR && s->has_edns) {
		/* RFC 6891 section 7: a server that does not know EDNS. */
		s->has_edns = false;
		send_question(k, s);
	} else {
		take_packet(k, s, &packet, false);
	}
}

/* Read what has come at any server; false when the wait itself ended the question. */
static bool
gather_once(struct asking *k, deadline limit, enum wait_result *wait)
{
	struct pollfd fds[LIMIT_RESOLVERS];
	struct server *who[LIMIT_RESOLVERS];
	unsigned count = 0;

	for (size_t i = 0; i < k->count; i++) {
		struct server *s = &k->servers[i];

		if (s->fd < 0 || s->is_out)
			continue;
		fds[count] = (struct pollfd){ .fd = s->fd, .events = POLLIN };
		who[count++] = s;
	}
	*wait = net_wait_many(fds, count, limit, &k->c->waiter);
	if (*wait != WAIT_READY)
		return false;
	for (unsigned i = 0; i < count && !k->is_done; i++) {
		if (fds[i].revents != 0)
			take_datagram(k, who[i]);
	}
	return true;
}

/* Wait for answers until it is the next server's turn. */
static void
gather(struct asking *k, struct server *asked, deadline turn)
{
	deadline limit = deadline_earlier(turn, k->question->limit);
	enum wait_result wait = WAIT_READY;

	while (!k->is_done && !asked->is_out) {
		if (gather_once(k, limit, &wait))
			continue;
		if (wait == WAIT_TIMEOUT && deadline_left_ms(k->question->limit) > 0)
			return;
		k->is_done = true;
		if (wait == WAIT_CANCELLED)
			k->out->cut = RESOLVER_CANCELLED;
		else if (wait == WAIT_TIMEOUT)
			k->out->cut = RESOLVER_PAST_LIMIT;
		else
			fail_by_errno(k, asked, "DNS over UDP", errno);
	}
}

/* The next in turn that may still help; NULL when none may. */
static struct server *
next_server(struct asking *k)
{
	for (size_t i = 0; i < k->count; i++) {
		struct server *s = &k->servers[k->next++ % k->count];

		if (!s->is_out && (!k->out->has_packet || s->tries < ENOUGH_TRIES))
			return s;
	}
	return NULL;
}

static int64_t
patience_ms(const struct asking *k)
{
	size_t round = (k->next - 1) / k->count;
	int64_t share = LIMIT_DNS_MS / ((int64_t)k->count + 1);
	int64_t first = share < FIRST_TRY_MS ? share : FIRST_TRY_MS;

	return first << (round < LAST_ROUND ? round : LAST_ROUND);
}

static void
add_silent(struct asking *k)
{
	for (size_t i = 0; i < k->count; i++) {
		if (k->servers[i].tries > 0 && !k->servers[i].is_out)
			add_error(k, &k->servers[i], "no answer");
	}
}

static void
finish(struct asking *k)
{
	struct resolver_reply *out = k->out;

	for (size_t i = 0; i < k->count; i++) {
		if (k->servers[i].fd >= 0)
			close(k->servers[i].fd);
	}
	if (out->status == LOOKUP_OK || out->status == LOOKUP_NXDOMAIN) {
		out->error = STR_EMPTY;
		out->cut = RESOLVER_NOT_CUT;
	} else if (out->cut != RESOLVER_CANCELLED) {
		add_silent(k);
	}
	if (out->status == LOOKUP_NOT_ASKED && !k->is_faulty && out->tries > 0 &&
		out->cut != RESOLVER_CANCELLED)
		out->status = LOOKUP_TIMEOUT;
}

void
resolver_ask(const struct dns_context *c, struct arena *a, const struct resolver_question *question,
	struct resolver_reply *out)
{
	struct asking k = { .c = c, .a = a, .question = question, .out = out };
	struct server *s;

	*out = (struct resolver_reply){ .status = LOOKUP_NOT_ASKED };
	out->packet.ede_code = -1;
	k.count = c->resolvers->count;
	for (size_t i = 0; i < k.count; i++) {
		s = &k.servers[i];
		s->address = &c->resolvers->servers[i];
		s->text = addr_text_port(a, s->address);
		s->fd = -1;
		s->has_edns = true;
		if (getrandom(&s->id, sizeof(s->id), 0) != (ssize_t)sizeof(s->id))
			s->id = (uint16_t)deadline_now();
	}
	while (!k.is_done && (s = next_server(&k)) != NULL) {
		send_question(&k, s);
		if (!s->is_out)
			gather(&k, s, deadline_in_ms(patience_ms(&k)));
	}
	finish(&k);
}
