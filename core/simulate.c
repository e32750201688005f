/* The algorithm of RFC 8461 sections 4, 5 and 5.1, with DANE before it (section 2). */
#include "core/simulate.h"

#include <string.h>

static const struct {
	const char *name, *rfc, *words;
} reasons[] = {
#define REASON(constant, id, rfc, words) { id, rfc, words },
#include "core/simulate.def"
#undef REASON
};

const char *
sim_reason_name(enum sim_reason r)
{
	return reasons[r].name;
}

const char *
sim_reason_rfc(enum sim_reason r)
{
	return reasons[r].rfc;
}

const char *
sim_reason_words(enum sim_reason r)
{
	return reasons[r].words;
}

/* One run: what the sender asks, and what comes of it. */
struct run {
	const struct sim_scene *scene;
	const struct sim_sender *sender;
	enum policy_mode mode; /* none where the sender knows no MTA-STS */
	struct sim_result *out;
};

struct choice {
	enum decision decision;
	enum sim_reason reason;
};

static bool
is_listed(const struct sim_sender *sender, size_t host)
{
	return sender->is_listed == NULL || sender->is_listed[host];
}

static bool
is_mode_known(const struct run *run)
{
	return run->sender->ignores_sts || run->sender->is_mode_known;
}

/* RFC 8461 section 4.1: under enforce a name that no pattern matches is not even connected to. */
static bool
is_refused_by_name(const struct run *run, size_t host)
{
	return is_mode_known(run) && run->mode == POLICY_MODE_ENFORCE &&
	       !is_listed(run->sender, host);
}

/* The first that MTA-STS finds wrong with an address that answers. */
static enum sim_reason
fault_of(const struct sim_address *a)
{
	static const enum sim_reason certs[] = {
		[SIM_CERT_OK] = SIM_BAD_CERT_UNTRUSTED,
		[SIM_CERT_EXPIRED] = SIM_BAD_CERT_EXPIRED,
		[SIM_CERT_UNTRUSTED] = SIM_BAD_CERT_UNTRUSTED,
		[SIM_CERT_NAME] = SIM_BAD_CERT_NAME,
	};

	switch (a->trouble) {
	case TROUBLE_STARTTLS:
		return SIM_NO_STARTTLS;
	case TROUBLE_HANDSHAKE:
		return SIM_HANDSHAKE;
	case TROUBLE_CERT:
		return certs[a->cert];
	case TROUBLE_PENDING:
	case TROUBLE_UNTESTED:
	case TROUBLE_NONE:
	case TROUBLE_CONN:
		break;
	}
	return SIM_VALIDATED;
}

/* RFC 7672 section 2.2: what the TLSA records alone let a sender do. */
static struct choice
dane_choice(const struct run *run, const struct sim_address *a)
{
	const bool is_overridden = run->sender->overrides_dane && is_mode_known(run) &&
				   run->mode == POLICY_MODE_ENFORCE;
	const bool has_tls = a->trouble != TROUBLE_STARTTLS && a->trouble != TROUBLE_HANDSHAKE;

	if (run->sender->ignores_dane || is_overridden)
		return (struct choice){ DECISION_USE_UNVALIDATED, SIM_UNCHECKED };
	switch (a->dane) {
	case DANE_OK:
		return (struct choice){ DECISION_USE, SIM_DANE_MATCHES };
	case DANE_FAIL:
		return (struct choice){ DECISION_SKIP,
			has_tls ? SIM_DANE_MISMATCH : SIM_DANE_NO_TLS };
	case DANE_LOOKUP_FAILED:
		return (struct choice){ DECISION_UNREACHABLE, SIM_DANE_LOOKUP_FAILED };
	case DANE_NOT_JUDGED:
	case DANE_NONE:
	case DANE_UNUSABLE:
	case DANE_INSECURE:
		break;
	}
	return (struct choice){ DECISION_USE_UNVALIDATED, SIM_UNCHECKED };
}

/* Without enforce the host gets the mail; testing still says what it would report. */
static struct choice
unenforced_choice(
	const struct run *run, size_t host, const struct sim_address *a, struct choice dane)
{
	enum sim_reason fault;

	if (dane.decision != DECISION_USE_UNVALIDATED || run->mode != POLICY_MODE_TESTING ||
		run->sender->ignores_testing)
		return dane;
	fault = is_listed(run->sender, host) ? fault_of(a) : SIM_HOST_NOT_LISTED;
	return (struct choice){ dane.decision, fault == SIM_VALIDATED ? SIM_WELL : fault };
}

