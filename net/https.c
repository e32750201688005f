#include "net/https.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/buf.h"
#include "core/limits.h"
#include "net/stream.h"
#include "net/tls.h"

#define POLICY_PATH "/.well-known/mta-sts.txt"
#define HTTPS_PORT 443
#define EXIT_OURS 70
#define NS_PER_MS 1000000

/* One transfer. libcurl moves it on; its callbacks put what they see here and out as events. */
struct fetch {
	const struct probe_context *c;
	struct str job;
	struct arena arena;
	const char *url;
	CURLM *multi;
	CURL *easy;
	struct curl_slist *pin;
	struct tls_watch watch;
	curl_socket_t fd;
	int socket_errno;
	deadline total; /* of the whole fetch */
	deadline stage; /* of connect or TLS */
	bool is_sent; /* the request */
	/* Header fields of the response that counts: the last one, not 1xx. */
	size_t header_lines;
	bool is_head_done;
	bool is_line_cut, has_too_many_lines;
	struct str content_type, date, location;
	bool has_content_type;
	bool is_declared_big; /* Content-Length over the limit */
	struct buf body;
	int64_t body_bytes;
	struct probe_seen seen;
	char error[CURL_ERROR_SIZE];
};

/* How a transfer ended that had sent its request and not a whole header in return. */
static const struct {
	CURLcode code;
	enum outcome outcome;
} code_table[] = {
	{ CURLE_GOT_NOTHING, OUTCOME_CLOSED },
	{ CURLE_PARTIAL_FILE, OUTCOME_CLOSED },
	{ CURLE_OK, OUTCOME_CLOSED },
	{ CURLE_SEND_ERROR, OUTCOME_RESET },
	{ CURLE_OPERATION_TIMEDOUT, OUTCOME_TIMEOUT },
	{ CURLE_OUT_OF_MEMORY, OUTCOME_LOCAL_FAULT },
};

static const struct {
	CURLoption option;
	long value;
} settings[] = {
	{ CURLOPT_NOSIGNAL, 1 },
	{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
	{ CURLOPT_FOLLOWLOCATION, 0 }, /* RFC 8461 3.3: redirects must not be followed */
	{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
	{ CURLOPT_SSL_VERIFYPEER, 1 },
	{ CURLOPT_SSL_VERIFYHOST, 2 },
	{ CURLOPT_SSL_SESSIONID_CACHE, 0 }, /* a resumed session shows no certificate */
	{ CURLOPT_FORBID_REUSE, 1 },
	{ CURLOPT_FRESH_CONNECT, 1 },
	{ CURLOPT_HTTP09_ALLOWED, 0 },
	{ CURLOPT_VERBOSE, 1 }, /* for the debug callback: it sees the request leave */
	/* The limits are kept by transfer(), stage by stage. */
	{ CURLOPT_CONNECTTIMEOUT_MS, LIMIT_CONNECT_MS + LIMIT_TLS_MS + LIMIT_HTTPS_MS },
};

enum result
https_setup(struct err *err)
{
	CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);

	if (code != CURLE_OK)
		return err_set(err, EXIT_OURS, "libcurl: %s", curl_easy_strerror(code));
	return RESULT_OK;
}

const char *
https_library(void)
{
	return curl_version();
}

static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetch *f = arg;

	(void)purpose;
	f->fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		address->protocol);
	if (f->fd < 0)
		f->socket_errno = errno;
	return f->fd < 0 ? CURL_SOCKET_BAD : f->fd;
}

/* The handshake is about to begin, so TCP is connected: libcurl's own times come too late. */
static void
on_begun(void *arg)
{
	struct fetch *f = arg;
	struct addr local = { .len = sizeof(local.sa) };
	struct str source = STR_EMPTY;

	if (getsockname(f->fd, (struct sockaddr *)&local.sa, &local.len) == 0)
		source = addr_text_port(&f->arena, &local);
	EMIT(f->c->sink, f->job, CONNECT, connect, .outcome = OUTCOME_OK, .source = source);
	f->stage = deadline_in_ms(LIMIT_TLS_MS);
}

