/*
 * store: the state folder, $XDG_STATE_HOME/stswalk (~/.local/state/stswalk): files that appear whole
 * or not at all, for their owner only (0600, folders 0700).
 *
 *	sessions/DOMAIN/TIME.stswalk	walks of a domain; TIME in UTC, so that names sort by time
 *	policies/DOMAIN			policies that were fetched
 *	recent, saved, lessons		lists of lines (recent.h)
 *
 * It knows names and bytes, not what is in them. Everything here is a help: whoever cannot write
 * there loses history and nothing else. DOMAIN is in A-labels, as domain_parse() gives it.
 */
#ifndef STS_STORE_H
#define STS_STORE_H

#include "core/arena.h"
#include "core/err.h"

/* $HOME, where that is a folder; NULL else: a home that is not there is nobody's to make. */
const char *store_home(void);
/* Every folder of the path before its last slash, as far as they can be made: 0700. */
void store_make_folders(struct arena *a, struct str path);
/* Sessions: their paths, oldest first. */
struct strs store_sessions(struct arena *a, struct str domain);
/* Where a walk that began at a time belongs; empty without a state folder. */
struct str store_session_path(struct arena *a, struct str domain, int64_t started_ms);
/* Policies: the file's path; empty without a state folder. */
struct str store_policy_path(struct arena *a, struct str domain);
/* A file of the folder itself; empty without a state folder. */
struct str store_path(struct arena *a, const char *name);

/* The folders of the path are made as needed. Errors: exit 73. */
enum result store_write(struct str path, struct str bytes, struct err *err);
/* RESULT_FAILED when there is no such file, or it is larger than max. */
enum result store_read(struct arena *a, struct str path, size_t max, struct str *out);
void store_remove(struct str path);

#endif
