/*
 * redact: a session without what tells who walked and from where, to be given away.
 *
 * It works on the events, so that every format and the session file itself are redacted by one
 * rule. What is taken out is replaced consistently: the same host is HOST-1 wherever it stood, also
 * where servers echo it. Names and addresses that were walked stay: they are what the session is
 * about, and public. So where this host is itself one of the MX hosts, only the fields about this
 * side lose its name.
 *
 * host: this host's name, what stands under the same zone (corp.example of ops1.corp.example), and
 * the name that a server gives to our address. source: our addresses in every usual form (hyphens,
 * backwards, hex, decimal, ip6.arpa), and every other IP literal in what servers, systems and notes
 * say that was not walked. resolver: their addresses. ehlo: the name said in EHLO. user: the local
 * part of the address that was typed, and the owner of a home directory in a path. A certificate
 * whose bytes hold such a name loses its PEM; its digest stays.
 */
#ifndef STS_REDACT_H
#define STS_REDACT_H

#include "core/buf.h"
#include "core/err.h"
#include "core/session.h"

enum redact_class {
	REDACT_HOST = 1 << 0,
	REDACT_SOURCE = 1 << 1,
	REDACT_RESOLVER = 1 << 2,
	REDACT_EHLO = 1 << 3,
	REDACT_USER = 1 << 4,
	REDACT_ALL = (1 << 5) - 1,
};
#define REDACT_CLASSES 5
const char *redact_class_name(size_t bit); /* of 1 << bit */
/* Those that a session says it has lost already. */
unsigned session_redacted(const struct session *s);

/* "host,source": the classes; RESULT_FAILED (exit 64) names the word that is none. */
enum result redact_classes(struct str list, unsigned *classes, struct err *err);

/* out is initialised here; places (may be NULL) counts what was replaced. */
void session_redact(const struct session *s, unsigned classes, struct session *out, size_t *places);

/* The session file of s, redacted unless classes is 0. */
void session_redact_write(const struct session *s, unsigned classes, struct buf *out);

/* One text of a session: what is replaced in it, and by what. */
struct redactor;
struct redactor *redactor_new(const struct session *s, unsigned classes);
void redactor_free(struct redactor *r);
size_t redactor_places(const struct redactor *r);
/* An event of that session, in the arena. */
struct event *redact_event(struct redactor *r, struct arena *a, const struct event *event);

/* Used between the two files of this module: names and addresses to look for. */
enum secret_kind {
	SECRET_NAME, /* a name with dots: wherever it stands */
	SECRET_WORD, /* one label: whole words only */
	SECRET_ADDRESS, /* not inside a longer number */
	SECRET_HEX, /* a form of an address: not inside longer hex digits */
	SECRET_NOTE, /* a word of ours, in notes of the operator only */
	SECRET_LITERAL, /* an address that only its own notation finds */
};

struct secret {
	enum secret_kind kind;
	struct str text; /* as it is written */
	struct str label; /* "HOST-1" */
	struct str canonical; /* of an address */
};

struct secrets {
	struct arena *arena; /* labels and texts */
	struct secret *v; /* what is looked for at every place */
	size_t n, cap;
	struct secret *literals;
	size_t literal_count, literal_cap;
	struct strs walked; /* addresses that stay, canonical */
	struct strs walked_names; /* names that stay */
	struct strs zones; /* names under these are of ours, unless they were walked */
	bool is_note; /* what is read now is a note */
	unsigned classes;
	unsigned hosts, sources, resolvers, ehlos, users; /* labels given */
	size_t places;
	bool begins[256]; /* first bytes of the secrets, lower case */
};

/* The label of a name or an address, given now when it is new. */
struct str
secret_label(struct secrets *s, enum redact_class class, enum secret_kind kind, struct str text);
void secret_add(struct secrets *s, enum secret_kind kind, struct str text, struct str label);
void secret_forms(struct secrets *s, struct str text, struct str label); /* redact_forms.c */
/* Whether bytes that cannot be changed hold a name that is to go. */
bool secrets_tell(const struct secrets *s, struct str bytes);
/* A user's name between what makes it one: "/home/" before, "@" behind. */
void secret_user(struct secrets *s, struct str before, struct str user, struct str behind);
struct str
redact_label(struct arena *a, enum redact_class class, enum secret_kind kind, unsigned number);
bool redact_is_label(struct str text);
/* The 4 or 16 bytes of an address as lower case hex; empty for what is none. */
struct str address_canonical(struct arena *a, struct str text);
bool secrets_has_walked(const struct secrets *s, struct str address);
/* text with every secret replaced; with literals, also addresses that are not known yet. */
struct str secrets_apply(struct secrets *s, struct arena *a, struct str text, bool has_literals);

#endif
