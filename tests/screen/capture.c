/*
 * capture: prints one screen of the console for the documentation, as text or as SVG.
 *
 * capture [--svg TITLE] ROWS COLUMNS KEYS WAIT-FOR PROGRAM [ARG...]: runs the program on a terminal,
 * waits until WAIT-FOR stands on the screen, types KEYS, and prints what is seen then.
 */
#include "screen/picture.h"

static void
print_text(struct tty *t)
{
	char row[2048];
	int i;

	for (i = 0; i < t->rows; i++)
		puts(tty_row(t, i, row, sizeof(row)));
}

int
main(int argc, char **argv)
{
	const char *title = NULL, *key;
	struct tty t;

	if (argc > 2 && strcmp(argv[1], "--svg") == 0) {
		title = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 6) {
		fprintf(stderr, "usage: capture [--svg TITLE] ROWS COLUMNS KEYS WAIT-FOR PROGRAM "
				"[ARG...]\n");
		return 64;
	}
	tty_start(&t, (int)strtol(argv[1], NULL, 10), (int)strtol(argv[2], NULL, 10), NULL,
		(const char *const *)(uintptr_t)(argv + 5));
	tty_until(&t, argv[4]);
	for (key = argv[3]; *key != '\0'; key++)
		tty_keys(&t, (const char[2]){ *key, '\0' });
	if (title != NULL)
		picture_write(stdout, &t, title);
	else
		print_text(&t);
	tty_type(&t, "Q", 1);
	tty_end(&t);
	return 0;
}
