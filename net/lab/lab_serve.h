/*
 * lab_serve: one thread, one poll loop, every server of a scenario.
 *
 * A connection takes what its peer sends at once; what it answers is a flight, due after the
 * lab's delay and the step's own. Flights keep their order, so pipelined peers are delayed as over a
 * long line. Protocols (DNS over TCP, HTTPS, SMTP) see plain bytes only.
 */
#ifndef STS_LAB_SERVE_H
#define STS_LAB_SERVE_H

#include "core/buf.h"
#include "net/lab/lab_tls.h"
#include "net/wait.h"

#define LAB_MAX_CONNECTIONS 1024 /* at once; more wait in the listen queue */
#define LAB_MAX_LISTENERS (SPEC_MAX_SERVERS + 1)
#define LAB_IN_BYTES 65536 /* kept of what a peer sends and nobody took yet */
#define LAB_OUT_BYTES (2 * 1024 * 1024)

struct lab_conn;

struct lab_protocol {
	void (*begin)(struct lab_conn *c);
	void (*input)(struct lab_conn *c); /* there is more in c->in */
};
extern const struct lab_protocol lab_protocol_dns, lab_protocol_https, lab_protocol_smtp;

struct lab_flight {
	struct lab_flight *next;
	deadline due;
	struct buf bytes;
	size_t sent;
	enum lab_deed after;
};

/* A socket that answers questions, and from which records. */
#define LAB_MAX_UDP (1 + SPEC_MAX_ZONES)
struct lab_udp {
	int fd;
	const struct lab_zone *zone;
};

struct lab_datagram {
	struct lab_datagram *next;
	int fd;
	deadline due;
	struct addr to;
	struct buf bytes;
};

struct lab_listener {
	int fd;
	const struct lab_protocol *protocol;
	const struct lab_server *server; /* NULL for DNS */
	struct lab_tls_context *tls;
};

struct lab_loop {
	const struct lab_spec *spec;
	int stop_fd; /* readable: the loop ends */
	int64_t clock_offset_s;
	struct lab_udp udp[LAB_MAX_UDP]; /* the resolver first */
	size_t udp_count;
	struct lab_listener listeners[LAB_MAX_LISTENERS];
	size_t listener_count;
	int64_t delay_ms;
	struct lab_conn *conns;
	size_t conn_count;
	struct lab_datagram *datagrams;
	struct pollfd *fds;
	size_t fd_room;
	_Atomic unsigned long dns, https, smtp; /* answers given */
};

struct lab_conn {
	struct lab_conn *next;
	struct lab_loop *loop;
	int fd;
	const struct lab_listener *at;
	struct lab_tls *tls;
	struct buf in; /* plain, not yet taken by the protocol */
	struct lab_flight *first, **last;
	deadline last_due;
	bool is_stalled; /* neither hears nor answers any more */
	bool awaits_hello; /* TLS begins with the peer's next bytes */
	bool is_peer_done, is_over;
	bool is_refusing; /* smtp: the banner was no 220 */
};

void lab_loop_run(struct lab_loop *loop); /* until stop_fd is readable; then frees all */

/* For protocols. */
void conn_say(struct lab_conn *c, struct str plain, int64_t delay_ms, enum lab_deed after);
/* Play a step: say what the scenario has for it, or the usual. False when it goes no further. */
bool conn_play(struct lab_conn *c, enum lab_step step, struct str usual);
void conn_begin_tls(struct lab_conn *c);
void conn_end(struct lab_conn *c); /* close in order once all is sent */

#endif
