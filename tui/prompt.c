#include "tui/prompt.h"

#include <string.h>

#include "tui/keys.h"

void
prompt_set(struct prompt *p, struct str text)
{
	struct buf fresh = BUF_INIT(PROMPT_MAX);

	buf_add(&fresh, text);
	buf_release(&p->text);
	p->text = fresh;
	p->cursor = fresh.n;
}

void
prompt_open(struct prompt *p, const char *label, struct str text)
{
	prompt_set(p, text);
	p->label = label;
	p->is_open = true;
}

void
prompt_close(struct prompt *p)
{
	p->is_open = false;
}

void
prompt_release(struct prompt *p)
{
	buf_release(&p->text);
	memset(p, 0, sizeof(*p));
}

/* Replace count bytes at from by text; the cursor stands behind it. */
static void
splice(struct prompt *p, size_t from, size_t count, struct str text)
{
	struct buf fresh = BUF_INIT(PROMPT_MAX);
	struct str old = buf_str(&p->text);

	buf_add(&fresh, str_sub(old, 0, from));
	buf_add(&fresh, text);
	buf_add(&fresh, str_skip(old, from + count));
	if (fresh.is_cut) {
		buf_release(&fresh);
		return;
	}
	buf_release(&p->text);
	p->text = fresh;
	p->cursor = from + text.n;
}

static size_t
utf8_before(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && ((unsigned char)p->text.p[at - 1] & 0xc0) == 0x80)
		at--;
	return at > 0 ? at - 1 : 0;
}

static size_t
utf8_after(const struct prompt *p)
{
	size_t at = p->cursor;

	if (at < p->text.n)
		at++;
	while (at < p->text.n && ((unsigned char)p->text.p[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static size_t
word_before(const struct prompt *p)
{
	size_t at = p->cursor;

	while (at > 0 && p->text.p[at - 1] == ' ')
		at--;
	while (at > 0 && p->text.p[at - 1] != ' ')
		at--;
	return at;
}

static void
type(struct prompt *p, uint32_t code)
{
	char bytes[4];
	size_t n;

	if (code < 0x80) {
		bytes[0] = (char)code;
		n = 1;
	} else if (code < 0x800) {
		bytes[0] = (char)(0xc0 | (code >> 6));
		bytes[1] = (char)(0x80 | (code & 0x3f));
		n = 2;
	} else if (code < 0x10000) {
		bytes[0] = (char)(0xe0 | (code >> 12));
		bytes[1] = (char)(0x80 | ((code >> 6) & 0x3f));
		bytes[2] = (char)(0x80 | (code & 0x3f));
		n = 3;
	} else {
		bytes[0] = (char)(0xf0 | (code >> 18));
		bytes[1] = (char)(0x80 | ((code >> 12) & 0x3f));
		bytes[2] = (char)(0x80 | ((code >> 6) & 0x3f));
		bytes[3] = (char)(0x80 | (code & 0x3f));
		n = 4;
	}
	splice(p, p->cursor, 0, (struct str){ bytes, n });
}

static void
edit(struct prompt *p, uint32_t key)
{
	size_t to = p->cursor, from;

	switch (key) {
	case NAMED_LEFT:
		p->cursor = utf8_before(p);
		break;
	case NAMED_RIGHT:
		p->cursor = utf8_after(p);
		break;
	case NAMED_HOME:
	case 'A' & 0x1f:
		p->cursor = 0;
		break;
	case NAMED_END:
	case 'E' & 0x1f:
		p->cursor = p->text.n;
		break;
	case NAMED_BACKSPACE:
		from = utf8_before(p);
		splice(p, from, to - from, STR_EMPTY);
		break;
	case 'W' & 0x1f:
		from = word_before(p);
		splice(p, from, to - from, STR_EMPTY);
		break;
	case 'U' & 0x1f:
		splice(p, 0, to, STR_EMPTY);
		break;
	default:
		if (key >= 0x20 && key < KEY_NAMED)
			type(p, key);
		break;
	}
}

enum prompt_result
prompt_key(struct prompt *p, uint32_t key)
{
	if (key == '\r' || key == '\n')
		return PROMPT_ACCEPTED;
	if (key == 0x1b)
		return PROMPT_LEFT;
	edit(p, key);
	return PROMPT_GOES_ON;
}
