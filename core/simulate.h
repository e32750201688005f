/*
 * simulate: what a sender does with a message, on evidence that may be real, edited or made up.
 *
 * A scene is the evidence as the algorithm of RFC 8461 sections 4, 5 and 5.1 sees it: MX hosts in
 * the order tried, their addresses in turn, and where delivery to each ends. A sender is a mode, the
 * hosts that its policy lists, and its habits. simulate() is pure: same scene, same sender, same
 * result. Matching comes from outside (sim_listed()) and never depends on the mode.
 *
 * judge() makes the scene of a session and decides with the same function; whoever wants to know
 * "what if" copies the scene, changes the copy and asks again.
 */
#ifndef STS_SIMULATE_H
#define STS_SIMULATE_H

#include "core/finding.h"

/* Where delivery to an address ends. */
enum trouble {
	TROUBLE_PENDING, /* not known yet */
	TROUBLE_UNTESTED, /* and it will not be: our side */
	TROUBLE_NONE,
	TROUBLE_CONN,
	TROUBLE_STARTTLS,
	TROUBLE_HANDSHAKE,
	TROUBLE_CERT,
};

/* The first that fails, in the order of RFC 8461 section 4.2. */
enum sim_cert { SIM_CERT_OK, SIM_CERT_EXPIRED, SIM_CERT_UNTRUSTED, SIM_CERT_NAME };

enum sim_reason {
#define REASON(constant, id, rfc, words) SIM_##constant,
#include "core/simulate.def"
#undef REASON
	sim_reason_count
};
const char *sim_reason_name(enum sim_reason r); /* "host-not-listed" */
const char *sim_reason_rfc(enum sim_reason r); /* "RFC 8461 4.1" */
const char *sim_reason_words(enum sim_reason r);

struct sim_address {
	struct str text;
	enum family family;
	enum trouble trouble;
	enum sim_cert cert; /* with TROUBLE_CERT */
	enum dane_verdict dane;
	bool is_unsure; /* the fault may be ours: certificate, or an address of ours that is refused */
	bool is_out_of_reach; /* nothing will be known of it, and that says nothing of the others */
	const struct attempt *attempt; /* NULL if made up */
};

struct sim_host {
	struct str name;
	int64_t preference;
	bool is_settled; /* nothing of it is to come */
	bool is_dead; /* DNS says that it has no address */
	struct sim_address *addresses;
	size_t count;
	const struct mx_host *host; /* NULL if made up */
};

enum sim_mx {
	SIM_MX_IS_PENDING,
	SIM_MX_IS_UNKNOWN,
	SIM_MX_IS_FAILING,
	SIM_MX_IS_NULL,
	SIM_MX_IS_NO_DOMAIN,
	SIM_MX_IS_NONE,
	SIM_MX_IS_IMPLICIT,
	SIM_MX_IS_LIST,
};

struct sim_scene {
	bool is_running;
	enum sim_mx mx;
	struct sim_host *hosts; /* in the order tried */
	size_t host_count;
	bool has_dane; /* a host has secure TLSA records */

	/* Of the policy that is published. */
	bool is_mode_known, is_policy_usable;
	bool is_txt_usable, is_fetch_ok;
	enum policy_mode mode; /* that binds a fresh sender: none without a usable policy */
	const struct policy *policy; /* as fetched or rehearsed, usable or not; NULL for none */
	struct str id; /* empty if unusable */
	int64_t txt_ttl_s; /* -1 unknown */
	int64_t as_of_s;
};

struct sim_sender {
	bool is_mode_known;
	enum policy_mode mode; /* none without a policy */
	const bool *is_listed; /* one per host; NULL: no pattern is asked */
	bool ignores_sts, ignores_dane;
	bool overrides_dane; /* an enforced policy in place of DANE, against RFC 8461 section 2 */
	bool ignores_testing; /* no checks and so no reports under testing */
	bool dane_suffices; /* a TLSA record that matches stands for the certificate check */
	bool returns_unlisted; /* permanent failure where no name is left */
	bool returns_bare; /* permanent failure where the last host has no STARTTLS */
};

#define SIM_NOWHERE SIZE_MAX

struct sim_step {
	enum sim_reason reason;
	bool has_decision;
	enum decision decision;
	size_t host, address; /* indices, SIM_NOWHERE where it is about neither */
};

struct sim_host_result {
	enum decision decision; /* as if its turn came */
	enum sim_reason
		reason; /* why; SIM_UNCHECKED, SIM_WELL, SIM_VALIDATED ... when it gets mail */
	size_t address; /* that decides, SIM_NOWHERE for none */
	const char *result_type; /* likely TLSRPT type of what this sender reports, NULL */
	enum decision *addresses; /* one per address, as if its turn came */
};

struct sim_result {
	enum mail_outcome outcome;
	enum sim_reason reason;
	size_t host, address; /* that gets the mail, else SIM_NOWHERE */
	struct sim_host_result *hosts;
	struct sim_step *steps; /* in order; NULL unless asked for */
	size_t step_count;
};

/* Which hosts the patterns list; with deep, a wildcard stands for several labels (not RFC 8461). */
bool *sim_listed(struct arena *a, const struct sim_scene *scene, const struct policy_pattern *p,
	size_t count, bool is_deep);
void simulate(struct arena *a, const struct sim_scene *scene, const struct sim_sender *sender,
	bool wants_steps, struct sim_result *out);
/* RFC 8460 4.3, DANE aside: the first that fails of pattern, STARTTLS, handshake, certificate. */
const char *sim_result_type(bool is_listed, const struct sim_address *address);
/* DANE fails with the certificate, or with TLS altogether, of an address that is made up. */
void sim_break_dane(struct sim_address *a, bool has_tls);
/* A deep copy to be edited; names and attempts stay borrowed. */
struct sim_scene *sim_scene_copy(struct arena *a, const struct sim_scene *scene);

#endif
