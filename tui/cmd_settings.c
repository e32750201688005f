/* The configuration under the options; --print-config, --print-keys and --dump-theme. */
#include "core/embed.h"
#include "core/look.h"
#include "tui/cmd.h"
#include "tui/config.h"
#include "tui/keys.h"
#include "tui/theme.h"

void
cmd_settings(struct options *o)
{
	struct config config;
	size_t i;

	config_read(&o->arena, &config);
	config_apply(&config, o);
	for (i = 0; i < config.warnings.n; i++)
		cmd_note("%.*s", STR_ARG(config.warnings.v[i]));
}

static void
print_keys(struct buf *out)
{
	static const char *const groups[] = { "Moving", "Everywhere", "Not in this version yet" };
	int group = -1;
	size_t i;

	for (i = 0; i < key_row_count; i++) {
		const struct key_row *row = &key_rows[i];

		if ((int)row->group != group) {
			group = (int)row->group;
			buf_addf(out, "%s%s\n", i > 0 ? "\n" : "", groups[group]);
		}
		buf_addf(out, "  %-10s %-14s %s\n", row->key, row->twins, row->help);
	}
}

static enum result
dump_theme(const char *name, struct buf *out, struct err *err)
{
	const struct embedded *e;
	int i;

	for (e = shipped_themes; e->name != NULL && !str_is(str_of(name), e->name); e++)
		;
	if (e->name == NULL)
		return err_set(err, EXIT_USAGE,
			"--dump-theme %s: there is no shipped theme of this name", name);
	buf_addf(out,
		"# Put it into ~/.config/stswalk/themes/mine.theme and choose --theme mine.\n");
	buf_add_text(out, "# A role is: name = foreground [background] [attributes]. The roles:\n");
	for (i = 0; i < role_count; i++)
		buf_addf(out, "#   %s: %s\n", role_name((enum role)i),
			theme_role_purpose((enum role)i));
	buf_add(out, (struct str){ e->text, e->size });
	return RESULT_OK;
}

int
cmd_print_settings(struct options *o)
{
	struct buf text = BUF_INIT(0);
	struct err err = { .text = "" };
	struct config config;
	int status = 0;

	config_read(&o->arena, &config);
	if (o->prints_config)
		config_print(&config, &text);
	if (o->prints_keys)
		print_keys(&text);
	if (o->dump_theme != NULL && dump_theme(o->dump_theme, &text, &err) != RESULT_OK)
		status = cmd_complain(&err);
	if (status == 0)
		status = cmd_print(&(struct options){ 0 }, buf_str(&text), 0);
	buf_release(&text);
	return status;
}