/* RFC 8461 section 5, with section 2: MTA-STS never overrides a DANE failure. */
static struct choice
policy_choice(const struct run *run, size_t host, const struct sim_address *a)
{
	const struct choice dane = dane_choice(run, a);
	const bool is_final = dane.decision == DECISION_SKIP ||
			      dane.decision == DECISION_UNREACHABLE;
	enum sim_reason fault;

	if (is_final)
		return dane;
	if (!is_mode_known(run))
		return (struct choice){ DECISION_UNKNOWN, SIM_POLICY_UNKNOWN };
	if (run->mode != POLICY_MODE_ENFORCE)
		return unenforced_choice(run, host, a, dane);
	if (!is_listed(run->sender, host))
		return (struct choice){ DECISION_SKIP, SIM_HOST_NOT_LISTED };
	fault = fault_of(a);
	if (fault == SIM_VALIDATED)
		return (struct choice){ DECISION_USE, SIM_VALIDATED };
	if (run->sender->dane_suffices && dane.decision == DECISION_USE)
		return dane;
	if (a->is_unsure)
		return (struct choice){ DECISION_UNKNOWN, SIM_UNSURE_CERT };
	return (struct choice){ DECISION_SKIP, fault };
}

static struct choice
address_choice(const struct run *run, size_t host, const struct sim_address *a)
{
	struct choice choice = { DECISION_UNKNOWN, SIM_HOST_UNTESTED };

	switch (a->trouble) {
	case TROUBLE_PENDING:
		choice.reason = SIM_HOST_PENDING;
		break;
	case TROUBLE_UNTESTED:
		break;
	case TROUBLE_CONN:
		choice = a->is_unsure ? (struct choice){ DECISION_UNKNOWN, SIM_REFUSED_FOR_US }
				      : (struct choice){ DECISION_UNREACHABLE, SIM_UNREACHABLE };
		break;
	case TROUBLE_NONE:
	case TROUBLE_STARTTLS:
	case TROUBLE_HANDSHAKE:
	case TROUBLE_CERT:
		return policy_choice(run, host, a);
	}
	if (is_refused_by_name(run, host))
		choice = (struct choice){ DECISION_SKIP, SIM_HOST_NOT_LISTED };
	return choice;
}

/* An address that may yet turn out well outweighs one that does not. */
static bool
is_better(enum decision a, enum decision b)
{
	static const int ranks[] = {
		[DECISION_USE] = 5,
		[DECISION_USE_UNVALIDATED] = 4,
		[DECISION_UNKNOWN] = 3,
		[DECISION_SKIP] = 2,
		[DECISION_UNREACHABLE] = 1,
	};

	return ranks[a] > ranks[b];
}

const char *
sim_result_type(bool is_host_listed, const struct sim_address *a)
{
	if (!is_host_listed)
		return "validation-failure";
	switch (a->trouble) {
	case TROUBLE_PENDING:
	case TROUBLE_UNTESTED:
	case TROUBLE_NONE:
	case TROUBLE_CONN:
		return NULL;
	case TROUBLE_STARTTLS:
		return "starttls-not-supported";
	case TROUBLE_HANDSHAKE:
		return "validation-failure";
	case TROUBLE_CERT:
		break;
	}
	switch (a->cert) {
	case SIM_CERT_EXPIRED:
		return "certificate-expired";
	case SIM_CERT_NAME:
		return "certificate-host-mismatch";
	case SIM_CERT_OK:
	case SIM_CERT_UNTRUSTED:
		break;
	}
	return "certificate-not-trusted";
}

/* What this sender reports about the host, if anything (RFC 8460 section 4.3). */
static const char *
result_type(const struct run *run, size_t host, const struct sim_host_result *r)
{
	const struct sim_host *h = &run->scene->hosts[host];

	if (r->reason == SIM_DANE_NO_TLS)
		return "starttls-not-supported";
	if (r->reason == SIM_DANE_MISMATCH)
		return "tlsa-invalid";
	if (r->reason == SIM_DANE_LOOKUP_FAILED)
		return "dnssec-invalid";
	if (!is_mode_known(run) || run->mode < POLICY_MODE_TESTING ||
		(run->mode == POLICY_MODE_TESTING && run->sender->ignores_testing))
		return NULL;
	if (!is_listed(run->sender, host))
		return "validation-failure";
	return r->address == SIM_NOWHERE ? NULL : sim_result_type(true, &h->addresses[r->address]);
}

static struct choice
empty_host_choice(const struct sim_scene *scene, const struct sim_host *h)
{
	if (scene->is_running && !h->is_settled)
		return (struct choice){ DECISION_UNKNOWN, SIM_HOST_PENDING };
	if (h->is_dead)
		return (struct choice){ DECISION_UNREACHABLE, SIM_HOST_NO_ADDRESS };
	return (struct choice){ DECISION_UNKNOWN, SIM_HOST_UNTESTED };
}

