/* The forms in which names of hosts, block lists and logs carry an address: what tells of an address
 * that is known is looked for in all of them. */
#include <inttypes.h>

#include "core/redact.h"

static unsigned
nibble(char c)
{
	return ascii_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(ascii_lower(c) - 'a' + 10);
}

static void
add(struct secrets *s, enum secret_kind kind, const struct buf *form, struct str label)
{
	if (form->n > 0)
		secret_add(s, kind, buf_str(form), label);
}

/* One number a part, with something between; padded to three digits or not. */
static void
add_parts(struct secrets *s, const unsigned *parts, const char *between, bool is_padded,
	bool is_backwards, struct str label)
{
	struct buf form = BUF_INIT(64);

	for (size_t i = 0; i < 4; i++)
		buf_addf(&form, is_padded ? "%s%03u" : "%s%u", i > 0 ? between : "",
			parts[is_backwards ? 3 - i : i]);
	add(s, SECRET_ADDRESS, &form, label);
	buf_release(&form);
}

static void
add_forms4(struct secrets *s, struct str hex, struct str label)
{
	unsigned parts[4];
	struct buf decimal = BUF_INIT(32), digits = BUF_INIT(32);

	for (size_t i = 0; i < 4; i++)
		parts[i] = nibble(hex.p[2 * i]) * 16 + nibble(hex.p[2 * i + 1]);
	add_parts(s, parts, "-", false, false, label);
	add_parts(s, parts, "-", false, true, label);
	add_parts(s, parts, ".", false, true, label); /* in-addr.arpa, block lists */
	add_parts(s, parts, "_", false, false, label);
	add_parts(s, parts, ".", true, false, label);
	add_parts(s, parts, "-", true, false, label);
	add_parts(s, parts, "", true, false, label);
	buf_addf(&decimal, "%" PRIu32,
		(uint32_t)parts[0] << 24 | (uint32_t)parts[1] << 16 | parts[2] << 8 | parts[3]);
	add(s, SECRET_ADDRESS, &decimal, label);
	buf_add(&digits, hex);
	add(s, SECRET_HEX, &digits, label);
	buf_release(&decimal);
	buf_release(&digits);
}

/* Eight groups, whole or without their leading zeros. */
static void
add_groups6(struct secrets *s, struct str hex, bool is_whole, const char *between, struct str label)
{
	struct buf form = BUF_INIT(64);

	for (size_t i = 0; i < 32; i += 4) {
		size_t from = i;

		while (!is_whole && from < i + 3 && hex.p[from] == '0')
			from++;
		if (i > 0)
			buf_add_text(&form, between);
		buf_add(&form, str_sub(hex, from, i + 4 - from));
	}
	add(s, SECRET_HEX, &form, label);
	buf_release(&form);
}

static void
add_forms6(struct secrets *s, struct str text, struct str hex, struct str label)
{
	struct buf form = BUF_INIT(64), dashes = BUF_INIT(64);

	for (size_t i = 32; i-- > 0;) /* ip6.arpa */
		buf_addf(&form, "%c%s", hex.p[i], i > 0 ? "." : "");
	add(s, SECRET_HEX, &form, label);
	add_groups6(s, hex, true, "", label);
	add_groups6(s, hex, true, "-", label);
	add_groups6(s, hex, false, "-", label);
	for (size_t i = 0; i < text.n; i++)
		buf_add_char(&dashes, text.p[i] == ':' ? '-' : text.p[i]);
	add(s, SECRET_HEX, &dashes, label);
	buf_release(&form);
	buf_release(&dashes);
}

void
secret_forms(struct secrets *s, struct str text, struct str label)
{
	const struct str hex = address_canonical(s->arena, text);

	if (hex.n == 8)
		add_forms4(s, hex, label);
	else if (hex.n == 32)
		add_forms6(s, text, hex, label);
}
