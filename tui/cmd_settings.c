/* The configuration under the options; --print-config, --print-keys and --dump-theme. */
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
	const struct str text = theme_shipped_text(str_of(name));

	if (text.n == 0)
		return err_set(err, EXIT_USAGE,
			"--dump-theme %s: there is no shipped theme of this name", name);
	theme_dump(text, out);
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
	config_overlay(&config, o);
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
