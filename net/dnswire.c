#include "net/dnswire.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

#define OPTION_HEADER_BYTES 4 /* code and length, RFC 6891 6.1.2 */
#define EDE_INFO_BYTES 2 /* RFC 8914 section 2 */
#define PLAIN_UDP_BYTES 512 /* RFC 1035 2.3.4 */
#define DEFAULT_TTL_S 300

static const uint16_t type_codes[rrtype_count] = {
	[RRTYPE_A] = LDNS_RR_TYPE_A,
	[RRTYPE_AAAA] = LDNS_RR_TYPE_AAAA,
	[RRTYPE_CNAME] = LDNS_RR_TYPE_CNAME,
	[RRTYPE_DS] = LDNS_RR_TYPE_DS,
	[RRTYPE_MX] = LDNS_RR_TYPE_MX,
	[RRTYPE_NS] = LDNS_RR_TYPE_NS,
	[RRTYPE_TLSA] = LDNS_RR_TYPE_TLSA,
	[RRTYPE_TXT] = LDNS_RR_TYPE_TXT,
};

static bool
type_of(uint16_t code, enum rrtype *type)
{
	for (int i = 0; i < rrtype_count; i++) {
		if (type_codes[i] != code)
			continue;
		*type = (enum rrtype)i;
		return true;
	}
	return false;
}

/* Text for ldns, which wants it terminated; NULL when it holds a NUL. */
static const char *
terminated(struct arena *a, struct str text)
{
	if (text.n > 0 && memchr(text.p, '\0', text.n) != NULL)
		return NULL;
	return arena_str(a, text).p;
}

static struct str
name_of(struct arena *a, const ldns_rdf *dname)
{
	char *text = ldns_rdf2str(dname);
	struct str name;
	char *p;

	if (text == NULL)
		return STR_EMPTY;
	name = arena_str(a, str_of(text));
	free(text);
	p = (char *)name.p;
	for (size_t i = 0; i < name.n; i++)
		p[i] = ascii_lower(p[i]);
	/* The dot at the end is the root's: one inside a label is written "\.". */
	if (name.n > 1)
		name.n--;
	p[name.n] = '\0';
	return name;
}

static ldns_rdf *
dname_of(struct arena *a, struct str name)
{
	const char *text = terminated(a, name);

	return text != NULL && name.n > 0 ? ldns_dname_new_frm_str(text) : NULL;
}

bool
dnswire_name(struct arena *a, struct str text, struct str *out)
{
	ldns_rdf *dname = dname_of(a, text);

	if (dname == NULL)
		return false;
	*out = name_of(a, dname);
	ldns_rdf_deep_free(dname);
	return true;
}

/* The packet as bytes of the arena; the packet is freed. */
static bool
packet_bytes(struct arena *a, ldns_pkt *packet, struct str *bytes)
{
	uint8_t *wire = NULL;
	size_t n = 0;
	bool is_ok = ldns_pkt2wire(&wire, packet, &n) == LDNS_STATUS_OK;

	if (is_ok)
		*bytes = arena_str(a, (struct str){ (const char *)wire, n });
	free(wire);
	ldns_pkt_free(packet);
	return is_ok;
}

bool
dnswire_query_build(struct arena *a, const struct dnswire_query *query, struct str *bytes)
{
	ldns_rdf *name = dname_of(a, query->name);
	ldns_pkt *packet;

	if (name == NULL)
		return false;
	packet = ldns_pkt_query_new(
		name, (ldns_rr_type)type_codes[query->type], LDNS_RR_CLASS_IN, LDNS_RD);
	if (packet == NULL) {
		ldns_rdf_deep_free(name);
		return false;
	}
	ldns_pkt_set_id(packet, query->id);
	ldns_pkt_set_ad(packet, true);
	ldns_pkt_set_cd(packet, query->wants_cd);
	if (query->has_edns)
		ldns_pkt_set_edns_udp_size(packet, DNSWIRE_UDP_BYTES);
	return packet_bytes(a, packet, bytes);
}

/* Record data as text: all fields, a blank between them. */
static void
fields_text(struct arena *a, const ldns_rr *rr, struct dnswire_record *out)
{
	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		char *text = ldns_rdf2str(ldns_rr_rdf(rr, i));

		out->data = arena_printf(a, "%.*s%s%s", STR_ARG(out->data), i > 0 ? " " : "",
			text != NULL ? text : "");
		free(text);
	}
}

