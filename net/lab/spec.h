/*
 * spec: everything a scenario file says: the lesson, the records, the servers and how each step of
 * theirs behaves. docs/internals/scenarios.md has the grammar.
 *
 * spec_parse() reads any bytes; the first line that is wrong ends it with an err that names the
 * line (exit 65). All text lives in the arena; names are absolute, lower case, without the dot.
 */
#ifndef STS_LAB_SPEC_H
#define STS_LAB_SPEC_H

#include "net/lab/lab.h"

/* A scenario is written by people: these are far above any use and keep a wrong file harmless. */
#define SPEC_MAX_BYTES 65536
#define SPEC_MAX_LINE_BYTES 4096
#define SPEC_MAX_RECORDS 256
#define SPEC_MAX_SERVERS 40 /* above LIMIT_MX_HOSTS, so that the limit itself can be played */
#define SPEC_MAX_ACTS 8
#define SPEC_MAX_DELAY_MS 600000
#define SPEC_MAX_FILL_BYTES (1024 * 1024)
#define SPEC_MAX_CLOCK_S (100LL * 366 * 86400)
#define SPEC_MAX_TTL_S 0x7fffffff /* RFC 2181 section 8 */

/* Numbers of the DNS record types that a scenario can hold; 255 is any. */
enum lab_rrtype {
	LAB_RR_A = 1,
	LAB_RR_NS = 2,
	LAB_RR_CNAME = 5,
	LAB_RR_SOA = 6,
	LAB_RR_MX = 15,
	LAB_RR_TXT = 16,
	LAB_RR_AAAA = 28,
	LAB_RR_OPT = 41,
	LAB_RR_DS = 43,
	LAB_RR_TLSA = 52,
	LAB_RR_ANY = 255
};

struct lab_record {
	struct str name;
	unsigned type;
	uint32_t ttl_s;
	struct str rdata; /* as on the wire, names in it whole */
	struct str target; /* of a CNAME, as text */
	bool is_tlsa_of_server; /* "auto": the digest is added when the certificates are made */
	unsigned line;
	unsigned act; /* that gave it last */
};

/* How questions for a name and type (or any) are answered otherwise than by records. */
struct lab_fault {
	struct str name;
	unsigned type;
	int rcode; /* 0: as the records say */
	bool drops, truncates, is_bogus, is_garbage, is_insecure, is_nodata;
	int64_t delay_ms;
	int ede_code; /* -1: none */
	struct str ede_text;
	unsigned act;
};

struct lab_zone {
	struct str domain;
	struct lab_record records[SPEC_MAX_RECORDS];
	size_t record_count;
	struct lab_fault faults[SPEC_MAX_RECORDS];
	size_t fault_count;
	bool is_insecure; /* no answer has the AD bit */
};

/* Steps of a server, in the order they come. */
enum lab_step {
	LAB_CONNECT,
	LAB_BANNER,
	LAB_EHLO,
	LAB_STARTTLS,
	LAB_TLS,
	LAB_EHLO_TLS,
	LAB_QUIT,
	LAB_ANSWER, /* to the HTTPS request */
	lab_step_count
};

enum lab_deed { LAB_GO_ON, LAB_STALL, LAB_CLOSE, LAB_RESET, LAB_REFUSE, LAB_ALERT };

struct lab_action {
	bool has_say;
	struct str say; /* in place of the usual words; may be empty */
	int64_t delay_ms;
	enum lab_deed deed; /* after what is said; in place of the usual words without "say" */
	unsigned alert;
};

enum lab_cert_kind {
#define CERT_KIND(constant, word, issuer, from_days, to_days, names, traits) LAB_CERT_##constant,
#include "net/lab/certs.def"
#undef CERT_KIND
	lab_cert_kind_count
};

enum lab_key { LAB_KEY_EC256, LAB_KEY_EC384, LAB_KEY_ED25519, LAB_KEY_RSA2048, LAB_KEY_RSA1024 };

/* What a server shows to who does not ask for its host by SNI, or to every second one. */
struct lab_other {
	bool is_given;
	enum lab_cert_kind cert;
	struct strs cert_names;
};

struct lab_server {
	bool is_https;
	struct str host, address; /* address as text */
	int preference; /* -1: no MX record of its own */
	unsigned line; /* of its section: the same in two acts is the same server */
	unsigned act;
	enum lab_cert_kind cert;
	struct strs cert_names; /* none: what the kind makes of host */
	bool keeps_cert; /* the one of an earlier act, which asked for the same */
	struct lab_other other;
	bool alternates; /* by turns, whatever is asked for */
	unsigned unknown_sni_alert; /* to who asks for another host; 0: served */
	enum lab_key key;
	unsigned tls_min, tls_max; /* 0 to 3: TLS 1.0 to 1.3 */
	struct lab_action steps[lab_step_count];
	struct strs offers; /* EHLO keywords */
	bool has_offers;
	/* https */
	unsigned status;
	struct str reason, content_type, headers; /* headers with their line ends */
	bool has_body, is_chunked, is_cut;
	struct str body; /* as served, where it differs from the policy */
	size_t fill_bytes, cut_bytes;
};

/* What the walk is asked to do beyond its usual. */
struct lab_wish {
	bool probes_sni, asks_authority;
	unsigned repeat;
	struct strs controls; /* domains */
};

/* A name server of the domain that is asked itself, with what it says otherwise than the zone. */
#define SPEC_MAX_ZONES 4
struct lab_secondary {
	struct str host, address;
	struct lab_zone *zone;
	unsigned line;
};

/* A policy that senders may still hold: what a walk is told beforehand. */
struct lab_cached {
	struct str id, body;
	int64_t age_s; /* since it was last fetched */
	int64_t known_s; /* since it was first seen, -1 for nobody knows */
};
#define SPEC_MAX_CACHED 8

struct lab_spec {
	struct scenario head;
	struct lab_wish wish;
	struct str hosts; /* the hosts file, as the walk sees it */
	struct lab_secondary secondaries[SPEC_MAX_ZONES];
	size_t secondary_count;
	struct lab_zone zone;
	struct str policy; /* body as served */
	struct lab_cached cached[SPEC_MAX_CACHED];
	size_t cached_count;
	struct lab_server servers[SPEC_MAX_SERVERS];
	size_t server_count;
};

enum result spec_parse(
	struct str name, struct str text, struct arena *a, struct lab_spec **out, struct err *err);
/* The scenario as it stands in an act; later acts are not looked at. */
enum result spec_parse_act(struct str name, struct str text, size_t act, struct arena *a,
	struct lab_spec **out, struct err *err);
/* Cut the next word off, at SP and TAB; empty at the end. */
struct str spec_word(struct str *rest);
bool lab_cert_kind_from_word(struct str word, enum lab_cert_kind *out);

#endif
