/* What was looked at beyond a sender's look: the same address again, and control hosts. */
#include <inttypes.h>

#include "core/view_parts.h"

static const char *
variant_words(enum attempt_variant variant)
{
	static const char *const words[] = {
		[VARIANT_PLAIN] = "as a sender",
		[VARIANT_NO_SNI] = "without SNI",
		[VARIANT_UNKNOWN_SNI] = "with the SNI of nobody",
		[VARIANT_OLD_TLS] = "with TLS 1.0 and 1.1 only",
		[VARIANT_REPEAT] = "again",
		[VARIANT_CONTROL] = "control host",
	};

	return words[variant];
}

static const struct ev_cert *
leaf_of(const struct attempt *t)
{
	return t->tls.chain_count > 0 ? t->tls.chain[0] : NULL;
}

/* How far it got, and whose certificate it showed beside that of the plain look. */
static void
extra_words(struct doc *d, struct row *r, const struct attempt *t, const struct attempt *plain)
{
	const struct ev_cert *leaf = leaf_of(t), *usual = leaf_of(plain);
	const struct ev_tls_done *done = t->tls.done;

	if (t->connect != NULL && t->connect->outcome != OUTCOME_OK) {
		row_text(d, r, ROLE_STATE_FAIL, "%s", outcome_name(t->connect->outcome));
		return;
	}
	if (done == NULL) {
		row_text(d, r, ROLE_TEXT, "%s", t->is_ended ? "no TLS" : "running");
		return;
	}
	if (done->outcome != OUTCOME_OK) {
		row_text(d, r, ROLE_STATE_FAIL, "no handshake: %s",
			done->error.n > 0 ? doc_shown(d, done->error)
					  : outcome_name(done->outcome));
		return;
	}
	row_text(d, r, ROLE_TEXT, "%s", doc_shown(d, done->version));
	if (leaf == NULL)
		return;
	if (usual != NULL && str_eq(usual->sha256, leaf->sha256))
		row_text(d, r, ROLE_TEXT, ", the same certificate");
	else
		row_text(d, r, ROLE_STATE_WARN, ", another certificate: %s",
			leaf->sans.n > 0 ? part_list(d, leaf->sans, ", ") : "no names");
}

void
part_extras(struct doc *d, const struct session *s, const struct attempt *plain)
{
	bool has_heading = false;

	for (size_t i = 0; i < s->extra_count; i++) {
		const struct attempt *t = s->extras[i];
		struct row *r;

		if (t->variant == VARIANT_CONTROL || t->role != plain->role ||
			!str_eq(t->address, plain->address) || !name_eq(t->host, plain->host))
			continue;
		if (!has_heading)
			doc_heading(d, "Looked at once more");
		has_heading = true;
		r = doc_row(d, ROW_TEXT, 1);
		row_text(d, r, ROLE_DIM, "%s", variant_words(t->variant));
		if (t->turn > 0)
			row_text(d, r, ROLE_DIM, ", %" PRId64 ".", t->turn);
		row_text(d, r, ROLE_DIM, "  ");
		extra_words(d, r, t, plain);
	}
}

const char *
part_controls(struct doc *d, const struct session *s)
{
	struct strs texts = { 0 };

	for (size_t i = 0; i < s->extra_count; i++) {
		const struct attempt *t = s->extras[i];

		if (t->variant == VARIANT_CONTROL)
			arena_push(&d->arena, &texts,
				arena_printf(&d->arena, "%.*s %s", STR_ARG(t->host),
					t->connect == NULL ? "running"
					: t->connect->outcome == OUTCOME_OK
						? "answers"
						: outcome_name(t->connect->outcome)));
	}
	if (s->controls == NULL)
		return NULL;
	return texts.n > 0 ? part_list(d, texts, ", ") : "none resolved";
}
