#include "core/public_names.h"

/* Second-level labels under which country registries delegate. */
static const char *const registry_labels[] = { "ac", "co", "com", "edu", "gen", "go", "gob", "gouv",
	"gov", "gv", "id", "info", "ltd", "me", "mil", "ne", "net", "nhs", "nom", "or", "org",
	"plc", "sch", "web" };

bool
name_is_public(struct str name)
{
	struct str parent = name_parent(name);
	struct str label = str_sub(name, 0, str_find(name, '.'));

	if (parent.n == 0)
		return true;
	if (parent.n != 2)
		return false;
	for (size_t i = 0; i < sizeof(registry_labels) / sizeof(registry_labels[0]); i++) {
		if (str_is_nocase(label, registry_labels[i]))
			return true;
	}
	return false;
}
