/* Questions of a lesson and their right answers. */
#include "core/lesson.h"

#include "core/outlook.h"

static const struct {
	const char *scenario, *about;
} course[] = {
#define LESSON(scenario, about) { scenario, about },
#include "core/course.def"
#undef LESSON
};

#define STAGES 5 /* asked in the first act */

size_t
course_count(void)
{
	return sizeof(course) / sizeof(course[0]);
}

const char *
course_scenario(size_t index)
{
	return course[index].scenario;
}

const char *
course_about(size_t index)
{
	return course[index].about;
}

size_t
course_find(struct str scenario)
{
	size_t i = 0;

	while (i < course_count() && !str_is(scenario, course[i].scenario))
		i++;
	return i;
}

size_t
lesson_step_count(const struct lesson *l)
{
	return STAGES + (l->is_quiz ? 1 : 0) + l->act_count - 1;
}

bool
lesson_is_open(const struct lesson *l, size_t step, bool is_after)
{
	return !l->is_quiz || step > STAGES || (step == STAGES && is_after);
}

struct str
lesson_title(const struct lesson *l, bool is_open, struct arena *a)
{
	if (!is_open)
		return STR("Quiz: what is wrong?");
	if (l->number == 0)
		return l->title;
	return arena_printf(a, "Lesson %zu of %zu: %s", l->number, course_count(), l->about);
}

/* The right answers, as indices of the choices below. */

static size_t
txt_answer(const struct lesson_act *act)
{
	const struct lookup *asked = act->session->txt_lookup;

	if (session_txt_is_usable(act->session))
		return 0;
	return asked != NULL && lookup_is_failure(asked->status) ? 2 : 1;
}

static bool
is_raised(const struct judgement *j, enum finding_id id)
{
	for (size_t i = 0; i < j->count; i++) {
		if (j->findings[i].type->id == id)
			return true;
	}
	return false;
}

static size_t
https_answer(const struct lesson_act *act)
{
	const struct session *s = act->session;

	if (!session_txt_is_usable(s))
		return 3;
	if (session_fetch_is_ok(s))
		return is_raised(act->judgement, FINDING_HTTPS_BODY_HTML) ? 2 : 0;
	for (size_t i = 0; i < s->https_count; i++) {
		if (s->https[i]->http != NULL && attempt_tls_is_ok(s->https[i]))
			return 2;
	}
	return 1;
}

static size_t
policy_answer(const struct lesson_act *act)
{
	if (!session_policy_is_usable(act->session))
		return 3;
	switch (session_mode(act->session)) {
	case POLICY_MODE_ENFORCE:
		return 0;
	case POLICY_MODE_TESTING:
		return 1;
	case POLICY_MODE_NONE:
	case POLICY_MODE_UNKNOWN:
		break;
	}
	return 2;
}

static size_t
mx_answer(const struct lesson_act *act)
{
	const struct judgement *j = act->judgement;
	size_t used = 0, unknown = 0;

	for (size_t i = 0; i < j->host_count; i++) {
		const enum decision d = j->hosts[i].decision;

		used += d == DECISION_USE || d == DECISION_USE_UNVALIDATED;
		unknown += d == DECISION_UNKNOWN;
	}
	if (unknown > 0)
		return 3;
	if (used == 0)
		return 2;
	return used == j->host_count ? 0 : 1;
}

static size_t
mail_answer(enum mail_outcome outcome)
{
	switch (outcome) {
	case MAIL_DELIVERED_VALIDATED:
		return 0;
	case MAIL_DELIVERED_UNVALIDATED:
		return 1;
	case MAIL_DEFERRED:
		return 2;
	case MAIL_UNDELIVERABLE:
		return 3;
	case MAIL_UNKNOWN:
	case MAIL_NOT_KNOWN_YET:
		break;
	}
	return 4;
}

static size_t
fresh_answer(const struct lesson_act *act)
{
	return mail_answer(act->judgement->fresh);
}

static bool
is_delivered(enum mail_outcome outcome)
{
	return outcome == MAIL_DELIVERED_VALIDATED || outcome == MAIL_DELIVERED_UNVALIDATED;
}