static void
name_text(struct arena *a, const ldns_rr *rr, struct dnswire_record *out)
{
	out->data = name_of(a, ldns_rr_rdf(rr, 0));
}

static void
mx_text(struct arena *a, const ldns_rr *rr, struct dnswire_record *out)
{
	out->preference = ldns_rdf2native_int16(ldns_rr_rdf(rr, 0));
	out->data = name_of(a, ldns_rr_rdf(rr, 1));
}

/* Strings raw, joined without anything between them (RFC 8461 3.1, as in RFC 7208 3.3). */
static void
txt_text(struct arena *a, const ldns_rr *rr, struct dnswire_record *out)
{
	size_t total = 0, at = 0;
	char *joined;

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
		struct str string = { (const char *)ldns_rdf_data(rdf), ldns_rdf_size(rdf) };

		/* The first byte is the string's length. */
		string = arena_str(a, str_skip(string, 1));
		arena_push(a, &out->strings, string);
		total += string.n;
	}
	joined = arena_alloc(a, total + 1);
	for (size_t i = 0; i < out->strings.n; i++) {
		if (out->strings.v[i].n > 0)
			memcpy(joined + at, out->strings.v[i].p, out->strings.v[i].n);
		at += out->strings.v[i].n;
	}
	out->data = (struct str){ joined, total };
}

static const struct {
	void (*text)(struct arena *a, const ldns_rr *rr, struct dnswire_record *out);
	size_t min_fields;
} readers[rrtype_count] = {
	[RRTYPE_A] = { fields_text, 1 },
	[RRTYPE_AAAA] = { fields_text, 1 },
	[RRTYPE_CNAME] = { name_text, 1 },
	[RRTYPE_DS] = { fields_text, 4 },
	[RRTYPE_MX] = { mx_text, 2 },
	[RRTYPE_NS] = { name_text, 1 },
	[RRTYPE_TLSA] = { fields_text, 3 }, /* data may be empty, if for nothing */
	[RRTYPE_TXT] = { txt_text, 0 },
};

/* RFC 2181 section 8: with the top bit set it is zero. */
static uint32_t
ttl_of(const ldns_rr *rr)
{
	return ldns_rr_ttl(rr) > INT32_MAX ? 0 : ldns_rr_ttl(rr);
}

/* False when a record of a type of ours lacks fields. */
static bool
record_of(struct arena *a, const ldns_rr *rr, struct dnswire_record *out)
{
	*out = (struct dnswire_record){ .preference = -1 };
	out->owner = name_of(a, ldns_rr_owner(rr));
	out->ttl_s = ttl_of(rr);
	out->type_code = (uint16_t)ldns_rr_get_type(rr);
	out->is_known = type_of(out->type_code, &out->type) &&
			ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN;
	if (!out->is_known)
		return true;
	if (ldns_rr_rd_count(rr) < readers[out->type].min_fields)
		return false;
	readers[out->type].text(a, rr, out);
	return true;
}

static bool
answers_of(struct arena *a, const ldns_pkt *packet, struct dnswire_packet *out)
{
	ldns_rr_list *list = ldns_pkt_answer(packet);
	size_t count = ldns_rr_list_rr_count(list);

	out->answers = arena_array(a, count, sizeof(*out->answers));
	for (size_t i = 0; i < count; i++) {
		struct dnswire_record *record = &out->answers[out->count];

		if (!record_of(a, ldns_rr_list_rr(list, i), record))
			return false;
		if (record->is_known)
			out->count++;
	}
	return true;
}

static void
authority_of(const ldns_pkt *packet, struct dnswire_packet *out)
{
	const ldns_rr_list *list = ldns_pkt_authority(packet);
	bool has_ns = false;

	for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(list, i);
		uint32_t minimum;

		if (ldns_rr_get_type(rr) == LDNS_RR_TYPE_NS)
			has_ns = true;
		if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(rr) < 7)
			continue;
		minimum = ldns_rdf2native_int32(ldns_rr_rdf(rr, 6));
		out->has_soa = true;
		out->negative_ttl_s = ttl_of(rr) < minimum ? ttl_of(rr) : minimum;
	}
	out->is_referral = out->is_response && out->rcode == DNSWIRE_NOERROR && has_ns &&
			   !out->has_soa && !out->is_authoritative && !out->is_recursive &&
			   ldns_pkt_ancount(packet) == 0;
}

