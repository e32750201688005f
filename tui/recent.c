#include "tui/recent.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "core/buf.h"
#include "tui/output.h"

enum { RECENT_BYTES_MAX = 64 * 1024 };

static struct str
recent_path(struct arena *a)
{
	const char *base = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (base != NULL && base[0] != '\0')
		return arena_printf(a, "%s/stswalk/recent", base);
	if (home != NULL && home[0] != '\0')
		return arena_printf(a, "%s/.local/state/stswalk/recent", home);
	return STR_EMPTY;
}

void
recent_read(struct arena *a, struct offers *out)
{
	struct str path = recent_path(a), text, line;
	struct err err;
	struct stat st;

	*out = (struct offers){ NULL, 0 };
	if (path.n == 0 || stat(path.p, &st) != 0 || !S_ISREG(st.st_mode) ||
		input_read(a, path.p, RECENT_BYTES_MAX, &text, &err) != RESULT_OK)
		return;
	out->v = arena_array(a, RECENT_MAX, sizeof(*out->v));
	while (out->n < RECENT_MAX && str_split(&text, '\n', &line)) {
		size_t tab = str_find(line, '\t');

		if (tab > 0 && line.n > 0)
			out->v[out->n++] = (struct offer){ str_sub(line, 0, tab),
				str_skip(line, tab + 1) };
	}
}

static void
make_folders(struct arena *a, struct str path)
{
	size_t i;

	for (i = 1; i < path.n; i++) {
		if (path.p[i] == '/')
			mkdir(arena_str(a, str_sub(path, 0, i)).p, 0700);
	}
}

void
recent_add(struct str domain, struct str about)
{
	struct arena a = { 0 };
	struct buf text = BUF_INIT(RECENT_BYTES_MAX);
	struct str path = recent_path(&a);
	struct output out = { .fd = -1, .signal_fd = -1 };
	struct offers old;
	struct err err;
	size_t i, n = 1;

	if (path.n > 0 && domain.n > 0) {
		recent_read(&a, &old);
		buf_addf(&text, "%.*s\t%.*s\n", STR_ARG(domain), STR_ARG(about));
		for (i = 0; i < old.n && n < RECENT_MAX; i++) {
			if (str_eq(old.v[i].name, domain))
				continue;
			buf_addf(&text, "%.*s\t%.*s\n", STR_ARG(old.v[i].name),
				STR_ARG(old.v[i].about));
			n++;
		}
		make_folders(&a, path);
		if (output_open(&out, path.p, true, &err) == RESULT_OK &&
			output_write(&out, buf_str(&text), &err) == RESULT_OK)
			output_commit(&out, &err);
		output_release(&out);
	}
	buf_release(&text);
	arena_release(&a);
}
