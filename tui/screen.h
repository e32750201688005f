/*
 * screen: what is shown: a stack of screens, each a view of core in a pane. Enter pushes, q pops.
 *
 * A kind of screen is a row of the table in screen.c: how to make its document, what Enter, J and K
 * do, which keys its bar offers. Nothing else knows the kinds.
 */
#ifndef STS_SCREEN_H
#define STS_SCREEN_H

#include "core/view.h"
#include "core/view_bytes.h"
#include "core/watch.h"
#include "core/view_sim.h"
#include "tui/console.h"
#include "tui/keys.h"
#include "tui/pane.h"
#include "tui/prompt.h"
#include "tui/recall.h"
#include "tui/replay.h"
#include "tui/save.h"

enum screen_kind {
	SCREEN_OVERVIEW,
	SCREEN_STAGE,
	SCREEN_HOST,
	SCREEN_ADDRESS,
	SCREEN_CERTS,
	SCREEN_FINDINGS,
	SCREEN_FINDING,
	SCREEN_LOG,
	SCREEN_BYTES,
	SCREEN_HELP,
	SCREEN_THEMES,
	SCREEN_SAVE,
	SCREEN_DIFF,
	SCREEN_CHANGE,
	SCREEN_HOME,
	SCREEN_SIMULATE,
	SCREEN_SENDER,
	SCREEN_BOUNCE,
	SCREEN_LESSON,
	SCREEN_LESSONS,
	SCREEN_DEMOS,
	SCREEN_TLSRPT,
	SCREEN_TLSRPT_POLICY,
	SCREEN_TLSRPT_BYTES,
	screen_kind_count
};

struct screen {
	enum screen_kind kind;
	struct target target; /* its text is in host and address */
	struct buf host, address, job; /* job: of bytes */
	struct bytes_of bytes;
	struct pane pane;
	uint64_t built; /* the console's version that the pane's document is of */
	int built_left; /* and how far it was panned */
	struct pane detail; /* beside the list on wide screens */
	struct buf detail_of; /* id of the row that detail belongs to */
	bool has_detail_focus, is_maximised, has_other_form, follows;
	unsigned tab; /* of simulate */
	struct sim_choice sim; /* what is chosen in its tabs */
	size_t nth; /* which finding of the selection the Why box shows */
	struct pattern filter;
	int sort; /* column, negative: backwards; 0: as the view has it */
	enum severity least;
};

#define SCREENS_MAX 16

/* Where in the lesson: a step, before or after it, and what was answered. */
#define LESSON_STEPS_MAX 16
struct lesson_place {
	size_t step;
	bool is_after, is_over; /* over: its last page was read */
	size_t answers[LESSON_STEPS_MAX];
	bool has_wrong; /* a name was chosen in this step of a quiz that is not it */
	size_t wrong;
};

struct console {
	const struct console_options *options;
	struct term *term;
	struct painter *painter;
	struct arena arena; /* of theme and the like */
	struct theme theme;
	struct buf theme_name;
	struct strs theme_warnings; /* of the theme that is shown */
	struct theme_files themes; /* of the user */
	bool is_ascii, has_color;
	struct session *session; /* what is shown: of the options, or what a replay has played */
	struct feed live, feed; /* of the options, with the fd of now; the same, or of a replay */
	struct replay replay;
	struct lesson_place lesson; /* of options->lesson */
	struct session *rehearsal; /* the walk with a policy file of o; NULL: none was opened */
	struct base *base; /* of D (screen_diff.c); NULL until it was asked for */
	struct judgement judgement;
	bool has_judgement;
	int rows, columns;
	struct screen stack[SCREENS_MAX];
	size_t depth; /* screens on the stack, at least 1 */
	struct buf status;
	bool is_status_error;
	struct prompt prompt;
	void (*on_prompt)(struct console *c, struct str text); /* Enter at the prompt */
	void (*on_prompt_text)(struct console *c); /* its text changed, or it was left; or NULL */
	/* Keys that this prompt has of its own; true when it took one. NULL: none. */
	bool (*on_prompt_key)(struct console *c, uint32_t key);
	struct recall recall; /* ^R while a domain is typed */
	struct whatif whatif; /* edits of a simulation */
	struct whatif_edit draft; /* that is being typed */
	bool has_draft;
	struct pattern search;
	enum times times;
	struct screen log; /* that was left: a long one takes time to make */
	struct save_form save;
	struct saver *saver; /* NULL until something is saved */
	struct buf next; /* what to do after this: see console.h */
	enum console_next next_kind;
	bool is_dirty; /* the picture must be drawn again */
	uint64_t version; /* grows with all that a document may depend on, but the selection */
	bool is_outdated; /* the top screen's document is of before the last key */
	bool is_stale; /* the judgement must be made again */
	bool is_held; /* P: events wait */
	struct watch watch; /* W; what its last round changed stays marked */
	bool is_watching, has_first_row; /* the latter: the cursor is the user's */
	bool is_stopping; /* ^C was pressed while the walk ran */
	bool is_leaving;
	int64_t now_us;
};

