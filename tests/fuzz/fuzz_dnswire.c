/*
 * Any bytes as a DNS packet; what is read is answered and read again, as the lab does. Bytes that
 * are no packet are tried as a zone-file line.
 */
#include <stdlib.h>

#include "net/dnswire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
answer(struct arena *a, const struct dnswire_packet *query, struct dnswire_record *record, size_t n)
{
	const struct dnswire_reply reply = {
		.query = query,
		.rcode = query->rcode,
		.answers = record,
		.answer_count = n,
		.ede_code = query->ede_code,
		.ede_text = query->ede_text,
		.max_bytes = query->edns_bytes,
	};
	struct dnswire_packet again;
	struct str bytes;

	if (!dnswire_reply_build(a, &reply, &bytes))
		return;
	/* What we build ourselves must be readable, and answer what was asked. */
	if (!dnswire_parse(a, bytes, &again) || again.id != query->id || !again.is_response)
		abort();
	if (query->has_question && !str_eq(query->name, again.name))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str bytes = { (const char *)data, size };
	struct arena a = { NULL, 0 };
	struct dnswire_packet packet;
	struct dnswire_record record;
	struct str why, name;
	size_t lines = dnswire_line(&a, bytes, STR("example.com"), &record, &why);

	if (dnswire_parse(&a, bytes, &packet)) {
		answer(&a, &packet, &record, lines);
		/* A name that came out goes in again and stays the same. */
		if (packet.has_question &&
			(!dnswire_name(&a, packet.name, &name) || !str_eq(name, packet.name)))
			abort();
	}
	arena_release(&a);
	return 0;
}
