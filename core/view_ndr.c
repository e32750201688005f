/* From a bounce to the cause: what it says, what a walk says about it, what to do. */
#include "core/ndr.h"
#include "core/view_sim.h"

enum { FINDINGS_SHOWN = 3, HOSTS_SHOWN = 4 };

/* One text beside a walk. */
struct asked {
	const struct view_input *in; /* NULL: no walk, or one of another domain */
	const struct ndr *ndr;
	size_t findings
		[FINDINGS_SHOWN]; /* of the judgement, those of the host that is named first */
	size_t count;
};

static const char *
state_words(enum ndr_state state)
{
	switch (state) {
	case NDR_UNKNOWN:
		break;
	case NDR_DELIVERED:
		return "accepted: nothing went wrong here";
	case NDR_DELAYED:
		return "queued there, and tried again";
	case NDR_RETURNED:
		return "given up: the message was returned";
	}
	return "it does not say what became of the message";
}

static void
says_rows(struct doc *d, const struct ndr *n)
{
	struct row *r;

	if (n->code.n > 0)
		doc_fieldf(d, 1, "Code", ROLE_TEXT, "%s: %s", doc_shown(d, n->code),
			state_words(n->state));
	else if (n->state != NDR_UNKNOWN)
		doc_fieldf(d, 1, "State", ROLE_TEXT, "%s", state_words(n->state));
	if (n->domain.n == 0 && n->host.n == 0)
		return;
	r = doc_row(d, ROW_FIELD, 1);
	row_cell(d, r);
	row_text(d, r, ROLE_HEADER, "About");
	row_cell(d, r);
	if (n->domain.n > 0)
		row_text(d, r, ROLE_TEXT, "mail to %s%s", doc_shown(d, n->domain),
			n->host.n > 0 ? ", tried at " : "");
	if (n->host.n > 0)
		row_bytes(d, r, ROLE_HEADER, n->host);
	if (n->address.n > 0)
		row_text(d, r, ROLE_TEXT, " [%s]", doc_shown(d, n->address));
}

static void
match_rows(struct doc *d, const struct ndr_match *m)
{
	doc_fieldf(d, 1, "Sender", ROLE_TEXT, "%s (%s)", m->type->sender,
		m->is_certain ? "by its own words" : "likely, by the code alone");
	doc_fieldf(d, 1, "Meaning", ROLE_TEXT, "%s", m->type->meaning);
	doc_fieldf(d, 1, "Clock", ROLE_TEXT, "%s", m->type->clock);
}

static bool
names(const struct ndr *n, const struct finding_type *type)
{
	for (size_t i = 0; i < n->count; i++) {
		struct str rest = str_of(n->matches[i].type->findings), id;

		while (str_split(&rest, ' ', &id))
			if (finding_by_name(id) == type)
				return true;
	}
	return false;
}

static bool
is_of_host(const struct ndr *n, const struct finding *f)
{
	return f->host == NULL || n->host.n == 0 || name_eq(f->host->name, n->host);
}

/* Without words that are known here all that is wrong at the host that is named. */
static bool
explains(const struct ndr *n, const struct finding *f)
{
	if (n->count > 0)
		return names(n, f->type);
	return f->host != NULL && name_eq(f->host->name, n->host) &&
	       f->severity >= SEVERITY_WARNING;
}

/* What the walk raised of all that the texts name; of another host than the one that is named only
 * when there is nothing of that one. */
static void
find(struct asked *q)
{
	const struct judgement *j = q->in->judgement;

	for (int other = 0; other < 2 && q->count == 0; other++)
		for (size_t i = 0; i < j->count && q->count < FINDINGS_SHOWN; i++)
			if (explains(q->ndr, &j->findings[i]) &&
				is_of_host(q->ndr, &j->findings[i]) == !other)
				q->findings[q->count++] = i;
}

static void
finding_row(struct doc *d, const struct judgement *j, size_t index)
{
	const struct finding *f = &j->findings[index];
	struct row *r = doc_row(d, ROW_TEXT, 3);

	r->hang = 2;
	row_id(d, r, "finding:%zu", index);
	r->target = (struct target){ .kind = TARGET_FINDING, .stage = f->stage, .index = index };
	r->severity = f->severity;
	row_glyph(d, r, severity_role(f->severity), severity_glyph(f->severity));
	row_text(d, r, severity_role(f->severity), " %s  ", f->type->name);
	row_bytes(d, r, ROLE_HEADER, f->subject);
	row_text(d, r, ROLE_TEXT, "  true now   who: %s", blame_name(f->blame));
}

