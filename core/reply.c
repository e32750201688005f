#include "core/reply.h"

#include <assert.h>

#include "core/limits.h"

/* RFC 5321 4.5.3.1.5: 512 with CR LF. */
enum { REPLY_LINE_BYTES = 510, CODE_DIGITS = 3, KEYWORD_BYTES = 8, MASK_MIN = 6 };

/* The code of a reply line, 0 when it has none. Like senders do, any second digit is taken. */
static int
line_code(struct str line)
{
	int code = 0;

	if (line.n < CODE_DIGITS || line.p[0] < '2' || line.p[0] > '5')
		return 0;
	for (size_t i = 0; i < CODE_DIGITS; i++) {
		if (!ascii_is_digit(line.p[i]))
			return 0;
		code = code * 10 + (line.p[i] - '0');
	}
	return code;
}

static bool
is_textstring(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		const unsigned char c = (unsigned char)text.p[i];

		if (c > 0x7e || (c < 0x20 && c != '\t'))
			return false;
	}
	return true;
}

static size_t
count_digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

/* class "." subject "." detail of RFC 2034 section 4, of the same class as the code. */
static struct str
enhanced_code(struct str text, int code)
{
	size_t n = 1;

	if (text.n == 0 || text.p[0] - '0' != code / 100 || text.p[0] == '3')
		return STR_EMPTY;
	for (int part = 0; part < 2; part++) {
		size_t digits;

		if (n >= text.n || text.p[n] != '.')
			return STR_EMPTY;
		digits = count_digits(str_skip(text, n + 1));
		if (digits < 1 || digits > 3)
			return STR_EMPTY;
		n += 1 + digits;
	}
	return n == text.n || text.p[n] == ' ' ? str_sub(text, 0, n) : STR_EMPTY;
}

static bool
is_over_limit(const struct reply *r, struct str line)
{
	return line.n > LIMIT_SMTP_LINE_BYTES || r->bytes > LIMIT_SMTP_REPLY_BYTES ||
	       r->lines.n > LIMIT_SMTP_REPLY_LINES;
}

enum reply_state
reply_add(struct arena *a, struct reply *r, struct str line, bool had_cr)
{
	const int code = line_code(line);
	const struct str kept = arena_str(a, line);
	const char separator = line.n > CODE_DIGITS ? line.p[CODE_DIGITS] : ' ';
	const bool is_first = r->lines.n == 0;

	assert(r->state == REPLY_MORE);
	r->bytes += line.n + (had_cr ? 2 : 1);
	if (line.n > REPLY_LINE_BYTES)
		r->oddities |= REPLY_ODD_LONG_LINE;
	if (!had_cr)
		r->oddities |= REPLY_ODD_BARE_LF;
	if (!is_textstring(line))
		r->oddities |= REPLY_ODD_NON_ASCII;
	arena_push(a, &r->lines, kept);
	if (code == 0 || (separator != ' ' && separator != '-') || (!is_first && code != r->code) ||
		is_over_limit(r, line)) {
		r->state = REPLY_BAD;
		return r->state;
	}
	r->code = code;
	arena_push(a, &r->texts, str_skip(kept, CODE_DIGITS + 1));
	if (is_first)
		r->enhanced = enhanced_code(r->texts.v[0], code);
	r->state = separator == '-' ? REPLY_MORE : REPLY_DONE;
	return r->state;
}

/* A firewall overwrites the keyword with X of the same length, often but for the last letter. */
static bool
is_masked_starttls(struct str keyword)
{
	size_t masked = 0;

	if (keyword.n != KEYWORD_BYTES)
		return false;
	for (size_t i = 0; i < keyword.n; i++) {
		if (!ascii_is_alnum(keyword.p[i]))
			return false;
		masked += ascii_lower(keyword.p[i]) == 'x';
	}
	return masked >= MASK_MIN;
}

void
ehlo_parse(struct arena *a, const struct reply *r, struct ehlo *out)
{
	*out = (struct ehlo){ 0 };
	for (size_t i = 1; i < r->texts.n; i++) {
		struct str rest = str_trim_wsp(r->texts.v[i]);
		struct str keyword = STR_EMPTY;

		arena_push(a, &out->keywords, rest);
		str_split(&rest, ' ', &keyword);
		if (str_is_nocase(keyword, "STARTTLS"))
			out->has_starttls = true;
		else if (out->masked.n == 0 && is_masked_starttls(keyword))
			out->masked = keyword;
	}
	if (out->has_starttls)
		out->masked = STR_EMPTY;
}
