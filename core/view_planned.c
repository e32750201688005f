/* Planned MX hosts: whether senders would use them, said beside what happens to mail today. */
#include "core/planned.h"
#include "core/view_sim.h"

static const char *
ready_words(struct doc *d, const struct planned *p, const struct planned_host *h)
{
	const bool has_policy = p->judgement.outlook->has_patterns;

	switch (h->ready) {
	case READY_YES:
		return has_policy ? "ready: under enforce senders would use it"
				  : "ready, as far as can be told without a policy";
	case READY_NO:
		return TEXT(d, "not ready: %s (%s)%s%s", sim_reason_words(h->reason),
			sim_reason_rfc(h->reason), h->also != SIM_WELL ? "; " : "",
			h->also != SIM_WELL ? sim_reason_words(h->also) : "");
	case READY_UNKNOWN:
		break;
	}
	return TEXT(d, "whether it is ready cannot be told: %s", sim_reason_words(h->reason));
}

void
part_planned(struct doc *d, const struct view_input *in, unsigned indent)
{
	static const enum role roles[] = {
		[READY_UNKNOWN] = ROLE_STATE_UNKNOWN,
		[READY_NO] = ROLE_STATE_WARN,
		[READY_YES] = ROLE_STATE_OK,
	};
	const struct planned *p = in->judgement->planned;
	struct planned_host *hosts;
	size_t count;

	if (p == NULL)
		return;
	hosts = planned_hosts(&d->arena, p, &count);
	for (size_t i = 0; i < count; i++) {
		const struct mx_host *host = hosts[i].host->host;

		doc_text(d, indent, roles[hosts[i].ready], "planned MX host %s%s: %s",
			doc_shown(d, host->name),
			host->preference >= 0 ? ", which is one already" : "",
			ready_words(d, p, &hosts[i]));
	}
}

bool
planned_input(const struct view_input *in, struct view_input *out)
{
	const struct planned *p = in->judgement->planned;

	if (p == NULL)
		return false;
	*out = (struct view_input){ &p->session, &p->judgement, in->now_us };
	return true;
}

struct view_input
planned_for(const struct view_input *in, struct str host)
{
	struct view_input planned;

	if (session_host(in->session, host) == NULL && planned_input(in, &planned))
		return planned;
	return *in;
}
