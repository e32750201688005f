#include "tui/save.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/redact.h"

static const char *const endings[format_count] = {
	[FORMAT_TEXT] = "txt",
	[FORMAT_MARKDOWN] = "md",
	[FORMAT_HTML] = "html",
	[FORMAT_JSON] = "json",
	[FORMAT_ONELINE] = "txt",
	[FORMAT_TLSRPT] = "json",
};

void
save_form_release(struct save_form *f)
{
	buf_release(&f->scope);
	buf_release(&f->path);
	buf_release(&f->result.bytes);
	buf_release(&f->problem);
	buf_release(&f->writing);
	*f = (struct save_form){ 0 };
}

bool
save_allows_format(const struct save_form *f, enum format_kind format)
{
	switch (f->what) {
	case SAVE_REPORT:
		return true;
	case SAVE_FIRST_PAGE:
	case SAVE_SCREEN:
		return report_formats[format].is_document;
	case SAVE_SESSION:
	case save_what_count:
		break;
	}
	return false;
}

bool
save_allows_scope(const struct save_form *f)
{
	return (f->what == SAVE_REPORT || f->what == SAVE_FIRST_PAGE) &&
	       report_formats[f->format].is_document;
}

bool
save_allows_redact(const struct save_form *f)
{
	return f->what != SAVE_SCREEN;
}

static bool
step_what(struct save_form *f, int step)
{
	const int next = (int)f->what + step;

	if (next < 0 || next >= save_what_count)
		return false;
	f->what = (enum save_what)next;
	if (f->what != SAVE_SESSION && !save_allows_format(f, f->format))
		f->format = FORMAT_TEXT;
	return true;
}

static bool
step_format(struct save_form *f, int step)
{
	int next = (int)f->format + step;

	while (next >= 0 && next < format_count && !save_allows_format(f, (enum format_kind)next))
		next += step;
	if (next < 0 || next >= format_count)
		return false;
	f->format = (enum format_kind)next;
	return true;
}

/* 0 is all, then the hosts; one that is there no more counts as all. */
static bool
step_scope(struct save_form *f, const struct session *s, int step)
{
	size_t at = 0;

	if (!save_allows_scope(f))
		return false;
	for (size_t i = 0; i < s->host_count; i++)
		if (str_eq(s->hosts[i]->name, buf_str(&f->scope)))
			at = i + 1;
	if (step < 0 ? at == 0 : at == s->host_count)
		return false;
	at += step < 0 ? (size_t)-1 : 1;
	buf_clear(&f->scope);
	if (at > 0)
		buf_add(&f->scope, s->hosts[at - 1]->name);
	return true;
}

static bool
step_box(struct save_form *f, int step)
{
	if (step < 0 ? f->box > 0 : f->box + 1 < REDACT_CLASSES)
		f->box += step < 0 ? (size_t)-1 : 1;
	return false;
}

bool
save_step(struct save_form *f, enum save_field field, const struct session *s, int step)
{
	switch (field) {
	case SAVE_FIELD_WHAT:
		return step_what(f, step);
	case SAVE_FIELD_FORMAT:
		return step_format(f, step);
	case SAVE_FIELD_SCOPE:
		return step_scope(f, s, step);
	case SAVE_FIELD_REDACT:
		return step_box(f, step);
	case SAVE_FIELD_PATH:
	case save_field_count:
		break;
	}
	return false;
}

bool
save_switch(struct save_form *f, enum save_field field, const struct session *s)
{
	const unsigned class = 1u << f->box;

	if (field == SAVE_FIELD_REDACT) {
		if (!save_allows_redact(f) || (f->redacted & class) != 0)
			return false;
		f->redact ^= class;
		return true;
	}
	if (save_step(f, field, s, 1))
		return true;
	/* From the last on to the first. */
	if (field == SAVE_FIELD_SCOPE && !save_allows_scope(f))
		return false;
	while (save_step(f, field, s, -1))
		;
	return field != SAVE_FIELD_PATH;
}

/* Of a name from a file only what is plain in a file's name. */
static void
add_plain(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		const char c = name.p[i];
		const bool is_plain = ascii_is_alnum(c) || c == '-' || c == '_';

		buf_add_char(out, is_plain || (c == '.' && i > 0) ? c : '_');
	}
}

