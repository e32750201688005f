/*
 * siblings: J and K: the next and the previous stage, host, address or finding, without leaving.
 */
#include "tui/screen.h"

void
stage_sibling(struct console *c, struct screen *s, int step)
{
	static const enum stage order[] = { STAGE_ENV, STAGE_TXT, STAGE_HTTPS, STAGE_POLICY,
		STAGE_MX, STAGE_VERDICT };
	enum { COUNT = sizeof(order) / sizeof(order[0]) };
	int i;

	(void)c;
	for (i = 0; i < COUNT && order[i] != s->target.stage; i++)
		;
	if (i + step >= 0 && i + step < COUNT)
		s->target.stage = order[i + step];
}

static void
go_host(struct screen *s, struct str host, struct str address)
{
	struct target target = s->target;

	target.host = host;
	target.address = address;
	screen_target(s, &target);
}

void
host_sibling(struct console *c, struct screen *s, int step)
{
	size_t count = c->session->host_count, i;

	for (i = 0; i < count; i++) {
		if (!str_eq(c->session->hosts[i]->name, s->target.host))
			continue;
		if (step < 0 ? i > 0 : i + 1 < count)
			go_host(s, c->session->hosts[step < 0 ? i - 1 : i + 1]->name, STR_EMPTY);
		return;
	}
}

/* Every address in the walk's order; false at the end. */
static bool
address_at(const struct session *s, bool is_https, size_t n, const struct attempt **out)
{
	size_t h;

	if (is_https) {
		*out = n < s->https_count ? s->https[n] : NULL;
		return *out != NULL;
	}
	for (h = 0; h < s->host_count; h++) {
		if (n < s->hosts[h]->address_count) {
			*out = s->hosts[h]->addresses[n];
			return true;
		}
		n -= s->hosts[h]->address_count;
	}
	return false;
}

void
address_sibling(struct console *c, struct screen *s, int step)
{
	bool is_https = session_host(c->session, s->target.host) == NULL;
	const struct attempt *t;
	size_t n;

	for (n = 0; address_at(c->session, is_https, n, &t); n++) {
		if (!str_eq(t->host, s->target.host) ||
			(s->target.address.n > 0 && !str_eq(t->address, s->target.address)))
			continue;
		if ((step > 0 || n > 0) &&
			address_at(c->session, is_https, step < 0 ? n - 1 : n + 1, &t))
			go_host(s, t->host, t->address);
		return;
	}
}

void
finding_sibling(struct console *c, struct screen *s, int step)
{
	if (step < 0 ? s->target.index > 0 : s->target.index + 1 < c->judgement.count)
		s->target.index += step < 0 ? (size_t)-1 : 1;
}
