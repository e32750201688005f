#include "core/dates.h"

#define DAY_S 86400

static bool
is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static unsigned
days_of(int64_t year, unsigned month)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

bool
date_make(int64_t year, unsigned month, unsigned day, int64_t second_of_day, int64_t *out_s)
{
	int64_t days;

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 ||
		day > days_of(year, month) || second_of_day < 0 || second_of_day > DAY_S)
		return false;
	days = (year - 1970) * 365 + (year - 1969) / 4 - (year - 1901) / 100 + (year - 1601) / 400;
	for (unsigned m = 1; m < month; m++)
		days += days_of(year, m);
	*out_s = (days + day - 1) * DAY_S + second_of_day;
	return true;
}

struct str
id_of_today(struct arena *a, int64_t now_s)
{
	const int64_t second = ((now_s % DAY_S) + DAY_S) % DAY_S;
	int64_t days = now_s < 0 ? 0 : now_s / DAY_S, year = 1970;
	unsigned month = 1;

	while (year < 9999 && days >= (is_leap(year) ? 366 : 365))
		days -= is_leap(year++) ? 366 : 365;
	while (days >= days_of(year, month) && month < 12)
		days -= days_of(year, month++);
	return arena_printf(a, "%04d%02u%02uT%02d%02d%02d", (int)year, month, (unsigned)days + 1,
		(int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

/* Cut n digits off. */
static bool
take_number(struct str *rest, size_t n, unsigned *out)
{
	uint64_t value;

	if (rest->n < n || !str_to_u64(str_sub(*rest, 0, n), 9999, &value))
		return false;
	*out = (unsigned)value;
	*rest = str_skip(*rest, n);
	return true;
}

static bool
take_char(struct str *rest, char c)
{
	if (rest->n == 0 || ascii_lower(rest->p[0]) != ascii_lower(c))
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

bool
date_of_id(struct str id, int64_t *out_s)
{
	unsigned year, month, day, hour = 23, minute = 59, second = 59;

	if (!take_number(&id, 4, &year) || !take_number(&id, 2, &month) ||
		!take_number(&id, 2, &day))
		return false;
	take_char(&id, 'T');
	if (id.n >= 4) {
		second = 0;
		if (!take_number(&id, 2, &hour) || !take_number(&id, 2, &minute))
			return false;
		if (id.n >= 2 && !take_number(&id, 2, &second))
			return false;
	}
	take_char(&id, 'Z');
	if (id.n > 0 || hour > 23 || minute > 59 || second > 60)
		return false;
	return date_make(year, month, day, hour * 3600 + minute * 60 + second, out_s);
}

static bool
take_clock(struct str *rest, int64_t *second_of_day)
{
	unsigned hour, minute, second;

	if (!take_number(rest, 2, &hour) || !take_char(rest, ':') ||
		!take_number(rest, 2, &minute) || !take_char(rest, ':') ||
		!take_number(rest, 2, &second) || hour > 23 || minute > 59 || second > 60)
		return false;
	*second_of_day = hour * 3600 + minute * 60 + second;
	return true;
}

static bool
take_month(struct str *rest, unsigned *month)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (*month = 1; *month <= 12; (*month)++) {
		if (!str_starts_nocase(*rest, str_sub(STR(names), (*month - 1) * 3, 3)))
			continue;
		*rest = str_skip(*rest, 3);
		return true;
	}
	return false;
}

bool
date_of_http(struct str value, int64_t *out_s)
{
	unsigned day, month, year;
	int64_t second_of_day;

	value = str_trim_wsp(str_skip(value, str_find(value, ',') + 1));
	if (!take_number(&value, 2, &day) || !take_char(&value, ' ') ||
		!take_month(&value, &month) || !take_char(&value, ' ') ||
		!take_number(&value, 4, &year) || !take_char(&value, ' ') ||
		!take_clock(&value, &second_of_day) || !str_is(value, " GMT"))
		return false;
	return date_make(year, month, day, second_of_day, out_s);
}

/* "Z", "+01:00"; nothing at all is no zone. */
static bool
take_zone(struct str *rest, int64_t *offset_s, bool *has_zone)
{
	const bool is_behind = rest->n > 0 && rest->p[0] == '-';
	unsigned hour, minute;

	*offset_s = 0;
	*has_zone = rest->n > 0;
	if (rest->n == 0 || take_char(rest, 'Z'))
		return true;
	if (rest->p[0] != '+' && rest->p[0] != '-')
		return false;
	*rest = str_skip(*rest, 1);
	if (!take_number(rest, 2, &hour) || !take_char(rest, ':') || !take_number(rest, 2, &minute))
		return false;
	*offset_s = (int64_t)(hour * 3600 + minute * 60) * (is_behind ? -1 : 1);
	return true;
}

bool
date_of_report(struct str value, int64_t *out_s, bool *has_zone)
{
	unsigned year, month, day;
	int64_t second_of_day, offset_s;

	if (!take_number(&value, 4, &year) || !take_char(&value, '-') ||
		!take_number(&value, 2, &month) || !take_char(&value, '-') ||
		!take_number(&value, 2, &day))
		return false;
	if (!take_char(&value, 'T') && !take_char(&value, ' '))
		return false;
	if (!take_clock(&value, &second_of_day))
		return false;
	if (take_char(&value, '.')) {
		while (value.n > 0 && ascii_is_digit(value.p[0]))
			value = str_skip(value, 1);
	}
	if (!take_zone(&value, &offset_s, has_zone) || value.n > 0 ||
		!date_make(year, month, day, second_of_day, out_s))
		return false;
	*out_s -= offset_s;
	return true;
}