static unsigned
get_u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Options of EDNS by hand: ldns 1.8 knows the code of an Extended DNS Error and no more. */
static void
edns_of(struct arena *a, const ldns_pkt *packet, struct dnswire_packet *out)
{
	const ldns_rdf *data = ldns_pkt_edns_data(packet);
	const uint8_t *p = data != NULL ? ldns_rdf_data(data) : NULL;
	size_t left = data != NULL ? ldns_rdf_size(data) : 0;

	while (left >= OPTION_HEADER_BYTES) {
		unsigned code = get_u16(p);
		size_t n = get_u16(p + 2);

		p += OPTION_HEADER_BYTES;
		left -= OPTION_HEADER_BYTES;
		if (n > left)
			return;
		if (code == LDNS_EDNS_EDE && n >= EDE_INFO_BYTES) {
			out->ede_code = (int)get_u16(p);
			out->ede_text = arena_str(a, (struct str){ (const char *)p + EDE_INFO_BYTES,
							     n - EDE_INFO_BYTES });
			return;
		}
		p += n;
		left -= n;
	}
}

static void
question_of(struct arena *a, const ldns_pkt *packet, struct dnswire_packet *out)
{
	const ldns_rr_list *list = ldns_pkt_question(packet);
	const ldns_rr *rr;

	if (ldns_rr_list_rr_count(list) != 1)
		return;
	rr = ldns_rr_list_rr(list, 0);
	out->has_question = true;
	out->name = name_of(a, ldns_rr_owner(rr));
	out->type_code = (uint16_t)ldns_rr_get_type(rr);
	out->class_code = (uint16_t)ldns_rr_get_class(rr);
	out->is_known = type_of(out->type_code, &out->type) && out->class_code == LDNS_RR_CLASS_IN;
}

bool
dnswire_parse(struct arena *a, struct str bytes, struct dnswire_packet *out)
{
	ldns_pkt *packet = NULL;
	bool is_ok;

	*out = (struct dnswire_packet){ .negative_ttl_s = -1, .ede_code = -1 };
	if (bytes.n < DNSWIRE_HEADER_BYTES || bytes.n > DNSWIRE_MAX_BYTES)
		return false;
	if (ldns_wire2pkt(&packet, (const uint8_t *)bytes.p, bytes.n) != LDNS_STATUS_OK)
		return false;
	out->id = ldns_pkt_id(packet);
	out->is_response = ldns_pkt_qr(packet);
	out->is_truncated = ldns_pkt_tc(packet);
	out->is_authoritative = ldns_pkt_aa(packet);
	out->is_recursive = ldns_pkt_ra(packet);
	out->has_ad = ldns_pkt_ad(packet);
	out->has_cd = ldns_pkt_cd(packet);
	out->rcode = (int)ldns_pkt_get_rcode(packet) | ldns_pkt_edns_extended_rcode(packet) << 4;
	out->has_edns = ldns_pkt_edns(packet);
	out->edns_bytes = out->has_edns ? ldns_pkt_edns_udp_size(packet) : PLAIN_UDP_BYTES;
	if (out->edns_bytes < PLAIN_UDP_BYTES)
		out->edns_bytes = PLAIN_UDP_BYTES;
	question_of(a, packet, out);
	is_ok = answers_of(a, packet, out);
	authority_of(packet, out);
	edns_of(a, packet, out);
	ldns_pkt_free(packet);
	return is_ok;
}

bool
dnswire_line(struct arena *a, struct str line, struct str origin, struct dnswire_record *out,
	struct str *why)
{
	const char *text = terminated(a, line);
	ldns_rdf *base = dname_of(a, origin.n > 0 ? origin : STR("."));
	ldns_rr *rr = NULL;
	ldns_status status = LDNS_STATUS_SYNTAX_ERR;
	char *whole;
	bool is_ok = false;

	*why = STR_EMPTY;
	if (text != NULL && base != NULL)
		status = ldns_rr_new_frm_str(&rr, text, DEFAULT_TTL_S, base, NULL);
	ldns_rdf_deep_free(base);
	if (status != LDNS_STATUS_OK) {
		*why = arena_str(a, str_of(ldns_get_errorstr_by_id(status)));
		return false;
	}
	whole = ldns_rr2str(rr);
	if (whole != NULL && record_of(a, rr, out)) {
		out->line = arena_str(a, str_trim(str_of(whole)));
		is_ok = true;
	} else {
		*why = STR("the data lacks a field");
	}
	free(whole);
	ldns_rr_free(rr);
	return is_ok;
}

