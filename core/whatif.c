#include "core/whatif.h"

void
whatif_append(struct whatif *w, struct whatif_edit edit)
{
	edit.text = arena_str(&w->arena, edit.text);
	w->edits = arena_grow(&w->arena, w->edits, w->count, w->count + 1, sizeof(*w->edits));
	w->edits[w->count++] = edit;
}

bool
whatif_undo(struct whatif *w)
{
	if (w->count == 0)
		return false;
	w->count--;
	return true;
}

void
whatif_reset(struct whatif *w)
{
	arena_release(&w->arena);
	*w = (struct whatif){ 0 };
}

const char *
whatif_mark_words(enum whatif_mark mark)
{
	static const char *const words[] = {
		[WHATIF_UNCHANGED] = "",
		[WHATIF_CHANGED] = "changed",
		[WHATIF_PROPOSED] = "proposed",
		[WHATIF_PLANNED] = "planned",
		[WHATIF_REMOVED] = "removed",
		[WHATIF_TYPING] = "typing",
	};

	return words[mark];
}

const char *
whatif_host_words(int choice)
{
	static const char *const words[] = {
		[WHATIF_HOST_OK] = "ok",
		[WHATIF_HOST_EXPIRED] = "expired",
		[WHATIF_HOST_NAME] = "wrong name",
		[WHATIF_HOST_UNTRUSTED] = "untrusted",
		[WHATIF_HOST_NO_STARTTLS] = "no STARTTLS",
		[WHATIF_HOST_NO_ANSWER] = "no answer",
		[WHATIF_HOST_REMOVED] = "removed",
	};

	return words[choice];
}

const char *
whatif_fetch_words(int choice)
{
	static const char *const words[] = {
		[WHATIF_FETCH_OK] = "200",
		[WHATIF_FETCH_NOT_FOUND] = "404",
		[WHATIF_FETCH_CERT] = "certificate error",
		[WHATIF_FETCH_NO_ANSWER] = "no answer",
	};

	return words[choice];
}

static int
choice_count(const struct whatif_setting *s)
{
	switch (s->kind) {
	case WHATIF_MODE:
		return POLICY_MODE_ENFORCE + 1;
	case WHATIF_HOST:
		return whatif_host_count;
	case WHATIF_FETCH:
		return whatif_fetch_count;
	case WHATIF_PATTERN:
	case WHATIF_MAX_AGE:
	case WHATIF_ID:
		break;
	}
	return 0;
}

/* In a circle: as walked first, where that is a choice of its own. */
struct whatif_edit
whatif_step(const struct whatif_setting *s, int step)
{
	const int first = s->kind == WHATIF_MODE ? POLICY_MODE_NONE
			  : s->has_walked        ? WHATIF_AS_WALKED
						 : 0;
	const int last = choice_count(s) - 1;
	struct whatif_edit edit = { .kind = s->kind, .index = s->index, .choice = s->choice };

	do {
		edit.choice += step;
		if (edit.choice > last)
			edit.choice = first;
		else if (edit.choice < first)
			edit.choice = last;
	} while (s->has_walked && edit.choice == s->same && edit.choice != WHATIF_AS_WALKED);
	return edit;
}

/* The choice that every address of a host is an example of; WHATIF_AS_WALKED where none is. */
static int
choice_of(const struct sim_address *at)
{
	static const int certs[] = {
		[SIM_CERT_OK] = WHATIF_HOST_UNTRUSTED,
		[SIM_CERT_EXPIRED] = WHATIF_HOST_EXPIRED,
		[SIM_CERT_UNTRUSTED] = WHATIF_HOST_UNTRUSTED,
		[SIM_CERT_NAME] = WHATIF_HOST_NAME,
	};

	switch (at->trouble) {
	case TROUBLE_NONE:
		return WHATIF_HOST_OK;
	case TROUBLE_CONN:
		return at->is_unsure ? WHATIF_AS_WALKED : WHATIF_HOST_NO_ANSWER;
	case TROUBLE_STARTTLS:
		return WHATIF_HOST_NO_STARTTLS;
	case TROUBLE_CERT:
		return at->is_unsure ? WHATIF_AS_WALKED : certs[at->cert];
	case TROUBLE_PENDING:
	case TROUBLE_UNTESTED:
	case TROUBLE_HANDSHAKE:
		break;
	}
	return WHATIF_AS_WALKED;
}

int
whatif_same(const struct sim_host *h)
{
	int same = h->count > 0 ? choice_of(&h->addresses[0]) : WHATIF_AS_WALKED;

	for (size_t i = 1; i < h->count; i++) {
		if (choice_of(&h->addresses[i]) != same)
			return WHATIF_AS_WALKED;
	}
	return same;
}

struct str
whatif_walked_words(struct arena *a, const struct sim_host *h)
{
	const int same = whatif_same(h);
	size_t good = 0, tested = 0;

	if (same != WHATIF_AS_WALKED)
		return str_of(whatif_host_words(same));
	if (h->count == 0)
		return h->is_dead ? STR("no address") : STR("untested");
	for (size_t i = 0; i < h->count; i++) {
		const enum trouble t = h->addresses[i].trouble;

		good += t == TROUBLE_NONE ? 1 : 0;
		tested += t != TROUBLE_PENDING && t != TROUBLE_UNTESTED ? 1 : 0;
	}
	if (tested == 0)
		return STR("untested");
	if (good > 0)
		return arena_printf(a, "%zu of %zu ok", good, h->count);
	return h->addresses[0].trouble == TROUBLE_HANDSHAKE ? STR("no handshake")
							    : STR("several faults");
}

struct str
whatif_walked_fetch(struct arena *a, const struct session *s)
{
	if (session_fetch_is_ok(s))
		return str_of(whatif_fetch_words(WHATIF_FETCH_OK));
	for (size_t i = 0; i < s->https_count; i++) {
		const struct attempt *t = s->https[i];

		if (t->http != NULL && t->http->status > 0)
			return arena_printf(a, "%d", (int)t->http->status);
		if (t->tls.is_judged)
			return str_of(whatif_fetch_words(WHATIF_FETCH_CERT));
	}
	return s->https_count > 0 ? str_of(whatif_fetch_words(WHATIF_FETCH_NO_ANSWER)) : STR_EMPTY;
}
