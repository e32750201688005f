#include "tui/pattern.h"

#include <string.h>

static bool
has_capital(struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++) {
		if (text.p[i] >= 'A' && text.p[i] <= 'Z')
			return true;
	}
	return false;
}

const char *
pattern_set(struct pattern *p, struct str text, char *why, size_t size)
{
	struct buf copy = BUF_INIT(0);
	regex_t regex;
	int error;

	if (text.n == 0) {
		pattern_release(p);
		return NULL;
	}
	buf_add(&copy, text);
	error = regcomp(&regex, buf_text(&copy),
		has_capital(text) ? REG_EXTENDED : REG_EXTENDED | REG_ICASE);
	if (error != 0) {
		regerror(error, &regex, why, size);
		buf_release(&copy);
		return why;
	}
	pattern_release(p);
	p->is_set = true;
	p->text = copy;
	p->regex = regex;
	return NULL;
}

void
pattern_release(struct pattern *p)
{
	if (p->is_set)
		regfree(&p->regex);
	buf_release(&p->text);
	memset(p, 0, sizeof(*p));
}

bool
pattern_find(const struct pattern *p, const char *text, size_t *from, size_t *to)
{
	regmatch_t match;

	if (!p->is_set || regexec(&p->regex, text, 1, &match, 0) != 0 || match.rm_so < 0)
		return false;
	*from = (size_t)match.rm_so;
	*to = (size_t)match.rm_eo;
	return true;
}

bool
pattern_has_row(const struct pattern *p, const struct row *row, struct buf *scratch)
{
	size_t i, k, from, to;

	buf_clear(scratch);
	for (i = 0; i < row->count; i++) {
		for (k = 0; k < row->cells[i].count; k++)
			buf_add(scratch, row->cells[i].spans[k].text.text);
		buf_add_char(scratch, ' ');
	}
	return pattern_find(p, buf_text(scratch), &from, &to);
}
