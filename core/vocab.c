#include "core/vocab.h"

#include <assert.h>

#define VOCAB(type) static const char *const words_##type[] = {
#define WORD(type, constant, word) [constant] = (word),
#define VOCAB_END(type) \
	} \
	;
#include "core/vocab.def"
#undef VOCAB
#undef WORD
#undef VOCAB_END

#define VOCAB(type) const struct vocab vocab_##type = { words_##type, type##_count };
#define WORD(type, constant, word)
#define VOCAB_END(type)
#include "core/vocab.def"
#undef VOCAB
#undef WORD
#undef VOCAB_END

bool
vocab_find(const struct vocab *vocab, struct str word, unsigned *out)
{
	for (size_t i = 0; i < vocab->count; i++) {
		if (str_is(word, vocab->words[i])) {
			*out = (unsigned)i;
			return true;
		}
	}
	return false;
}

#define VOCAB(type) \
	const char *type##_name(enum type value) \
	{ \
		assert((size_t)value < vocab_##type.count); \
		return words_##type[value]; \
	} \
	bool type##_from_name(struct str word, enum type *out) \
	{ \
		unsigned found; \
\
		if (!vocab_find(&vocab_##type, word, &found)) \
			return false; \
		*out = (enum type)found; \
		return true; \
	}
#define WORD(type, constant, word)
#define VOCAB_END(type)
#include "core/vocab.def"
#undef VOCAB
#undef WORD
#undef VOCAB_END
