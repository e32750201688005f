#include "core/redact.h"

#include <stdlib.h>
#include <string.h>

#include "core/base64.h"
#include "core/safe.h"
#include "core/sessfile.h"

struct redactor {
	struct arena arena;
	struct secrets secrets;
	const struct session *s;
	unsigned classes;
	struct str host, ehlo; /* labels of these fields; empty: they stay */
	struct str ehlo_said; /* as it was said */
};

static const struct {
	const char *name;
	enum redact_class class;
} class_names[REDACT_CLASSES] = {
	{ "host", REDACT_HOST },
	{ "source", REDACT_SOURCE },
	{ "resolver", REDACT_RESOLVER },
	{ "ehlo", REDACT_EHLO },
	{ "user", REDACT_USER },
};

const char *
redact_class_name(size_t bit)
{
	return class_names[bit].name;
}

static unsigned
class_of(struct str word)
{
	for (size_t i = 0; i < REDACT_CLASSES; i++)
		if (str_is(word, class_names[i].name))
			return class_names[i].class;
	return 0;
}

unsigned
session_redacted(const struct session *s)
{
	unsigned classes = 0;

	for (size_t i = 0; s->start != NULL && i < s->start->redacted.n; i++)
		classes |= class_of(s->start->redacted.v[i]);
	return classes;
}

enum result
redact_classes(struct str list, unsigned *classes, struct err *err)
{
	struct str word;

	*classes = 0;
	while (str_split(&list, ',', &word)) {
		const unsigned class = class_of(word);

		if (class == 0) {
			struct arena a = { 0 };

			err_set(err, 64,
				"--redact '%.*s': expected host, source, resolver, ehlo, user, or "
				"several of them with commas",
				SAFE_ARG(safe_text(&a, word, 60)));
			arena_release(&a);
			return RESULT_FAILED;
		}
		*classes |= class;
	}
	if (*classes == 0)
		return err_set(err, 64, "--redact '': expected a class, as host,source");
	return RESULT_OK;
}

static void
add_walked_name(struct redactor *r, struct str name)
{
	if (name.n > 0)
		arena_push(&r->arena, &r->secrets.walked_names, name);
}

static void
find_walked_names(struct redactor *r)
{
	const struct session *s = r->s;

	add_walked_name(r, session_domain(s));
	for (size_t i = 0; i < s->https_count && i < 1; i++)
		add_walked_name(r, s->https[i]->host);
	for (size_t i = 0; i < s->host_count; i++)
		add_walked_name(r, s->hosts[i]->name);
}

/* ops1.corp.example is of corp.example: not where that is what was walked. */
static void
add_zone(struct redactor *r, struct str name)
{
	const struct str zone = str_skip(name, str_find(name, '.') + 1);
	const struct strs *walked = &r->secrets.walked_names;

	if (str_find(name, '.') == name.n || str_find(zone, '.') == zone.n ||
		redact_is_label(name) || name.p[0] == '[' || name_is_ipv4(name))
		return;
	for (size_t i = 0; i < walked->n; i++)
		if (name_is_under(walked->v[i], zone))
			return;
	arena_push(&r->arena, &r->secrets.zones, zone);
}

/* A name that was walked is public; so it stays in what others said. */
static bool
is_walked_name(const struct session *s, struct str name)
{
	if (name_eq(name, session_domain(s)))
		return true;
	for (size_t i = 0; i < s->attempt_count; i++)
		if (name_eq(s->attempts[i]->host, name))
			return true;
	for (size_t i = 0; i < s->host_count; i++)
		if (name_eq(s->hosts[i]->name, name))
			return true;
	return false;
}

/* The label of a name of ours; where it was walked too, only the field itself gets it. */
static struct str
name_secret(struct redactor *r, enum redact_class class, struct str name)
{
	const enum secret_kind kind = str_find(name, '.') == name.n ? SECRET_WORD : SECRET_NAME;

	if (name.n == 0 || redact_is_label(name))
		return name;
	if (is_walked_name(r->s, name))
		return redact_label(&r->arena, class, kind, 0);
	return secret_label(&r->secrets, class, kind, name);
}

