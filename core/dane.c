#include "core/dane.h"

#include <string.h>

#include "core/sha512.h"

#define SHA256_BYTES 32
#define DER_MAX 65536
#define UNREADABLE 255

enum { USAGE_TA = 2, USAGE_EE = 3 };
enum { SELECT_CERT = 0, SELECT_SPKI = 1 };
enum { MATCH_FULL = 0, MATCH_SHA256 = 1, MATCH_SHA512 = 2 };

static int
hex_value(char c)
{
	const char lower = ascii_lower(c);

	if (ascii_is_digit(c))
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool
is_hex(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (hex_value(s.p[i]) < 0)
			return false;
	}
	return s.n > 0 && s.n % 2 == 0;
}

static unsigned
number(struct str *rest)
{
	uint64_t value;
	struct str part;

	if (!str_split(rest, ' ', &part) || !str_to_u64(part, UNREADABLE, &value))
		return UNREADABLE;
	return (unsigned)value;
}

/* RFC 7672 section 3.1: usages 0 and 1 do not count for SMTP, nor what is unknown or cut. */
static bool
is_usable(const struct tlsa *t)
{
	if ((t->usage != USAGE_TA && t->usage != USAGE_EE) || t->selector > SELECT_SPKI ||
		!is_hex(t->data))
		return false;
	switch (t->matching) {
	case MATCH_FULL:
		return true;
	case MATCH_SHA256:
		return t->data.n == 2 * SHA256_BYTES;
	case MATCH_SHA512:
		return t->data.n == 2 * SHA512_BYTES;
	default:
		return false;
	}
}

void
tlsa_parse(struct str record, struct tlsa *out)
{
	struct str rest = str_trim(record);

	*out = (struct tlsa){ 0 };
	out->usage = number(&rest);
	out->selector = number(&rest);
	out->matching = number(&rest);
	out->data = str_trim(rest);
	out->is_usable = is_usable(out);
}

static int
base64_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c == '\0' ? NULL : memchr(digits, c, 64);

	return at == NULL ? -1 : (int)(at - digits);
}

/* The bytes between the BEGIN and END lines of a PEM text. */
static struct str
pem_to_der(struct str pem, char *room)
{
	const struct str begin = STR("-----BEGIN CERTIFICATE-----");
	struct str rest = str_skip(pem, str_find_str(pem, begin) + begin.n);
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (size_t i = 0; i < rest.n && rest.p[i] != '-' && rest.p[i] != '='; i++) {
		const int value = base64_value(rest.p[i]);

		if (value < 0)
			continue;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have < 8)
			continue;
		if (n == DER_MAX)
			return STR_EMPTY;
		have -= 8;
		room[n++] = (char)(unsigned char)(bits >> have);
	}
	return (struct str){ room, n };
}

/* One element of DER off the front: the whole of it, and what is inside. */
static bool
der_next(struct str *rest, struct str *whole, struct str *inside)
{
	const unsigned char *p = (const unsigned char *)rest->p;
	size_t length, head = 2;

	if (rest->n < 2)
		return false;
	length = p[1];
	if (length > 0x80) {
		const size_t octets = length - 0x80;

		if (octets > 3 || rest->n < 2 + octets)
			return false;
		length = 0;
		for (size_t i = 0; i < octets; i++)
			length = length << 8 | p[2 + i];
		head += octets;
	}
	if (length > rest->n - head || p[1] == 0x80)
		return false;
	*whole = str_sub(*rest, 0, head + length);
	*inside = str_sub(*rest, head, length);
	*rest = str_skip(*rest, head + length);
	return true;
}

/* RFC 5280 section 4.1: version, serial, signature, issuer, validity, subject, then the key. */
static struct str
der_spki(struct str der)
{
	struct str certificate, tbs, whole, inside;
	size_t fields = 5;

	if (!der_next(&der, &whole, &certificate) || !der_next(&certificate, &whole, &tbs))
		return STR_EMPTY;
	if (tbs.n > 0 && (unsigned char)tbs.p[0] == 0xa0)
		fields++; /* the version is optional */
	for (size_t i = 0; i < fields; i++) {
		if (!der_next(&tbs, &whole, &inside))
			return STR_EMPTY;
	}
	return der_next(&tbs, &whole, &inside) ? whole : STR_EMPTY;
}