static CURLcode
on_context(CURL *easy, void *ssl_ctx, void *arg)
{
	struct fetch *f = arg;

	(void)easy;
	return tls_watch_attach(&f->watch, ssl_ctx) ? CURLE_OK : CURLE_SSL_CONNECT_ERROR;
}

/* Nothing but what really went out counts as a request. */
static int
on_debug(CURL *easy, curl_infotype type, char *bytes, size_t n, void *arg)
{
	struct fetch *f = arg;
	struct str rest = { bytes, n }, line;

	(void)easy;
	if (type != CURLINFO_HEADER_OUT || f->is_sent || !str_split(&rest, '\n', &line))
		return 0;
	f->is_sent = true;
	f->stage = f->total;
	EMIT(f->c->sink, f->job, HTTP_REQUEST, http_request, .line = str_trim(line),
		.url = str_of(f->url));
	return 0;
}

static void
take_field(struct fetch *f, struct str line)
{
	struct str value = line, name;

	if (!str_split(&value, ':', &name) || name.n == line.n)
		return;
	value = arena_str(&f->arena, str_trim(value));
	if (str_is_nocase(name, "Content-Type")) {
		f->has_content_type = true;
		f->content_type = value;
	} else if (str_is_nocase(name, "Content-Length")) {
		uint64_t length;

		f->is_declared_big = str_to_u64(value, UINT64_MAX, &length) &&
				     length > LIMIT_POLICY_BYTES;
	} else if (str_is_nocase(name, "Date")) {
		f->date = value;
	} else if (str_is_nocase(name, "Location")) {
		f->location = value;
	}
}

/* A status line: 1xx responses come before the one that counts, each with its own fields. */
static void
begin_head(struct fetch *f)
{
	f->has_content_type = f->is_declared_big = false;
	f->content_type = f->date = f->location = STR_EMPTY;
}

static long
status_of(const struct fetch *f)
{
	long status = 0;

	(void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *arg)
{
	struct fetch *f = arg;
	struct str line = { bytes, size * count };

	while (line.n > 0 && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	if (line.n == 0) {
		f->is_head_done = f->is_head_done || status_of(f) >= 200;
		return size * count;
	}
	/* The status line is not counted, as in the session. */
	if (f->header_lines++ > LIMIT_HEADERS) {
		f->has_too_many_lines = true;
		return 0;
	}
	f->is_line_cut = f->is_line_cut || line.n > LIMIT_HEADER_LINE_BYTES;
	line = str_sub(line, 0, LIMIT_HEADER_LINE_BYTES);
	EMIT(f->c->sink, f->job, HTTP_HEADER, http_header, .line = line);
	/* What comes behind the body (trailers) is shown but decides nothing. */
	if (f->is_head_done)
		return size * count;
	if (str_starts(line, STR("HTTP/")))
		begin_head(f);
	else
		take_field(f, line);
	return size * count;
}

static size_t
on_body(char *bytes, size_t size, size_t count, void *arg)
{
	struct fetch *f = arg;
	size_t n = size * count;

	buf_add(&f->body, (struct str){ bytes, n });
	f->body_bytes += (int64_t)n;
	return f->body_bytes > LIMIT_POLICY_BYTES ? 0 : n;
}

static bool
set_callbacks(struct fetch *f)
{
	CURL *e = f->easy;

	return curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, f) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, on_context) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, f) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_DEBUGFUNCTION, on_debug) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_DEBUGDATA, f) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_HEADERDATA, f) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_WRITEDATA, f) == CURLE_OK &&
	       curl_easy_setopt(e, CURLOPT_ERRORBUFFER, f->error) == CURLE_OK;
}

