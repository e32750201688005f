/*
 * screen_bounce: b: a bounce, log lines or a code, typed or pasted line by line, beside the walk.
 */
#include "core/ndr.h"
#include "core/view_sim.h"
#include "tui/screen.h"
#include "tui/term.h"

static bool
has_walk(const struct console *c)
{
	return c->session->start != NULL && c->has_judgement;
}

void
bounce_view(const struct console *c, const struct screen *s, struct doc *out)
{
	const struct view_input in = console_input(c);

	view_ndr(has_walk(c) ? &in : NULL, s->target.host, out);
}

/* "Final-Recipient: ...", "Content-Type: ...": blank lines stand between the parts of such a text. */
static bool
has_fields(struct str text)
{
	struct str line;

	while (str_split(&text, '\n', &line)) {
		size_t n = 0;

		while (n < line.n && (ascii_is_alnum(line.p[n]) || line.p[n] == '-'))
			n++;
		if (n > 2 && n + 1 < line.n && line.p[n] == ':' && line.p[n + 1] == ' ')
			return true;
	}
	return false;
}

static struct str
text_of(struct console *c)
{
	return console_top(c)->target.host;
}

static void
tell(struct console *c)
{
	struct arena a = { 0 };
	struct ndr n;

	ndr_read(&a, text_of(c), &n);
	console_say(c, "understood %zu of %zu line%s%s", n.understood, n.lines,
		n.lines == 1 ? "" : "s", n.is_cut ? "; longer than is read" : "");
	arena_release(&a);
}

/* Pasted fields are folded with tabs: what begins with a blank goes on. */
static bool
take_tab(struct console *c, uint32_t key)
{
	if (key != '\t')
		return false;
	prompt_key(&c->prompt, ' ');
	return true;
}

static void
ask(struct console *c, const char *label, void (*accept)(struct console *c, struct str text))
{
	console_ask(c, label, STR_EMPTY, accept);
	c->on_prompt_key = take_tab;
}

static void accept_more(struct console *c, struct str text);

static void
ask_more(struct console *c)
{
	ask(c, "more (an empty line ends it): ", accept_more);
}

/*
 * An empty line ends it, unless keys wait behind it: then it stands inside of what is pasted, whose
 * rest must not be taken for keys. A mail has blank lines of its own, so there it takes two.
 */
static bool
is_end(struct console *c, struct str line)
{
	const struct str text = text_of(c);
	const bool is_second = text.n > 0 && text.p[text.n - 1] == '\n';

	if (str_trim(line).n > 0 || term_has_input(c->term))
		return false;
	return is_second || !has_fields(text);
}

static void
accept_more(struct console *c, struct str line)
{
	struct buf all = BUF_INIT(NDR_MAX_BYTES + PROMPT_MAX);
	struct target target;

	if (console_top(c)->kind != SCREEN_BOUNCE)
		return;
	if (is_end(c, line)) {
		tell(c);
		return;
	}
	buf_add(&all, text_of(c));
	buf_add_text(&all, "\n");
	buf_add(&all, line);
	target = (struct target){ .host = buf_str(&all) };
	if (!all.is_cut)
		screen_target(console_top(c), &target);
	buf_release(&all);
	console_changed(c);
	ask_more(c);
}

static void
show(struct console *c, struct str text)
{
	const struct target target = { .host = text };

	if (console_top(c)->kind == SCREEN_BOUNCE) {
		screen_target(console_top(c), &target);
		pane_release(&console_top(c)->pane);
		console_changed(c);
	} else {
		console_push(c, SCREEN_BOUNCE, &target);
	}
	if (console_top(c)->kind == SCREEN_BOUNCE && !ndr_is_code(str_trim(text)))
		ask_more(c);
}

void
bounce_keep(struct console *c)
{
	buf_clear(&c->options->reports->bounce);
	if (console_top(c)->kind == SCREEN_BOUNCE)
		buf_add(&c->options->reports->bounce, text_of(c));
}

void
bounce_again(struct console *c)
{
	struct buf *kept = &c->options->reports->bounce;
	const struct target target = { .host = buf_str(kept) };

	if (kept->n > 0)
		console_push(c, SCREEN_BOUNCE, &target);
	buf_clear(kept);
}

static void
accept_first(struct console *c, struct str text)
{
	if (text.n > 0)
		show(c, text);
}

void
bounce_begin(struct console *c)
{
	ask(c, "bounce, log line or code: ", accept_first);
}

bool
home_is_bounce(struct console *c, struct str text)
{
	if (!ndr_is_bounce(text))
		return false;
	show(c, text);
	return true;
}

/* The finding of the row; without a walk of it, the domain that the text names is walked. */
void
bounce_open(struct console *c)
{
	const struct row *row = pane_row(console_pane(c));
	struct arena a = { 0 };
	struct ndr n;

	ndr_read(&a, text_of(c), &n);
	if (row != NULL && row->target.kind == TARGET_FINDING)
		console_push(c, SCREEN_FINDING, &row->target);
	else if (n.domain.n > 0 && (!has_walk(c) || !name_eq(n.domain, session_domain(c->session))))
		console_go(c, NEXT_DOMAIN, n.domain);
	else if (!has_walk(c))
		console_say(c, "the text names no domain: d walks one");
	else
		console_say(c, "no finding of this walk explains it");
	arena_release(&a);
}
