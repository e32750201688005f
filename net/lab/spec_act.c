/* Acts: what a later act of a scenario says stands in place of what the earlier ones said. */
#include "net/lab/spec_read.h"

#include "core/name.h"

#define ACT_NAME_BYTES 24

bool
spec_is_new_act(const struct spec_reader *r, unsigned *spoken)
{
	const bool is_new = *spoken < r->act;

	*spoken = r->act;
	return is_new;
}

bool
spec_act_begin(struct spec_reader *r, struct str name)
{
	struct scenario *head = &r->spec->head;

	if (name.n == 0 || name.n > ACT_NAME_BYTES || str_find(name, ' ') < name.n)
		return spec_wrong(r, "[act NAME], a word of at most %d letters", ACT_NAME_BYTES);
	if (head->acts.n == SPEC_MAX_ACTS)
		return spec_wrong(r, "over %d acts", SPEC_MAX_ACTS);
	for (size_t i = 0; i < head->acts.n; i++) {
		if (str_eq(head->acts.v[i], name))
			return spec_wrong(r, "there is an act %.*s already", STR_ARG(name));
	}
	arena_push(r->a, &head->acts, name);
	r->act++;
	r->text = NULL;
	if (r->act > r->want_act)
		return true;
	head->act = r->act;
	head->expect = head->expect_json = (struct strs){ 0 };
	head->note = STR_EMPTY;
	return true;
}

struct lab_server *
spec_server_of_before(struct spec_reader *r, bool is_https, struct str host, struct str address)
{
	for (size_t i = 0; i < r->spec->server_count; i++) {
		struct lab_server *s = &r->spec->servers[i];

		if (s->is_https == is_https && s->act < r->act && str_eq(s->host, host) &&
			(address.n == 0 || str_eq(s->address, address)))
			return s;
	}
	return NULL;
}

static bool
forget_servers(struct spec_reader *r, bool is_https, struct str host)
{
	struct lab_spec *spec = r->spec;
	size_t kept = 0;
	bool is_found;

	for (size_t i = 0; i < spec->server_count; i++) {
		const struct lab_server *s = &spec->servers[i];

		if (s->is_https != is_https || (!is_https && !str_eq(s->host, host)))
			spec->servers[kept++] = *s;
	}
	is_found = kept < spec->server_count;
	spec->server_count = kept;
	return is_found || spec_wrong(r, "there is no such server");
}

/* name and type; LAB_RR_ANY of a record is every type. */
static bool
is_of(struct str name, unsigned type, struct str other, unsigned other_type)
{
	return str_eq(name, other) &&
	       (type == other_type || type == LAB_RR_ANY || other_type == LAB_RR_ANY);
}

void
spec_dns_forget(struct spec_reader *r, struct str name, unsigned type)
{
	struct lab_zone *z = r->zone;
	size_t kept = 0;

	for (size_t i = 0; i < z->record_count; i++) {
		if (z->records[i].act == r->act ||
			!is_of(name, type, z->records[i].name, z->records[i].type))
			z->records[kept++] = z->records[i];
	}
	z->record_count = kept;
	spec_dns_forget_faults(r, name, type);
}

void
spec_dns_forget_faults(struct spec_reader *r, struct str name, unsigned type)
{
	struct lab_zone *z = r->zone;
	size_t kept = 0;

	for (size_t i = 0; i < z->fault_count; i++) {
		if (z->faults[i].act == r->act ||
			!is_of(name, type, z->faults[i].name, z->faults[i].type))
			z->faults[kept++] = z->faults[i];
	}
	z->fault_count = kept;
}

static bool
without_dns(struct spec_reader *r, struct str args)
{
	const struct lab_zone *z = &r->spec->zone;
	const size_t before = z->record_count + z->fault_count;
	struct str name;
	unsigned type;

	if (!spec_name(r, spec_word(&args), &name))
		return false;
	if (!spec_rrtype(args, &type))
		return spec_wrong(r, "[without dns NAME TYPE]");
	r->zone = &r->spec->zone;
	spec_dns_forget(r, name, type);
	return z->record_count + z->fault_count < before ||
	       spec_wrong(r, "there is no such record");
}

static bool
without_mx(struct spec_reader *r, struct str args)
{
	struct str host;

	return spec_name(r, args, &host) && forget_servers(r, false, host);
}

static bool
without_https(struct spec_reader *r, struct str args)
{
	(void)args;
	return forget_servers(r, true, STR_EMPTY);
}

static bool
without_policy(struct spec_reader *r, struct str args)
{
	(void)args;
	buf_clear(r->body);
	return true;
}

static bool
without_cached(struct spec_reader *r, struct str args)
{
	(void)args;
	r->spec->cached_count = 0;
	return true;
}

static bool
without_hosts(struct spec_reader *r, struct str args)
{
	(void)args;
	r->spec->hosts = STR_EMPTY;
	return true;
}

bool
spec_without(struct spec_reader *r, struct str args)
{
	static const struct {
		const char *word;
		bool has_args;
		bool (*forget)(struct spec_reader *r, struct str args);
	} rows[] = { { "dns", true, without_dns }, { "mx", true, without_mx },
		{ "https", false, without_https }, { "policy", false, without_policy },
		{ "cached", false, without_cached }, { "hosts", false, without_hosts } };
	const struct str word = spec_word(&args);

	if (r->act == 0)
		return spec_wrong(r, "[without] is for acts: [act NAME] comes first");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (str_is(word, rows[i].word) && (args.n > 0) == rows[i].has_args)
			return rows[i].forget(r, args);
	}
	return spec_wrong(r, "[without dns NAME TYPE], [without mx HOST] or [without "
			     "https|policy|cached|hosts]");
}
