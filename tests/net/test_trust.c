#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/buf.h"
#include "net/tls_judge.h"
#include "net/trust.h"
#include "support/check.h"
#include "support/cmocka_all.h"
#include "support/test_cert.h"

/* A folder of its own for each test, with one CA in every form that a store can have. */
struct world {
	char dir[64];
	struct test_cert ca, leaf;
	struct buf path[8];
	size_t paths;
};

static const char *
path_of(struct world *w, const char *name)
{
	struct buf *b = &w->path[w->paths++ % ROWS(w->path)];

	buf_clear(b);
	buf_addf(b, "%s/%s", w->dir, name);
	return buf_text(b);
}

static void
put_file(const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
	close(fd);
}

static int
set_up(void **state)
{
	static struct world w;
	char pem[4096], hashed[32];
	struct str text;

	w = (struct world){ .dir = "/tmp/stswalk-test-trust-XXXXXX" };
	if (mkdtemp(w.dir) == NULL)
		return -1;
	w.ca = test_cert_make(&(struct cert_spec){ .cn = "Test CA", .is_ca = true });
	w.leaf = test_cert_make(
		&(struct cert_spec){ .cn = "a", .sans = "DNS:a.example", .issuer = &w.ca });
	text = test_cert_pem(&w.ca, pem, sizeof(pem));
	mkdir(path_of(&w, "hashed"), 0700);
	mkdir(path_of(&w, "empty"), 0700);
	snprintf(hashed, sizeof(hashed), "hashed/%08lx.0",
		X509_NAME_hash_ex(X509_get_subject_name(w.ca.cert), NULL, NULL, NULL));
	put_file(path_of(&w, hashed), text);
	put_file(path_of(&w, "hashed/README.0"), STR("no certificate"));
	put_file(path_of(&w, "bundle.pem"), text);
	put_file(path_of(&w, "no.pem"), STR("-----BEGIN CERTIFICATE-----\nAAAA\n"));
	put_file(path_of(&w, "text"), STR("hello\n"));
	*state = &w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;
	char hashed[96];

	/* Only what set_up() made. */
	static const char *const names[] = { "hashed/README.0", "bundle.pem", "no.pem", "text" };

	for (size_t i = 0; i < ROWS(names); i++)
		unlink(path_of(w, names[i]));
	snprintf(hashed, sizeof(hashed), "%s/hashed/%08lx.0", w->dir,
		X509_NAME_hash_ex(X509_get_subject_name(w->ca.cert), NULL, NULL, NULL));
	unlink(hashed);
	rmdir(path_of(w, "hashed"));
	rmdir(path_of(w, "empty"));
	rmdir(w->dir);
	for (size_t i = 0; i < ROWS(w->path); i++)
		buf_release(&w->path[i]);
	test_cert_free(&w->ca);
	test_cert_free(&w->leaf);
	return 0;
}

/* Whether the store leads from the leaf to its CA. */
static bool
trusts_leaf(struct world *w, const struct trust *t)
{
	struct tls_judgement j = { .name = STR("a.example") };
	STACK_OF(X509) *chain = sk_X509_new_null();
	bool is_trusted;

	sk_X509_push(chain, w->leaf.cert);
	is_trusted = tls_judge(&j, t, chain, 1) == X509_V_OK && j.is_trusted && j.is_name_ok;
	sk_X509_free(chain);
	tls_judge_release(&j);
	return is_trusted;
}

