/*
 * config: the settings of the user: $XDG_CONFIG_HOME/stswalk/config (~/.config when that is unset
 * or empty), else the first of $XDG_CONFIG_DIRS. Lines are "name = value"; # begins a comment.
 *
 * What is wrong in the file is a warning with its line, never an error. An option of the command
 * line stands over the file.
 */
#ifndef STS_CONFIG_H
#define STS_CONFIG_H

#include "core/err.h"
#include "tui/options.h"
#include "tui/theme.h"

enum setting {
#define SETTING(constant, name, value, words, help) SETTING_##constant,
#include "tui/settings.def"
#undef SETTING
	setting_count
};

struct config {
	struct str values[setting_count]; /* terminated */
	struct str origins[setting_count]; /* "default", or file and line */
	struct str path; /* of the user's own file, whether it is there or not; empty: no home */
	struct strs warnings;
};

void config_read(struct arena *a, struct config *out);
/* Give options that were not said the values of the file. */
void config_apply(const struct config *c, struct options *o);
bool config_is(const struct config *c, enum setting setting, const char *word);
/* Values that options of the command line, already over the file, put in place of it: their origin
 * is the option. */
void config_overlay(struct config *c, struct options *o);
/* "name = value   # where from", for --print-config. */
void config_print(const struct config *c, struct buf *out);
/* Write one setting into the user's file; other lines stay as they are. */
enum result config_keep(enum setting setting, struct str value, struct err *err);
/* All themes of the folders: the user's, then those of $XDG_CONFIG_DIRS and $XDG_DATA_DIRS; of one
 * name the first. */
void config_themes(struct arena *a, struct theme_files *out);
/* A theme's text by path; empty when there is none. */
struct str config_theme_text(struct arena *a, struct str path);
/* A new theme in the user's folder; an existing one is never replaced. path: where it is. */
enum result config_theme_add(
	struct arena *a, struct str name, struct str text, struct str *path, struct err *err);

#endif
