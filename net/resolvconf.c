#include <string.h>

#include "core/name.h"
#include "net/dns.h"
#include "net/hostfile.h"

#define DNS_PORT 53

static void
nameserver(struct strs words, struct resolver_config *out)
{
	if (words.n < 2 || out->count == LIMIT_RESOLVERS)
		return;
	if (addr_make(words.v[1], DNS_PORT, &out->servers[out->count]))
		out->count++;
}

/* "search" and "domain" name the same thing; the last of them counts (resolv.conf(5)). */
static void
search(struct strs words, struct resolver_config *out)
{
	out->search = words.n >= 2 ? name_no_dot(words.v[1]) : STR_EMPTY;
}

static void
options(struct strs words, struct resolver_config *out)
{
	for (size_t i = 1; i < words.n; i++) {
		if (str_is(words.v[i], "trust-ad"))
			out->trusts_ad = true;
	}
}

static const struct {
	const char *word;
	void (*take)(struct strs words, struct resolver_config *out);
} keywords[] = {
	{ "domain", search },
	{ "nameserver", nameserver },
	{ "options", options },
	{ "search", search },
};

void
resolver_config_read(struct arena *a, const char *path, struct resolver_config *out)
{
	struct str rest = hostfile_read(a, path);
	struct strs words;

	*out = (struct resolver_config){ .count = 0 };
	while (hostfile_line(a, &rest, "#;", &words)) {
		for (size_t i = 0; words.n > 0 && i < sizeof(keywords) / sizeof(*keywords); i++) {
			if (str_is(words.v[0], keywords[i].word))
				keywords[i].take(words, out);
		}
	}
}
