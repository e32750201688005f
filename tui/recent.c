#include "tui/recent.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/lesson.h"
#include "core/look.h"
#include "core/name.h"
#include "tui/store.h"

enum { LIST_BYTES_MAX = 64 * 1024, LIST_LINES_MAX = 64, ENTRIES_MAX = 4096 };

static struct strs
list_read(struct arena *a, const char *file)
{
	struct strs lines = { 0 };
	struct str text = STR_EMPTY, line;

	if (store_read(a, store_path(a, file), LIST_BYTES_MAX, &text) != RESULT_OK)
		return lines;
	while (lines.n < LIST_LINES_MAX && str_split(&text, '\n', &line)) {
		if (line.n > 0)
			arena_push(a, &lines, line);
	}
	return lines;
}

static struct str
first_field(struct str line)
{
	return str_sub(line, 0, str_find(line, '\t'));
}

/* A line comes first; an older one of the same first field goes. */
static void
list_put(const char *file, struct str line)
{
	struct arena a = { 0 };
	struct buf text = BUF_INIT(LIST_BYTES_MAX);
	const struct str path = store_path(&a, file);
	const struct strs old = list_read(&a, file);
	struct err err;

	buf_addf(&text, "%.*s\n", STR_ARG(line));
	for (size_t i = 0; i < old.n && i + 1 < LIST_LINES_MAX; i++) {
		if (!str_eq(first_field(old.v[i]), first_field(line)))
			buf_addf(&text, "%.*s\n", STR_ARG(old.v[i]));
	}
	if (path.n > 0 && !text.is_cut)
		store_write(path, buf_str(&text), &err);
	buf_release(&text);
	arena_release(&a);
}

static enum state
state_of_word(struct str word)
{
	static const enum state ends[] = { STATE_OK, STATE_WARN, STATE_FAIL, STATE_INCONCLUSIVE };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (str_is(word, state_word(ends[i])))
			return ends[i];
	}
	return STATE_WAITING;
}

void
recent_read(struct arena *a, struct offers *out)
{
	const struct strs lines = list_read(a, "recent");

	*out = (struct offers){ arena_array(a, RECENT_MAX, sizeof(*out->v)), 0 };
	for (size_t i = 0; i < lines.n && out->n < RECENT_MAX; i++) {
		struct str rest = lines.v[i], word = STR_EMPTY, count = STR_EMPTY;
		struct offer *o = &out->v[out->n++];
		uint64_t findings = 0;

		*o = (struct offer){ .state = STATE_WAITING };
		str_split(&rest, '\t', &o->name);
		str_split(&rest, '\t', &o->when);
		o->when = str_sub(o->when, 0, sizeof("2026-11-22 08:00") - 1);
		str_split(&rest, '\t', &word);
		str_split(&rest, '\t', &count);
		o->shown = name_to_unicode(a, o->name);
		o->state = state_of_word(word);
		o->also = str_eq(o->shown, o->name) ? STR_EMPTY : o->name;
		if (str_to_u64(count, 1000000, &findings) && findings > 0)
			o->about = arena_printf(
				a, "%d finding%s", (int)findings, findings == 1 ? "" : "s");
	}
}

void
recent_add(struct str domain, struct str when, enum state verdict, size_t findings)
{
	struct arena a = { 0 };

	if (domain.n > 0)
		list_put("recent", arena_printf(&a, "%.*s\t%.*s\t%s\t%zu", STR_ARG(domain),
					   STR_ARG(when), state_word(verdict), findings));
	arena_release(&a);
}

/* Saved sessions. */

struct found {
	struct str path, shown;
	int64_t when_s;
};

struct founds {
	struct found *v;
	size_t n, cap;
};

static bool
is_session_name(struct str path)
{
	return str_ends_nocase(path, STR(".stswalk")) && str_find(path, '\n') == path.n;
}

static void
found_add(struct founds *all, struct str path, struct str shown)
{
	struct stat st;

	for (size_t i = 0; i < all->n; i++) {
		if (str_eq(all->v[i].path, path))
			return;
	}
	if (all->n < all->cap && stat(path.p, &st) == 0 && S_ISREG(st.st_mode))
		all->v[all->n++] = (struct found){ path, shown.n > 0 ? shown : path,
			(int64_t)st.st_mtime };
}

static void
find_here(struct arena *a, const char *folder, struct founds *all)
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	int seen = 0;

	while (dir != NULL && seen++ < ENTRIES_MAX && (entry = readdir(dir)) != NULL) {
		if (is_session_name(str_of(entry->d_name)))
			found_add(all,
				arena_printf(a, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder,
					entry->d_name),
				arena_printf(a, "%s", entry->d_name));
	}
	if (dir != NULL)
		closedir(dir);
}

/* "~/x.stswalk" where it is below the home folder. */
static struct str
with_tilde(struct arena *a, struct str path)
{
	const struct str home = str_of(getenv("HOME") != NULL ? getenv("HOME") : "");

	if (home.n > 1 && str_starts(path, home) && path.n > home.n && path.p[home.n] == '/')
		return arena_printf(a, "~%.*s", STR_ARG(str_skip(path, home.n)));
	return path;
}

static int
newest_first(const void *left, const void *right)
{
	const struct found *l = left, *r = right;

	if (l->when_s != r->when_s)
		return l->when_s < r->when_s ? 1 : -1;
	return str_cmp(l->path, r->path);
}

static struct str
stamp(struct arena *a, int64_t when_s)
{
	const time_t when = (time_t)when_s;
	char text[32] = "";
	struct tm parts;

	if (gmtime_r(&when, &parts) != NULL)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
	return arena_printf(a, "%s", text);
}

void
saved_read(struct arena *a, bool is_remembered, struct offers *out)
{
	struct founds all = { .cap = ENTRIES_MAX };
	struct strs lines = { 0 };
	char here[PATH_MAX];

	all.v = arena_array(a, all.cap, sizeof(*all.v));
	if (getcwd(here, sizeof(here)) != NULL)
		find_here(a, here, &all);
	if (is_remembered)
		lines = list_read(a, "saved");
	for (size_t i = 0; i < lines.n; i++) {
		if (is_session_name(lines.v[i]))
			found_add(&all, arena_str(a, lines.v[i]), with_tilde(a, lines.v[i]));
	}
	if (all.n > 0)
		qsort(all.v, all.n, sizeof(*all.v), newest_first);
	*out = (struct offers){ arena_array(a, RECENT_MAX, sizeof(*out->v)), 0 };
	for (size_t i = 0; i < all.n && out->n < RECENT_MAX; i++)
		out->v[out->n++] = (struct offer){ .name = all.v[i].path,
			.shown = all.v[i].shown,
			.when = stamp(a, all.v[i].when_s),
			.state = STATE_WAITING };
}

void
saved_add(const char *path)
{
	char whole[PATH_MAX];

	if (is_session_name(str_of(path)) && realpath(path, whole) != NULL)
		list_put("saved", str_of(whole));
}

/* Lessons. */

const bool *
lessons_read(struct arena *a)
{
	const struct strs lines = list_read(a, "lessons");
	bool *done = arena_array(a, course_count(), sizeof(*done));

	for (size_t i = 0; i < lines.n; i++) {
		const size_t at = course_find(lines.v[i]);

		if (at < course_count())
			done[at] = true;
	}
	return done;
}

void
lessons_add(struct str scenario)
{
	if (course_find(scenario) < course_count())
		list_put("lessons", scenario);
}
