/*
 * tlsrpt_mail: the attachment of the mail that carries a TLSRPT report (RFC 8460 section 3 and 5.3).
 *
 * As much of MIME (RFC 2045, RFC 2046) as such mail has: multiparts, base64, quoted-printable. Mail
 * comes from anybody: parts and nesting are limited, and what does not fit is not guessed at.
 */
#ifndef STS_TLSRPT_MAIL_H
#define STS_TLSRPT_MAIL_H

#include "core/arena.h"
#include "core/err.h"

/* Whether it begins with a header field. */
bool report_mail_is(struct str bytes);
/* The bytes of the first part that is a report by its type or file name: JSON, or gzip of it. */
enum result report_mail_read(struct arena *a, struct str mail, struct str *out, struct err *err);

#endif
