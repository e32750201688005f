/* The lab by hand: lines for a shell that ask its servers what a sender asks. */
#include "net/lab/lab_own.h"

static bool
is_plain(char c)
{
	return ascii_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       str_find(STR("._-:/"), c) < 5;
}

/* One word for a shell, whatever bytes a scenario has in its names. */
static struct str
shell_word(struct arena *a, struct str word)
{
	struct buf out = BUF_INIT(0);
	struct str kept;
	size_t plain = 0;

	while (plain < word.n && is_plain(word.p[plain]))
		plain++;
	if (plain == word.n && word.n > 0)
		return word;
	buf_add_char(&out, '\'');
	for (size_t i = 0; i < word.n; i++) {
		if (word.p[i] == '\'')
			buf_add_text(&out, "'\\''");
		else
			buf_add_char(&out, word.p[i]);
	}
	buf_add_char(&out, '\'');
	kept = arena_str(a, buf_str(&out));
	buf_release(&out);
	return kept;
}

static void
add_dig(const struct lab *lab, struct str domain, struct buf *out)
{
	static const struct {
		const char *type, *before;
	} rows[] = { { "TXT", "_mta-sts." }, { "TXT", "_smtp._tls." }, { "MX", "" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		buf_addf(out, "dig @%s -p %u %s %s%.*s\n", lab_dns_address(lab), lab->dns_port,
			rows[i].type, rows[i].before, STR_ARG(domain));
}

static void
add_server(const struct lab *lab, const struct lab_server *s, struct arena *a, struct str ca,
	struct buf *out)
{
	const struct str host = shell_word(a, s->host);
	const bool is_v6 = str_find(s->address, ':') < s->address.n;
	const char *open = is_v6 ? "[" : "", *close = is_v6 ? "]" : "";

	if (s->is_https)
		buf_addf(out,
			"curl -v --cacert %.*s --connect-to ::%s%.*s%s:%u "
			"https://%.*s/.well-known/mta-sts.txt\n",
			STR_ARG(ca), open, STR_ARG(s->address), close, lab->https_port,
			STR_ARG(host));
	else
		buf_addf(out,
			"openssl s_client -starttls smtp -connect %s%.*s%s:%u -servername %.*s "
			"-verify_hostname %.*s -CAfile %.*s </dev/null\n",
			open, STR_ARG(s->address), close, lab->smtp_port, STR_ARG(host),
			STR_ARG(host), STR_ARG(ca));
}

void
lab_commands(const struct lab *lab, struct str ca_path, struct buf *out)
{
	struct arena a = { 0 };
	const struct lab_spec *spec = lab->spec;
	const struct str domain = shell_word(&a, spec->head.domain), ca = shell_word(&a, ca_path);

	add_dig(lab, domain, out);
	for (size_t i = 0; i < spec->server_count; i++)
		add_server(lab, &spec->servers[i], &a, ca, out);
	buf_addf(out,
		"stswalk check --resolver %s:%u --https-port %u --smtp-port %u --ca-file %.*s "
		"--no-history %.*s\n",
		lab_dns_address(lab), lab->dns_port, lab->https_port, lab->smtp_port, STR_ARG(ca),
		STR_ARG(domain));
	arena_release(&a);
}
