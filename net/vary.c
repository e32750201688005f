#include "net/vary.h"

#include "core/limits.h"

void
probe_vary(const struct probe_context *c, struct tls_watch *watch)
{
	switch (c->variant) {
	case VARIANT_NO_SNI:
		watch->sni = STR_EMPTY;
		break;
	case VARIANT_UNKNOWN_SNI:
		watch->sni = STR(VARY_UNKNOWN_SNI);
		break;
	case VARIANT_OLD_TLS:
		watch->is_old = true;
		break;
	case VARIANT_PLAIN:
	case VARIANT_REPEAT:
	case VARIANT_CONTROL:
	case VARIANT_PLANNED:
	case attempt_variant_count:
		break;
	}
}

void
handshake_probe(
	const struct probe_context *c, struct str job, struct str host, const struct addr *address)
{
	struct waiter waiter = {
		.cancel_fd = c->waiter.cancel_fd, .tail_fd = -1, .is_stopped = c->waiter.is_stopped
	};
	struct arena a = { 0 };
	struct str source = STR_EMPTY;
	struct stream stream;
	struct tls_watch watch;
	struct tls *tls = NULL;
	struct addr local;
	enum outcome outcome;

	EMIT(c->sink, job, ATTEMPT_START, attempt_start, .role = ATTEMPT_HTTPS, .host = host,
		.address = addr_text(&a, address), .port = addr_port(address),
		.variant = c->variant, .turn = c->turn);
	stream_init(&stream, &waiter, c->limit);
	tls_watch_init(&watch, c->sink, job, c->trust, host);
	probe_vary(c, &watch);
	outcome = stream_connect(&stream, address, deadline_in_ms(LIMIT_CONNECT_MS));
	if (outcome == OUTCOME_OK && stream_local(&stream, &local))
		source = addr_text_port(&a, &local);
	EMIT(c->sink, job, CONNECT, connect, .outcome = outcome, .source = source,
		.error = str_of(stream.error));
	if (outcome == OUTCOME_OK)
		outcome = tls_connect(&tls, &stream, &watch, deadline_in_ms(LIMIT_TLS_MS));
	EMIT(c->sink, job, ATTEMPT_END, attempt_end, .outcome = outcome,
		.error = outcome == OUTCOME_OK ? STR_EMPTY : str_of(stream.error));
	tls_free(tls);
	stream_close(&stream);
	tls_watch_release(&watch);
	arena_release(&a);
}
