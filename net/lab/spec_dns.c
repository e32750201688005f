/* The [dns] section: NAME [TTL] TYPE DATA, or NAME TYPE !FAULT. */
#include "net/lab/spec_read.h"

#include <arpa/inet.h>
#include <string.h>

#include "core/buf.h"
#include "core/name.h"

#define TTL_DEFAULT_S 300

/* Whose records stand behind every scenario: a root zone, and a domain that takes reports. */
static const char outer_world[] = ". NS ns.lab.test.\n"
				  "reports.test. MX 10 mx.reports.test.\n"
				  "reports.test. A 127.0.1.250\n"
				  "mx.reports.test. A 127.0.1.250\n";

/* Labels with their lengths, the root's 0 last (RFC 1035 section 3.1). */
static void
add_wire_name(struct buf *out, struct str name)
{
	struct str label;

	while (name.n > 0 && str_split(&name, '.', &label)) {
		buf_add_char(out, (char)label.n);
		buf_add(out, label);
	}
	buf_add_char(out, 0);
}

static void
add_u16(struct buf *out, unsigned value)
{
	buf_add_char(out, (char)(value >> 8));
	buf_add_char(out, (char)value);
}

static bool
read_address(struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out)
{
	bool is_v4 = rr->type == LAB_RR_A;
	struct str text = arena_str(r->a, data);
	char bytes[16];

	if (inet_pton(is_v4 ? AF_INET : AF_INET6, text.n > 0 ? text.p : "", bytes) != 1)
		return spec_wrong(r, "\"%.*s\" is no address of this type", STR_ARG(data));
	buf_add(out, (struct str){ bytes, is_v4 ? 4 : 16 });
	return true;
}

static bool
read_host(struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out)
{
	struct str name = STR_EMPTY;

	if (!str_is(data, ".") && !spec_name(r, data, &name))
		return false;
	rr->target = name;
	add_wire_name(out, name);
	return true;
}

static bool
read_mx(struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out)
{
	uint64_t preference;

	if (!spec_number(r, spec_word(&data), 65535, &preference))
		return false;
	add_u16(out, (unsigned)preference);
	return read_host(r, data, rr, out);
}

/* One quoted string off data; a quote inside is written \". */
static bool
cut_string(struct spec_reader *r, struct str *data, struct str *out)
{
	size_t n = 1;

	if (data->n < 2 || data->p[0] != '"')
		return spec_wrong(r, "\"%.*s\": text stands in \"quotes\"", STR_ARG(*data));
	while (n < data->n && data->p[n] != '"')
		n += data->p[n] == '\\' ? 2 : 1;
	if (n >= data->n)
		return spec_wrong(r, "a quote is not closed");
	if (!spec_unescape(r->a, str_sub(*data, 1, n - 1), out))
		return spec_wrong(r, "an escape is \\n \\r \\t \\0 \\\\ \\\" or \\xHH");
	*data = str_trim_wsp(str_skip(*data, n + 1));
	return true;
}

static bool
read_txt(struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out)
{
	struct str text;

	(void)rr;
	do {
		if (!cut_string(r, &data, &text))
			return false;
		if (text.n > 255)
			return spec_wrong(r, "a string of a TXT record has at most 255 bytes");
		buf_add_char(out, (char)text.n);
		buf_add(out, text);
	} while (data.n > 0);
	return true;
}

static bool
add_hex(struct spec_reader *r, struct str hex, struct buf *out)
{
	struct str bytes;

	if (hex.n % 2 != 0)
		return spec_wrong(r, "\"%.*s\" is not in hex", STR_ARG(hex));
	for (size_t i = 0; i < hex.n; i += 2) {
		struct str one = arena_printf(r->a, "\\x%.*s", STR_ARG(str_sub(hex, i, 2)));

		if (!spec_unescape(r->a, one, &bytes))
			return spec_wrong(r, "\"%.*s\" is not in hex", STR_ARG(hex));
		buf_add(out, bytes);
	}
	return true;
}

