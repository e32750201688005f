/*
 * str: borrowed bytes. Not terminated, any byte allowed, length known.
 *
 * Nothing here allocates, and nothing looks at the locale: case folding is ASCII's.
 */
#ifndef STS_STR_H
#define STS_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p; /* may be NULL when n is 0 */
	size_t n;
};

struct strs {
	struct str *v;
	size_t n;
};

#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })
#define STR_EMPTY ((struct str){ NULL, 0 })
/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct str str_of(const char *terminated); /* NULL gives the empty str */
struct str str_sub(struct str s, size_t from, size_t count); /* clipped to s */
struct str str_skip(struct str s, size_t count);
struct str str_trim(struct str s); /* SP, TAB, CR, LF at both ends */
struct str str_trim_wsp(struct str s); /* SP and TAB at both ends */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *terminated);
bool str_eq_nocase(struct str a, struct str b);
bool str_is_nocase(struct str a, const char *terminated);
bool str_starts(struct str s, struct str prefix);
bool str_starts_nocase(struct str s, struct str prefix);
bool str_ends_nocase(struct str s, struct str suffix);
int str_cmp(struct str a, struct str b); /* bytewise, shorter first */
int str_cmp_nocase(struct str a, struct str b);
size_t str_find(struct str s, char c); /* s.n when absent */
size_t str_find_str(struct str s, struct str needle); /* s.n when absent */
/* Cut the part before the first c off *rest; false when *rest is used up. So "a,,b," has the parts
 * "a", "", "b": no empty one behind the last c. */
bool str_split(struct str *rest, char c, struct str *part);
/* Decimal digits only, at most max; false for anything else. */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out);
unsigned
str_distance(struct str a, struct str b); /* edit distance, ASCII case ignored, at most 99 */

bool ascii_is_alpha(char c);
bool ascii_is_digit(char c);
bool ascii_is_alnum(char c);
bool ascii_is_wsp(char c); /* SP and TAB */
char ascii_lower(char c);

/* The length of the well-formed UTF-8 sequence at s (RFC 3629), 0 when there is none. */
size_t utf8_sequence(struct str s, uint32_t *code_point);
bool utf8_is_valid(struct str s);

#endif