static void
decide_host(struct arena *a, const struct run *run, size_t index)
{
	const struct sim_host *h = &run->scene->hosts[index];
	struct sim_host_result *r = &run->out->hosts[index];
	const bool is_pending = run->scene->is_running && !h->is_settled;
	struct choice best = empty_host_choice(run->scene, h);
	bool has_any = false;

	r->address = SIM_NOWHERE;
	r->addresses = arena_array(a, h->count + 1, sizeof(enum decision));
	for (size_t i = 0; i < h->count; i++) {
		const struct choice choice = address_choice(run, index, &h->addresses[i]);

		r->addresses[i] = choice.decision;
		if (h->addresses[i].is_out_of_reach)
			continue;
		if ((!has_any && !is_pending) || is_better(choice.decision, best.decision)) {
			best = choice;
			r->address = i;
		}
		has_any = true;
	}
	if (is_refused_by_name(run, index))
		best = (struct choice){ DECISION_SKIP, SIM_HOST_NOT_LISTED };
	r->decision = best.decision;
	r->reason = best.reason;
	r->result_type = result_type(run, index, r);
}

/* Before any host: whether there is a place to deliver to (RFC 5321 5.1, RFC 7505 section 3). */
static bool
outcome_without_hosts(const struct run *run)
{
	static const struct {
		enum mail_outcome outcome;
		enum sim_reason reason;
	} rows[] = {
		[SIM_MX_IS_PENDING] = { MAIL_NOT_KNOWN_YET, SIM_MX_PENDING },
		[SIM_MX_IS_UNKNOWN] = { MAIL_UNKNOWN, SIM_MX_UNKNOWN },
		[SIM_MX_IS_FAILING] = { MAIL_DEFERRED, SIM_MX_LOOKUP_FAILED },
		[SIM_MX_IS_NULL] = { MAIL_UNDELIVERABLE, SIM_MX_NULL },
		[SIM_MX_IS_NO_DOMAIN] = { MAIL_UNDELIVERABLE, SIM_MX_NO_DOMAIN },
		[SIM_MX_IS_NONE] = { MAIL_UNDELIVERABLE, SIM_MX_NONE },
	};
	const enum sim_mx mx = run->scene->mx;

	if (mx == SIM_MX_IS_LIST || mx == SIM_MX_IS_IMPLICIT)
		return false;
	run->out->outcome = rows[mx].outcome;
	run->out->reason = rows[mx].reason;
	return true;
}

/* Some senders take what the last host lacks for permanent. */
static bool
is_returned(const struct run *run)
{
	const size_t last = run->scene->host_count - 1;

	if (run->out->hosts[last].reason == SIM_HOST_NOT_LISTED)
		return run->sender->returns_unlisted;
	return run->out->hosts[last].reason == SIM_NO_STARTTLS && run->sender->returns_bare;
}

static void
outcome_of_failure(const struct run *run, bool has_unknown)
{
	struct sim_result *out = run->out;
	size_t refused = 0, by_dane = 0;

	for (size_t i = 0; i < run->scene->host_count; i++) {
		const enum sim_reason reason = out->hosts[i].reason;

		if (out->hosts[i].decision != DECISION_SKIP)
			continue;
		refused++;
		by_dane += reason == SIM_DANE_MISMATCH || reason == SIM_DANE_NO_TLS ? 1 : 0;
	}
	out->outcome = has_unknown ? MAIL_UNKNOWN : MAIL_DEFERRED;
	out->reason = has_unknown ? SIM_CANNOT_TELL : SIM_NOBODY_ANSWERS;
	/* What DANE refuses alone has nothing to do with a policy, nor with another look at it. */
	if (!has_unknown && refused > 0)
		out->reason = by_dane == refused ? SIM_NOBODY_BY_DANE : SIM_NOBODY_LEFT;
	if (out->reason == SIM_NOBODY_LEFT && is_returned(run)) {
		out->outcome = MAIL_UNDELIVERABLE;
		out->reason = SIM_RETURNED;
	}
}

/* The first host that works gets the mail; while a better one is open nothing is said. */
static void
outcome_of_hosts(const struct run *run)
{
	struct sim_result *out = run->out;
	bool has_unknown = false;

	for (size_t i = 0; i < run->scene->host_count; i++) {
		const struct sim_host_result *r = &out->hosts[i];

		if (r->decision == DECISION_USE || r->decision == DECISION_USE_UNVALIDATED) {
			out->outcome = r->decision == DECISION_USE ? MAIL_DELIVERED_VALIDATED
								   : MAIL_DELIVERED_UNVALIDATED;
			out->reason = SIM_DELIVERED;
			out->host = i;
			out->address = r->address;
			return;
		}
		if (r->decision != DECISION_UNKNOWN)
			continue;
		has_unknown = true;
		if (run->scene->is_running &&
			(!run->scene->hosts[i].is_settled || !is_mode_known(run))) {
			out->outcome = MAIL_NOT_KNOWN_YET;
			out->reason = SIM_HOST_PENDING;
			return;
		}
	}
	outcome_of_failure(run, has_unknown);
}

