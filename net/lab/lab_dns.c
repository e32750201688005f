#include "net/lab/lab_dns.h"

#include "core/limits.h"
#include "core/name.h"

#define HEADER_BYTES 12
#define UDP_PLAIN_BYTES 512 /* without EDNS, RFC 1035 section 4.2.1 */
#define CHAIN_STEPS 16 /* of CNAMEs, then what was found is the answer */
#define NEGATIVE_TTL_S 300
#define EDE_OPTION 15 /* RFC 8914 */

enum { FLAG_QR = 0x8000, FLAG_TC = 0x0200, FLAG_RD = 0x0100, FLAG_RA = 0x0080 };
enum { FLAG_AD = 0x0020, FLAG_CD = 0x0010 };
enum { RCODE_SERVFAIL = 2, RCODE_NXDOMAIN = 3, RCODE_NOTIMP = 4 };

struct question {
	unsigned id, flags, type, class;
	struct str name; /* as text, lower case */
	char text[LIMIT_NAME_BYTES + 2];
	size_t end; /* of the question section */
	bool has_opt, wants_dnssec;
	unsigned udp_bytes;
};

struct answer {
	struct buf *out;
	unsigned rcode, answers, authorities;
	bool is_secure;
};

static unsigned
get_u16(struct str s, size_t at)
{
	return (unsigned)(unsigned char)s.p[at] << 8 | (unsigned char)s.p[at + 1];
}

static void
put_u16(struct buf *out, unsigned value)
{
	buf_add_char(out, (char)(value >> 8));
	buf_add_char(out, (char)value);
}

static void
put_u32(struct buf *out, uint32_t value)
{
	put_u16(out, value >> 16);
	put_u16(out, value & 0xffff);
}

static void
put_name(struct buf *out, struct str name)
{
	struct str label;

	while (name.n > 0 && str_split(&name, '.', &label)) {
		buf_add_char(out, (char)label.n);
		buf_add(out, label);
	}
	buf_add_char(out, 0);
}