/* Exactly this address, whatever resolver, proxy or credentials the environment speaks of. */
static bool
set_target(struct fetch *f, struct str host, const struct addr *address)
{
	unsigned port = addr_port(address);
	struct str text = addr_text(&f->arena, address);
	const char *open = addr_family(address) == FAMILY_IPV6 ? "[" : "";
	const char *close = addr_family(address) == FAMILY_IPV6 ? "]" : "";

	if (port == HTTPS_PORT)
		f->url = arena_printf(&f->arena, "https://%.*s" POLICY_PATH, STR_ARG(host)).p;
	else
		f->url = arena_printf(&f->arena, "https://%.*s:%u" POLICY_PATH, STR_ARG(host), port)
				 .p;
	f->pin = curl_slist_append(NULL, arena_printf(&f->arena, "%.*s:%u:%s%.*s%s", STR_ARG(host),
						 port, open, STR_ARG(text), close)
						 .p);
	return f->pin != NULL && curl_easy_setopt(f->easy, CURLOPT_RESOLVE, f->pin) == CURLE_OK &&
	       curl_easy_setopt(f->easy, CURLOPT_URL, f->url) == CURLE_OK &&
	       curl_easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
	       curl_easy_setopt(f->easy, CURLOPT_PROXY, "") == CURLE_OK &&
	       curl_easy_setopt(f->easy, CURLOPT_CAINFO, NULL) == CURLE_OK &&
	       curl_easy_setopt(f->easy, CURLOPT_CAPATH, NULL) == CURLE_OK &&
	       curl_easy_setopt(f->easy, CURLOPT_USERAGENT, "stswalk/" STSWALK_VERSION) == CURLE_OK;
}

static bool
prepare(struct fetch *f, struct str host, const struct addr *address)
{
	struct err err;

	if (https_setup(&err) != RESULT_OK || (f->multi = curl_multi_init()) == NULL ||
		(f->easy = curl_easy_init()) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		if (curl_easy_setopt(f->easy, settings[i].option, settings[i].value) != CURLE_OK)
			return false;
	return set_callbacks(f) && set_target(f, host, address) &&
	       curl_multi_add_handle(f->multi, f->easy) == CURLM_OK;
}

static bool
is_complete(struct fetch *f, CURLcode *code)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(f->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE) {
			*code = message->data.result;
			return true;
		}
	return false;
}

/* Move the transfer on until libcurl is through with it (OUTCOME_OK and its code) or we are. */
static enum outcome
transfer(struct fetch *f, CURLcode *code)
{
	struct curl_waitfd cancel = { .fd = f->c->waiter.cancel_fd, .events = CURL_WAIT_POLLIN };
	unsigned extra = cancel.fd >= 0;
	int running;

	for (;;) {
		deadline own, limit;

		if (curl_multi_perform(f->multi, &running) != CURLM_OK)
			return OUTCOME_LOCAL_FAULT;
		if (is_complete(f, code))
			return OUTCOME_OK;
		own = deadline_earlier(f->stage, f->total);
		limit = deadline_earlier(own, f->c->limit);
		if (deadline_left_ms(limit) == 0)
			return f->c->limit <= own ? OUTCOME_BUDGET : OUTCOME_TIMEOUT;
		cancel.revents = 0;
		if (curl_multi_poll(f->multi, &cancel, extra, deadline_left_ms(limit), NULL) !=
			CURLM_OK)
			return OUTCOME_LOCAL_FAULT;
		if (cancel.revents != 0)
			return waiter_was_stopped(&f->c->waiter) ? OUTCOME_STOPPED
								 : OUTCOME_CANCELLED;
	}
}

/* OpenSSL's part of "error:0A00010B:SSL routines::wrong version number", else the whole. */
static const char *
library_words(const struct fetch *f)
{
	const char *words = f->error, *next;

	while ((next = strstr(words, "::")) != NULL)
		words = next + 2;
	return words;
}

static const char *
words_of(const struct fetch *f, CURLcode code)
{
	if (code == CURLE_OK)
		return "";
	return f->error[0] != '\0' ? f->error : curl_easy_strerror(code);
}

