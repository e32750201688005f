#include "core/topics.h"

static const struct topic topics[] = {
#define TOPIC(name, title, sources, findings, text) { name, title, sources, findings, text },
#include "core/topics.def"
#undef TOPIC
};

size_t
topic_count(void)
{
	return sizeof(topics) / sizeof(topics[0]);
}

const struct topic *
topic_at(size_t index)
{
	return &topics[index];
}

static bool
is_same_letter(char a, char b)
{
	a = a == '_' ? '-' : ascii_lower(a);
	b = b == '_' ? '-' : ascii_lower(b);
	return a == b;
}

const struct topic *
topic_by_name(struct str name)
{
	for (size_t i = 0; i < topic_count(); i++) {
		const struct str own = str_of(topics[i].name);
		size_t k = 0;

		while (k < own.n && k < name.n && is_same_letter(own.p[k], name.p[k]))
			k++;
		if (k == own.n && k == name.n)
			return &topics[i];
	}
	return NULL;
}