/* The question's name, without compression, to lower case text. */
static bool
read_name(struct str query, struct question *q)
{
	size_t at = HEADER_BYTES, n = 0;

	for (;;) {
		size_t length;

		if (at >= query.n || (length = (unsigned char)query.p[at]) > LIMIT_LABEL_BYTES)
			return false;
		at++;
		if (length == 0)
			break;
		if (at + length > query.n || n + length + 1 > LIMIT_NAME_BYTES + 1)
			return false;
		if (n > 0)
			q->text[n++] = '.';
		for (size_t i = 0; i < length; i++) {
			char c = query.p[at + i];

			q->text[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		}
		at += length;
	}
	q->name = (struct str){ q->text, n };
	q->end = at + 4;
	return q->end <= query.n;
}

static bool
read_question(struct str query, struct question *q)
{
	*q = (struct question){ .udp_bytes = UDP_PLAIN_BYTES };
	q->id = get_u16(query, 0);
	q->flags = get_u16(query, 2);
	if ((q->flags & FLAG_QR) != 0 || get_u16(query, 4) != 1 || !read_name(query, q))
		return false;
	q->type = get_u16(query, q->end - 4);
	q->class = get_u16(query, q->end - 2);
	/* An OPT record comes first and alone behind the question of a stub: root name, type 41. */
	if (get_u16(query, 10) > 0 && query.n >= q->end + 11 && query.p[q->end] == 0 &&
		get_u16(query, q->end + 1) == LAB_RR_OPT) {
		q->has_opt = true;
		q->udp_bytes = get_u16(query, q->end + 3);
		q->wants_dnssec = (query.p[q->end + 7] & 0x80) != 0;
		if (q->udp_bytes < UDP_PLAIN_BYTES)
			q->udp_bytes = UDP_PLAIN_BYTES;
	}
	return true;
}

static const struct lab_fault *
find_fault(const struct lab_zone *z, struct str name, unsigned type)
{
	const struct lab_fault *any = NULL;

	for (size_t i = 0; i < z->fault_count; i++) {
		const struct lab_fault *f = &z->faults[i];

		if (!str_eq(f->name, name))
			continue;
		if (f->type == type)
			return f;
		if (f->type == LAB_RR_ANY)
			any = f;
	}
	return any;
}

/* A name exists when it, or a name below it, has a record or a fault. */
static bool
name_exists(const struct lab_zone *z, struct str name)
{
	if (name_is_under(z->domain, name))
		return true;
	for (size_t i = 0; i < z->record_count; i++) {
		if (name_is_under(z->records[i].name, name))
			return true;
	}
	for (size_t i = 0; i < z->fault_count; i++) {
		if (name_is_under(z->faults[i].name, name))
			return true;
	}
	return false;
}

/* The name whose records and faults hold for a name: itself, or a "*" at its closest encloser. */
static struct str
source_of(const struct lab_zone *z, struct str name, char *room)
{
	struct str parent = name;

	if (name_exists(z, name))
		return name;
	while ((parent = name_parent(parent)).n > 0 && parent.n + 2 <= LIMIT_NAME_BYTES) {
		room[0] = '*';
		room[1] = '.';
		for (size_t i = 0; i < parent.n; i++)
			room[2 + i] = parent.p[i];
		if (name_exists(z, (struct str){ room, parent.n + 2 }))
			return (struct str){ room, parent.n + 2 };
		if (name_exists(z, parent))
			break;
	}
	return STR_EMPTY;
}

static void
put_record(struct answer *r, struct str owner, const struct lab_record *rr)
{
	put_name(r->out, owner);
	put_u16(r->out, rr->type);
	put_u16(r->out, 1);
	put_u32(r->out, rr->ttl_s);
	put_u16(r->out, (unsigned)rr->rdata.n);
	buf_add(r->out, rr->rdata);
	r->answers++;
}

/* RFC 2308: what says how long "no" holds. */
static void
put_soa(struct answer *r, const struct lab_zone *z, struct str name)
{
	struct str zone = name_is_under(name, z->domain) ? z->domain : STR_EMPTY;
	size_t at;

	put_name(r->out, zone);
	put_u16(r->out, LAB_RR_SOA);
	put_u16(r->out, 1);
	put_u32(r->out, NEGATIVE_TTL_S);
	at = r->out->n;
	put_u16(r->out, 0);
	put_name(r->out, STR("ns.lab.test"));
	put_name(r->out, STR("hostmaster.lab.test"));
	put_u32(r->out, 1);
	put_u32(r->out, 3600);
	put_u32(r->out, 600);
	put_u32(r->out, 86400);
	put_u32(r->out, NEGATIVE_TTL_S);
	r->out->p[at] = (char)((r->out->n - at - 2) >> 8);
	r->out->p[at + 1] = (char)(r->out->n - at - 2);
	r->authorities++;
}

/* The records of one name; the target where it is an alias, empty at the end of the chain. */
static struct str
put_name_records(struct answer *r, const struct lab_zone *z, struct str name, unsigned type)
{
	char room[LIMIT_NAME_BYTES + 2];
	struct str source = name.n == 0 ? name : source_of(z, name, room), target = STR_EMPTY;
	const struct lab_fault *f = find_fault(z, source, type);
	unsigned before = r->answers;

	if (f != NULL && f->rcode != 0)
		r->rcode = (unsigned)f->rcode;
	if (f != NULL && f->is_insecure)
		r->is_secure = false;
	if (f != NULL && (f->rcode != 0 || f->is_nodata)) {
		put_soa(r, z, name);
		return STR_EMPTY;
	}
	for (size_t i = 0; i < z->record_count; i++) {
		const struct lab_record *rr = &z->records[i];

		if (!str_eq(rr->name, source) || (rr->type != type && rr->type != LAB_RR_CNAME))
			continue;
		put_record(r, name, rr);
		if (rr->type == LAB_RR_CNAME && type != LAB_RR_CNAME)
			target = rr->target;
	}
	if (r->answers == before) {
		if (name.n > 0 && source.n == 0)
			r->rcode = RCODE_NXDOMAIN;
		put_soa(r, z, name);
	}
	return target;
}

static void
put_answers(struct answer *r, const struct lab_zone *z, const struct question *q)
{
	struct str name = q->name;

	for (int step = 0; step < CHAIN_STEPS; step++) {
		name = put_name_records(r, z, name, q->type);
		if (name.n == 0)
			break;
	}
	if (r->rcode == RCODE_SERVFAIL)
		r->answers = r->authorities = 0;
}

static void
put_opt(struct buf *out, const struct question *q, const struct lab_fault *f)
{
	bool has_ede = f != NULL && f->ede_code >= 0;

	buf_add_char(out, 0);
	put_u16(out, LAB_RR_OPT);
	put_u16(out, 1232);
	put_u32(out, q->wants_dnssec ? 0x8000 : 0);
	put_u16(out, has_ede ? (unsigned)(6 + f->ede_text.n) : 0);
	if (!has_ede)
		return;
	put_u16(out, EDE_OPTION);
	put_u16(out, (unsigned)(2 + f->ede_text.n));
	put_u16(out, (unsigned)f->ede_code);
	buf_add(out, f->ede_text);
}

static void
cut_at(struct buf *out, size_t bytes)
{
	if (out->n > bytes)
		out->n = bytes;
}

static void
set_u16(struct buf *out, size_t at, unsigned value)
{
	out->p[at] = (char)(value >> 8);
	out->p[at + 1] = (char)value;
}

static void
put_head(struct buf *out, struct str query, const struct question *q)
{
	put_u16(out, q->id);
	for (int i = 0; i < 5; i++)
		put_u16(out, 0);
	buf_add(out, str_sub(query, HEADER_BYTES, q->end - HEADER_BYTES));
	set_u16(out, 4, 1);
}

static void
answer_question(const struct lab_zone *z, const struct question *q, const struct lab_fault *f,
	struct answer *r)
{
	bool checks = (q->flags & FLAG_CD) == 0;

	if ((q->flags & 0x7800) != 0)
		r->rcode = RCODE_NOTIMP;
	else if (f != NULL && f->is_bogus && checks)
		r->rcode = RCODE_SERVFAIL;
	else
		put_answers(r, z, q);
	if (f != NULL && f->is_bogus)
		r->is_secure = false;
	if (r->rcode != 0 && r->rcode != RCODE_NXDOMAIN)
		r->is_secure = false;
}

bool
lab_dns_answer(const struct lab_zone *zone, struct str query, bool is_tcp, struct buf *out,
	int64_t *delay_ms)
{
	struct question q;
	char room[LIMIT_NAME_BYTES + 2];
	const struct lab_fault *f;
	struct answer r = { .out = out, .is_secure = !zone->is_insecure };
	unsigned flags;
	bool is_cut;

	*delay_ms = 0;
	if (query.n < HEADER_BYTES || !read_question(query, &q))
		return false;
	f = find_fault(zone, q.name.n == 0 ? q.name : source_of(zone, q.name, room), q.type);
	*delay_ms = f != NULL ? f->delay_ms : 0;
	if (f != NULL && f->drops)
		return false;
	put_head(out, query, &q);
	answer_question(zone, &q, f, &r);
	if (r.answers + r.authorities == 0)
		cut_at(out, q.end);
	flags = FLAG_QR | FLAG_RA | (q.flags & (FLAG_RD | FLAG_CD)) | r.rcode;
	if (r.is_secure && ((q.flags & FLAG_AD) != 0 || q.wants_dnssec))
		flags |= FLAG_AD;
	is_cut = !is_tcp && (out->n + 11 > q.udp_bytes || (f != NULL && f->truncates));
	if (is_cut) {
		cut_at(out, q.end);
		r.answers = r.authorities = 0;
		flags |= FLAG_TC;
	}
	set_u16(out, 2, flags);
	set_u16(out, 6, r.answers);
	set_u16(out, 8, r.authorities);
	if (f != NULL && f->is_garbage) /* a count that the bytes do not keep */
		set_u16(out, 6, r.answers + 3);
	else if (q.has_opt) {
		set_u16(out, 10, 1);
		put_opt(out, &q, f);
	}
	return true;
}
