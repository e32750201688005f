/* One connection of the lab: bytes in through TLS, flights out when they are due. */
#include "net/lab/lab_conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void
add_flight(struct lab_conn *c, struct buf *bytes, int64_t delay_ms, enum lab_deed after)
{
	struct lab_flight *f = mem_alloc(sizeof(*f));
	deadline due = deadline_in_ms(c->loop->delay_ms + delay_ms);

	c->last_due = due > c->last_due ? due : c->last_due;
	*f = (struct lab_flight){ .due = c->last_due, .bytes = *bytes, .after = after };
	*bytes = BUF_INIT(LAB_OUT_BYTES);
	*c->last = f;
	c->last = &f->next;
}

void
conn_say(struct lab_conn *c, struct str plain, int64_t delay_ms, enum lab_deed after)
{
	struct buf out = BUF_INIT(LAB_OUT_BYTES);

	if (c->tls != NULL && !c->awaits_hello)
		lab_tls_write(c->tls, plain, &out);
	else
		buf_add(&out, plain);
	add_flight(c, &out, delay_ms, after);
}

bool
conn_play(struct lab_conn *c, enum lab_step step, struct str usual)
{
	const struct lab_action *act = &c->at->server->steps[step];
	bool ends = act->deed == LAB_CLOSE || act->deed == LAB_RESET;
	struct str text = act->has_say ? act->say : usual;

	if (act->has_say || act->deed == LAB_GO_ON || act->deed == LAB_ALERT)
		conn_say(c, text, act->delay_ms, ends ? act->deed : LAB_GO_ON);
	else if (ends)
		conn_say(c, STR_EMPTY, act->delay_ms, act->deed);
	c->is_stalled = act->deed != LAB_GO_ON && act->deed != LAB_ALERT;
	return !c->is_stalled;
}

void
conn_begin_tls(struct lab_conn *c)
{
	c->tls = lab_tls_new(c->at->tls);
	c->awaits_hello = true;
	c->is_over = c->tls == NULL;
	buf_clear(&c->in);
}

void
conn_end(struct lab_conn *c)
{
	struct buf out = BUF_INIT(LAB_OUT_BYTES);

	if (c->tls != NULL)
		lab_tls_close(c->tls, &out);
	add_flight(c, &out, 0, LAB_CLOSE);
	c->is_stalled = true;
}

/* The first bytes of a peer that wants TLS. False when the scenario has another answer. */
static bool
play_hello(struct lab_conn *c)
{
	const struct lab_action *act = &c->at->server->steps[LAB_TLS];

	if (!act->has_say && (act->deed == LAB_GO_ON || act->deed == LAB_ALERT)) {
		c->awaits_hello = false;
		return true;
	}
	/* Still in clear: the words stand where the server's hello would. */
	conn_play(c, LAB_TLS, STR_EMPTY);
	c->is_stalled = true;
	return false;
}

static void
take_tls(struct lab_conn *c, struct str bytes)
{
	struct buf out = BUF_INIT(LAB_OUT_BYTES);
	bool is_first = c->awaits_hello;
	size_t before = c->in.n;
	enum lab_tls_state state;

	if (is_first && !play_hello(c))
		return;
	state = lab_tls_feed(c->tls, bytes, &c->in, &out);
	if (out.n > 0) {
		int64_t delay = is_first ? c->at->server->steps[LAB_TLS].delay_ms : 0;

		add_flight(c, &out, delay, LAB_GO_ON);
	}
	buf_release(&out);
	if (c->in.n > before)
		c->at->protocol->input(c);
	if (state == LAB_TLS_OVER) {
		add_flight(c, &out, 0, LAB_CLOSE);
		c->is_stalled = true;
	}
}

void
lab_conn_read(struct lab_conn *c)
{
	char chunk[16384];
	ssize_t n = recv(c->fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		c->is_peer_done = true;
		c->is_over = n < 0;
		return;
	}
	if (c->is_stalled)
		return;
	if (c->tls != NULL) {
		take_tls(c, (struct str){ chunk, (size_t)n });
	} else {
		buf_add(&c->in, (struct str){ chunk, (size_t)n });
		c->at->protocol->input(c);
	}
	if (c->in.is_cut)
		c->is_over = true;
}

static void
finish(struct lab_conn *c, enum lab_deed after)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	if (after == LAB_RESET) {
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		c->is_over = true;
	} else if (after == LAB_CLOSE) {
		/* Unread bytes would turn a close into a reset: the peer closes last. */
		shutdown(c->fd, SHUT_WR);
		c->is_stalled = true;
	}
}

/* Send what is due. */
void
lab_conn_write(struct lab_conn *c)
{
	deadline now = deadline_now();
	struct lab_flight *f;

	while (!c->is_over && (f = c->first) != NULL && f->due <= now) {
		struct str left = str_skip(buf_str(&f->bytes), f->sent);
		ssize_t n = left.n > 0 ? send(c->fd, left.p, left.n, MSG_NOSIGNAL | MSG_DONTWAIT)
				       : 0;

		if (n < 0) {
			c->is_over = errno != EAGAIN && errno != EINTR;
			return;
		}
		f->sent += (size_t)n;
		if (f->sent < f->bytes.n)
			return;
		if ((c->first = f->next) == NULL)
			c->last = &c->first;
		finish(c, f->after);
		buf_release(&f->bytes);
		free(f);
	}
	if (c->is_peer_done && c->first == NULL)
		c->is_over = true;
}

struct lab_conn *
lab_conn_new(struct lab_loop *loop, const struct lab_listener *at, int fd)
{
	struct lab_conn *c = mem_alloc(sizeof(*c));

	*c = (struct lab_conn){ .loop = loop, .fd = fd, .at = at, .in = BUF_INIT(LAB_IN_BYTES) };
	c->last = &c->first;
	at->protocol->begin(c);
	return c;
}

void
lab_conn_free(struct lab_conn *c)
{
	struct lab_flight *next;

	for (struct lab_flight *f = c->first; f != NULL; f = next) {
		next = f->next;
		buf_release(&f->bytes);
		free(f);
	}
	lab_tls_free(c->tls);
	buf_release(&c->in);
	close(c->fd);
	free(c);
}
