#include "core/jnode.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/safe.h"

static json_t *
must(json_t *value)
{
	if (value == NULL)
		abort();
	return value;
}

json_t *
jnode_object(void)
{
	return must(json_object());
}

json_t *
jnode_list(void)
{
	return must(json_array());
}

void
jnode_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		abort();
}

void
jnode_add(json_t *list, json_t *value)
{
	if (json_array_append_new(list, value) != 0)
		abort();
}

json_t *
jnode_null(void)
{
	return json_null();
}

json_t *
jnode_bool(bool value)
{
	return json_boolean(value);
}

json_t *
jnode_int(int64_t value)
{
	return must(json_integer(value));
}

json_t *
jnode_int_or_null(int64_t value)
{
	return value < 0 ? json_null() : jnode_int(value);
}

json_t *
jnode_word(const char *literal)
{
	return literal == NULL ? json_null() : must(json_string(literal));
}

json_t *
jnode_text(struct str bytes)
{
	struct arena a = { 0 };
	const struct safe safe = safe_text(&a, bytes, 0);
	json_t *value = must(json_stringn(safe.text.n ? safe.text.p : "", safe.text.n));

	arena_release(&a);
	return value;
}

json_t *
jnode_text_or_null(struct str bytes)
{
	return bytes.n == 0 ? json_null() : jnode_text(bytes);
}

json_t *
jnode_block(struct str bytes)
{
	struct arena a = { 0 };
	const struct safe safe = safe_block(&a, bytes);
	json_t *value = must(json_stringn(safe.text.n ? safe.text.p : "", safe.text.n));

	arena_release(&a);
	return value;
}

json_t *
jnode_texts(struct strs list)
{
	json_t *values = jnode_list();

	for (size_t i = 0; i < list.n; i++)
		jnode_add(values, jnode_text(list.v[i]));
	return values;
}

json_t *
jnode_ms(int64_t us)
{
	/* Rounded to a tenth, whose shortest decimal is what %.15g prints. */
	return us < 0 ? json_null() : must(json_real((double)(us / 100 + (us % 100 >= 50)) / 10.0));
}

json_t *
jnode_span(int64_t from_us, int64_t to_us)
{
	return from_us < 0 || to_us < from_us ? json_null() : jnode_ms(to_us - from_us);
}

/* Without the zone; certificates may hold any year, so the year is not bound to four digits. */
static size_t
format_time(int64_t s, char *out, size_t size)
{
	const time_t t = (time_t)s;
	struct tm tm;
	int n;

	if (gmtime_r(&t, &tm) == NULL)
		return 0;
	n = snprintf(out, size, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)tm.tm_year + 1900,
		tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	return n > 0 && (size_t)n < size ? (size_t)n : 0;
}

json_t *
jnode_time_ms(int64_t ms)
{
	const int64_t rest = ((ms % 1000) + 1000) % 1000;
	char text[64];
	size_t n;

	if (ms < INT64_MIN + 1000)
		return json_null();
	n = format_time((ms - rest) / 1000, text, sizeof(text) - 8);
	if (n == 0)
		return json_null();
	snprintf(text + n, sizeof(text) - n, ".%03dZ", (int)rest);
	return jnode_word(text);
}

json_t *
jnode_time_s(int64_t s)
{
	const int64_t most = INT64_MAX / 1000 - 1;

	return s > most || s < -most ? json_null() : jnode_time_ms(s * 1000);
}

static int
add_bytes(const char *bytes, size_t count, void *context)
{
	struct buf *out = context;

	buf_add(out, (struct str){ bytes, count });
	return 0;
}

void
jnode_write(json_t *value, struct buf *out)
{
	const size_t flags = JSON_COMPACT | JSON_REAL_PRECISION(15);

	if (json_dump_callback(value, add_bytes, out, flags) != 0)
		abort();
	buf_add_char(out, '\n');
	json_decref(value);
}