static void
given_stores(void **state)
{
	static const struct {
		const char *name, *file, *dir;
		enum result rc;
		long anchors;
		bool is_trusted;
		const char *path;
	} rows[] = {
		{ "file", "bundle.pem", NULL, RESULT_OK, 1, true, "bundle.pem" },
		{ "dir", NULL, "hashed", RESULT_OK, 1, true, "hashed" },
		{ "both", "bundle.pem", "hashed", RESULT_OK, 2, true, "bundle.pem" },
		{ "no such file", "nowhere", NULL, RESULT_FAILED, 0, false, NULL },
		{ "no such dir", NULL, "nowhere", RESULT_FAILED, 0, false, NULL },
		{ "a dir as file", "hashed", NULL, RESULT_FAILED, 0, false, NULL },
		{ "a file as dir", NULL, "text", RESULT_FAILED, 0, false, NULL },
		{ "no certificate in it", "text", NULL, RESULT_FAILED, 0, false, NULL },
		{ "half a certificate", "no.pem", NULL, RESULT_FAILED, 0, false, NULL },
		{ "nothing hashed", NULL, "empty", RESULT_FAILED, 0, false, NULL },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *file = rows[i].file != NULL ? path_of(w, rows[i].file) : NULL;
		const char *dir = rows[i].dir != NULL ? path_of(w, rows[i].dir) : NULL;
		struct err err = { 0 };
		struct trust *t = NULL;

		check_int(rows[i].name, "result", trust_open(&t, file, dir, &err), rows[i].rc);
		if (rows[i].rc != RESULT_OK) {
			check_int(rows[i].name, "exit", err.exit, 65);
			check_true(rows[i].name, "text names it",
				strstr(err.text, file != NULL ? file : dir) != NULL);
			assert_null(t);
			continue;
		}
		check_int(rows[i].name, "anchors", trust_anchors(t), rows[i].anchors);
		check_text(rows[i].name, "path", str_of(trust_path(t)), path_of(w, rows[i].path));
		check_true(rows[i].name, "newest", trust_newest_s(t) > 1000000000);
		check_true(rows[i].name, "trusted", trusts_leaf(w, t) == rows[i].is_trusted);
		trust_free(t);
	}
}

/* The two variables that OpenSSL has for its own store. */
static void
system_stores(void **state)
{
	static const struct {
		const char *name, *file, *dir;
		long anchors;
		bool is_trusted;
		const char *path;
	} rows[] = {
		{ "dir", "nowhere", "hashed", 1, true, "hashed" },
		{ "file", "bundle.pem", "empty", 1, true, "bundle.pem" },
		{ "dir, and a file for what is missing", "bundle.pem", "hashed", 1, true,
			"hashed" },
		{ "neither", "nowhere", "empty", 0, false, NULL },
		{ "nothing in the file", "text", "empty", 0, false, NULL },
	};
	struct world *w = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct err err = { 0 };
		struct trust *t = NULL;

		setenv("SSL_CERT_FILE", path_of(w, rows[i].file), 1);
		setenv("SSL_CERT_DIR", path_of(w, rows[i].dir), 1);
		check_int(rows[i].name, "result", trust_open(&t, NULL, NULL, &err), RESULT_OK);
		check_int(rows[i].name, "anchors", trust_anchors(t), rows[i].anchors);
		check_text(rows[i].name, "path", str_of(trust_path(t)),
			rows[i].path != NULL ? path_of(w, rows[i].path) : "");
		check_int(rows[i].name, "trusted", trusts_leaf(w, t), rows[i].is_trusted);
		check_true(
			rows[i].name, "newest", (trust_newest_s(t) < 0) == (rows[i].anchors == 0));
		trust_free(t);
	}
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
}

enum { THREADS = 8, JUDGED_EACH = 20 };

struct judging {
	struct world *w;
	const struct trust *trust;
	X509 *leaf; /* of this thread, as of one connection */
	int trusted;
	pthread_t thread;
};

static void *
judge_often(void *arg)
{
	struct judging *job = arg;

	for (int i = 0; i < JUDGED_EACH; i++) {
		struct tls_judgement j = { .name = STR("a.example") };
		STACK_OF(X509) *chain = sk_X509_new_null();

		sk_X509_push(chain, job->leaf);
		job->trusted += tls_judge(&j, job->trust, chain, 1) == X509_V_OK;
		sk_X509_free(chain);
		tls_judge_release(&j);
	}
	return NULL;
}