/* The address of "ADDR:PORT" and "[ADDR]:PORT"; *port keeps ":PORT". */
static struct str
socket_address(struct str text, struct str *port)
{
	size_t colon = text.n;

	*port = STR_EMPTY;
	if (name_is_ipv4(text) || name_is_ipv6(text))
		return text;
	while (colon > 0 && text.p[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return text;
	*port = str_skip(text, colon - 1);
	text = str_sub(text, 0, colon - 1);
	if (text.n > 2 && text.p[0] == '[')
		text = str_sub(text, 1, text.n - 2);
	return text;
}

static struct str
address_secret(struct redactor *r, enum redact_class class, struct str text, bool keeps_port)
{
	struct str port, address = socket_address(text, &port), label;

	if (text.n == 0 || redact_is_label(text))
		return text;
	if (secrets_has_walked(&r->secrets, address))
		label = arena_printf(
			&r->arena, "%s-0", class == REDACT_SOURCE ? "SOURCE" : "RESOLVER");
	else
		label = secret_label(&r->secrets, class, SECRET_ADDRESS, address);
	if (!keeps_port || port.n == 0)
		return label;
	return arena_printf(&r->arena, "%.*s%.*s", STR_ARG(label), STR_ARG(port));
}

static void
add_walked(struct redactor *r, struct str address)
{
	const struct str canonical = address_canonical(&r->arena, address);

	if (canonical.n > 0 && !secrets_has_walked(&r->secrets, address))
		arena_push(&r->arena, &r->secrets.walked, canonical);
}

static void
find_walked(struct redactor *r)
{
	const struct session *s = r->s;

	for (size_t i = 0; i < s->attempt_count; i++)
		add_walked(r, s->attempts[i]->address);
	for (size_t i = 0; i < s->lookup_count; i++)
		for (size_t k = 0; k < s->lookups[i]->count; k++)
			add_walked(r, s->lookups[i]->records[k]->data);
}

/* "/home/NAME" in a path of ours. */
static void
find_home(struct redactor *r, struct str text)
{
	static const char *const roots[] = { "/home/", "/Users/" };

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		const struct str root = str_of(roots[i]);
		struct str rest = text;

		for (;;) {
			const size_t at = str_find_str(rest, root);

			if (at == rest.n)
				break;
			rest = str_skip(rest, at + root.n);
			secret_user(&r->secrets, root, str_sub(rest, 0, str_find(rest, '/')),
				STR_EMPTY);
		}
	}
}

/* "user" of "user@example.com". */
static void
find_user(struct redactor *r, const struct ev_walk_start *start)
{
	const size_t at = str_find(start->input, '@');

	if (at < start->input.n)
		secret_user(&r->secrets, STR_EMPTY, str_sub(start->input, 0, at), STR("@"));
	find_home(r, start->trust_store);
}

/* What a colleague would write of them: the user, and this host without its domain. */
static void
find_note_words(struct redactor *r, const struct ev_walk_start *start)
{
	const size_t at = str_find(start->input, '@');
	const struct str user = str_sub(start->input, 0, at);
	const struct str host = str_sub(start->host, 0, str_find(start->host, '.'));
	const struct str label = str_sub(r->host, 0, str_find(r->host, '.'));

	if (r->classes & REDACT_USER && at < start->input.n && user.n > 0 && !redact_is_label(user))
		secret_add(&r->secrets, SECRET_NOTE, user, STR("USER-1"));
	if (host.n > 0 && label.n > 0 && !redact_is_label(host) &&
		!is_walked_name(r->s, start->host))
		secret_add(&r->secrets, SECRET_NOTE, host, label);
}

static void
find_start(struct redactor *r, const struct ev_walk_start *start)
{
	if (r->classes & REDACT_HOST)
		r->host = name_secret(r, REDACT_HOST, start->host);
	if (r->classes & REDACT_EHLO) {
		r->ehlo = name_secret(r, REDACT_EHLO, start->ehlo);
		r->ehlo_said = start->ehlo;
	}
	for (size_t i = 0; r->classes & REDACT_RESOLVER && i < start->resolvers.n; i++)
		address_secret(r, REDACT_RESOLVER, start->resolvers.v[i], false);
	if (r->classes & REDACT_USER)
		find_user(r, start);
	if (r->classes & REDACT_HOST) {
		add_zone(r, start->host);
		add_zone(r, start->ehlo);
	}
	find_note_words(r, start);
}

/* Everything of ours, in the order of the events, so that labels are numbered as one reads. */
static void
find_secrets(struct redactor *r)
{
	for (size_t i = 0; i < r->s->event_count; i++) {
		const struct event *e = r->s->events[i];
		const struct ev_connect *connect = e->payload;
		const struct ev_dns_answer *answer = e->payload;
		const struct ev_local_fault *fault = e->payload;
		const struct ev_policy_cached *cached = e->payload;
		const struct ev_policy_rehearsed *rehearsed = e->payload;
		const struct ev_note *note = e->payload;

		if (e->kind == EV_WALK_START)
			find_start(r, e->payload);
		else if (e->kind == EV_CONNECT && r->classes & REDACT_SOURCE)
			address_secret(r, REDACT_SOURCE, connect->source, true);
		else if (e->kind == EV_DNS_ANSWER && r->classes & REDACT_RESOLVER)
			address_secret(r, REDACT_RESOLVER, answer->resolver, false);
		if (!(r->classes & REDACT_USER))
			continue;
		if (e->kind == EV_LOCAL_FAULT)
			find_home(r, fault->error);
		else if (e->kind == EV_POLICY_CACHED)
			find_home(r, cached->source);
		else if (e->kind == EV_POLICY_REHEARSED)
			find_home(r, rehearsed->source);
		else if (e->kind == EV_NOTE)
			find_home(r, note->text);
	}
}

struct redactor *
redactor_new(const struct session *s, unsigned classes)
{
	struct redactor *r = mem_alloc(sizeof(*r));

	memset(r, 0, sizeof(*r));
	r->s = s;
	r->classes = classes;
	r->secrets.arena = &r->arena;
	r->secrets.classes = classes;
	find_walked(r);
	find_walked_names(r);
	find_secrets(r);
	return r;
}

void
redactor_free(struct redactor *r)
{
	if (r == NULL)
		return;
	arena_release(&r->arena);
	free(r);
}

size_t
redactor_places(const struct redactor *r)
{
	return r->secrets.places;
}

static void
redact_start(struct redactor *r, struct ev_walk_start *start)
{
	const struct strs resolvers = start->resolvers;

	if (r->host.n > 0)
		start->host = r->host;
	if (r->ehlo.n > 0)
		start->ehlo = r->ehlo;
	r->secrets.places += (r->host.n > 0) + (r->ehlo.n > 0);
	start->redacted = arena_strs(&r->arena, start->redacted);
	for (size_t i = 0; i < REDACT_CLASSES; i++) {
		bool has = !(r->classes & class_names[i].class);

		for (size_t k = 0; k < start->redacted.n; k++)
			has = has || str_is(start->redacted.v[k], class_names[i].name);
		if (!has)
			arena_push(&r->arena, &start->redacted, str_of(class_names[i].name));
	}
	if (!(r->classes & REDACT_RESOLVER))
		return;
	start->resolvers = (struct strs){ 0 };
	for (size_t i = 0; i < resolvers.n; i++)
		arena_push(&r->arena, &start->resolvers,
			address_secret(r, REDACT_RESOLVER, resolvers.v[i], false));
	r->secrets.places += resolvers.n;
}

/* Fields that are wholly of ours; what text says is done for every field alike. */
static void
redact_own(struct redactor *r, enum event_kind kind, void *payload)
{
	struct ev_connect *connect = payload;
	struct ev_dns_answer *answer = payload;
	struct ev_smtp_line *line = payload;

	if (kind == EV_WALK_START) {
		redact_start(r, payload);
	} else if (kind == EV_CONNECT && r->classes & REDACT_SOURCE) {
		connect->source = address_secret(r, REDACT_SOURCE, connect->source, true);
		r->secrets.places += connect->source.n > 0;
	} else if (kind == EV_DNS_ANSWER && r->classes & REDACT_RESOLVER) {
		answer->resolver = address_secret(r, REDACT_RESOLVER, answer->resolver, false);
		r->secrets.places += answer->resolver.n > 0;
	} else if (kind == EV_SMTP_LINE && line->from == SPEAKER_CLIENT && r->ehlo.n > 0 &&
		   str_starts_nocase(line->text, STR("EHLO ")) &&
		   str_eq(str_skip(line->text, 5), r->ehlo_said)) {
		line->text = arena_printf(&r->arena, "EHLO %.*s", STR_ARG(r->ehlo));
		r->secrets.places++;
	}
}

/* What servers, systems and people say may hold any address; other text only those that are known. */
static bool
is_free_text(const struct event *e)
{
	static const enum event_kind kinds[] = { EV_SMTP_STEP, EV_HTTP_HEADER, EV_HTTP_DONE,
		EV_TLS_DONE, EV_ATTEMPT_END, EV_CONNECT, EV_DNS_ANSWER, EV_LOCAL_FAULT,
		EV_HOSTS_FILE, EV_LAST_WALK, EV_NOTE };
	const struct ev_smtp_line *line = e->payload;

	if (e->kind == EV_SMTP_LINE)
		return line->from == SPEAKER_SERVER;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i] == e->kind)
			return true;
	return false;
}

