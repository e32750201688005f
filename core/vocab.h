/*
 * vocab: enums and words of vocab.def. For a type T: enum T, T_COUNT, T_name(), T_from_name().
 */
#ifndef STS_VOCAB_H
#define STS_VOCAB_H

#include "core/str.h"

#define VOCAB(type) enum type {
#define WORD(type, constant, word) constant,
#define VOCAB_END(type) \
	type##_count \
	} \
	;
#include "core/vocab.def"
#undef VOCAB
#undef WORD
#undef VOCAB_END

#define VOCAB(type) \
	const char *type##_name(enum type value); \
	bool type##_from_name(struct str word, enum type *out);
#define WORD(type, constant, word)
#define VOCAB_END(type)
#include "core/vocab.def"
#undef VOCAB
#undef WORD
#undef VOCAB_END

/* The same by table, for code that is driven by field tables. */
struct vocab {
	const char *const *words;
	size_t count;
};
bool vocab_find(const struct vocab *vocab, struct str word, unsigned *out);
#define VOCAB(type) extern const struct vocab vocab_##type;
#define WORD(type, constant, word)
#define VOCAB_END(type)
#include "core/vocab.def"
#undef VOCAB
#undef WORD
#undef VOCAB_END

#endif
