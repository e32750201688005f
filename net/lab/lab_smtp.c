/* The SMTP servers: greeting, EHLO, STARTTLS, QUIT (RFC 5321, RFC 3207). They take no mail. */
#include "net/lab/lab_serve.h"

#define COMMAND_BYTES 4096

static void
smtp_begin(struct lab_conn *c)
{
	const struct lab_server *s = c->at->server;
	const struct lab_action *banner = &s->steps[LAB_BANNER];
	struct buf usual = BUF_INIT(1024);

	if (!conn_play(c, LAB_CONNECT, STR_EMPTY))
		return;
	buf_addf(&usual, "220 %.*s ESMTP\r\n", STR_ARG(s->host));
	conn_play(c, LAB_BANNER, buf_str(&usual));
	c->is_refusing = banner->has_say && !str_starts(banner->say, STR("220"));
	c->loop->smtp++;
	buf_release(&usual);
}

static void
add_keyword(struct buf *out, struct str keyword, bool is_last)
{
	buf_addf(out, "250%s%.*s\r\n", is_last ? " " : "-", STR_ARG(keyword));
}

/* The first line names the host, then a keyword a line (RFC 5321 section 4.1.1.1). */
static void
usual_ehlo(const struct lab_conn *c, struct buf *out)
{
	static struct str clear[] = { { "PIPELINING", 10 }, { "SIZE 10240000", 13 },
		{ "STARTTLS", 8 }, { "8BITMIME", 8 } };
	static struct str tls[] = { { "PIPELINING", 10 }, { "SIZE 10240000", 13 },
		{ "8BITMIME", 8 } };
	const struct lab_server *s = c->at->server;
	struct strs offers = c->tls != NULL ? (struct strs){ tls, 3 } : (struct strs){ clear, 4 };

	if (c->tls == NULL && s->has_offers)
		offers = s->offers;
	buf_addf(out, "250%s%.*s greets you\r\n", offers.n == 0 ? " " : "-", STR_ARG(s->host));
	for (size_t i = 0; i < offers.n; i++)
		add_keyword(out, offers.v[i], i + 1 == offers.n);
}

static void
do_ehlo(struct lab_conn *c)
{
	struct buf usual = BUF_INIT(4096);

	usual_ehlo(c, &usual);
	conn_play(c, c->tls != NULL ? LAB_EHLO_TLS : LAB_EHLO, buf_str(&usual));
	buf_release(&usual);
}

static void
do_helo(struct lab_conn *c)
{
	struct buf out = BUF_INIT(1024);

	buf_addf(&out, "250 %.*s\r\n", STR_ARG(c->at->server->host));
	conn_say(c, buf_str(&out), 0, LAB_GO_ON);
	buf_release(&out);
}

static void
do_starttls(struct lab_conn *c)
{
	const struct lab_action *act = &c->at->server->steps[LAB_STARTTLS];

	if (c->tls != NULL) {
		conn_say(c, STR("503 5.5.1 TLS is on already\r\n"), 0, LAB_GO_ON);
		return;
	}
	if (conn_play(c, LAB_STARTTLS, STR("220 2.0.0 Ready to start TLS\r\n")) &&
		(!act->has_say || str_starts(act->say, STR("220"))))
		conn_begin_tls(c);
}

static void
do_quit(struct lab_conn *c)
{
	if (conn_play(c, LAB_QUIT, STR("221 2.0.0 Bye\r\n")))
		conn_end(c);
}

static void
do_noop(struct lab_conn *c)
{
	conn_say(c, STR("250 2.0.0 OK\r\n"), 0, LAB_GO_ON);
}

static void
do_mail(struct lab_conn *c)
{
	conn_say(c, STR("550 5.7.1 This is a lab, it takes no mail\r\n"), 0, LAB_GO_ON);
}

static const struct {
	const char *verb;
	bool needs_welcome; /* not after a refusing banner (RFC 5321 section 3.1) */
	void (*run)(struct lab_conn *c);
} commands[] = {
	{ "EHLO", true, do_ehlo },
	{ "HELO", true, do_helo },
	{ "MAIL", true, do_mail },
	{ "NOOP", false, do_noop },
	{ "QUIT", false, do_quit },
	{ "RSET", false, do_noop },
	{ "STARTTLS", true, do_starttls },
};

static void
run_command(struct lab_conn *c, struct str line)
{
	struct str rest = str_trim(line), verb = spec_word(&rest);

	c->loop->smtp++;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (!str_is_nocase(verb, commands[i].verb))
			continue;
		if (c->is_refusing && commands[i].needs_welcome)
			conn_say(c, STR("503 5.5.1 Not now\r\n"), 0, LAB_GO_ON);
		else
			commands[i].run(c);
		return;
	}
	conn_say(c, STR("500 5.5.2 What?\r\n"), 0, LAB_GO_ON);
}

static void
smtp_input(struct lab_conn *c)
{
	char line[COMMAND_BYTES];

	while (!c->is_stalled && !c->awaits_hello) {
		struct str in = buf_str(&c->in);
		size_t end = str_find(in, '\n');

		if (end == in.n || end >= sizeof(line)) {
			c->is_over = in.n >= sizeof(line);
			return;
		}
		/* A command may empty the buffer: it gets a copy. */
		for (size_t i = 0; i < end; i++)
			line[i] = in.p[i];
		buf_drop_front(&c->in, end + 1);
		run_command(c, (struct str){ line, end });
	}
}

const struct lab_protocol lab_protocol_smtp = { smtp_begin, smtp_input };