static bool
is_taken(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

void
save_default_path(struct save_form *f, const struct session *s)
{
	enum { TRIES = 100 };
	const time_t when = (time_t)session_as_of_s(s);
	const char *ending = f->what == SAVE_SESSION ? "stswalk" : endings[f->format];
	struct tm parts = { 0 };
	char stamp[32] = "";
	size_t stem;

	if (f->has_own_path)
		return;
	if (gmtime_r(&when, &parts) != NULL)
		strftime(stamp, sizeof(stamp), "%Y%m%dT%H%MZ", &parts);
	buf_clear(&f->path);
	add_plain(&f->path, session_domain(s));
	buf_addf(&f->path, "-%s", stamp);
	if ((f->redact | f->redacted) != 0 && save_allows_redact(f))
		buf_add_text(&f->path, "-redacted");
	stem = f->path.n;
	buf_addf(&f->path, ".%s", ending);
	for (int i = 2; i < TRIES && is_taken(buf_text(&f->path)); i++) {
		f->path.n = stem;
		buf_addf(&f->path, "-%d.%s", i, ending);
	}
}

struct str
save_path(const struct save_form *f, struct arena *a)
{
	const char *home = getenv("HOME");
	const struct str path = buf_str(&f->path);

	if (home == NULL || !str_starts(path, STR("~/")))
		return arena_str(a, path);
	return arena_printf(a, "%s%.*s", home, STR_ARG(str_skip(path, 1)));
}

static const char *
folder_words(struct str path, struct arena *a, bool *is_free)
{
	size_t n = path.n;
	struct stat st;
	const char *folder;

	while (n > 0 && path.p[n - 1] != '/')
		n--;
	folder = n == 0 ? "." : arena_str(a, str_sub(path, 0, n)).p;
	if (stat(folder, &st) != 0) {
		if (errno == ENOENT)
			return "the folder does not exist: nothing can be written there";
		return errno == ENOTDIR ? "what stands for the folder is a file: choose another"
					: "the folder cannot be looked into: choose another";
	}
	if (access(folder, W_OK | X_OK) != 0)
		return "nothing may be written in this folder: choose another";
	*is_free = true;
	return "the folder exists, the file does not: nothing is overwritten";
}

const char *
save_path_words(const struct save_form *f, bool *is_free)
{
	struct arena a = { 0 };
	const struct str path = save_path(f, &a);
	struct stat st;
	const char *words;

	*is_free = false;
	if (path.n == 0 || str_find(path, '\0') < path.n)
		words = "no path yet: Enter on Path types one";
	else if (path.p[path.n - 1] == '/')
		words = "this names a folder: add the name of a file";
	else if (stat(path.p, &st) != 0)
		words = errno == ENOENT || errno == ENOTDIR || errno == EACCES
				? folder_words(path, &a, is_free)
				: "no such path can be: choose another";
	else if (S_ISDIR(st.st_mode))
		words = "this is a folder: name a file in it";
	else if (S_ISREG(st.st_mode))
		words = "the file exists and stays as it is: choose another name";
	else {
		*is_free = true;
		words = "no regular file: it is written to as it is";
	}
	arena_release(&a);
	return words;
}

/* The byte behind the line ends to pass, from f->at on. */
static void
forward(struct save_form *f, uint64_t lines)
{
	for (; lines > 0; lines--) {
		const struct str rest = str_skip(buf_str(&f->result.bytes), f->at);
		const size_t length = str_find(rest, '\n');

		if (length == rest.n)
			return;
		f->at += length + 1;
		f->top++;
	}
}

static void
backward(struct save_form *f, uint64_t lines)
{
	const char *bytes = f->result.bytes.p;

	for (; lines > 0 && f->at > 0; lines--) {
		f->at--;
		while (f->at > 0 && bytes[f->at - 1] != '\n')
			f->at--;
		f->top--;
	}
}

void
save_scroll(struct save_form *f, int64_t lines, size_t shown)
{
	const uint64_t last = f->result.lines > shown ? f->result.lines - shown : 0;
	const uint64_t left = last > f->top ? last - f->top : 0;

	if (lines < 0)
		backward(f, (uint64_t)-lines);
	else
		forward(f, (uint64_t)lines < left ? (uint64_t)lines : left);
}
