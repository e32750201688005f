/* tlsrpt: reports of others, read from JSON, gzip or the mail round it. */
#include <string.h>

#include <zlib.h>

#include "core/limits.h"
#include "core/render.h"
#include "core/safe.h"
#include "core/sessfile.h"
#include "core/tlsrpt_mail.h"
#include "core/tlsrpt_sum.h"
#include "tui/cmd.h"
#include "tui/cmd_tlsrpt.h"

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

/* json: the report alone, unpacked. */
static enum result
read_bytes(
	struct arena *a, struct str file, struct str *json, struct tls_report *out, struct err *err)
{
	if (!is_gzip(file) && report_mail_is(file) &&
		report_mail_read(a, file, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	if (is_gzip(file) && unpack(a, file, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	*json = file;
	return tls_report_read(a, file, out, err);
}

static enum result
wrong(struct arena *a, const char *name, const char *what, struct err *err)
{
	return err_set(
		err, EXIT_INPUT, "%.*s: %s", SAFE_ARG(safe_text(a, str_of(name), 200)), what);
}

static enum result
read_file(struct arena *a, const char *path, struct named_report *out, struct err *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct err problem = { .text = "" };
	struct str file, json;

	out->file = str_of(name);
	if (input_read(a, path, LIMIT_REPORT_FILE_BYTES, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	if (read_bytes(a, file, &json, &out->report, &problem) == RESULT_OK)
		return RESULT_OK;
	return wrong(a, name, problem.text, err);
}

/* Any line of it reads as one of a policy: what is wrong with the rest is for the judge to say. */
static bool
is_policy(struct arena *a, struct str body)
{
	struct policy policy;

	if (body.n > LIMIT_POLICY_BYTES)
		return false;
	policy_parse(a, body, &policy);
	for (size_t i = 0; i < policy.line_count; i++)
		if (str_is_nocase(policy.lines[i].key, "version") &&
			str_starts_nocase(policy.lines[i].value, STR("sts")))
			return true;
	return policy.is_valid && !policy.looks_like_html;
}

/* Its header, the first line, says so somewhere. */
static bool
is_session(struct str file)
{
	struct str line = STR_EMPTY;

	str_split(&file, '\n', &line);
	return str_starts(line, STR("{")) &&
	       str_find_str(line, STR("\"" SESSFILE_FORMAT "\"")) < line.n;
}

enum result
opened_read(void *context, struct arena *a, const char *path, struct opened *out, struct err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	struct err problem = { .text = "" };
	struct str file;

	(void)context;
	*out = (struct opened){ .kind = OPENED_SESSION };
	if (input_read(a, path, LIMIT_SESSION_BYTES, &file, err) != RESULT_OK)
		return RESULT_FAILED;
	if (is_session(file))
		return RESULT_OK;
	out->kind = OPENED_POLICY;
	out->bytes = file;
	if (is_policy(a, file))
		return RESULT_OK;
	out->kind = OPENED_REPORT;
	if (!is_gzip(file) && !report_mail_is(file) && !str_starts(str_trim(file), STR("{")) &&
		!str_starts(file, STR("\xef\xbb\xbf")))
		return wrong(a, name, "no session, no TLSRPT report and no policy", err);
	if (file.n > LIMIT_REPORT_FILE_BYTES)
		return wrong(a, name, "no session, and too big for a TLSRPT report", err);
	if (read_bytes(a, file, &out->bytes, &out->report, &problem) == RESULT_OK)
		return RESULT_OK;
	return wrong(a, name, problem.text, err);
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

/* The same report once more would count its sessions twice. */
static bool
is_known(struct arena *a, const struct named_report *reports, size_t count)
{
	const struct named_report *added = &reports[count];

	for (size_t i = 0; i < count; i++) {
		if (!tls_report_is_same(&reports[i].report, &added->report))
			continue;
		cmd_note("%.*s: the same report as %.*s, counted once",
			SAFE_ARG(safe_text(a, added->file, 200)),
			SAFE_ARG(safe_text(a, reports[i].file, 200)));
		return true;
	}
	return false;
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
		if (read_file(&o->arena, o->operands.v[i].p, &reports[count], &err) != RESULT_OK)
			bad = cmd_complain(&err);
		else if (!is_known(&o->arena, reports, count))
			count++;
	}
	if (count == 0)
		return bad;
	report_totals_make(reports, count, policy, &totals);
	status = print(o, &totals);
	report_totals_release(&totals);
	return status != 0 ? status : bad;
}
