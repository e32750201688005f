#include "tui/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/safe.h"
#include "tui/output.h"
#include "tui/store.h"

enum { CONFIG_BYTES_MAX = 256 * 1024 };

static const struct {
	const char *name, *value, *words, *help;
} settings[] = {
#define SETTING(constant, name, value, words, help) { name, value, words, help },
#include "tui/settings.def"
#undef SETTING
};

static const char *
environment(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* "" when there is no home. */
static struct str
own_folder(struct arena *a)
{
	const char *base = environment("XDG_CONFIG_HOME"), *home = store_home();

	if (base != NULL)
		return arena_printf(a, "%s/stswalk", base);
	if (home != NULL)
		return arena_printf(a, "%s/.config/stswalk", home);
	return STR_EMPTY;
}

static bool
read_file(struct arena *a, struct str path, struct str *out)
{
	struct err err;
	struct stat st;

	return path.n > 0 && stat(path.p, &st) == 0 && S_ISREG(st.st_mode) &&
	       input_read(a, path.p, CONFIG_BYTES_MAX, out, &err) == RESULT_OK;
}

static size_t
find_setting(struct str name)
{
	size_t i;

	for (i = 0; i < setting_count; i++) {
		if (str_is(name, settings[i].name))
			return i;
	}
	return setting_count;
}

static const char *
near_setting(struct str name)
{
	const char *names[setting_count];
	size_t i;

	for (i = 0; i < setting_count; i++)
		names[i] = settings[i].name;
	return near_word(name, names, setting_count);
}

/* Words of one word each are all there is to choose from; others only describe. */
static bool
is_allowed(const char *words, struct str value)
{
	struct str rest = str_of(words), word;
	uint64_t number;

	if (strcmp(words, "a number") == 0)
		return value.n == 0 || str_to_u64(value, 3650, &number);
	/* Not to be a burden to servers of others. */
	if (strcmp(words, "a number from 60") == 0)
		return str_to_u64(value, 86400, &number) && number >= 60;
	while (str_split(&rest, ',', &word)) {
		word = str_trim(word);
		if (str_find(word, ' ') < word.n || str_eq(word, value))
			return true;
	}
	return false;
}

static void
take_line(struct arena *a, struct config *c, struct str path, unsigned number, struct str line)
{
	size_t equal, which;
	struct str name, value;
	const char *near;

	line = str_trim(str_sub(line, 0, str_find(line, '#')));
	if (line.n == 0)
		return;
	equal = str_find(line, '=');
	name = str_trim(str_sub(line, 0, equal));
	which = find_setting(name);
	if (equal == line.n || which == setting_count) {
		near = near_setting(name);
		arena_push(a, &c->warnings,
			arena_printf(a, "%.*s:%u: %s \"%.*s\"%s%s%s", STR_ARG(path), number,
				equal == line.n ? "no name = value in" : "unknown setting",
				STR_ARG(name), near != NULL ? " (did you mean \"" : "",
				near != NULL ? near : "", near != NULL ? "\"?)" : ""));
		return;
	}
	value = str_trim(str_skip(line, equal + 1));
	if (!is_allowed(settings[which].words, value)) {
		arena_push(a, &c->warnings,
			arena_printf(a, "%.*s:%u: %.*s: \"%.*s\" is not %s%s", STR_ARG(path),
				number, STR_ARG(name), STR_ARG(value),
				strchr(settings[which].words, ',') != NULL ? "one of " : "",
				settings[which].words));
		return;
	}
	c->values[which] = arena_str(a, value);
	c->origins[which] = arena_printf(a, "%.*s:%u", STR_ARG(path), number);
}

static bool
take_file(struct arena *a, struct config *c, struct str path)
{
	struct str text, line;
	unsigned number = 0;

	if (!read_file(a, path, &text))
		return false;
	while (str_split(&text, '\n', &line))
		take_line(a, c, path, ++number, line);
	return true;
}

void
config_read(struct arena *a, struct config *out)
{
	const char *dirs = environment("XDG_CONFIG_DIRS");
	struct str rest = str_of(dirs != NULL ? dirs : "/etc/xdg"), dir, folder = own_folder(a);
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < setting_count; i++) {
		out->values[i] = str_of(settings[i].value);
		out->origins[i] = STR("default");
	}
	if (folder.n > 0)
		out->path = arena_printf(a, "%.*s/config", STR_ARG(folder));
	if (take_file(a, out, out->path))
		return;
	while (str_split(&rest, ':', &dir)) {
		if (dir.n > 0 &&
			take_file(a, out, arena_printf(a, "%.*s/stswalk/config", STR_ARG(dir))))
			return;
	}
}