/* "3 1 1 HEX", or "3 1 1 auto" for the certificate of the server whose host the owner names. */
static bool
read_tlsa(struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out)
{
	uint64_t field;

	for (int i = 0; i < 3; i++) {
		if (!spec_number(r, spec_word(&data), 255, &field))
			return false;
		buf_add_char(out, (char)field);
	}
	rr->is_tlsa_of_server = str_is(data, "auto");
	return rr->is_tlsa_of_server || add_hex(r, data, out);
}

static bool
read_ds(struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out)
{
	uint64_t tag, algorithm, digest;

	(void)rr;
	if (!spec_number(r, spec_word(&data), 65535, &tag) ||
		!spec_number(r, spec_word(&data), 255, &algorithm) ||
		!spec_number(r, spec_word(&data), 255, &digest))
		return false;
	add_u16(out, (unsigned)tag);
	buf_add_char(out, (char)algorithm);
	buf_add_char(out, (char)digest);
	return add_hex(r, data, out);
}

static const struct rr_word {
	const char *word;
	unsigned type;
	bool (*read)(
		struct spec_reader *r, struct str data, struct lab_record *rr, struct buf *out);
} rr_words[] = {
	{ "A", LAB_RR_A, read_address },
	{ "AAAA", LAB_RR_AAAA, read_address },
	{ "ANY", LAB_RR_ANY, NULL },
	{ "CNAME", LAB_RR_CNAME, read_host },
	{ "DS", LAB_RR_DS, read_ds },
	{ "MX", LAB_RR_MX, read_mx },
	{ "NS", LAB_RR_NS, read_host },
	{ "TLSA", LAB_RR_TLSA, read_tlsa },
	{ "TXT", LAB_RR_TXT, read_txt },
};

static const struct rr_word *
rr_word(struct str word)
{
	for (size_t i = 0; i < sizeof(rr_words) / sizeof(rr_words[0]); i++) {
		if (str_is(word, rr_words[i].word))
			return &rr_words[i];
	}
	return NULL;
}

/* Faults. */

static bool
fault_delay(struct spec_reader *r, struct str args, struct lab_fault *f)
{
	uint64_t ms;

	if (!spec_number(r, args, SPEC_MAX_DELAY_MS, &ms))
		return false;
	f->delay_ms = (int64_t)ms;
	return true;
}

/* Extended DNS Error (RFC 8914): a code and words. */
static bool
fault_ede(struct spec_reader *r, struct str args, struct lab_fault *f)
{
	uint64_t code;

	if (!spec_number(r, spec_word(&args), 65535, &code))
		return false;
	f->ede_code = (int)code;
	f->ede_text = str_sub(args, 0, 255);
	return true;
}

static const struct {
	const char *word;
	int rcode;
	size_t flag; /* offset of the flag it sets, 0 for none */
	bool (*read)(struct spec_reader *r, struct str args, struct lab_fault *f);
} fault_words[] = {
	{ "!bogus", 0, offsetof(struct lab_fault, is_bogus), NULL },
	{ "!delay", 0, 0, fault_delay },
	{ "!drop", 0, offsetof(struct lab_fault, drops), NULL },
	{ "!ede", 0, 0, fault_ede },
	{ "!garbage", 0, offsetof(struct lab_fault, is_garbage), NULL },
	{ "!no-ad", 0, offsetof(struct lab_fault, is_insecure), NULL },
	{ "!nodata", 0, offsetof(struct lab_fault, is_nodata), NULL },
	{ "!nxdomain", 3, 0, NULL },
	{ "!refused", 5, 0, NULL },
	{ "!servfail", 2, 0, NULL },
	{ "!truncate", 0, offsetof(struct lab_fault, truncates), NULL },
};

bool
spec_rrtype(struct str word, unsigned *type)
{
	const struct rr_word *row = rr_word(word);

	*type = row != NULL ? row->type : 0;
	return row != NULL;
}

static struct lab_fault *
fault_slot(struct spec_reader *r, struct str name, unsigned type)
{
	struct lab_zone *z = r->zone;

	for (size_t i = 0; i < z->fault_count; i++) {
		if (z->faults[i].type == type && str_eq(z->faults[i].name, name) &&
			z->faults[i].act == r->act)
			return &z->faults[i];
	}
	if (z->fault_count == SPEC_MAX_RECORDS)
		return NULL;
	z->faults[z->fault_count] = (struct lab_fault){ name, type, .ede_code = -1, .act = r->act };
	return &z->faults[z->fault_count++];
}

