/* --help and --version. */
#include <string.h>

#include "core/safe.h"
#include "net/libs.h"
#include "net/trust.h"
#include "tui/cmd.h"
#include "tui/curses_version.h"

int
cmd_help(struct options *o)
{
	struct buf text = BUF_INIT(0);
	int status;

	options_help(o->command, &text);
	status = cmd_print(&(struct options){ 0 }, buf_str(&text), 0);
	buf_release(&text);
	return status;
}

/* "ncurses 6.4" in the columns of the others. */
static void
add_curses(struct buf *text)
{
	struct str rest = str_of(curses_version_text()), name;

	str_split(&rest, ' ', &name);
	buf_addf(text, "%-12.*s %.*s\n", STR_ARG(name), STR_ARG(rest));
}

static void
add_trust(struct options *o, struct buf *text)
{
	struct trust *trust;
	struct err err;

	if (trust_open(&trust, o->ca_file, o->ca_dir, &err) != RESULT_OK) {
		buf_addf(text, "trust store  %s\n", err.text);
		return;
	}
	if (trust_path(trust)[0] == '\0')
		buf_add_text(text, "trust store  none found\n");
	else
		buf_addf(text, "trust store  %.*s, %ld anchors\n",
			SAFE_ARG(safe_text(&o->arena, str_of(trust_path(trust)), 0)),
			trust_anchors(trust));
	trust_free(trust);
}

int
cmd_version(struct options *o)
{
	struct buf text = BUF_INIT(0);
	int status;

	buf_add_text(&text, "stswalk " STSWALK_VERSION "\n");
	libs_describe(&text);
	add_curses(&text);
	add_trust(o, &text);
	buf_add_text(&text, "sandbox      none in this version\n");
	status = cmd_print(&(struct options){ 0 }, buf_str(&text), 0);
	buf_release(&text);
	return status;
}
