/*
 * screen_home: the domain prompt: recent domains and the demo's scenarios under it.
 */
#include "tui/screen.h"

static const struct column home_columns[] = {
	{ .title = "", .min = 24, .max = 36 },
	{ .title = "", .min = 20, .is_flex = true },
};

static void
offer_rows(struct doc *out, size_t table, const char *kind, const struct offers *offers)
{
	size_t i;

	for (i = 0; i < offers->n; i++) {
		struct row *r = doc_table_row(out, table, 3);

		row_id(out, r, "%s:%s", kind, doc_shown(out, offers->v[i].name));
		row_bytes(out, r, ROLE_TEXT, offers->v[i].name);
		row_cell(out, r);
		row_bytes(out, r, ROLE_DIM, offers->v[i].about);
	}
}

void
home_view(const struct console *c, const struct screen *s, struct doc *out)
{
	size_t table;
	struct row *r;

	(void)s;
	doc_init(out);
	table = doc_table(out, home_columns, 2);
	doc_blank(out);
	doc_text(out, 3, ROLE_HEADER, "Walk the MTA-STS delivery path of a domain");
	doc_text(out, 3, ROLE_DIM, "what stands after the @ of an address");
	doc_blank(out);
	r = doc_table_row(out, table, 3);
	row_id(out, r, "type:");
	row_text(out, r, ROLE_KEY, "Domain");
	row_cell(out, r);
	row_text(out, r, ROLE_DIM, "Enter or d types one; demo NAME walks a scenario");
	if (c->options->recent.n > 0)
		doc_heading(out, "Recent");
	offer_rows(out, table, "domain", &c->options->recent);
	doc_heading(out, "Demo: servers on loopback, nothing leaves this machine; %zu in all",
		c->options->demos.n);
	offer_rows(out, table, "demo", &c->options->demos);
}

static void
go(struct console *c, enum console_next kind, struct str name)
{
	buf_clear(&c->next);
	buf_add(&c->next, name);
	c->next_kind = kind;
	c->is_leaving = true;
}

static void
accept_domain(struct console *c, struct str text)
{
	text = str_trim(text);
	if (text.n == 0)
		return;
	if (str_starts(text, STR("demo ")))
		go(c, NEXT_DEMO, str_trim(str_skip(text, 5)));
	else
		go(c, NEXT_DOMAIN, text);
}

static bool
complete_from(struct console *c, const struct offers *offers, const char *before)
{
	struct str typed = buf_str(&c->prompt.text), front = str_of(before);
	size_t i;

	if (!str_starts(typed, front))
		return false;
	for (i = 0; i < offers->n; i++) {
		if (str_starts_nocase(offers->v[i].name, str_skip(typed, front.n)) &&
			!str_eq(offers->v[i].name, str_skip(typed, front.n))) {
			prompt_set(&c->prompt, arena_printf(&c->arena, "%s%.*s", before,
						       STR_ARG(offers->v[i].name)));
			return true;
		}
	}
	return false;
}

/* Tab completes, Down goes into the lists, ^O opens a file. */
static bool
domain_key(struct console *c, uint32_t key)
{
	switch (key) {
	case '\t':
		if (!complete_from(c, &c->options->demos, "demo "))
			complete_from(c, &c->options->recent, "");
		return true;
	case NAMED_DOWN:
		prompt_close(&c->prompt);
		pane_move(&console_top(c)->pane, 1);
		return true;
	case 'O' & 0x1f:
		open_file_begin(c);
		return true;
	default:
		return false;
	}
}

void
home_begin(struct console *c)
{
	if (!c->options->is_home && console_top(c)->kind != SCREEN_HOME)
		console_push(c, SCREEN_HOME, NULL);
	console_ask(c, "domain: ", STR_EMPTY, accept_domain);
	c->on_prompt_key = domain_key;
}

/* Offers are found again by their place: a name is shown escaped, but walked as it is. */
static bool
go_offer(struct console *c, const struct row *row, const char *kind, const struct offers *offers,
	enum console_next next)
{
	struct str word = str_of(kind);
	size_t i;

	if (!str_starts(row->id, word))
		return false;
	for (i = 0; i < offers->n; i++) {
		if (str_eq(str_skip(row->id, word.n), offers->v[i].name)) {
			go(c, next, offers->v[i].name);
			return true;
		}
	}
	return false;
}

void
home_open(struct console *c)
{
	const struct row *row = pane_row(&console_top(c)->pane);

	if (row == NULL || !(go_offer(c, row, "domain:", &c->options->recent, NEXT_DOMAIN) ||
				   go_offer(c, row, "demo:", &c->options->demos, NEXT_DEMO)))
		home_begin(c);
}
