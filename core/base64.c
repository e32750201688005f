#include "core/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Three bytes are four digits of six bits; count bytes are there, zeros stand for the rest. */
static void
encode_group(struct buf *out, const unsigned char *p, size_t count)
{
	const uint32_t bits = (uint32_t)p[0] << 16 | (count > 1 ? (uint32_t)p[1] << 8 : 0) |
			      (count > 2 ? (uint32_t)p[2] : 0);
	char group[4] = { '=', '=', '=', '=' };

	for (size_t i = 0; i <= count; i++)
		group[i] = digits[bits >> (18 - 6 * i) & 63];
	buf_add(out, (struct str){ group, sizeof(group) });
}

void
base64_encode(struct buf *out, struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;

	for (size_t i = 0; i < bytes.n; i += 3)
		encode_group(out, p + i, bytes.n - i < 3 ? bytes.n - i : 3);
}

static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Bytes of the group into *bits, left aligned in 24; their number, 0 when it is no group. */
static size_t
decode_group(const char *p, uint32_t *bits)
{
	size_t given = 0;

	*bits = 0;
	while (given < 4 && digit_value(p[given]) >= 0) {
		*bits |= (uint32_t)digit_value(p[given]) << (18 - 6 * given);
		given++;
	}
	for (size_t i = given; i < 4; i++) {
		if (p[i] != '=')
			return 0;
	}
	/* RFC 4648 section 3.5: the bits that the padding leaves over must be zero. */
	if (given < 2 || (*bits & (0xffffffU >> 8 * (given - 1))) != 0)
		return 0;
	return given - 1;
}

bool
base64_decode(struct arena *a, struct str text, struct str *out)
{
	char *bytes;
	size_t n = 0, got = 3;

	if (text.n % 4 != 0)
		return false;
	bytes = arena_alloc(a, text.n / 4 * 3 + 1);
	for (size_t i = 0; i < text.n; i += 4) {
		uint32_t bits;

		/* Only the last group may be short. */
		if (got != 3 || (got = decode_group(text.p + i, &bits)) == 0)
			return false;
		for (size_t k = 0; k < got; k++)
			bytes[n++] = (char)(bits >> (16 - 8 * k) & 0xff);
	}
	*out = (struct str){ bytes, n };
	return true;
}

bool
pem_decode(struct arena *a, struct str pem, struct str *der)
{
	struct buf text = BUF_INIT(0);
	struct str line;
	bool is_good;

	while (str_split(&pem, '\n', &line)) {
		if (!str_starts(line, STR("-----")))
			buf_add(&text, str_trim(line));
	}
	is_good = base64_decode(a, buf_str(&text), der);
	buf_release(&text);
	return is_good;
}
