#include "core/watch.h"

#include "core/look.h"
#include "core/name.h"

void
watch_release(struct watch *w)
{
	arena_release(&w->arena);
	*w = (struct watch){ .every_us = w->every_us };
}

void
watch_note(struct watch *w, const struct judgement *j)
{
	arena_release(&w->arena);
	w->count = stage_count + j->host_count;
	w->rows = arena_array(&w->arena, w->count, sizeof(*w->rows));
	for (size_t i = 0; i < stage_count; i++)
		w->rows[i] = (struct watch_row){ .stage = (enum stage)i, .before = j->stages[i] };
	for (size_t i = 0; i < j->host_count; i++)
		w->rows[stage_count + i] = (struct watch_row){
			.host = arena_str(&w->arena, j->hosts[i].host->name),
			.stage = STAGE_MX,
			.before = j->hosts[i].state,
		};
	w->has_verdict_changed = false;
}

static struct watch_row *
find_host(const struct watch *w, struct str host)
{
	for (size_t i = stage_count; i < w->count; i++) {
		if (name_eq(w->rows[i].host, host))
			return &w->rows[i];
	}
	return NULL;
}

static void
add_change(struct arena *a, struct str *words, struct str what, const struct watch_row *row,
	enum state now)
{
	*words = arena_printf(a, "%.*s%s%.*s %s to %s", STR_ARG(*words), words->n > 0 ? ", " : "",
		STR_ARG(what), state_word(row->before), state_word(now));
}

/* Hosts first: what a stage or the verdict does follows from them. */
struct str
watch_compare(struct watch *w, struct arena *a, const struct judgement *j)
{
	static const struct {
		enum stage stage;
		const char *said;
	} said[] = { { STAGE_ENV, "this side" }, { STAGE_TXT, "record" },
		{ STAGE_TLSRPT, "TLSRPT record" }, { STAGE_HTTPS, "policy fetch" },
		{ STAGE_POLICY, "policy" }, { STAGE_VERDICT, "verdict" } };
	struct str words = STR_EMPTY;

	for (size_t i = 0; i < j->host_count && w->count > 0; i++) {
		struct watch_row *row = find_host(w, j->hosts[i].host->name);

		if (row == NULL || row->before == j->hosts[i].state)
			continue;
		row->is_changed = true;
		add_change(a, &words, row->host, row, j->hosts[i].state);
	}
	for (size_t i = 0; i < stage_count && w->count > 0; i++)
		w->rows[i].is_changed = w->rows[i].before != j->stages[i];
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]) && w->count > 0; i++) {
		const struct watch_row *row = &w->rows[said[i].stage];

		if (row->is_changed)
			add_change(a, &words, str_of(said[i].said), row, j->stages[row->stage]);
	}
	w->has_verdict_changed = w->count > 0 && w->rows[STAGE_VERDICT].is_changed;
	return words;
}

bool
watch_has_changed(const struct watch *w, const struct target *target)
{
	const struct watch_row *row;

	if (w->count == 0)
		return false;
	if (target->kind == TARGET_STAGE)
		/* Both records stand in one row. */
		return w->rows[target->stage].is_changed ||
		       (target->stage == STAGE_TXT && w->rows[STAGE_TLSRPT].is_changed);
	if (target->kind != TARGET_HOST)
		return false;
	row = find_host(w, target->host);
	return row != NULL && row->is_changed;
}

int64_t
watch_interval_us(const struct watch *w)
{
	return w->every_us * (w->slower > 1 ? w->slower : 1);
}

void
watch_plan(struct watch *w, int64_t last_us, bool was_put_off)
{
	if (!was_put_off)
		w->slower = 1;
	else if (w->slower < WATCH_SLOWEST)
		w->slower = w->slower > 1 ? w->slower * 2 : 2;
	w->next_us = last_us + watch_interval_us(w);
}