/* All at once, so that the bundle is wanted by all before anyone has read it. */
static void
judge_in_threads(struct world *w, const struct trust *t)
{
	struct judging jobs[THREADS];

	for (size_t i = 0; i < THREADS; i++) {
		jobs[i] = (struct judging){ w, t, X509_dup(w->leaf.cert), 0, 0 };
		assert_int_equal(pthread_create(&jobs[i].thread, NULL, judge_often, &jobs[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(jobs[i].thread, NULL);
		assert_int_equal(jobs[i].trusted, JUDGED_EACH);
		X509_free(jobs[i].leaf);
	}
}

/* The directory lacks the CA, the bundle has it: it counts, as it does for OpenSSL. */
static void
the_bundle_fills_gaps(void **state)
{
	struct world *w = *state;
	struct test_cert other = test_cert_make(
		&(struct cert_spec){ .cn = "Other", .is_ca = true });
	char pem[8192], name[32], list[256];
	struct err err = { 0 };
	struct trust *t = NULL;

	snprintf(name, sizeof(name), "empty/%08lx.0",
		X509_NAME_hash_ex(X509_get_subject_name(other.cert), NULL, NULL, NULL));
	put_file(path_of(w, name), test_cert_pem(&other, pem, sizeof(pem)));
	snprintf(list, sizeof(list), "%s:%s", path_of(w, "nowhere"), path_of(w, "empty"));
	setenv("SSL_CERT_FILE", path_of(w, "bundle.pem"), 1);
	setenv("SSL_CERT_DIR", list, 1);
	assert_int_equal(trust_open(&t, NULL, NULL, &err), RESULT_OK);
	assert_int_equal(trust_anchors(t), 1);
	judge_in_threads(w, t);
	assert_true(trusts_leaf(w, t));
	trust_free(t);
	unlink(path_of(w, name));
	test_cert_free(&other);
	unsetenv("SSL_CERT_FILE");
	unsetenv("SSL_CERT_DIR");
}

/* Without a descriptor a hashed directory cannot be looked into: that says nothing of the chain. */
static void
out_of_descriptors(void **state)
{
	struct world *w = *state;
	struct tls_judgement j = { .name = STR("a.example") };
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct err err = { 0 };
	struct trust *t = NULL;
	struct rlimit limit, none;

	assert_int_equal(trust_open(&t, NULL, path_of(w, "hashed"), &err), RESULT_OK);
	sk_X509_push(chain, w->leaf.cert);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = limit.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_not_equal(tls_judge(&j, t, chain, 1), X509_V_OK);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_non_null(j.shortage);
	assert_string_equal(j.shortage, strerrordesc_np(EMFILE));
	assert_false(j.is_judged);
	assert_int_equal(j.error_count, 0);
	sk_X509_free(chain);
	tls_judge_release(&j);
	assert_true(trusts_leaf(w, t));
	trust_free(t);
}

static void
pem_in_memory(void **state)
{
	struct world *w = *state;
	char pem[4096];
	struct err err = { 0 };
	struct trust *t = NULL;

	assert_int_equal(
		trust_open_pem(&t, test_cert_pem(&w->ca, pem, sizeof(pem)), &err), RESULT_OK);
	assert_int_equal(trust_anchors(t), 1);
	assert_string_equal(trust_path(t), "memory");
	assert_true(trusts_leaf(w, t));
	assert_non_null(trust_tls_client(t));
	trust_free(t);
	assert_int_equal(trust_open_pem(&t, STR("nothing"), &err), RESULT_FAILED);
	assert_null(t);
	trust_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(given_stores),
		cmocka_unit_test(system_stores),
		cmocka_unit_test(the_bundle_fills_gaps),
		cmocka_unit_test(out_of_descriptors),
		cmocka_unit_test(pem_in_memory),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
