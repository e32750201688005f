#include "core/differs.h"

#include "core/senders.h"

struct str
finding_differs(struct arena *a, const char *id)
{
	struct str text = STR_EMPTY;
	size_t count = 0;
	const struct habit *habits = sender_habits(&count);

	for (size_t i = 0; i < count; i++) {
		const struct sender_type *type = sender_type(habits[i].sender);

		/* What nobody documents is no difference that could be told. */
		if (!str_is(str_of(id), habits[i].point) || habits[i].effect == HABIT_UNDOCUMENTED)
			continue;
		text = arena_printf(a, "%.*s%s%s%s%s (%.*s)", STR_ARG(text), text.n > 0 ? "; " : "",
			type->basis == BASIS_VENDOR ? type->name : "",
			type->basis == BASIS_VENDOR ? ": " : "", habits[i].note,
			STR_ARG(sender_basis_text(a, type)));
	}
	return text;
}
