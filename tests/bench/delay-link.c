/*
 * delay-link: a link with a delay between two network namespaces, for kernels without netem.
 *
 * delay-link MS PID1 PID2: makes a TUN device "link0" in the network namespace of each process and
 * carries packets between them, each MS milliseconds after it was sent. Runs until it is killed.
 */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 8192
#define PACKET 2048

struct packet {
	int64_t due_ns;
	size_t n;
	char bytes[PACKET];
};

struct direction {
	int from, to;
	struct packet *ring;
	size_t head, count;
};

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int
open_tun(const char *pid)
{
	struct ifreq request;
	char path[64];
	int ns, fd;

	snprintf(path, sizeof(path), "/proc/%s/ns/net", pid);
	ns = open(path, O_RDONLY | O_CLOEXEC);
	if (ns < 0 || setns(ns, CLONE_NEWNET) != 0) {
		perror(path);
		exit(1);
	}
	close(ns);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	memset(&request, 0, sizeof(request));
	request.ifr_flags = IFF_TUN | IFF_NO_PI;
	memcpy(request.ifr_name, "link0", 6);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) != 0) {
		perror("/dev/net/tun");
		exit(1);
	}
	return fd;
}

static void
take(struct direction *d, int64_t delay_ns)
{
	while (d->count < SLOTS) {
		struct packet *p = &d->ring[(d->head + d->count) % SLOTS];
		ssize_t n = read(d->from, p->bytes, PACKET);

		if (n <= 0)
			return;
		p->n = (size_t)n;
		p->due_ns = now_ns() + delay_ns;
		d->count++;
	}
}

static void
give(struct direction *d)
{
	while (d->count > 0 && d->ring[d->head].due_ns <= now_ns()) {
		ssize_t n = write(d->to, d->ring[d->head].bytes, d->ring[d->head].n);

		(void)n;
		d->head = (d->head + 1) % SLOTS;
		d->count--;
	}
}

int
main(int argc, char **argv)
{
	struct direction d[2];
	int64_t delay_ns;
	int a, b, i;

	if (argc != 4) {
		fprintf(stderr, "usage: delay-link MS PID1 PID2\n");
		return 64;
	}
	delay_ns = (int64_t)(strtod(argv[1], NULL) * 1e6);
	a = open_tun(argv[2]);
	b = open_tun(argv[3]);
	d[0] = (struct direction){ a, b, calloc(SLOTS, sizeof(struct packet)), 0, 0 };
	d[1] = (struct direction){ b, a, calloc(SLOTS, sizeof(struct packet)), 0, 0 };
	if (d[0].ring == NULL || d[1].ring == NULL)
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		struct pollfd fds[2] = { { a, POLLIN, 0 }, { b, POLLIN, 0 } };
		struct timespec wait = { 1, 0 };
		int64_t left = 1000000000;

		for (i = 0; i < 2; i++) {
			if (d[i].count > 0 && d[i].ring[d[i].head].due_ns - now_ns() < left)
				left = d[i].ring[d[i].head].due_ns - now_ns();
		}
		if (left < 0)
			left = 0;
		wait.tv_sec = left / 1000000000;
		wait.tv_nsec = left % 1000000000;
		ppoll(fds, 2, &wait, NULL);
		for (i = 0; i < 2; i++) {
			take(&d[i], delay_ns);
			give(&d[i]);
		}
	}
}
