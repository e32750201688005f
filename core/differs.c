#include "core/differs.h"

#include <string.h>

#include "core/senders.h"

/* What nobody documents is no difference that could be told. */
static bool
is_about(const struct habit *habit, const char *id)
{
	return strcmp(habit->point, id) == 0 && habit->effect != HABIT_UNDOCUMENTED;
}

static bool
is_alike(const struct habit *a, const struct habit *b)
{
	return sender_type(a->sender)->basis == sender_type(b->sender)->basis &&
	       strcmp(a->note, b->note) == 0;
}

/* "mox 0.0.17, chasquid 1.18.0": everybody who does what this one does. */
static struct str
names_text(struct arena *a, const struct habit *habits, size_t count, size_t first)
{
	struct str text = STR_EMPTY;

	for (size_t i = first; i < count; i++) {
		const struct sender_type *type = sender_type(habits[i].sender);

		if (!is_about(&habits[i], habits[first].point) ||
			!is_alike(&habits[i], &habits[first]))
			continue;
		text = arena_printf(a, "%.*s%s%s%s%s", STR_ARG(text), text.n > 0 ? ", " : "",
			type->name, type->version[0] != '\0' ? " " : "", type->version);
	}
	return text;
}

static bool
is_told(const struct habit *habits, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (is_about(&habits[i], habits[index].point) &&
			is_alike(&habits[i], &habits[index]))
			return true;
	}
	return false;
}

struct str
finding_differs(struct arena *a, const char *id)
{
	struct str text = STR_EMPTY;
	size_t count = 0;
	const struct habit *habits = sender_habits(&count);

	for (size_t i = 0; i < count; i++) {
		const bool is_read = sender_type(habits[i].sender)->basis == BASIS_READ;

		if (!is_about(&habits[i], id) || is_told(habits, i))
			continue;
		text = arena_printf(a, "%.*s%s%.*s: %s (%s)", STR_ARG(text), text.n > 0 ? "; " : "",
			STR_ARG(names_text(a, habits, count, i)), habits[i].note,
			is_read ? "as read from the source" : "vendor documentation");
	}
	return text;
}