static bool
push_records(struct arena *a, ldns_pkt *packet, ldns_pkt_section section,
	const struct dnswire_record *records, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *text = terminated(a, records[i].line);
		ldns_rr *rr = NULL;

		if (text == NULL ||
			ldns_rr_new_frm_str(&rr, text, DEFAULT_TTL_S, NULL, NULL) != LDNS_STATUS_OK)
			return false;
		ldns_pkt_push_rr(packet, section, rr);
	}
	return true;
}

static bool
push_question(struct arena *a, ldns_pkt *packet, const struct dnswire_packet *query)
{
	ldns_rdf *name = dname_of(a, query->name);
	ldns_rr *rr;

	if (name == NULL)
		return false;
	rr = ldns_rr_new();
	if (rr == NULL) {
		ldns_rdf_deep_free(name);
		return false;
	}
	ldns_rr_set_question(rr, true);
	ldns_rr_set_owner(rr, name);
	ldns_rr_set_type(rr, (ldns_rr_type)query->type_code);
	ldns_rr_set_class(rr, (ldns_rr_class)query->class_code);
	ldns_pkt_push_rr(packet, LDNS_SECTION_QUESTION, rr);
	return true;
}

static void
set_edns(struct arena *a, ldns_pkt *packet, const struct dnswire_reply *reply)
{
	size_t n = OPTION_HEADER_BYTES + EDE_INFO_BYTES + reply->ede_text.n;
	uint8_t *option;

	if (!reply->query->has_edns)
		return;
	ldns_pkt_set_edns_udp_size(packet, DNSWIRE_UDP_BYTES);
	ldns_pkt_set_edns_extended_rcode(packet, (uint8_t)(reply->rcode >> 4));
	if (reply->ede_code < 0)
		return;
	option = arena_alloc(a, n);
	option[1] = LDNS_EDNS_EDE;
	option[2] = (uint8_t)((n - OPTION_HEADER_BYTES) >> 8);
	option[3] = (uint8_t)(n - OPTION_HEADER_BYTES);
	option[4] = (uint8_t)(reply->ede_code >> 8);
	option[5] = (uint8_t)reply->ede_code;
	if (reply->ede_text.n > 0)
		memcpy(option + 6, reply->ede_text.p, reply->ede_text.n);
	ldns_pkt_set_edns_data(packet, ldns_rdf_new_frm_data(LDNS_RDF_TYPE_UNKNOWN, n, option));
}

static bool
build(struct arena *a, const struct dnswire_reply *reply, bool is_cut, struct str *bytes)
{
	ldns_pkt *packet = ldns_pkt_new();
	bool is_ok = true;

	if (packet == NULL)
		return false;
	ldns_pkt_set_id(packet, reply->query->id);
	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_rd(packet, true);
	ldns_pkt_set_aa(packet, reply->is_authoritative);
	ldns_pkt_set_ra(packet, reply->is_recursive);
	ldns_pkt_set_ad(packet, reply->has_ad);
	ldns_pkt_set_cd(packet, reply->query->has_cd);
	ldns_pkt_set_tc(packet, is_cut);
	ldns_pkt_set_rcode(packet, (uint8_t)(reply->rcode & 15));
	set_edns(a, packet, reply);
	if (reply->query->has_question)
		is_ok = push_question(a, packet, reply->query);
	if (is_ok && !is_cut)
		is_ok = push_records(a, packet, LDNS_SECTION_ANSWER, reply->answers,
				reply->answer_count) &&
			push_records(a, packet, LDNS_SECTION_AUTHORITY, reply->authority,
				reply->authority_count);
	if (!is_ok) {
		ldns_pkt_free(packet);
		return false;
	}
	return packet_bytes(a, packet, bytes);
}

bool
dnswire_reply_build(struct arena *a, const struct dnswire_reply *reply, struct str *bytes)
{
	if (!build(a, reply, reply->is_truncated, bytes))
		return false;
	if (reply->max_bytes > 0 && bytes->n > reply->max_bytes)
		return build(a, reply, true, bytes);
	return true;
}