/* Whether a policy that senders may still hold lists the host; nothing where no host is named. */
static const char *
listed_words(struct doc *d, const struct asked *q, const bool *is_listed)
{
	const struct sim_scene *scene = q->in->judgement->scene;

	for (size_t i = 0; i < scene->host_count; i++)
		if (is_listed != NULL && name_eq(scene->hosts[i].name, q->ndr->host))
			return TEXT(d, ": it %s %s", is_listed[i] ? "lists" : "does not list",
				doc_shown(d, scene->hosts[i].name));
	return "";
}

static void
cached_rows(struct doc *d, const struct asked *q)
{
	const struct outlook *o = q->in->judgement->outlook;
	const struct cached_outlook *c = o->worst;

	if (c == NULL && o->scene->is_policy_usable)
		doc_fieldf(d, 3, "cached", ROLE_TEXT,
			"no earlier policy is known here; one that a sender fetched today it may "
			"hold for %s",
			part_span(d, (uint64_t)o->scene->policy->max_age_s));
	if (c == NULL)
		return;
	doc_fieldf(d, 3, "cached", ROLE_TEXT, "a policy is held until %s%s%s",
		part_stamp(d, c->cached->expires_s), listed_words(d, q, c->is_listed),
		c->is_worse ? "; mail fares worse with it than with the one of now" : "");
}

/* "mx1, mx2 pass: so it must have come to another" */
static void
well_row(struct doc *d, const struct asked *q)
{
	const struct judgement *j = q->in->judgement;
	struct row *r = NULL;
	size_t told = 0;

	for (size_t i = 0; i < j->host_count && told < HOSTS_SHOWN; i++) {
		if (j->hosts[i].decision != DECISION_USE || j->hosts[i].state != STATE_OK)
			continue;
		if (r == NULL) {
			r = doc_row(d, ROW_FIELD, 3);
			row_cell(d, r);
			row_text(d, r, ROLE_HEADER, "pass");
			row_cell(d, r);
		}
		row_text(d, r, ROLE_TEXT, "%s", told++ > 0 ? ", " : "");
		row_text(d, r, ROLE_TEXT, "%s",
			part_short_host(d, q->in->session, j->hosts[i].host->name));
	}
	if (r != NULL)
		row_text(d, r, ROLE_DIM, "  a sender that came to these had no cause");
}

static const char *
absence_words(const struct view_input *in)
{
	if (session_is_running(in->session))
		return "Nothing of the kind so far: the walk still runs.";
	if (in->judgement->tested == 0)
		return "No MX host could be looked at: this walk cannot tell.";
	return "Nothing of the kind is seen now.";
}

static void
walk_rows(struct doc *d, const struct asked *q)
{
	doc_heading(d, "What the walk of %s says about it",
		part_stamp(d, session_as_of_s(q->in->session)));
	for (size_t i = 0; i < q->count; i++)
		finding_row(d, q->in->judgement, q->findings[i]);
	if (q->count == 0)
		doc_text(d, 3, ROLE_TEXT, "%s", absence_words(q->in));
	cached_rows(d, q);
	if (q->count > 0)
		well_row(d, q);
}

/* No walk to ask: each of the findings that the texts name, once. */
static void
look_rows(struct doc *d, const struct ndr *n, struct str walked)
{
	bool has_any = false;

	for (unsigned i = 0; i < finding_count; i++) {
		const struct finding_type *type = finding_type((enum finding_id)i);

		if (!names(n, type))
			continue;
		if (!has_any)
			doc_heading(d, "What a walk would look at");
		has_any = true;
		doc_text(d, 3, ROLE_TEXT, "%s  %s", type->name, type->title);
	}
	if (walked.n > 0)
		doc_text(d, 1, ROLE_STATE_WARN, "The walk here is of %s, this is about %s.",
			doc_shown(d, walked), doc_shown(d, n->domain));
}

static void
step(struct doc *d, unsigned *number, const char *text)
{
	doc_fieldf(d, 1, TEXT(d, "%u", ++*number), ROLE_TEXT, "%s", text);
}

/* It is certain, and no finding of a walk could be behind it. */
static bool
is_theirs(const struct ndr *n)
{
	return n->count > 0 && n->matches[0].is_certain && n->matches[0].type->findings[0] == '\0';
}

