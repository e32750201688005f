/* What a walk is asked to do beyond a sender's look: --resolve, --mx, --sni-probe, --repeat,
 * --authoritative, and the control hosts. */
#include "core/safe.h"
#include "tui/cmd_walk.h"

/* core/controls.def */
static const char *const controls[] = {
#define CONTROL(domain) domain,
#include "core/controls.def"
#undef CONTROL
};

static enum result
add_address(struct walk_setup *s, struct str word, struct walk_address *out, struct err *err)
{
	const struct safe shown = safe_text(&s->arena, word, 120);
	struct str address = word, name;
	struct domain domain;
	struct addr at;

	if (!str_split(&address, '=', &name) || name.n == 0 || address.n == 0)
		return err_set(err, EXIT_USAGE,
			"--resolve '%.*s': expected NAME=ADDRESS, as "
			"mta-sts.example.com=192.0.2.80",
			SAFE_ARG(shown));
	if (domain_parse(&s->arena, name, &domain, NULL) != RESULT_OK)
		return err_set(err, EXIT_USAGE,
			"--resolve '%.*s': no host name before the =", SAFE_ARG(shown));
	if (!addr_make(address, 1, &at))
		return err_set(err, EXIT_USAGE,
			"--resolve '%.*s': expected an address behind the =, without a port",
			SAFE_ARG(shown));
	*out = (struct walk_address){ domain.ascii, addr_text(&s->arena, &at) };
	return RESULT_OK;
}

/* HOST, or HOST=ADDRESS. */
static enum result
add_planned(struct walk_setup *s, struct str word, struct walk_address *out, struct err *err)
{
	const struct safe shown = safe_text(&s->arena, word, 120);
	struct str address = word, name;
	struct domain domain;
	struct addr at;
	const bool has_address = str_find(word, '=') < word.n;

	str_split(&address, '=', &name);
	if (name.n == 0 || str_find(name, '@') < name.n ||
		domain_parse(&s->arena, name, &domain, NULL) != RESULT_OK)
		return err_set(err, EXIT_USAGE,
			"--mx '%.*s': expected the name of an MX host, as mx3.example.com or "
			"mx3.example.com=192.0.2.27",
			SAFE_ARG(shown));
	*out = (struct walk_address){ domain.ascii, STR_EMPTY };
	if (!has_address)
		return RESULT_OK;
	if (!addr_make(address, 1, &at))
		return err_set(err, EXIT_USAGE,
			"--mx '%.*s': expected an address behind the =, without a port",
			SAFE_ARG(shown));
	out->address = addr_text(&s->arena, &at);
	return RESULT_OK;
}

static enum result
set_planned(struct walk_setup *s, const struct options *o, struct err *err)
{
	struct walk_address *list = arena_array(
		&s->arena, o->mx.n + 1, sizeof(struct walk_address));

	if (o->mx.n > LIMIT_MX_HOSTS)
		return err_set(err, EXIT_USAGE, "--mx: at most %d planned hosts are walked",
			LIMIT_MX_HOSTS);
	for (size_t i = 0; i < o->mx.n; i++) {
		if (add_planned(s, o->mx.v[i], &list[i], err) != RESULT_OK)
			return RESULT_FAILED;
		for (size_t k = 0; k < i; k++) {
			if (name_eq(list[k].name, list[i].name))
				return err_set(err, EXIT_USAGE, "--mx '%.*s': given twice",
					SAFE_ARG(safe_text(&s->arena, o->mx.v[i], 120)));
		}
	}
	s->options.planned = list;
	s->options.planned_count = o->mx.n;
	if (o->mx.n > 0)
		arena_push(&s->arena, &s->options.rehearsal, STR("--mx"));
	return RESULT_OK;
}

enum result
walk_setup_deep(struct walk_setup *s, const struct options *o, struct err *err)
{
	struct walk_address *list = arena_array(
		&s->arena, o->resolve.n + 1, sizeof(struct walk_address));

	s->options.probes_sni = o->probes_sni;
	s->options.repeat = (unsigned)o->repeat;
	s->options.asks_authority = o->asks_authority;
	for (size_t i = 0; i < o->resolve.n; i++)
		if (add_address(s, o->resolve.v[i], &list[i], err) != RESULT_OK)
			return RESULT_FAILED;
	s->options.addresses = list;
	s->options.address_count = o->resolve.n;
	if (o->resolve.n > 0)
		arena_push(&s->arena, &s->options.rehearsal, STR("--resolve"));
	if (set_planned(s, o, err) != RESULT_OK)
		return RESULT_FAILED;
	s->has_no_controls = o->has_no_controls;
	for (size_t i = 0; !s->has_no_controls && i < sizeof(controls) / sizeof(controls[0]); i++)
		arena_push(&s->arena, &s->options.controls, str_of(controls[i]));
	return RESULT_OK;
}
