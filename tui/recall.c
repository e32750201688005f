#include "tui/recall.h"

#include "tui/keys.h"

static bool
holds(struct str text, struct str needle)
{
	for (size_t i = 0; i + needle.n <= text.n; i++) {
		if (str_starts_nocase(str_skip(text, i), needle))
			return true;
	}
	return false;
}

/* From an index on, towards older ones. */
static void
look(struct recall *r, struct prompt *p, const struct offers *history, size_t from)
{
	const struct str needle = buf_str(&r->needle);

	r->has_failed = needle.n > 0;
	for (size_t i = from; needle.n > 0 && i < history->n; i++) {
		if (holds(history->v[i].name, needle) || holds(history->v[i].shown, needle)) {
			r->at = i;
			r->has_failed = false;
			prompt_set(p, history->v[i].name);
			return;
		}
	}
}

void
recall_begin(struct recall *r, const struct prompt *p, const struct offers *history)
{
	recall_release(r);
	buf_add(&r->before, buf_str(&p->text));
	r->at = history->n;
	r->is_on = true;
}

/* The needle is edited as any line is. */
static void
edit_needle(struct recall *r, uint32_t key)
{
	struct prompt line = { 0 };

	prompt_set(&line, buf_str(&r->needle));
	prompt_key(&line, key);
	buf_clear(&r->needle);
	buf_add(&r->needle, buf_str(&line.text));
	prompt_release(&line);
}

bool
recall_key(struct recall *r, struct prompt *p, const struct offers *history, uint32_t key)
{
	if (key == ('R' & 0x1f)) {
		look(r, p, history, r->at < history->n ? r->at + 1 : 0);
		return true;
	}
	if (key == 0x1b) {
		prompt_set(p, buf_str(&r->before));
		r->is_on = false;
		return true;
	}
	if (key != NAMED_BACKSPACE && (key < 0x20 || key >= KEY_NAMED)) {
		r->is_on = false;
		return false;
	}
	edit_needle(r, key);
	/* The newest match is wanted again. */
	r->at = history->n;
	look(r, p, history, 0);
	return true;
}

void
recall_release(struct recall *r)
{
	buf_release(&r->needle);
	buf_release(&r->before);
	*r = (struct recall){ .needle = BUF_INIT(PROMPT_MAX), .before = BUF_INIT(PROMPT_MAX) };
}
