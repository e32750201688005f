#include "core/providers.h"

static const struct provider providers[] = {
#define PROVIDER(suffix, name, patterns, source, looked_at, mistake) \
	{ suffix, name, patterns, source, looked_at, mistake },
#include "core/providers.def"
#undef PROVIDER
};

#define COUNT (sizeof(providers) / sizeof(providers[0]))

const struct provider *
provider_of_host(struct str host)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (name_is_under(host, str_of(providers[i].suffix)))
			return &providers[i];
	}
	return NULL;
}

const struct provider *
provider_of_pattern(struct str pattern)
{
	if (str_starts(pattern, STR("*.")))
		pattern = str_skip(pattern, 2);
	return provider_of_host(pattern);
}

struct str
provider_lines(struct arena *a, const struct provider *p, struct str host)
{
	struct str rest = str_of(p->patterns), pattern, lines = STR_EMPTY;

	while (rest.n > 0 && str_split(&rest, ' ', &pattern))
		lines = arena_printf(a, "%.*s%smx: %.*s", STR_ARG(lines), lines.n > 0 ? "\n" : "",
			STR_ARG(pattern));
	return lines.n > 0 ? lines : arena_printf(a, "mx: %.*s", STR_ARG(host));
}

struct str
provider_advice(struct arena *a, const struct provider *p)
{
	return arena_printf(
		a, "%s: %s (%s, looked at %s)", p->name, p->mistake, p->source, p->looked_at);
}
