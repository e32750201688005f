/*
 * screen_whatif: the What-if tab of simulate: settings are switched or typed, and what comes of them
 * is shown with every key. Edits are the console's: they outlast the screen.
 */
#include "core/view_sim.h"
#include "core/whatif_run.h"
#include "tui/screen_sim.h"

static void
make_plan(const struct console *c, struct arena *a, struct whatif_plan *out)
{
	whatif_plan(a, &c->judgement, &c->whatif, c->has_draft ? &c->draft : NULL, out);
}

/* The setting that is selected; NULL without one, or where edits must wait. */
static const struct whatif_setting *
selected(struct console *c, struct arena *a)
{
	const struct row *row = pane_row(console_pane(c));
	struct whatif_plan plan;

	if (!c->judgement.is_final) {
		console_say(c, "the walk is not over: edits wait for its end");
		return NULL;
	}
	make_plan(c, a, &plan);
	return row != NULL ? whatif_setting_of(&plan, row->id) : NULL;
}

static void
drop_draft(struct console *c)
{
	c->has_draft = false;
	console_changed(c);
}

/* Each key: what is typed counts as if it were kept. */
static void
follow_prompt(struct console *c)
{
	if (!c->prompt.is_open) {
		drop_draft(c);
		return;
	}
	c->draft.text = buf_str(&c->prompt.text);
	console_changed(c);
}

static void
accept_text(struct console *c, struct str text)
{
	struct whatif_edit edit = c->draft;
	struct whatif_plan before, after;
	struct arena a = { 0 };

	edit.text = text;
	c->has_draft = false;
	whatif_plan(&a, &c->judgement, &c->whatif, NULL, &before);
	whatif_plan(&a, &c->judgement, &c->whatif, &edit, &after);
	/* Enter without a change is no edit: there would be nothing to see when it is undone. */
	if (before.count != after.count || !str_eq(before.policy, after.policy) ||
		!str_eq(before.id, after.id) || edit.kind == WHATIF_HOST)
		whatif_append(&c->whatif, edit);
	arena_release(&a);
}

static void
ask_text(struct console *c, const struct whatif_setting *s)
{
	static const char *const labels[] = {
		[WHATIF_PATTERN] = "mx pattern: ",
		[WHATIF_MAX_AGE] = "max_age, seconds: ",
		[WHATIF_ID] = "id: ",
		[WHATIF_HOST] = "MX host: ",
	};

	console_ask(c, labels[s->kind], s->kind == WHATIF_HOST ? s->name : s->value, accept_text);
	c->on_prompt_text = follow_prompt;
	c->draft = (struct whatif_edit){ .kind = s->kind, .index = s->index };
	c->has_draft = true;
	follow_prompt(c);
}

void
whatif_open(struct console *c)
{
	struct arena a = { 0 };
	const struct whatif_setting *s = selected(c, &a);

	if (s != NULL && s->is_choice) {
		whatif_append(&c->whatif, whatif_step(s, 1));
		console_changed(c);
	} else if (s != NULL) {
		ask_text(c, s);
	} else {
		console_open_row(c);
	}
	arena_release(&a);
}

void
whatif_sideways(struct console *c, int step)
{
	struct arena a = { 0 };
	const struct whatif_setting *s = selected(c, &a);

	if (s != NULL && s->is_choice) {
		whatif_append(&c->whatif, whatif_step(s, step));
		console_changed(c);
	} else if (s != NULL) {
		console_say(c, "Enter edits this setting; h l switch those that have choices");
	}
	arena_release(&a);
}

struct safe
whatif_title(const struct console *c, struct arena *a)
{
	struct whatif_plan plan;

	make_plan(c, a, &plan);
	return safe_printf(
		a, "no network used  %zu edit%s ", plan.changed, plan.changed == 1 ? "" : "s");
}

struct safe
whatif_place(struct console *c, struct arena *a)
{
	const char *noun = console_top(c)->is_maximised ? "row" : "setting";
	struct whatif_plan plan;
	size_t at, of;

	make_plan(c, a, &plan);
	pane_place(console_pane(c), &at, &of);
	if (plan.policy.n == 0)
		return safe_printf(a, "%s %zu of %zu", noun, at, of);
	return safe_printf(a, "%s %zu of %zu   lint: %s%s%s", noun, at, of,
		plan.is_valid ? "valid" : "", plan.is_valid && plan.fault != NULL ? ", " : "",
		plan.fault != NULL ? plan.fault : "");
}

bool
whatif_is_new(const struct console *c)
{
	struct arena a = { 0 };
	struct whatif_plan plan;

	make_plan(c, &a, &plan);
	arena_release(&a);
	return plan.is_policy_new;
}

static void
write_policy(struct console *c, struct str path)
{
	struct whatif_plan plan;
	struct arena a = { 0 };

	if (path.n == 0)
		return;
	make_plan(c, &a, &plan);
	simulate_write(c, path, plan.policy, arena_printf(&a, "TXT id=%.*s", STR_ARG(plan.id)).p);
	arena_release(&a);
}

/* The edited policy; without one w saves what it saves everywhere. */
bool
whatif_save(struct console *c)
{
	struct whatif_plan plan;
	struct arena a = { 0 };

	make_plan(c, &a, &plan);
	if (plan.is_policy_new && c->options->write_file == NULL)
		console_say(c, "nothing can be written from here");
	else if (plan.is_policy_new && !plan.is_valid)
		console_say(c, "not saved: lint calls the policy not valid (%s); mend it first",
			plan.fault != NULL ? plan.fault : "its grammar");
	else if (plan.is_policy_new)
		console_ask(c, "write the policy to: ",
			arena_printf(&a, "%.*s-mta-sts.txt", STR_ARG(session_domain(c->session))),
			write_policy);
	arena_release(&a);
	return plan.is_policy_new;
}
