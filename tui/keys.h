/*
 * keys: what keys mean. One table (keys.def) for dispatch, key bar and help.
 *
 * A key code is a Unicode code point, or one of the named keys above KEY_NAMED.
 */
#ifndef STS_KEYS_H
#define STS_KEYS_H

#include <stdint.h>

#include "core/str.h"

enum action {
	ACTION_NONE,
#define KEY(action, key, twins, group, label, help, priority) ACTION_##action,
#include "tui/keys.def"
#undef KEY
	action_count
};

/* Beyond Unicode. */
enum named_key {
	KEY_NAMED = 0x110000,
	NAMED_UP,
	NAMED_DOWN,
	NAMED_LEFT,
	NAMED_RIGHT,
	NAMED_HOME,
	NAMED_END,
	NAMED_PGUP,
	NAMED_PGDN,
	NAMED_BACKTAB,
	NAMED_BACKSPACE,
	NAMED_RESIZE,
	NAMED_F1, /* F1 to F10 in a row */
	NAMED_F10 = NAMED_F1 + 9,
};

enum key_group { KEYS_MOVING, KEYS_EVERYWHERE };

struct key_row {
	enum action action;
	const char *key, *twins;
	enum key_group group;
	const char *label, *help;
	int priority;
};

extern const struct key_row key_rows[];
extern const size_t key_row_count;

enum action key_action(uint32_t key); /* ACTION_NONE for a key without meaning */
const struct key_row *key_row(enum action action);
/* The code of a key's name in the table: "j", "^D", "Enter", "F7"; 0 when it names none. */
uint32_t key_code(struct str name);

#endif
