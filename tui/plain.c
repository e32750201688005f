#include "tui/plain.h"

#include "core/view.h"

static const struct {
	enum stage stage;
	const char *name;
} stages[] = {
	{ STAGE_ENV, "here" },
	{ STAGE_TXT, "DNS records" },
	{ STAGE_HTTPS, "HTTPS policy" },
	{ STAGE_POLICY, "policy" },
	{ STAGE_MX, "MX and STARTTLS" },
	{ STAGE_VERDICT, "verdict" },
};

/* Foreign text in one line of ours. */
static const char *
shown(struct arena *a, struct str bytes, bool is_ascii)
{
	struct safe text = safe_text(a, bytes, 0);

	if (is_ascii)
		text = safe_ascii(a, text);
	return arena_str(a, text.text).p;
}

static void
host_lines(struct arena *a, const struct judgement *j, bool is_ascii, struct buf *out)
{
	size_t h, i;

	for (h = 0; h < j->host_count; h++) {
		const struct host_judgement *host = &j->hosts[h];

		buf_addf(out, "host %zu of %zu: %s: %s\n", h + 1, j->host_count,
			shown(a, host->host->name, is_ascii), state_name(host->state));
		for (i = 0; i < host->address_count; i++)
			buf_addf(out, "address %s of %s: %s\n",
				shown(a, host->addresses[i].attempt->address, is_ascii),
				shown(a, host->host->name, is_ascii),
				state_name(host->addresses[i].state));
	}
}

static void
finding_lines(struct arena *a, const struct judgement *j, bool is_ascii, struct buf *out)
{
	size_t i;

	for (i = 0; i < j->count; i++) {
		const struct finding *f = &j->findings[i];

		buf_addf(out, "finding %zu of %zu: %s: %s: %s: %s\n", i + 1, j->count,
			severity_name(f->severity), f->type->name, shown(a, f->subject, is_ascii),
			f->type->title);
		if (f->who.n > 0)
			buf_addf(out, "finding %zu who: %s\n", i + 1, shown(a, f->who, is_ascii));
		if (f->fix.n > 0)
			buf_addf(out, "finding %zu do: %s\n", i + 1, shown(a, f->fix, is_ascii));
	}
}

void
plain_lines(const struct session *s, const struct judgement *j, bool is_ascii, struct buf *out)
{
	struct arena a = { 0 };
	size_t i;

	buf_addf(out, "domain: %s\n", shown(&a, session_domain(s), is_ascii));
	buf_addf(out, "mail now: %s\n", mail_outcome_words(j->fresh));
	if (j->at_risk.n > 0)
		buf_addf(out, "at risk: %s\n", shown(&a, j->at_risk, is_ascii));
	for (i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
		buf_addf(out, "stage %zu of 5: %s: %s\n", i, stages[i].name,
			state_name(j->stages[stages[i].stage]));
	buf_addf(out, "addresses tested: %zu of %zu\n", j->tested, j->addresses);
	host_lines(&a, j, is_ascii, out);
	finding_lines(&a, j, is_ascii, out);
	buf_addf(out, "summary: %s\n", shown(&a, j->headline, is_ascii));
	buf_addf(out, "check would exit: %d\n", j->exit);
	arena_release(&a);
}

int
plain_session(const struct options *o, const struct judge_options *how, const struct session *s)
{
	struct judgement j;
	struct buf text = BUF_INIT(0);
	int status;

	judge(s, how, &j);
	plain_lines(s, &j, cmd_is_ascii(o), &text);
	judgement_release(&j);
	status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	return status;
}

int
plain_walk(const struct options *o, struct walk_setup *setup)
{
	struct recorder recorder;
	struct interrupts interrupts;
	struct session session;
	struct err err = { .text = "" };
	int status = 0;

	if (recorder_open(&recorder, o, &err) != RESULT_OK)
		return cmd_complain(&err);
	session_init(&session);
	if (interrupts_begin(&interrupts, &err) != RESULT_OK ||
		walk_follow(setup, &session, &recorder, &interrupts, &err) != RESULT_OK) {
		status = cmd_complain(&err);
	} else {
		status = plain_session(o, &setup->judge, &session);
	}
	interrupts_end(&interrupts);
	if (recorder_close(&recorder) != RESULT_OK)
		status = cmd_complain(&recorder.err);
	session_release(&session);
	return status;
}
