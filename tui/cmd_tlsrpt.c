/* tlsrpt: reports of others, read from JSON, gzip or the mail round it. */
#include <string.h>

#include <zlib.h>

#include "core/limits.h"
#include "core/render.h"
#include "core/safe.h"
#include "core/tlsrpt_mail.h"
#include "core/tlsrpt_sum.h"
#include "tui/cmd.h"

static bool
is_gzip(struct str bytes)
{
	return str_starts(bytes, STR("\x1f\x8b"));
}

/* At most LIMIT_REPORT_JSON_BYTES come out, whatever the file says of itself. */
static enum result
unpack(struct arena *a, struct str packed, struct str *out, struct err *err)
{
	struct buf bytes = BUF_INIT(LIMIT_REPORT_JSON_BYTES);
	z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)packed.p,
		.avail_in = (uInt)packed.n };
	unsigned char chunk[16384];
	int status;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return err_set(err, EXIT_FAULT, "gzip: cannot be set up");
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		status = inflate(&z, Z_NO_FLUSH);
		if (status == Z_OK || status == Z_STREAM_END)
			buf_add(&bytes,
				(struct str){ (const char *)chunk, sizeof(chunk) - z.avail_out });
	} while (status == Z_OK && !bytes.is_cut);
	inflateEnd(&z);
	if (bytes.is_cut)
		err_set(err, 0, "gzip of more than %d bytes", LIMIT_REPORT_JSON_BYTES);
	else if (status != Z_STREAM_END)
		err_set(err, 0, "gzip that is broken or cut off");
	else
		*out = arena_str(a, buf_str(&bytes));
	status = !bytes.is_cut && status == Z_STREAM_END;
	buf_release(&bytes);
	return status ? RESULT_OK : RESULT_FAILED;
}

static enum result
read_bytes(struct arena *a, struct str file, struct tls_report *out, struct err *err)
{
	if (!is_gzip(file) && report_mail_is(file) &&
		report_mail_read(a, file, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	if (is_gzip(file) && unpack(a, file, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	return tls_report_read(a, file, out, err);
}

static enum result
read_file(struct arena *a, const char *path, struct named_report *out, struct err *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct err problem = { .text = "" };
	struct str file;

	out->file = str_of(name);
	if (input_read(a, path, LIMIT_REPORT_FILE_BYTES, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	if (read_bytes(a, file, &out->report, &problem) == RESULT_OK)
		return RESULT_OK;
	return err_set(err, EXIT_INPUT, "%.*s: %s", SAFE_ARG(safe_text(a, str_of(name), 200)),
		problem.text);
}

static int
print(const struct options *o, const struct report_totals *t)
{
	const struct render_options look = { .columns = 78, .is_ascii = cmd_is_ascii(o) };
	struct buf text = BUF_INIT(0);
	struct doc doc;
	int status;

	if (options_format_is(o, "json")) {
		render_tlsrpt_json(t, &text);
	} else {
		view_tlsrpt(t, &doc);
		render_text(&doc, &look, &text);
		doc_release(&doc);
	}
	status = cmd_print(o, buf_str(&text), 0);
	buf_release(&text);
	return status;
}

/* A file that cannot be read is told and left out; the others are told about all the same. */
int
cmd_tlsrpt(struct options *o)
{
	struct named_report *reports = arena_array(&o->arena, o->operands.n + 1, sizeof(*reports));
	struct err err = { .text = "" };
	struct str policy = STR_EMPTY;
	struct report_totals totals;
	size_t count = 0;
	int bad = 0, status;

	if (o->policy != NULL &&
		input_read(&o->arena, o->policy, LIMIT_POLICY_BYTES, &policy, &err) != RESULT_OK)
		return cmd_complain(&err);
	for (size_t i = 0; i < o->operands.n; i++) {
		if (read_file(&o->arena, o->operands.v[i].p, &reports[count], &err) == RESULT_OK)
			count++;
		else
			bad = cmd_complain(&err);
	}
	if (count == 0)
		return bad;
	report_totals_make(reports, count, policy, &totals);
	status = print(o, &totals);
	report_totals_release(&totals);
	return status != 0 ? status : bad;
}