/* Of those that ask now, and of those that hold an earlier policy. */
static size_t
cached_answer(const struct lesson_act *act)
{
	const struct cached_outlook *worst = act->judgement->outlook->worst;
	const bool fresh = is_delivered(act->judgement->fresh);
	const bool cached = worst == NULL || is_delivered(worst->now.outcome);

	if (fresh && !cached)
		return worst->heals_by_txt ? 1 : 2;
	if (fresh)
		return 0;
	return cached ? 3 : 4;
}

struct question_row {
	const char *title, *next;
	struct {
		const char *text;
		const char *why; /* when it is so */
	} choices[LESSON_MAX_CHOICES + 1];
	size_t (*answer)(const struct lesson_act *act);
};

static const struct question_row mail_row = { "5 Verdict",
	"It uses the first host that may get the mail. Where none may, the message waits in its "
	"queue and is tried again; before it comes back as undeliverable the sender looks for a "
	"new policy (RFC 8461 5.1).",
	{ { "the mail is delivered, and the receiver was validated",
		  "That takes mode enforce or a secure TLSA record, and a host that passes." },
		{ "the mail is delivered; a wrong receiver would have got it, too",
			"So it is where nothing binds: without a policy, under testing, under "
			"none." },
		{ "the mail waits in the sender's queue",
			"It waits when every host is passed over or does not answer." },
		{ "the mail comes back as undeliverable",
			"At once it comes back only where the domain takes no mail at all; what "
			"fails under a policy waits first." },
		{ "that cannot be told from here", "A fault on this side would hide it." } },
	fresh_answer };

static const struct question_row cached_row = { "5 Verdict",
	"Two kinds of senders now: one asks for the policy for the first time; one still holds "
	"an earlier policy and has not read the TXT record since. It applies what it holds, and "
	"fetches again when it reads another id (RFC 8461 3.1, 5.1).",
	{ { "both deliver", "That takes hosts that pass under the earlier policy, too." },
		{ "one that asks now delivers; at the other it waits until that one reads the new "
		  "id",
			"That takes a new id, and a policy that can be fetched." },
		{ "one that asks now delivers; at the other it waits until its policy expires",
			"So it is where the id is still the same, or no policy can be fetched any "
			"more." },
		{ "who holds the earlier policy delivers; at the other it waits",
			"So it is where what is published now is wrong, and the earlier policy was "
			"right." },
		{ "the mail waits at both", "No host would pass under either policy." } },
	cached_answer };

