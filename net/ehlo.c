#include <unistd.h>

#include "net/hostfile.h"
#include "net/walk.h"

#define HOSTS_PATH "/etc/hosts"
#define HOST_NAME_MAX_BYTES 256

static struct str
own_host_name(struct arena *a)
{
	char name[HOST_NAME_MAX_BYTES] = "";

	if (gethostname(name, sizeof(name) - 1) != 0)
		return STR_EMPTY;
	return arena_str(a, str_of(name));
}

const char *
walk_default_ehlo(struct arena *a, const struct resolver_config *resolvers, const char *host_name)
{
	return walk_ehlo_by(a, resolvers, host_name, HOSTS_PATH);
}

const char *
walk_ehlo_by(struct arena *a, const struct resolver_config *resolvers, const char *host_name,
	const char *hosts_path)
{
	struct str host = host_name != NULL ? str_of(host_name) : own_host_name(a);
	struct str name;

	host = name_no_dot(host);
	if (host.n == 0 || !name_is_rfc5321_domain(host))
		return NULL;
	if (str_find(host, '.') < host.n)
		return arena_str(a, host).p;
	name = hostfile_full_name(a, hosts_path, host);
	if (name.n == 0 && resolvers->search.n > 0)
		name = arena_printf(a, "%.*s.%.*s", STR_ARG(host), STR_ARG(resolvers->search));
	if (name.n == 0 || !name_is_rfc5321_domain(name))
		return NULL;
	return arena_str(a, name).p;
}
