/*
 * lab_own: the lab itself, for the files that start it and change its acts; others use lab.h.
 */
#ifndef STS_LAB_OWN_H
#define STS_LAB_OWN_H

#include <pthread.h>

#include "net/lab/lab_listen.h"
#include "net/lab/lab_serve.h"

#define LAB_MAX_PLACES (2 * SPEC_MAX_SERVERS) /* addresses of all acts together */

/* What a section of the file came to: an act that leaves the section alone shows the same. */
struct lab_made {
	struct lab_made *next;
	unsigned line; /* of the section */
	struct lab_identity identity, other;
	struct lab_tls_context *context;
};

struct lab {
	struct arena arena;
	struct lab_spec *acts[SPEC_MAX_ACTS];
	size_t act_count;
	struct lab_spec *spec; /* of the act that is played */
	struct lab_ca *ca;
	struct trust *trust;
	struct lab_made *made;
	struct lab_place https[LAB_MAX_PLACES], smtp[LAB_MAX_PLACES];
	size_t https_count, smtp_count;
	unsigned dns_port, https_port, smtp_port;
	int dns_tcp_fd;
	struct resolver_config resolvers;
	struct lab_loop loop;
	pthread_t thread;
	bool has_thread;
};

enum result lab_made_ca(struct lab *lab, struct err *err);
/* Certificates of the act's servers, and the TLSA records that speak of them. */
enum result lab_made_all(struct lab *lab, struct err *err);
void lab_made_release(struct lab *lab);
/* Every place listens or refuses as the act wants it; the loop knows the listeners. */
enum result lab_listeners(struct lab *lab, struct err *err);

#endif
