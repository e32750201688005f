/* summary: what stays in the scrollback behind the console. */
#include "tui/summary.h"

#include "core/safe.h"
#include "tui/cmd.h"

void
summary_print(
	const struct options *o, const struct judge_options *how, const struct session *session)
{
	struct arena a = { 0 };
	struct buf text = BUF_INIT(0);
	struct judgement j;
	struct safe headline;

	judge(session, how, &j);
	headline = safe_text(&a, j.headline, 0);
	if (cmd_is_ascii(o))
		headline = safe_ascii(&a, headline);
	buf_addf(&text, "%.*s: %.*s\n", STR_ARG(session_domain(session)), SAFE_ARG(headline));
	buf_addf(&text, "%zu error%s, %zu warning%s; %zu of %zu address%s tested\n",
		j.counts[SEVERITY_ERROR], j.counts[SEVERITY_ERROR] == 1 ? "" : "s",
		j.counts[SEVERITY_WARNING], j.counts[SEVERITY_WARNING] == 1 ? "" : "s", j.tested,
		j.addresses, j.addresses == 1 ? "" : "es");
	buf_addf(&text, "`stswalk check` would exit %d\n", j.exit);
	if (o->save != NULL)
		buf_addf(&text, "saved: %.*s\n", SAFE_ARG(safe_text(&a, str_of(o->save), 200)));
	cmd_print(&(struct options){ 0 }, buf_str(&text), 0);
	buf_release(&text);
	judgement_release(&j);
	arena_release(&a);
}