static bool
read_fault(struct spec_reader *r, struct str name, unsigned type, struct str rest)
{
	struct str word = spec_word(&rest);
	struct lab_fault *f;

	if (r->act > 0)
		spec_dns_forget_faults(r, name, type);
	f = fault_slot(r, name, type);
	if (f == NULL)
		return spec_wrong(r, "over %d faults", SPEC_MAX_RECORDS);
	for (size_t i = 0; i < sizeof(fault_words) / sizeof(fault_words[0]); i++) {
		if (!str_is(word, fault_words[i].word))
			continue;
		if (fault_words[i].read != NULL)
			return fault_words[i].read(r, rest, f);
		f->rcode = fault_words[i].rcode;
		if (fault_words[i].flag != 0)
			*((bool *)((char *)f + fault_words[i].flag)) = true;
		return true;
	}
	return spec_wrong(r, "\"%.*s\" is no fault", STR_ARG(word));
}

static bool
add_record(struct spec_reader *r, const struct lab_record *head, const struct rr_word *type,
	struct str data)
{
	struct lab_zone *z = r->zone;
	struct buf wire = BUF_INIT(65535);
	struct lab_record *rr;
	bool is_right;

	if (z->record_count == SPEC_MAX_RECORDS)
		return spec_wrong(r, "over %d records", SPEC_MAX_RECORDS);
	rr = &z->records[z->record_count];
	*rr = *head;
	is_right = type->read(r, data, rr, &wire);
	if (is_right) {
		rr->rdata = arena_str(r->a, buf_str(&wire));
		z->record_count++;
	}
	buf_release(&wire);
	return is_right;
}

bool
spec_dns_line(struct spec_reader *r, struct str line)
{
	struct lab_record head = { .ttl_s = TTL_DEFAULT_S, .line = r->line, .act = r->act };
	struct str rest = str_trim(line), word;
	const struct rr_word *type;
	uint64_t ttl;

	word = spec_word(&rest);
	if (str_is(word, "!no-ad") && rest.n == 0) {
		r->zone->is_insecure = true;
		return true;
	}
	if (!str_is(word, ".") && !spec_name(r, word, &head.name))
		return false;
	word = spec_word(&rest);
	if (word.n > 0 && ascii_is_digit(word.p[0])) {
		if (!spec_number(r, word, SPEC_MAX_TTL_S, &ttl))
			return false;
		head.ttl_s = (uint32_t)ttl;
		word = spec_word(&rest);
	}
	if ((type = rr_word(word)) == NULL)
		return spec_wrong(r, "\"%.*s\" is no record type of the lab", STR_ARG(word));
	head.type = type->type;
	if (str_starts(rest, STR("!")))
		return read_fault(r, head.name, head.type, rest);
	if (type->read == NULL)
		return spec_wrong(r, "ANY takes a fault, as !servfail");
	if (r->act > 0 && !r->is_implied)
		spec_dns_forget(r, head.name, head.type);
	return add_record(r, &head, type, rest);
}

/* Whether the file says anything itself about a name and type. */
static bool
is_told(const struct lab_zone *z, size_t record_count, struct str name, unsigned type)
{
	for (size_t i = 0; i < record_count; i++) {
		const struct lab_record *rr = &z->records[i];

		if ((rr->type == type || rr->type == LAB_RR_CNAME) && str_eq(rr->name, name))
			return true;
	}
	for (size_t i = 0; i < z->fault_count; i++) {
		const struct lab_fault *f = &z->faults[i];
		bool is_lie = f->rcode != 0 || f->is_nodata;

		if (is_lie && (f->type == type || f->type == LAB_RR_ANY) && str_eq(f->name, name))
			return true;
	}
	return false;
}

static bool
imply_server(struct spec_reader *r, const struct lab_server *s, size_t told)
{
	bool is_v6 = str_find(s->address, ':') < s->address.n;
	unsigned type = is_v6 ? LAB_RR_AAAA : LAB_RR_A;
	struct str line;

	if (is_told(&r->spec->zone, told, s->host, type))
		return true;
	line = arena_printf(
		r->a, "%.*s. %s %.*s", STR_ARG(s->host), is_v6 ? "AAAA" : "A", STR_ARG(s->address));
	return spec_dns_line(r, line);
}

