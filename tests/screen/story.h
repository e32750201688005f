/*
 * story: recorded sessions on the screen, and a way to every screen.
 *
 * Sessions of files: their own clock shows the same figures every time.
 */
#ifndef TEST_STORY_H
#define TEST_STORY_H

#include "screen/tty.h"

#define STORY_FAILING TEST_DIR "/screen/sessions/failing.stswalk"
#define STORY_GOOD TEST_DIR "/screen/sessions/good.stswalk"
#define STORY_HOSTILE TEST_DIR "/screen/sessions/hostile.stswalk"

/* From the overview, with keys that work from everywhere. */
static const struct {
	const char *name, *keys;
} story_screens[] = {
	{ "overview", "" },
	{ "here", "0" },
	{ "dns", "1" },
	{ "https", "2" },
	{ "policy", "3" },
	{ "mx", "4" },
	{ "verdict", "5" },
	{ "host", "4jjjj\r" },
	{ "address", "4jjj\r" },
	{ "certs", "4jjjjjjc" },
	{ "pem", "4jjjjjjcv" },
	{ "findings", "f" },
	{ "finding", "fj\r" },
	{ "log", "e" },
	{ "bytes", "2X" },
	{ "help", "?" },
	{ "themes", "T" },
	{ "save", "w" },
	{ "simulate", "s" },
	{ "senders", "ss" },
	{ "what if", "sss" },
	{ "attacks", "ssss" },
	{ "rollout", "sssss" },
	{ "bounce", "b5.7.5\r" },
	{ "tlsrpt", "o" TEST_DIR "/vectors/reports/story-one.json\rj" },
};
#define STORY_SCREENS (sizeof(story_screens) / sizeof(story_screens[0]))

/* Type keys and wait for the picture: ^L is always answered by a frame, whatever the keys did. */
static inline void
story_keys(struct tty *t, const char *keys)
{
	char text[256];

	snprintf(text, sizeof(text), "%s\014", keys);
	tty_keys(t, text);
}

/* Open a session file from the domain prompt, then take the size that is wanted. */
static inline void
story_open(struct tty *t, int rows, int columns, const char *const *env, const char *path)
{
	static const char *const argv[] = { TEST_PROGRAM, "--no-history", NULL };

	tty_start(t, 24, 80, env, argv);
	tty_until(t, "Walk the MTA-STS");
	story_keys(t, "\017");
	tty_type(t, path, strlen(path));
	tty_type(t, "\r", 1);
	tty_until(t, "done 5/5");
	if (rows != 24 || columns != 80)
		tty_resize(t, rows, columns);
	/* What came before does not count. */
	t->has_high = t->has_color = t->has_unknown = false;
	story_keys(t, "");
}

/* To the overview, then to a screen of the list. */
static inline void
story_go(struct tty *t, size_t screen)
{
	char keys[200];

	snprintf(keys, sizeof(keys), "Hg%s", story_screens[screen].keys);
	story_keys(t, keys);
}

static inline void
story_leave(struct tty *t)
{
	tty_type(t, "Q", 1);
	assert_int_equal(tty_end(t), 0);
	assert_false(t->is_alt);
	assert_true(tty_cursor_visible(t));
}

#endif
