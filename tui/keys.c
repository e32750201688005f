#include "tui/keys.h"

const struct key_row key_rows[] = {
#define KEY(action, key, twins, group, label, help, priority) \
	{ ACTION_##action, key, twins, KEYS_##group, label, help, priority },
#include "tui/keys.def"
#undef KEY
};

const size_t key_row_count = sizeof(key_rows) / sizeof(key_rows[0]);

static const struct {
	const char *name;
	uint32_t code;
} names[] = {
	{ "Backspace", NAMED_BACKSPACE },
	{ "Down", NAMED_DOWN },
	{ "End", NAMED_END },
	{ "Enter", '\r' },
	{ "Esc", 0x1b },
	{ "Home", NAMED_HOME },
	{ "Left", NAMED_LEFT },
	{ "PgDn", NAMED_PGDN },
	{ "PgUp", NAMED_PGUP },
	{ "Right", NAMED_RIGHT },
	{ "S-Tab", NAMED_BACKTAB },
	{ "Space", ' ' },
	{ "Tab", '\t' },
	{ "Up", NAMED_UP },
};

uint32_t
key_code(struct str name)
{
	uint64_t number;
	size_t i;

	if (name.n == 1)
		return (unsigned char)name.p[0];
	if (name.n == 2 && name.p[0] == '^')
		return (uint32_t)(name.p[1] & 0x1f);
	if (name.n >= 2 && name.p[0] == 'F' && str_to_u64(str_skip(name, 1), 10, &number) &&
		number >= 1)
		return NAMED_F1 + (uint32_t)number - 1;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_is(name, names[i].name))
			return names[i].code;
	}
	return 0;
}

static bool
row_has(const struct key_row *row, uint32_t key)
{
	struct str rest = str_of(row->twins);
	struct str twin;

	if (key_code(str_of(row->key)) == key)
		return true;
	while (str_split(&rest, ' ', &twin)) {
		if (twin.n > 0 && key_code(twin) == key)
			return true;
	}
	return false;
}

enum action
key_action(uint32_t key)
{
	size_t i;

	if (key == 0)
		return ACTION_NONE;
	if (key == '\n')
		key = '\r';
	for (i = 0; i < key_row_count; i++) {
		if (row_has(&key_rows[i], key))
			return key_rows[i].action;
	}
	return ACTION_NONE;
}

const struct key_row *
key_row(enum action action)
{
	size_t i;

	for (i = 0; i < key_row_count; i++) {
		if (key_rows[i].action == action)
			return &key_rows[i];
	}
	return NULL;
}