static void
end(struct fetch *f, enum outcome outcome, const char *error)
{
	if (outcome == OUTCOME_LOCAL_FAULT)
		EMIT(f->c->sink, f->job, LOCAL_FAULT, local_fault, .what = STR("HTTPS fetch"),
			.error = str_of(error));
	EMIT(f->c->sink, f->job, ATTEMPT_END, attempt_end, .outcome = outcome,
		.error = str_of(error));
}

static void
end_unconnected(struct fetch *f, enum outcome outcome, CURLcode code)
{
	const char *error = words_of(f, code);
	long os_errno = f->socket_errno;

	if (outcome == OUTCOME_OK) {
		outcome = OUTCOME_LOCAL_FAULT;
		if (code == CURLE_COULDNT_CONNECT && os_errno == 0)
			(void)curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &os_errno);
		if (os_errno != 0) {
			outcome = outcome_of_errno((int)os_errno);
			error = strerrordesc_np((int)os_errno);
		}
	}
	EMIT(f->c->sink, f->job, CONNECT, connect, .outcome = outcome, .error = str_of(error));
	end(f, outcome, error);
}

static void
end_in_handshake(struct fetch *f, enum outcome outcome)
{
	char text[160] = "";

	if (outcome == OUTCOME_OK)
		outcome = tls_watch_why(&f->watch, library_words(f), text, sizeof(text));
	f->seen.is_handshake_failed = !outcome_is_ours(outcome);
	tls_watch_fail(&f->watch, outcome, text);
	end(f, outcome, text);
}

/* What the connection showed, for a transfer that ended by an error of libcurl. */
static enum outcome
fault_of(const struct fetch *f, CURLcode code)
{
	if (f->watch.alert_in >= 0)
		return OUTCOME_ALERT;
	for (size_t i = 0; i < sizeof(code_table) / sizeof(code_table[0]); i++)
		if (code_table[i].code == code)
			return code_table[i].outcome;
	if (code == CURLE_RECV_ERROR && f->watch.is_broken)
		return OUTCOME_RESET;
	if (code == CURLE_RECV_ERROR && f->watch.is_eof)
		return OUTCOME_CLOSED;
	return OUTCOME_GARBAGE;
}

/* libcurl up to 8.5 calls it lack of memory when a line of the header is over its own limit. */
static bool
is_line_refused(const struct fetch *f, CURLcode code)
{
	return code == CURLE_OUT_OF_MEMORY && f->header_lines > 0;
}

/* ended: OUTCOME_OK if libcurl was through, with code. */
static enum outcome
http_outcome(const struct fetch *f, enum outcome ended, CURLcode code)
{
	long status = status_of(f);

	if (f->has_too_many_lines || (!f->is_head_done && is_line_refused(f, code)))
		return OUTCOME_GARBAGE;
	if (!f->is_head_done)
		return ended != OUTCOME_OK ? ended : fault_of(f, code);
	/* Whatever became of its body, it is no policy. */
	if (status != 200)
		return status >= 300 && status < 400 ? OUTCOME_REDIRECT : OUTCOME_STATUS;
	if (f->body_bytes > LIMIT_POLICY_BYTES)
		return OUTCOME_TOO_BIG;
	if (ended == OUTCOME_OK && code == CURLE_OK)
		return OUTCOME_OK;
	if (f->is_declared_big)
		return OUTCOME_TOO_BIG;
	/* Closed, reset or malformed behind a good header: the body is not whole. */
	return ended != OUTCOME_OK ? ended : OUTCOME_TRUNCATED;
}

static const char *
http_error(const struct fetch *f, enum outcome outcome, CURLcode code)
{
	if (f->has_too_many_lines)
		return "more than 128 header lines";
	if (is_line_refused(f, code))
		return "a line of the header is over the limit of libcurl";
	if (outcome == OUTCOME_TOO_BIG && f->body_bytes <= LIMIT_POLICY_BYTES)
		return "Content-Length is over 65536";
	if (outcome == OUTCOME_TRUNCATED || !f->is_head_done)
		return words_of(f, code);
	return f->is_line_cut ? "a header line over 8192 bytes was cut" : "";
}

