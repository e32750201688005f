/*
 * recent: what was walked, saved and learnt lately: three lists in the state folder, newest first.
 *
 *	recent	DOMAIN TAB TIME TAB verdict's word TAB number of findings
 *	saved	absolute path of a session file
 *	lessons	scenario of the course whose last page was read
 *
 * All of it is a help: what cannot be read is an empty list, what cannot be written is silent. Lines
 * may hold any bytes: whoever shows them escapes them.
 */
#ifndef STS_RECENT_H
#define STS_RECENT_H

#include "tui/console.h"

#define RECENT_MAX 20

void recent_read(struct arena *a, struct offers *out);
/* Put a domain first. when: "2026-11-22 08:00". */
void recent_add(struct str domain, struct str when, enum state verdict, size_t findings);

/* Session files of the working folder and, when is_remembered, those saved elsewhere; newest first. */
void saved_read(struct arena *a, bool is_remembered, struct offers *out);
/* A session file was written; a path that is no session's is not remembered. */
void saved_add(const char *path);

/* course_count() facts, one for each lesson. */
const bool *lessons_read(struct arena *a);
void lessons_add(struct str scenario);

#endif
