/* The policy host: HTTP/1.1 over TLS, one file. */
#include <time.h>

#include "net/lab/lab_serve.h"

#define REQUEST_BYTES 16384
#define POLICY_PATH "/.well-known/mta-sts.txt"
#define CHUNK_BYTES 4000

static void
https_begin(struct lab_conn *c)
{
	const struct lab_action *connect = &c->at->server->steps[LAB_CONNECT];

	if (connect->has_say || connect->deed != LAB_GO_ON) {
		conn_play(c, LAB_CONNECT, STR_EMPTY);
		c->is_stalled = true;
		return;
	}
	conn_begin_tls(c);
}

/* IMF-fixdate (RFC 9110 section 5.6.7), by the scenario's clock. */
static void
add_date(const struct lab_loop *loop, struct buf *out)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL) + (time_t)loop->clock_offset_s;
	struct tm t;

	if (gmtime_r(&now, &t) == NULL)
		return;
	buf_addf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n", days[t.tm_wday], t.tm_mday,
		months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

/* "fill": comment lines until the body has that many bytes. */
static void
make_body(const struct lab_conn *c, struct buf *out)
{
	const struct lab_server *s = c->at->server;

	buf_add(out, s->has_body ? s->body : c->loop->spec->policy);
	while (out->n < s->fill_bytes) {
		size_t left = s->fill_bytes - out->n;

		buf_add(out, str_sub(STR("x-padding: ...............................\n"), 0, left));
	}
}

static void
add_head(const struct lab_conn *c, size_t body_bytes, struct buf *out)
{
	const struct lab_server *s = c->at->server;

	buf_addf(out, "HTTP/1.1 %u %.*s\r\n", s->status, STR_ARG(s->reason));
	add_date(c->loop, out);
	if (s->content_type.n > 0)
		buf_addf(out, "Content-Type: %.*s\r\n", STR_ARG(s->content_type));
	if (s->is_chunked)
		buf_add_text(out, "Transfer-Encoding: chunked\r\n");
	else
		buf_addf(out, "Content-Length: %zu\r\n", body_bytes);
	buf_add(out, s->headers);
	buf_add_text(out, "\r\n");
}

static void
add_chunks(struct str body, struct buf *out)
{
	while (body.n > 0) {
		struct str part = str_sub(body, 0, CHUNK_BYTES);

		buf_addf(out, "%zx\r\n", part.n);
		buf_add(out, part);
		buf_add_text(out, "\r\n");
		body = str_skip(body, part.n);
	}
	buf_add_text(out, "0\r\n\r\n");
}

/* "cut": the connection ends after so many bytes of what follows the head. */
static void
answer_policy(struct lab_conn *c)
{
	const struct lab_server *s = c->at->server;
	struct buf body = BUF_INIT(SPEC_MAX_BYTES * 2 + SPEC_MAX_FILL_BYTES);
	struct buf out = BUF_INIT(LAB_OUT_BYTES), rest = BUF_INIT(LAB_OUT_BYTES);
	struct str sent;

	make_body(c, &body);
	if (s->is_chunked)
		add_chunks(buf_str(&body), &rest);
	else
		buf_add(&rest, buf_str(&body));
	add_head(c, body.n, &out);
	sent = s->is_cut ? str_sub(buf_str(&rest), 0, s->cut_bytes) : buf_str(&rest);
	buf_add(&out, sent);
	if (conn_play(c, LAB_ANSWER, buf_str(&out)) && s->is_cut) {
		conn_say(c, STR_EMPTY, 0, LAB_CLOSE);
		c->is_stalled = true;
	}
	buf_release(&body);
	buf_release(&rest);
	buf_release(&out);
}

static void
answer_elsewhere(struct lab_conn *c)
{
	conn_say(c, STR("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), 0, LAB_GO_ON);
}

static void
https_input(struct lab_conn *c)
{
	while (!c->is_stalled) {
		struct str in = buf_str(&c->in), rest, method, path;
		size_t end = str_find_str(in, STR("\r\n\r\n"));

		if (end == in.n) {
			c->is_over = in.n > REQUEST_BYTES;
			return;
		}
		rest = str_sub(in, 0, str_find(in, '\r'));
		method = spec_word(&rest);
		path = spec_word(&rest);
		c->loop->https++;
		if (str_is(method, "GET") && str_is(path, POLICY_PATH))
			answer_policy(c);
		else
			answer_elsewhere(c);
		buf_drop_front(&c->in, end + 4);
	}
}

const struct lab_protocol lab_protocol_https = { https_begin, https_input };
