/*
 * save: the form of w: what, in which format, of which host, without what, and where to.
 *
 * What is shown below it is what will be written, byte for byte; it is made by saver.h, so that the
 * form answers at once. An existing file is never replaced.
 */
#ifndef STS_SAVE_H
#define STS_SAVE_H

#include "tui/keys.h"
#include "tui/saver.h"

enum save_field {
	SAVE_FIELD_WHAT,
	SAVE_FIELD_FORMAT,
	SAVE_FIELD_SCOPE,
	SAVE_FIELD_REDACT,
	SAVE_FIELD_PATH,
	save_field_count
};

struct save_form {
	enum save_what what;
	enum format_kind format;
	struct buf scope; /* name of an MX host; empty: all */
	unsigned redact, redacted; /* classes to take out, and those that are out already */
	size_t box; /* of the classes, where h and l are */
	struct buf path;
	bool has_own_path; /* typed */
	/* The preview: of order number made; wanted is what the form says now. */
	uint64_t wanted, made, begun;
	size_t events; /* of the session, and */
	bool is_ascii; /* the look that wanted is of */
	struct save_made result;
	size_t top, at; /* first line shown, and its first byte */
	struct buf problem; /* why there is no preview */
	bool writes; /* w was pressed: write when it is made */
	struct buf writing; /* the path that is being written */
};

void save_form_release(struct save_form *f);
/* Which choices there are for what is chosen. */
bool save_allows_format(const struct save_form *f, enum format_kind format);
bool save_allows_scope(const struct save_form *f);
bool save_allows_redact(const struct save_form *f);
/* A step of h or l in a field; true when what is written changes. */
bool save_step(struct save_form *f, enum save_field field, const struct session *s, int step);
/* Enter in a field of choices. */
bool save_switch(struct save_form *f, enum save_field field, const struct session *s);
/* A name of domain and time that no file has, unless one was typed. */
void save_default_path(struct save_form *f, const struct session *s);
/* What would happen at the path, in words; *is_free: it can be written as a new file. */
const char *save_path_words(const struct save_form *f, bool *is_free);
/* The path with its "~/" opened. */
struct str save_path(const struct save_form *f, struct arena *a);
/* Move the preview by lines, of which so many are shown. */
void save_scroll(struct save_form *f, int64_t lines, size_t shown);

/* The form as a screen (screen_save.c). */
struct console;
struct screen;
void save_view(const struct console *c, const struct screen *s, struct doc *out);
void save_open(struct console *c);
void save_begin(struct console *c);
bool save_move(struct console *c, enum action action);
struct safe save_counter(const struct console *c, struct arena *a);
struct safe save_status(const struct console *c, struct arena *a);
void save_ready(struct console *c); /* saver_fd() is readable */
void save_refresh(struct console *c); /* before a picture */
void save_wait(struct console *c); /* before a session is released that may be read */
/* Waits for a file that is being written; true when that failed, and the status says why. */
bool save_is_lost(struct console *c);

#endif