static void
repair_steps(struct doc *d, const struct asked *q, unsigned *number)
{
	for (size_t i = 0; i < q->count; i++) {
		const struct finding *f = &q->in->judgement->findings[q->findings[i]];
		struct str rest = f->fix, line;

		if (!str_split(&rest, '\n', &line))
			continue;
		step(d, number, TEXT(d, "%s: %s", blame_name(f->blame), doc_shown(d, line)));
		while (str_split(&rest, '\n', &line))
			doc_text(d, 8, ROLE_HEADER, "%s", doc_shown(d, line));
	}
	if (is_theirs(q->ndr))
		return;
	if (q->in == NULL && q->ndr->domain.n > 0)
		step(d, number,
			TEXT(d, "walk %s: `stswalk %s`, or Enter in the console",
				doc_shown(d, q->ndr->domain), doc_shown(d, q->ndr->domain)));
	else if (q->in == NULL)
		step(d, number, "walk the domain that the mail was for");
}

static void
message_step(struct doc *d, const struct asked *q, unsigned *number)
{
	const struct sim_scene *scene = q->in != NULL ? q->in->judgement->scene : NULL;

	if (q->ndr->state == NDR_RETURNED)
		step(d, number, "the message was returned: it has to be sent again");
	else if (q->ndr->state == NDR_DELAYED && scene != NULL && scene->txt_ttl_s >= 0)
		step(d, number,
			TEXT(d,
				"what is queued goes out by itself, at the next try after the "
				"repair and the TTL of the TXT record (%s)",
				part_span(d, (uint64_t)scene->txt_ttl_s)));
	else if (q->ndr->state == NDR_DELAYED)
		step(d, number,
			"what is queued goes out by itself, at the next try after the repair");
}

/* What only the sender knows, and does not say. */
static void
sender_step(struct doc *d, const struct asked *q, unsigned *number)
{
	const struct ndr *n = q->ndr;
	const bool is_explained = q->in != NULL && q->count > 0;

	if (is_theirs(n))
		step(d, number, "the sender has to mend its own configuration; nothing here can");
	else if (n->host.n == 0)
		step(d, number, "ask the sender which MX host and address it tried, and when");
	else if (!is_explained)
		step(d, number,
			"ask the sender for the id of the policy that it holds, and when it tried");
	else
		step(d, number, "ask the sender for nothing: what it says is explained");
}

static void
advice_rows(struct doc *d, const struct asked *q)
{
	unsigned number = 0;

	doc_heading(d, "What to do");
	repair_steps(d, q, &number);
	message_step(d, q, &number);
	sender_step(d, q, &number);
}

static void
understood_rows(struct doc *d, const struct ndr *n)
{
	size_t known;

	ndr_types(&known);
	if (n->count == 0)
		doc_text(d, 1, ROLE_TEXT,
			"No text that is known here: of %zu texts of %zu senders about MTA-STS and "
			"DANE none stands in it.",
			known, ndr_senders());
	for (size_t i = 0; i < n->count; i++) {
		if (i > 0)
			doc_blank(d);
		match_rows(d, &n->matches[i]);
	}
	if (n->lines > 1)
		doc_fieldf(d, 1, "Read", ROLE_DIM, "understood %zu of %zu lines", n->understood,
			n->lines);
	if (n->is_cut)
		doc_fieldf(d, 1, "Read", ROLE_STATE_WARN, "only the first %d bytes", NDR_MAX_BYTES);
}

/* A walk of another domain has nothing to say about this mail. */
static bool
is_of_walk(const struct view_input *in, const struct ndr *n)
{
	return in != NULL && (n->domain.n == 0 || name_eq(n->domain, session_domain(in->session)));
}

void
view_ndr(const struct view_input *in, struct str text, struct doc *out)
{
	struct ndr n;
	struct asked q = { .ndr = &n };

	doc_init(out);
	out->title = safe_literal("Bounce");
	ndr_read(&out->arena, text, &n);
	q.in = is_of_walk(in, &n) ? in : NULL;
	doc_heading(out, "What it says");
	says_rows(out, &n);
	understood_rows(out, &n);
	if (n.count == 0 && n.domain.n == 0 && n.host.n == 0)
		return;
	if (q.in != NULL) {
		find(&q);
		walk_rows(out, &q);
	} else if (n.count > 0) {
		look_rows(out, &n, in != NULL ? session_domain(in->session) : STR_EMPTY);
	}
	advice_rows(out, &q);
}