static bool
hex_is(struct str hex, struct str bytes)
{
	if (bytes.n == 0 || hex.n != 2 * bytes.n)
		return false;
	for (size_t i = 0; i < bytes.n; i++) {
		const int value = hex_value(hex.p[2 * i]) << 4 | hex_value(hex.p[2 * i + 1]);

		if (value != (int)(unsigned char)bytes.p[i])
			return false;
	}
	return true;
}

bool
tlsa_matches_cert(const struct tlsa *record, const struct ev_cert *cert)
{
	const bool is_spki = record->selector == SELECT_SPKI;
	struct arena arena = { 0 };
	unsigned char digest[SHA512_BYTES];
	struct str der;
	bool matches;

	if (!record->is_usable)
		return false;
	if (record->matching == MATCH_SHA256)
		return str_eq_nocase(record->data, is_spki ? cert->spki_sha256 : cert->sha256);
	der = pem_to_der(cert->pem, arena_alloc(&arena, DER_MAX));
	if (is_spki)
		der = der_spki(der);
	if (record->matching == MATCH_SHA512 && der.n > 0) {
		sha512(der, digest);
		der = (struct str){ (const char *)digest, sizeof(digest) };
	}
	matches = hex_is(record->data, der);
	arena_release(&arena);
	return matches;
}

static bool
is_in_date(const struct ev_cert *c, int64_t as_of_s)
{
	return c->not_before_s <= as_of_s && as_of_s <= c->not_after_s;
}

/* Who issued the certificate: the anchor if it can be, else the first of those sent. */
static const struct ev_cert *
issuer_of(const struct tls_seen *tls, const struct ev_cert *c, const struct ev_cert *anchor)
{
	if (str_eq(c->issuer, anchor->subject))
		return anchor;
	for (size_t i = 1; i < tls->chain_count; i++)
		if (tls->chain[i] != c && str_eq(c->issuer, tls->chain[i]->subject))
			return tls->chain[i];
	return NULL;
}

/*
 * RFC 7671 section 5.2: the leaf must lead to the anchor, in date and for the right name, in
 * whatever order the certificates came. Whether the signatures between them hold is what the PKIX
 * verification saw.
 */
static bool
anchor_leads_to_leaf(const struct tls_seen *tls, const struct ev_cert *anchor, int64_t as_of_s)
{
	const int bad_signature = 7; /* X509_V_ERR_CERT_SIGNATURE_FAILURE */
	const struct ev_cert *c = tls->chain[0];

	if (tls->verdict == NULL || !tls->verdict->is_name_ok ||
		tls_error(tls, bad_signature) != NULL)
		return false;
	for (size_t i = 0; i < tls->chain_count && c != NULL && is_in_date(c, as_of_s); i++) {
		c = issuer_of(tls, c, anchor);
		if (c == anchor)
			return is_in_date(c, as_of_s);
	}
	return false;
}

bool
tlsa_matches(const struct tlsa *record, const struct tls_seen *tls, int64_t as_of_s)
{
	const bool is_whole_cert = record->matching == MATCH_FULL &&
				   record->selector == SELECT_CERT;

	if (!record->is_usable || tls->chain_count == 0)
		return false;
	/* RFC 7671 section 5.1: DANE-EE(3) looks at the leaf alone, neither dates nor names. */
	if (record->usage == USAGE_EE)
		return tlsa_matches_cert(record, tls->chain[0]);
	/* An issuer, not the leaf itself, and one that was sent: a digest does not tell the rest. */
	for (size_t i = 1; i < tls->chain_count; i++) {
		if (tlsa_matches_cert(record, tls->chain[i]) &&
			anchor_leads_to_leaf(tls, tls->chain[i], as_of_s))
			return true;
	}
	/* A whole certificate in DNS need not be sent (RFC 7671 section 5.2.2). */
	for (size_t i = 0; is_whole_cert && i < tls->added_count; i++) {
		if (tlsa_matches_cert(record, tls->added[i]) &&
			anchor_leads_to_leaf(tls, tls->added[i], as_of_s))
			return true;
	}
	return false;
}
