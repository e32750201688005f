/*
 * own_things: descriptors and threads of this process, to show that nothing is left behind.
 */
#ifndef STS_TEST_OWN_THINGS_H
#define STS_TEST_OWN_THINGS_H

#include <dirent.h>
#include <poll.h>

static inline unsigned
entries_of(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

struct own_things {
	unsigned descriptors, threads;
};

static inline struct own_things
own_things(void)
{
	return (struct own_things){ entries_of("/proc/self/fd"), entries_of("/proc/self/task") };
}

/* A joined thread may stand in /proc a moment longer: look again until it is gone. */
static inline struct own_things
own_things_settled(struct own_things wanted)
{
	struct own_things now = own_things();

	for (int i = 0; i < 2000 && now.threads > wanted.threads; i++) {
		poll(NULL, 0, 1);
		now = own_things();
	}
	return now;
}

#endif