static void
add_step(struct sim_result *out, struct sim_step step)
{
	out->steps[out->step_count++] = step;
}

static void
add_head_steps(const struct run *run)
{
	static const enum sim_reason modes[] = {
		[POLICY_MODE_UNKNOWN] = SIM_POLICY_ABSENT,
		[POLICY_MODE_NONE] = SIM_POLICY_NONE,
		[POLICY_MODE_TESTING] = SIM_POLICY_TESTING,
		[POLICY_MODE_ENFORCE] = SIM_POLICY_ENFORCE,
	};
	enum sim_reason policy = modes[run->mode];

	if (!is_mode_known(run))
		policy = SIM_POLICY_UNKNOWN;
	else if (run->mode <= POLICY_MODE_NONE && run->sender->is_listed == NULL)
		policy = SIM_POLICY_ABSENT;
	add_step(run->out,
		(struct sim_step){ .reason = policy, .host = SIM_NOWHERE, .address = SIM_NOWHERE });
	if (run->scene->mx != SIM_MX_IS_LIST && run->scene->mx != SIM_MX_IS_IMPLICIT)
		return;
	add_step(run->out,
		(struct sim_step){
			.reason = run->scene->mx == SIM_MX_IS_LIST ? SIM_MX_LIST : SIM_MX_IMPLICIT,
			.host = SIM_NOWHERE,
			.address = SIM_NOWHERE });
}

/* Addresses in turn until one takes the mail; a host refused by name has no turn at all. */
static void
add_host_steps(const struct run *run, size_t index)
{
	const struct sim_host *h = &run->scene->hosts[index];
	const struct sim_host_result *r = &run->out->hosts[index];

	if (h->count == 0 || is_refused_by_name(run, index)) {
		add_step(run->out,
			(struct sim_step){ r->reason, true, r->decision, index, SIM_NOWHERE });
		return;
	}
	for (size_t i = 0; i < h->count; i++) {
		const struct choice c = address_choice(run, index, &h->addresses[i]);

		if (h->addresses[i].is_out_of_reach && h->count > 1)
			continue;
		add_step(run->out, (struct sim_step){ c.reason, true, c.decision, index, i });
		if (run->out->host == index && run->out->address == i)
			return;
	}
}

static void
add_steps(struct arena *a, const struct run *run)
{
	size_t room = 4;

	for (size_t i = 0; i < run->scene->host_count; i++)
		room += run->scene->hosts[i].count + 1;
	run->out->steps = arena_array(a, room, sizeof(struct sim_step));
	add_head_steps(run);
	for (size_t i = 0; run->scene->mx >= SIM_MX_IS_IMPLICIT && i < run->scene->host_count;
		i++) {
		add_host_steps(run, i);
		if (run->out->host == i)
			break;
	}
	add_step(run->out, (struct sim_step){ .reason = run->out->reason,
				   .host = run->out->host,
				   .address = run->out->address });
}

void
simulate(struct arena *a, const struct sim_scene *scene, const struct sim_sender *sender,
	bool wants_steps, struct sim_result *out)
{
	struct run run = { .scene = scene,
		.sender = sender,
		.mode = sender->ignores_sts ? POLICY_MODE_NONE : sender->mode,
		.out = out };

	*out = (struct sim_result){ .host = SIM_NOWHERE, .address = SIM_NOWHERE };
	out->hosts = arena_array(a, scene->host_count + 1, sizeof(struct sim_host_result));
	for (size_t i = 0; i < scene->host_count; i++)
		decide_host(a, &run, i);
	if (!outcome_without_hosts(&run))
		outcome_of_hosts(&run);
	if (wants_steps)
		add_steps(a, &run);
}

/* RFC 7672 section 2.2: with secure TLSA records TLS is mandatory, and so is a match. */
void
sim_break_dane(struct sim_address *a, bool has_tls)
{
	if (a->dane == DANE_OK || (a->dane == DANE_UNUSABLE && !has_tls))
		a->dane = DANE_FAIL;
}

struct sim_scene *
sim_scene_copy(struct arena *a, const struct sim_scene *scene)
{
	struct sim_scene *copy = arena_new(a, struct sim_scene);

	*copy = *scene;
	copy->hosts = arena_array(a, scene->host_count + 1, sizeof(struct sim_host));
	for (size_t i = 0; i < scene->host_count; i++) {
		const struct sim_host *h = &scene->hosts[i];

		copy->hosts[i] = *h;
		copy->hosts[i].addresses = arena_array(a, h->count + 1, sizeof(struct sim_address));
		if (h->count > 0)
			memcpy(copy->hosts[i].addresses, h->addresses,
				h->count * sizeof(struct sim_address));
	}
	return copy;
}