static const struct {
	enum stage stage;
	struct question_row row;
} stage_rows[] = {
	{ STAGE_TXT,
		{ "1 DNS records",
			"It asks for TXT records at _mta-sts under the domain of the address. "
			"Exactly one that begins v=STSv1; with a valid id says that there is a "
			"policy (RFC 8461 3.1).",
			{ { "one valid record: it goes on to fetch the policy",
				  "That takes one record there, no more, with a valid id." },
				{ "no valid record: there is nothing to fetch",
					"So it is with no record at this name, with two of them, "
					"or with one that has no valid id." },
				{ "the look-up fails: it knows nothing, and a policy that it holds "
				  "stays",
					"A look-up fails without any answer, or with SERVFAIL. No "
					"such name is an answer." } },
			txt_answer } },
	{ STAGE_HTTPS,
		{ "2 HTTPS policy",
			"With a valid record it fetches /.well-known/mta-sts.txt from the host "
			"mta-sts under the domain. The certificate must be valid for that name, "
			"the answer must be 200, and redirects are not followed (RFC 8461 3.3).",
			{ { "the file comes, over valid TLS and with status 200",
				  "That takes a record, a certificate for mta-sts under the "
				  "domain, and a policy as the answer." },
				{ "no valid TLS connection: it takes no policy from there",
					"So it is with a certificate of another name, an expired "
					"or untrusted one, or no server." },
				{ "TLS is valid, but what comes is no policy",
					"So it is with another status than 200, a redirect, or a "
					"web page." },
				{ "nobody asks: no record says that there is a policy",
					"It asks whenever there is exactly one valid record." } },
			https_answer } },
	{ STAGE_POLICY,
		{ "3 Policy",
			"What came it reads: version, mode, max_age and the mx patterns (RFC 8461 "
			"3.2). The mode says what a failure will mean.",
			{ { "enforce: only hosts that match and validate may get mail",
				  "That takes the line mode: enforce in a policy that is valid." },
				{ "testing: failures are reported, the mail is delivered",
					"That takes the line mode: testing in a policy that is "
					"valid." },
				{ "none: as without MTA-STS",
					"That takes the line mode: none in a policy that is "
					"valid." },
				{ "there is no policy to read",
					"So it is where nothing was fetched, or a line that must "
					"be there is missing or wrong." } },
			policy_answer } },
	{ STAGE_MX,
		{ "4 MX and STARTTLS",
			"It takes the MX hosts in order of preference. With a policy it asks first "
			"whether the name matches a pattern, before any connection (RFC 8461 "
			"4.1). Then come port 25, STARTTLS and the certificate, which must be "
			"valid for the name of the MX host (4.2). Only enforce keeps mail back "
			"for this; a secure TLSA record does in any case (2).",
			{ { "every host may get mail",
				  "That takes hosts that all pass, or nothing that keeps mail "
				  "back." },
				{ "some hosts may, others may not",
					"So it is where under enforce one host fails and another "
					"passes." },
				{ "no host may get mail",
					"So it is where every host fails under enforce, or by "
					"DANE." },
				{ "that cannot be told from here",
					"A fault on this side would hide it: no route, or port 25 "
					"blocked." } },
			mx_answer } },
	{ STAGE_VERDICT, { NULL, NULL, { { NULL, NULL } }, NULL } },
};

static void
fill(const struct question_row *row, const struct lesson_act *act, struct lesson_question *out)
{
	out->title = row->title;
	out->next = row->next;
	while (row->choices[out->count].text != NULL) {
		out->choices[out->count] = row->choices[out->count].text;
		out->whys[out->count] = row->choices[out->count].why;
		out->count++;
	}
	out->right = row->answer(act);
}

static const struct question_row *
mail_question(const struct lesson_act *act)
{
	return act->judgement->outlook->cached_count > 0 ? &cached_row : &mail_row;
}

/* The fault's title among its neighbours in the catalogue, which are alike. */
static void
fill_names(const struct lesson_act *act, struct lesson_question *out)
{
	const struct judgement *j = act->judgement;
	const bool has_fault = j->count > 0;
	size_t id = has_fault ? (size_t)j->findings[0].type->id : (size_t)FINDING_TXT_ABSENT;
	const char *right = has_fault ? j->findings[0].type->title : "nothing is wrong";

	out->title = "the fault";
	out->next = "Every stage was seen. Name what is wrong.";
	out->count = 4;
	out->right = id % 4;
	for (size_t i = 0; i < out->count; i++) {
		if (i == out->right) {
			out->choices[i] = right;
			continue;
		}
		do
			id = (id + 1) % finding_count;
		while (is_raised(j, (enum finding_id)id));
		out->choices[i] = finding_type((enum finding_id)id)->title;
		out->whys[i] = finding_type((enum finding_id)id)->means;
	}
}

void
lesson_question(const struct lesson *l, size_t step, struct lesson_question *out)
{
	const size_t quiz = l->is_quiz ? 1 : 0;

	*out = (struct lesson_question){ .kind = LESSON_STAGE };
	if (step < STAGES) {
		out->stage = stage_rows[step].stage;
		fill(out->stage == STAGE_VERDICT ? mail_question(&l->acts[0])
						 : &stage_rows[step].row,
			&l->acts[0], out);
	} else if (step < STAGES + quiz) {
		out->kind = LESSON_NAME;
		fill_names(&l->acts[0], out);
	} else {
		out->kind = LESSON_ACT;
		out->act = 1 + step - STAGES - quiz;
		fill(mail_question(&l->acts[out->act]), &l->acts[out->act], out);
	}
}