static const char *
redirect_of(const struct fetch *f)
{
	char *url = NULL;

	/* With a relative Location resolved. */
	(void)curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &url);
	return url != NULL ? url : f->location.p;
}

static void
end_in_http(struct fetch *f, enum outcome ended, CURLcode code, int64_t wall_ms)
{
	enum outcome outcome = http_outcome(f, ended, code);
	const char *error = http_error(f, outcome, code);
	time_t date = f->date.n > 0 ? curl_getdate(f->date.p, NULL) : -1;

	/* Date has whole seconds: the middle of the second is meant, on the average. */
	EMIT(f->c->sink, f->job, HTTP_DONE, http_done, .outcome = outcome, .status = status_of(f),
		.content_type = f->content_type, .has_content_type = f->has_content_type,
		.redirect = outcome == OUTCOME_REDIRECT ? str_of(redirect_of(f)) : STR_EMPTY,
		.body_bytes = f->body_bytes, .body = buf_str(&f->body), .has_date = date != -1,
		.date_offset_ms = date != -1 ? (int64_t)date * 1000 + 500 - wall_ms : -1,
		.error = str_of(error));
	end(f, outcome, error);
}

/* Connected and encrypted, but no request: the certificate, if it was not the line that broke. */
static void
end_unasked(struct fetch *f, enum outcome outcome, CURLcode code)
{
	if (outcome == OUTCOME_OK)
		outcome = code == CURLE_PEER_FAILED_VERIFICATION ? OUTCOME_UNTRUSTED
								 : fault_of(f, code);
	end(f, outcome, words_of(f, code));
}

static void
fetch(struct fetch *f)
{
	CURLcode code = CURLE_OK;
	enum outcome outcome = transfer(f, &code);
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	f->seen.is_connected = f->watch.is_begun;
	f->seen.has_tls = f->watch.is_done;
	if (!f->watch.is_begun)
		end_unconnected(f, outcome, code);
	else if (!f->watch.is_done)
		end_in_handshake(f, outcome);
	else if (!f->is_sent)
		end_unasked(f, outcome, code);
	else
		end_in_http(f, outcome, code, (int64_t)now.tv_sec * 1000 + now.tv_nsec / NS_PER_MS);
}

static void
release(struct fetch *f)
{
	if (f->multi != NULL && f->easy != NULL)
		(void)curl_multi_remove_handle(f->multi, f->easy);
	curl_easy_cleanup(f->easy);
	if (f->multi != NULL)
		(void)curl_multi_cleanup(f->multi);
	curl_slist_free_all(f->pin);
	tls_watch_release(&f->watch);
	buf_release(&f->body);
	arena_release(&f->arena);
}

void
https_probe(
	const struct probe_context *c, struct str job, struct str host, const struct addr *address)
{
	struct fetch f = {
		.c = c, .job = job, .fd = CURL_SOCKET_BAD, .body = BUF_INIT(LIMIT_POLICY_BYTES)
	};

	EMIT(c->sink, job, ATTEMPT_START, attempt_start, .role = ATTEMPT_HTTPS, .host = host,
		.address = addr_text(&f.arena, address), .port = addr_port(address),
		.variant = c->variant, .turn = c->turn);
	tls_watch_init(&f.watch, c->sink, job, c->trust, host);
	f.watch.begun = on_begun;
	f.watch.arg = &f;
	f.total = deadline_in_ms(LIMIT_HTTPS_MS);
	f.stage = deadline_in_ms(LIMIT_CONNECT_MS);
	if (prepare(&f, host, address))
		fetch(&f);
	else
		end(&f, OUTCOME_LOCAL_FAULT, "libcurl: no transfer can be set up");
	if (c->seen != NULL)
		*c->seen = f.seen;
	release(&f);
}
