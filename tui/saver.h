/*
 * saver: bytes for a file made, and written, beside the console's loop: however large a session is,
 * and however slow the disk, a key is answered at once.
 *
 * One job at a time. A job that makes bytes folds the events of a session anew: events never change
 * once they are in a session, so it shares them and nothing else. Whoever releases the session
 * calls saver_wait() first. A session of a few events is done at once, without a thread.
 */
#ifndef STS_SAVER_H
#define STS_SAVER_H

#include "core/report.h"

enum save_what { SAVE_REPORT, SAVE_FIRST_PAGE, SAVE_SCREEN, SAVE_SESSION, save_what_count };

struct save_order {
	enum save_what what;
	enum format_kind format; /* of all but a session */
	struct str scope; /* an MX host; empty: all */
	unsigned redact; /* classes of redact.h */
	struct render_options look;
	const struct judge_options *judge;
	void (*digest)(struct str bytes, char out[REPORT_DIGEST_SIZE]);
	const struct session *session;
	struct doc *screen; /* of SAVE_SCREEN: its contents are moved */
};

/* Write a whole new file; called from the thread. Errors are one line. */
typedef enum result (*save_writer)(
	void *context, const char *path, struct str bytes, struct err *err);

enum saver_state { SAVER_IDLE, SAVER_MAKING, SAVER_WRITING };

/* What was made. */
struct save_made {
	struct buf bytes;
	size_t lines;
	size_t places; /* redacted */
};

struct saver;
/* NULL when the system has no descriptor left. */
struct saver *saver_new(void);
void saver_free(struct saver *s); /* waits for a job that runs */
int saver_fd(const struct saver *s); /* readable when a job is over */
enum saver_state saver_state(const struct saver *s);
/* Only when idle. True when it is over already: saver_take() has it. */
bool saver_make(struct saver *s, const struct save_order *order);
/* Only when idle. bytes must stay as they are until it is over. */
bool
saver_write(struct saver *s, const char *path, struct str bytes, save_writer writer, void *context);
/* Until the job is over. */
void saver_wait(struct saver *s);
/*
 * What the job that is over was, and how it went; SAVER_IDLE while none is over. Of a job that
 * made bytes they are moved to *made.
 */
enum saver_state
saver_take(struct saver *s, struct save_made *made, enum result *rc, struct err *err);

#endif