/* The bytes of a certificate cannot be changed: where they tell, they go. */
static void
redact_cert(struct redactor *r, struct ev_cert *cert)
{
	struct arena a = { 0 };
	struct str der;

	if (pem_decode(&a, cert->pem, &der) && secrets_tell(&r->secrets, der)) {
		cert->pem = STR_EMPTY;
		r->secrets.places++;
	}
	arena_release(&a);
}

static void
redact_field(struct redactor *r, const struct field *field, void *payload, bool has_literals)
{
	struct str *text = FIELD_OF(payload, field);
	struct strs *list = FIELD_OF(payload, field);

	if (field->type == FIELD_TEXT) {
		*text = secrets_apply(&r->secrets, &r->arena, *text, has_literals);
	} else if (field->type == FIELD_LIST) {
		*list = arena_strs(&r->arena, *list);
		for (size_t i = 0; i < list->n; i++)
			list->v[i] = secrets_apply(
				&r->secrets, &r->arena, list->v[i], has_literals);
	}
}

struct event *
redact_event(struct redactor *r, struct arena *a, const struct event *event)
{
	const struct event_type *type = event_type(event->kind);
	const size_t colon = str_find(event->job, ':');
	struct event copy = *event;
	void *payload = arena_alloc(&r->arena, type->size);

	memcpy(payload, event->payload, type->size);
	copy.payload = payload;
	/* Nobody can tell what is in there. */
	copy.members = STR_EMPTY;
	if (event->kind == EV_FOREIGN)
		((struct ev_foreign *)payload)->members = STR_EMPTY;
	redact_own(r, event->kind, payload);
	if (event->kind == EV_CERT)
		redact_cert(r, payload);
	r->secrets.is_note = event->kind == EV_NOTE;
	for (size_t i = 0; i < type->field_count; i++)
		redact_field(r, &type->fields[i], payload, is_free_text(event));
	r->secrets.is_note = false;
	/* The word before the colon is ours. */
	if (colon < event->job.n) {
		const struct str rest = secrets_apply(
			&r->secrets, &r->arena, str_skip(event->job, colon + 1), false);

		copy.job = arena_printf(&r->arena, "%.*s%.*s",
			STR_ARG(str_sub(event->job, 0, colon + 1)), STR_ARG(rest));
	}
	return event_copy(a, &copy);
}

void
session_redact(const struct session *s, unsigned classes, struct session *out, size_t *places)
{
	struct redactor *r = redactor_new(s, classes);

	session_init(out);
	/* Twice: a name that a late reply gives to us may stand in an early one. */
	for (size_t i = 0; i < s->event_count; i++)
		redact_event(r, &r->arena, s->events[i]);
	r->secrets.places = 0;
	for (size_t i = 0; i < s->event_count; i++)
		session_fold(out, redact_event(r, &out->arena, s->events[i]));
	session_settle(out);
	out->recorded_by = arena_str(&out->arena, s->recorded_by);
	if (places != NULL)
		*places = r->secrets.places;
	redactor_free(r);
}

void
session_redact_write(const struct session *s, unsigned classes, struct buf *out)
{
	struct session redacted;

	if (classes == 0) {
		sessfile_write(out, s);
		return;
	}
	session_redact(s, classes, &redacted, NULL);
	sessfile_write(out, &redacted);
	session_release(&redacted);
}