bool
config_is(const struct config *c, enum setting setting, const char *word)
{
	return str_is(c->values[setting], word);
}

void
config_apply(const struct config *c, struct options *o)
{
	struct str rest = c->values[SETTING_RESOLVER], word;
	bool has_resolvers = o->resolvers.n > 0;
	uint64_t days, seconds;

	o->is_ascii = o->is_ascii || config_is(c, SETTING_ASCII, "yes");
	o->has_no_controls = o->has_no_controls || config_is(c, SETTING_CONTROLS, "no");
	o->has_no_history = o->has_no_history || config_is(c, SETTING_HISTORY, "no");
	o->has_no_summary = o->has_no_summary || config_is(c, SETTING_SUMMARY, "no");
	if (o->color == NULL)
		o->color = c->values[SETTING_COLOR].p;
	if (o->theme == NULL && o->theme_file == NULL)
		o->theme = c->values[SETTING_THEME].p;
	if (o->ehlo == NULL && c->values[SETTING_EHLO].n > 0)
		o->ehlo = c->values[SETTING_EHLO].p;
	if (o->warn_days == 0 && str_to_u64(c->values[SETTING_WARN_DAYS], 3650, &days))
		o->warn_days = (int64_t)days;
	if (str_to_u64(c->values[SETTING_WATCH], 86400, &seconds))
		o->watch_s = (int64_t)seconds;
	while (!has_resolvers && str_split(&rest, ' ', &word)) {
		if (word.n > 0)
			arena_push(&o->arena, &o->resolvers, arena_str(&o->arena, word));
	}
}

/* One value that may come from an option. */
static void
overlay(struct config *c, enum setting setting, const char *option, struct str value)
{
	if (value.n == 0 || str_eq(c->values[setting], value))
		return;
	c->values[setting] = value;
	c->origins[setting] = str_of(option);
}

void
config_overlay(struct config *c, struct options *o)
{
	struct arena *a = &o->arena;
	struct str resolvers = STR_EMPTY;

	for (size_t i = 0; i < o->resolvers.n; i++)
		resolvers = arena_printf(a, "%.*s%s%.*s", STR_ARG(resolvers), i > 0 ? " " : "",
			STR_ARG(o->resolvers.v[i]));
	overlay(c, SETTING_ASCII, "--ascii", str_of(o->is_ascii ? "yes" : ""));
	overlay(c, SETTING_COLOR, "--color", str_of(o->color));
	overlay(c, SETTING_CONTROLS, "--no-controls", str_of(o->has_no_controls ? "no" : ""));
	overlay(c, SETTING_EHLO, "--ehlo", str_of(o->ehlo));
	overlay(c, SETTING_HISTORY, "--no-history", str_of(o->has_no_history ? "no" : ""));
	overlay(c, SETTING_RESOLVER, "--resolver", resolvers);
	overlay(c, SETTING_SUMMARY, "--no-summary", str_of(o->has_no_summary ? "no" : ""));
	overlay(c, SETTING_THEME, "--theme", str_of(o->theme));
	overlay(c, SETTING_THEME, "--theme-file", str_of(o->theme_file));
	if (o->warn_days != 0)
		overlay(c, SETTING_WARN_DAYS, "--warn-days",
			arena_printf(a, "%d", (int)o->warn_days));
}

void
config_print(const struct config *c, struct buf *out)
{
	struct arena a = { 0 };
	size_t i;

	for (i = 0; i < setting_count; i++) {
		buf_addf(out, "# %s: %s\n", settings[i].help, settings[i].words);
		buf_addf(out, "%s = %.*s%s# %.*s\n", settings[i].name,
			SAFE_ARG(safe_text(&a, c->values[i], 0)), c->values[i].n > 0 ? "   " : "  ",
			SAFE_ARG(safe_text(&a, c->origins[i], 0)));
	}
	arena_release(&a);
}

