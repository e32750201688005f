/*
 * capture: prints one screen of the console as text, for the documentation.
 *
 * capture ROWS COLUMNS KEYS WAIT-FOR PROGRAM [ARG...]: runs the program on a terminal, waits until
 * WAIT-FOR stands on the screen, types KEYS, and prints what is seen then.
 */
#include "screen/tty.h"

int
main(int argc, char **argv)
{
	struct tty t;
	char row[2048];
	const char *key;
	int i;

	if (argc < 6) {
		fprintf(stderr, "usage: capture ROWS COLUMNS KEYS WAIT-FOR PROGRAM [ARG...]\n");
		return 64;
	}
	tty_start(&t, (int)strtol(argv[1], NULL, 10), (int)strtol(argv[2], NULL, 10), NULL,
		(const char *const *)(uintptr_t)(argv + 5));
	tty_until(&t, argv[4]);
	for (key = argv[3]; *key != '\0'; key++)
		tty_keys(&t, (const char[2]){ *key, '\0' });
	for (i = 0; i < t.rows; i++)
		puts(tty_row(&t, i, row, sizeof(row)));
	tty_type(&t, "Q", 1);
	tty_end(&t);
	return 0;
}