static bool
imply_mx(struct spec_reader *r, const struct lab_server *s, size_t index, size_t told)
{
	struct str domain = r->spec->head.domain;

	if (s->is_https || s->preference < 0 || is_told(&r->spec->zone, told, domain, LAB_RR_MX))
		return true;
	/* Several servers of one host are several addresses of one MX. */
	for (size_t i = 0; i < index; i++) {
		if (!r->spec->servers[i].is_https && str_eq(r->spec->servers[i].host, s->host))
			return true;
	}
	return spec_dns_line(
		r, arena_printf(r->a, "@ MX %d %.*s.", s->preference, STR_ARG(s->host)));
}

/* An act may change what a name server says, not that there is one. */
static bool
secondary_again(struct spec_reader *r, struct str args)
{
	struct str host;

	if (!spec_name(r, spec_word(&args), &host))
		return false;
	for (size_t i = 0; i < r->spec->secondary_count; i++) {
		struct lab_secondary *at = &r->spec->secondaries[i];

		if (str_eq(at->host, host) && (args.n == 0 || str_eq(at->address, args))) {
			r->zone = at->zone;
			return true;
		}
	}
	return spec_wrong(r, "name servers come before the first act");
}

bool
spec_dns_secondary(struct spec_reader *r, struct str args)
{
	struct lab_secondary *at = &r->spec->secondaries[r->spec->secondary_count];

	if (r->act > 0)
		return secondary_again(r, args);
	if (r->spec->secondary_count == SPEC_MAX_ZONES)
		return spec_wrong(r, "over %d name servers", SPEC_MAX_ZONES);
	if (!spec_name(r, spec_word(&args), &at->host))
		return false;
	at->address = spec_word(&args);
	if (!str_starts(at->address, STR("127.")) || args.n > 0)
		return spec_wrong(r, "[dns HOST 127.x.y.z] is a name server");
	at->line = r->line;
	at->zone = r->zone = arena_new(r->a, struct lab_zone);
	r->spec->secondary_count++;
	return true;
}

/* What the zone says and the name server does not say otherwise. */
static bool
complete_secondary(struct spec_reader *r, struct lab_zone *own)
{
	const struct lab_zone *z = &r->spec->zone;
	size_t told = own->record_count;

	own->domain = z->domain;
	own->is_insecure = true; /* who has the data itself does not validate it */
	for (size_t i = 0; i < z->record_count; i++) {
		if (is_told(own, told, z->records[i].name, z->records[i].type))
			continue;
		if (own->record_count == SPEC_MAX_RECORDS)
			return spec_wrong(r, "over %d records", SPEC_MAX_RECORDS);
		own->records[own->record_count++] = z->records[i];
	}
	return true;
}

static bool
imply_secondary(struct spec_reader *r, const struct lab_secondary *s)
{
	r->line = s->line;
	return spec_dns_line(r, arena_printf(r->a, "@ NS %.*s.", STR_ARG(s->host))) &&
	       spec_dns_line(r,
		       arena_printf(r->a, "%.*s. A %.*s", STR_ARG(s->host), STR_ARG(s->address)));
}

bool
spec_dns_finish(struct spec_reader *r)
{
	struct str rest = STR(outer_world), line;
	size_t told = r->spec->zone.record_count;

	r->zone = &r->spec->zone;
	r->is_implied = true;
	for (size_t i = 0; i < r->spec->secondary_count; i++) {
		if (!imply_secondary(r, &r->spec->secondaries[i]))
			return false;
	}

	for (size_t i = 0; i < r->spec->server_count; i++) {
		const struct lab_server *s = &r->spec->servers[i];

		r->line = s->line;
		if (!imply_mx(r, s, i, told) || !imply_server(r, s, told))
			return false;
	}
	while (str_split(&rest, '\n', &line)) {
		if (line.n > 0 && !spec_dns_line(r, line))
			return false;
	}
	r->spec->zone.domain = r->spec->head.domain;
	for (size_t i = 0; i < r->spec->secondary_count; i++) {
		if (!complete_secondary(r, r->spec->secondaries[i].zone))
			return false;
	}
	return true;
}