/* One kind of screen. Members may be NULL where there is nothing to say. */
struct screen_ops {
	const char *crumb;
	void (*view)(const struct console *c, const struct screen *s, struct doc *out);
	const char *noun; /* of a row, for the counter: "host 3 of 4" */
	enum action bar[12]; /* keys of the bar in order; help and back are always there */
	const char *open_label; /* what Enter does here */
	const char *save_label, *side_label, *tab_label; /* of w, h and l, Tab, where special */
	void (*open)(struct console *c); /* Enter, where it is not "open the row's target" */
	void (*sibling)(struct console *c, struct screen *s, int step);
	/* Keys of moving that mean something else here; true when it took one. */
	bool (*move)(struct console *c, enum action action);
	/* Words at the right of the last rule, and of the status line while nothing is said. */
	struct safe (*counter)(const struct console *c, struct arena *a);
	struct safe (*status)(const struct console *c, struct arena *a);
	bool (*key)(struct console *c, enum action action); /* true: it was a key of this screen */
	/* The box under the list, where it is not the Why of the selection; it has its headings. */
	void (*box)(const struct console *c, const struct screen *s, struct doc *out);
	bool has_why, is_why_low; /* a Why box under the list; no higher than what it says */
	int why_rows; /* that it keeps when the list is long; 0: seven */
	int list_percent; /* of the list beside its detail on wide screens; 0: no detail */
	bool is_steady; /* its document changes by events and console_changed() only */
	bool is_fixed_head; /* lines before the first row never scroll */
	bool is_plain; /* no strip of stages above it */
};

const struct screen_ops *screen_ops(enum screen_kind kind);
/* Keys of the bar and the noun of a row: of the kind, or what this stage has in its place. */
const enum action *screen_bar(const struct screen *s);
const char *screen_noun(const struct screen *s);
/* A Why box under the list; of simulate only where the rows are hosts. */
bool screen_has_why(const struct screen *s);
struct screen *console_top(struct console *c);
/* The pane that moves: the list, or the detail beside it. */
struct pane *console_pane(struct console *c);
struct screen *console_push(struct console *c, enum screen_kind kind, const struct target *target);
bool console_pop(struct console *c); /* false at the first screen */
void screen_release(struct screen *s);
/* A target outlives the document it came from: its text moves into the screen. */
void screen_target(struct screen *s, const struct target *target);
/* The document with filter, severity, order and times of the screen. */
void screen_document(const struct console *c, const struct screen *s, struct doc *out);
/* The screen that Enter on a row of s leads to; false when there is none. */
bool screen_of_row(const struct screen *s, const struct row *row, enum screen_kind *out);
void console_say(struct console *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void console_ask(struct console *c, const char *label, struct str text,
	void (*accept)(struct console *c, struct str text));
/* Another document than the one on the screen is to be shown: for whoever changed it. */
void console_changed(struct console *c);
/* Another page is on top; what the documents of steady screens say is as it was. */
void console_moved(struct console *c);
/* Keys typed ahead act on what will be shown: make its document before its picture. */
void console_build(struct console *c);
/* Leave for another walk or file. */
void console_go(struct console *c, enum console_next kind, struct str name);
/* Judge the session that is shown at once: keys typed ahead look at it. */
void console_rejudge(struct console *c);
/* React to one key. */
void console_key(struct console *c, uint32_t key);
/* Draw the whole picture. */
void console_draw(struct console *c);
struct view_input console_input(const struct console *c);
/* Show a theme: "file", "auto", one of the user's or a shipped one; false when there is none of that
 * name. */
bool console_theme(struct console *c, struct str name);
void console_read_themes(struct console *c); /* those of the user, anew */
void console_painter(struct console *c); /* after theme, ASCII or colour changed */

void diff_begin(struct console *c);
void diff_release_base(struct console *c);
void diff_screen_view(const struct console *c, const struct screen *s, struct doc *out);
bool diff_move(struct console *c, enum action action);
struct safe diff_counter(const struct console *c, struct arena *a);
struct safe diff_status(const struct console *c, struct arena *a);
void change_view(const struct console *c, const struct screen *s, struct doc *out);
void change_open(struct console *c);
void change_sibling(struct console *c, struct screen *s, int step);

/* Keys of a replay (screen_replay.c). */
void replay_key(struct console *c, enum action action);
void replay_drop(struct console *c); /* back to the whole session */
const char *replay_words(const struct console *c, char *text, size_t size);

/* Screens that are more than a view (screen_*.c). */
void help_view(const struct console *c, const struct screen *s, struct doc *out);
void themes_view(const struct console *c, const struct screen *s, struct doc *out);
void themes_open(struct console *c);
void themes_preview(struct console *c); /* after the selection moved */
void themes_begin(struct console *c);
struct safe themes_status(const struct console *c, struct arena *a);
bool themes_key(struct console *c, enum action action); /* w copies a theme */
void open_file_begin(struct console *c);
void sender_view(const struct console *c, const struct screen *s, struct doc *out);
void bounce_view(const struct console *c, const struct screen *s, struct doc *out);
void bounce_begin(struct console *c);
void bounce_open(struct console *c);
/* A bounce that is left for a walk stands beside that walk. */
void bounce_keep(struct console *c);
void bounce_again(struct console *c);
/* What was typed at the domain prompt is a bounce: it was taken. */
bool home_is_bounce(struct console *c, struct str text);
void bytes_begin(struct console *c);
void certs_begin(struct console *c);
void copy_begin(struct console *c);
void finding_open(struct console *c);
void log_open(struct console *c);
/* Enter where nothing else is said: the screen of the selected row. */
void console_open_row(struct console *c);
/* The log's first column as t wants it. */
void log_times(const struct console *c, struct doc *d);
/* The document of a log that is left, for the next time; and back where it is still true. */
void log_keep(struct console *c, struct screen *s);
void log_recall(struct console *c, struct screen *s);
void stage_sibling(struct console *c, struct screen *s, int step);
void host_sibling(struct console *c, struct screen *s, int step);
void address_sibling(struct console *c, struct screen *s, int step);
void finding_sibling(struct console *c, struct screen *s, int step);

#endif
