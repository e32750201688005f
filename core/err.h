/*
 * err: the one error type of things that could not be done on our side.
 *
 * A wrong peer is data and never an err; a wrong caller is an assert. The text is one line:
 * subject, fact, what to do. It may quote user input, made visible already.
 */
#ifndef STS_ERR_H
#define STS_ERR_H

enum result { RESULT_OK, RESULT_FAILED, RESULT_TIMEOUT, RESULT_CANCELLED };

struct err {
	char text[512]; /* "" when nothing went wrong; cut at a character when too long */
	int exit; /* what the program should exit with: 64, 65, 70, 73; 0 when unset */
};

/* Fill err (which may be NULL) and return RESULT_FAILED, so that "return err_set(...)" reads well. */
enum result
err_set(struct err *err, int exit, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
