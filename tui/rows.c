#include "tui/rows.h"

#include <stdlib.h>
#include <string.h>

static bool
has_selectable(const struct doc *d)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		if (d->rows[i].id.n > 0)
			return true;
	}
	return false;
}

/* What a filter never hides: in a list all that cannot be selected, in a text its headings. */
static bool
is_frame(const struct row *row, bool is_list)
{
	return is_list ? row->id.n == 0 : row->kind == ROW_HEADING || row->kind == ROW_TABLE_HEAD;
}

void
rows_filter(struct doc *d, const struct pattern *pattern)
{
	bool is_list = has_selectable(d);
	struct buf scratch = BUF_INIT(0);
	size_t i, kept = 0;

	if (!pattern->is_set)
		return;
	for (i = 0; i < d->count; i++) {
		if (is_frame(&d->rows[i], is_list) ||
			pattern_has_row(pattern, &d->rows[i], &scratch))
			d->rows[kept++] = d->rows[i];
	}
	d->count = kept;
	buf_release(&scratch);
}

void
rows_least(struct doc *d, enum severity least)
{
	size_t i, kept = 0;

	for (i = 0; i < d->count; i++) {
		if (d->rows[i].id.n == 0 || d->rows[i].severity >= least)
			d->rows[kept++] = d->rows[i];
	}
	d->count = kept;
}

/* A host and the addresses under it move together. */
struct group {
	struct row *rows;
	size_t count, place;
	int column;
};

static bool
leads_group(const struct row *row)
{
	return !str_starts(row->id, STR("addr:"));
}

static struct str
cell_text(const struct row *row, int column)
{
	size_t i = (size_t)column - 1, k;

	if (i >= row->count)
		return STR_EMPTY;
	for (k = 0; k < row->cells[i].count; k++) {
		struct str text = str_trim(row->cells[i].spans[k].text.text);

		if (text.n > 0)
			return text;
		if (row->cells[i].spans[k].glyph != GLYPH_NONE)
			return str_of(glyph_text(row->cells[i].spans[k].glyph, true));
	}
	return STR_EMPTY;
}

/* Numbers by value, before words. */
static int
compare_text(struct str a, struct str b)
{
	uint64_t x, y;
	bool is_x = str_to_u64(a, UINT64_MAX, &x), is_y = str_to_u64(b, UINT64_MAX, &y);

	if (is_x && is_y)
		return x < y ? -1 : x > y;
	if (is_x != is_y)
		return is_x ? -1 : 1;
	return str_cmp_nocase(a, b);
}

static int
compare_groups(const void *left, const void *right)
{
	const struct group *a = left, *b = right;
	int column = a->column < 0 ? -a->column : a->column;
	int order = compare_text(cell_text(a->rows, column), cell_text(b->rows, column));

	if (order == 0)
		return a->place < b->place ? -1 : a->place > b->place;
	return a->column < 0 ? -order : order;
}

static void
sort_run(struct row *rows, size_t count, int column)
{
	struct group *groups = mem_alloc((count + 1) * sizeof(*groups));
	struct row *sorted = mem_alloc((count + 1) * sizeof(*sorted));
	size_t n = 0, at = 0, i;

	for (i = 0; i < count; i++) {
		if (n == 0 || leads_group(&rows[i])) {
			groups[n] = (struct group){ &rows[i], 0, n, column };
			n++;
		}
		groups[n - 1].count++;
	}
	qsort(groups, n, sizeof(*groups), compare_groups);
	for (i = 0; i < n; i++) {
		memcpy(&sorted[at], groups[i].rows, groups[i].count * sizeof(*sorted));
		at += groups[i].count;
	}
	memcpy(rows, sorted, count * sizeof(*sorted));
	free(sorted);
	free(groups);
}

void
rows_sort(struct doc *d, int column)
{
	size_t i, first = 0;

	if (column == 0)
		return;
	while (first < d->count && d->rows[first].id.n == 0)
		first++;
	for (i = first; i < d->count && d->rows[i].id.n > 0; i++)
		;
	if (i > first)
		sort_run(&d->rows[first], i - first, column);
}

const char *
rows_column(const struct doc *d, int column)
{
	size_t i = (size_t)(column < 0 ? -column : column);

	if (d->table_count == 0 || i == 0 || i > d->tables[0].count)
		return "";
	return d->tables[0].columns[i - 1].title;
}
