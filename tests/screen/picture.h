/*
 * picture: the cells of the emulator as SVG, for the documentation: a text for each run of one look,
 * no script, a light ground for the terminal's own colours.
 */
#ifndef TEST_PICTURE_H
#define TEST_PICTURE_H

#include "screen/tty.h"

/* A cell is so many units: the advance of common monospace fonts at 14 units is 8.4. */
#define PICTURE_WIDE 8.4
#define PICTURE_HIGH 18
#define PICTURE_EDGE 10
#define PICTURE_INK "#24292f"
#define PICTURE_GROUND "#fafafa"

struct picture_look {
	char ink[8], ground[8]; /* "" for the terminal's own */
	bool is_bold, is_underlined;
};

/* The 16 colours as they read on a light ground; others as the emulator has them. */
static inline void
picture_color(struct tty *t, VTermColor color, char out[8])
{
	static const char *const names[16] = { "#24292f", "#b3261e", "#1a7f37", "#8a5a00",
		"#0550ae", "#8250df", "#0b6e82", "#6e7781", "#57606a", "#cf222e", "#2da44e",
		"#bf8700", "#218bff", "#a475f9", "#3192aa", "#8c959f" };

	if (VTERM_COLOR_IS_DEFAULT_FG(&color) || VTERM_COLOR_IS_DEFAULT_BG(&color)) {
		out[0] = '\0';
	} else if (VTERM_COLOR_IS_INDEXED(&color) && color.indexed.idx < 16) {
		snprintf(out, 8, "%s", names[color.indexed.idx]);
	} else {
		vterm_screen_convert_color_to_rgb(t->screen, &color);
		snprintf(out, 8, "#%02x%02x%02x", color.rgb.red, color.rgb.green, color.rgb.blue);
	}
}

static inline struct picture_look
picture_look(struct tty *t, const VTermScreenCell *cell)
{
	struct picture_look look = { .is_bold = cell->attrs.bold,
		.is_underlined = cell->attrs.underline != 0 };
	char ink[8], ground[8];

	picture_color(t, cell->fg, ink);
	picture_color(t, cell->bg, ground);
	if (cell->attrs.reverse) {
		snprintf(look.ink, sizeof(look.ink), "%s", ground[0] ? ground : PICTURE_GROUND);
		snprintf(look.ground, sizeof(look.ground), "%s", ink[0] ? ink : PICTURE_INK);
	} else {
		snprintf(look.ink, sizeof(look.ink), "%s", ink);
		snprintf(look.ground, sizeof(look.ground), "%s", ground);
	}
	return look;
}

static inline bool
picture_same(const struct picture_look *a, const struct picture_look *b)
{
	return strcmp(a->ink, b->ink) == 0 && strcmp(a->ground, b->ground) == 0 &&
	       a->is_bold == b->is_bold && a->is_underlined == b->is_underlined;
}

static inline void
picture_char(FILE *out, uint32_t c)
{
	static const struct {
		uint32_t c;
		const char *text;
	} entities[] = { { '<', "&lt;" }, { '>', "&gt;" }, { '&', "&amp;" } };
	size_t i;

	for (i = 0; i < sizeof(entities) / sizeof(entities[0]); i++) {
		if (entities[i].c == c) {
			fputs(entities[i].text, out);
			return;
		}
	}
	if (c < 0x80)
		fputc((int)c, out);
	else
		fprintf(out, "&#%lu;", (unsigned long)c);
}

static inline VTermScreenCell
picture_cell(struct tty *t, int row, int column)
{
	VTermScreenCell cell;

	vterm_screen_get_cell(t->screen, (VTermPos){ .row = row, .col = column }, &cell);
	/* Behind the end of an empty cell stands nothing that libvterm wrote. */
	if (cell.chars[0] == 0) {
		cell.chars[0] = ' ';
		cell.chars[1] = 0;
	}
	return cell;
}

/* Cells from to to of one look: the ground, then the text. */
static inline void
picture_run(FILE *out, struct tty *t, int row, int from, int to, const struct picture_look *look)
{
	double y = PICTURE_EDGE + row * PICTURE_HIGH;
	int i, k;

	if (look->ground[0] != '\0')
		fprintf(out,
			"<rect x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n",
			PICTURE_EDGE + from * PICTURE_WIDE, y, (to - from) * PICTURE_WIDE,
			PICTURE_HIGH, look->ground);
	while (from < to && picture_cell(t, row, from).chars[0] == ' ')
		from++;
	while (to > from && picture_cell(t, row, to - 1).chars[0] == ' ')
		to--;
	if (from == to)
		return;
	fprintf(out, "<text x=\"%.1f\" y=\"%.0f\" textLength=\"%.1f\"",
		PICTURE_EDGE + from * PICTURE_WIDE, y + 13, (to - from) * PICTURE_WIDE);
	if (look->ink[0] != '\0')
		fprintf(out, " fill=\"%s\"", look->ink);
	fprintf(out, "%s%s>", look->is_bold ? " font-weight=\"bold\"" : "",
		look->is_underlined ? " text-decoration=\"underline\"" : "");
	for (i = from; i < to; i++) {
		VTermScreenCell cell = picture_cell(t, row, i);

		for (k = 0; k < VTERM_MAX_CHARS_PER_CELL && cell.chars[k] != 0; k++) {
			if (cell.chars[k] != (uint32_t)-1)
				picture_char(out, cell.chars[k]);
		}
	}
	fputs("</text>\n", out);
}

/* The column behind the run of one look. */
static inline int
picture_run_end(struct tty *t, int row, int from, struct picture_look *look)
{
	VTermScreenCell cell = picture_cell(t, row, from);
	int to;

	*look = picture_look(t, &cell);
	for (to = from + 1; to < t->columns; to++) {
		struct picture_look next;

		cell = picture_cell(t, row, to);
		next = picture_look(t, &cell);
		if (!picture_same(look, &next))
			break;
	}
	return to;
}

static inline void
picture_write(FILE *out, struct tty *t, const char *title)
{
	double width = t->columns * PICTURE_WIDE + 2 * PICTURE_EDGE;
	int height = t->rows * PICTURE_HIGH + 2 * PICTURE_EDGE, row, from, to;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %d\" width=\"%.0f\" "
		"height=\"%d\" role=\"img\">\n<title>%s</title>\n"
		"<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\" stroke=\"#d0d7de\"/>\n"
		"<g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" "
		"font-size=\"14\" fill=\"%s\" xml:space=\"preserve\">\n",
		width, height, width, height, title, PICTURE_GROUND, PICTURE_INK);
	for (row = 0; row < t->rows; row++) {
		for (from = 0; from < t->columns; from = to) {
			struct picture_look look;

			to = picture_run_end(t, row, from, &look);
			picture_run(out, t, row, from, to, &look);
		}
	}
	fputs("</g>\n</svg>\n", out);
}

#endif