enum result
config_keep(enum setting setting, struct str value, struct err *err)
{
	struct arena a = { 0 };
	struct buf text = BUF_INIT(CONFIG_BYTES_MAX);
	struct config c;
	struct output out = { .fd = -1, .signal_fd = -1 };
	struct str old = STR_EMPTY, line;
	enum result rc;

	config_read(&a, &c);
	if (c.path.n == 0) {
		arena_release(&a);
		return err_set(err, EXIT_OUTPUT, "no home folder to keep the configuration in");
	}
	store_make_folders(&a, c.path);
	read_file(&a, c.path, &old);
	while (str_split(&old, '\n', &line)) {
		struct str name = str_trim(str_sub(line, 0, str_find(line, '=')));

		if (!str_is(name, settings[setting].name))
			buf_addf(&text, "%.*s\n", STR_ARG(line));
	}
	buf_addf(&text, "%s = %.*s\n", settings[setting].name, STR_ARG(value));
	rc = output_open(&out, c.path.p, true, err);
	if (rc == RESULT_OK)
		rc = output_write(&out, buf_str(&text), err);
	if (rc == RESULT_OK)
		rc = output_commit(&out, err);
	output_release(&out);
	buf_release(&text);
	arena_release(&a);
	return rc;
}

struct str
config_theme_text(struct arena *a, struct str path)
{
	struct str text = STR_EMPTY;

	read_file(a, arena_str(a, path), &text);
	return text;
}

enum { THEMES_MAX = 64, ENTRIES_MAX = 1024 };

static bool
has_theme(const struct theme_files *all, struct str name)
{
	for (size_t i = 0; i < all->n; i++) {
		if (str_eq(all->v[i].name, name))
			return true;
	}
	return false;
}

static int
by_name(const void *left, const void *right)
{
	const struct theme_file *l = left, *r = right;

	return str_cmp(l->name, r->name);
}

static void
themes_of(struct arena *a, struct str folder, struct theme_files *out)
{
	const size_t before = out->n;
	const struct dirent *entry;
	DIR *dir = folder.n > 0 ? opendir(folder.p) : NULL;
	int seen = 0;

	while (dir != NULL && out->n < THEMES_MAX && seen++ < ENTRIES_MAX &&
		(entry = readdir(dir)) != NULL) {
		struct theme_file file = { .name = str_of(entry->d_name) };

		if (!str_ends_nocase(file.name, STR(".theme")) || entry->d_name[0] == '.')
			continue;
		file.path = arena_printf(a, "%.*s/%s", STR_ARG(folder), entry->d_name);
		file.name = arena_str(a, str_sub(file.name, 0, file.name.n - 6));
		if (!has_theme(out, file.name) && read_file(a, file.path, &file.text))
			out->v[out->n++] = file;
	}
	if (dir != NULL)
		closedir(dir);
	if (out->n > before)
		qsort(out->v + before, out->n - before, sizeof(*out->v), by_name);
}

static void
themes_below(struct arena *a, const char *folders, struct theme_files *out)
{
	struct str rest = str_of(folders), dir;

	while (str_split(&rest, ':', &dir)) {
		if (dir.n > 0)
			themes_of(a, arena_printf(a, "%.*s/stswalk/themes", STR_ARG(dir)), out);
	}
}

void
config_themes(struct arena *a, struct theme_files *out)
{
	const char *config = environment("XDG_CONFIG_DIRS"), *data = environment("XDG_DATA_DIRS");
	const struct str own = own_folder(a);

	*out = (struct theme_files){ arena_array(a, THEMES_MAX, sizeof(*out->v)), 0 };
	if (own.n > 0)
		themes_of(a, arena_printf(a, "%.*s/themes", STR_ARG(own)), out);
	themes_below(a, config != NULL ? config : "/etc/xdg", out);
	themes_below(a, data != NULL ? data : "/usr/local/share:/usr/share", out);
}

enum result
config_theme_add(
	struct arena *a, struct str name, struct str text, struct str *path, struct err *err)
{
	const struct str own = own_folder(a);
	struct output out = { .fd = -1, .signal_fd = -1 };
	enum result rc;

	if (own.n == 0)
		return err_set(err, EXIT_OUTPUT, "no home folder to keep a theme in");
	if (name.n == 0 || name.p[0] == '.' || str_find(name, '/') < name.n)
		return err_set(err, EXIT_USAGE,
			"\"%.*s\" is no name of a theme: no / and no . at "
			"its begin",
			STR_ARG(name));
	*path = arena_printf(a, "%.*s/themes/%.*s.theme", STR_ARG(own), STR_ARG(name));
	store_make_folders(a, *path);
	rc = output_open(&out, path->p, false, err);
	if (rc == RESULT_OK)
		rc = output_write(&out, text, err);
	if (rc == RESULT_OK)
		rc = output_commit(&out, err);
	output_release(&out);
	return rc;
}
