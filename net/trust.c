#include "net/trust.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "core/buf.h"
#include "net/sock.h"
#include "net/tls.h"

#define EXIT_INPUT 65
#define EXIT_OURS 70
#define HASH_DIGITS 8

/* The bundle that is only read when the directory did not suffice. */
struct lazy_file {
	pthread_mutex_t lock;
	X509_LOOKUP *lookup;
	char *path; /* NULL: nothing left to read */
};

struct trust {
	X509_STORE *store;
	SSL_CTX *client;
	struct lazy_file *lazy;
	char *path;
	long anchors;
	int64_t newest_s;
};

static void
note_age(struct trust *t, int64_t mtime_s)
{
	if (mtime_s > t->newest_s)
		t->newest_s = mtime_s;
}

static void
note_path(struct trust *t, const char *path)
{
	if (t->path == NULL)
		t->path = strdup(path);
}

/* "5ed36f99.0": what openssl-rehash(1) links a certificate as. */
static bool
is_hashed_name(const char *name)
{
	if (strspn(name, "0123456789abcdef") != HASH_DIGITS || name[HASH_DIGITS] != '.')
		return false;
	name += HASH_DIGITS + 1;
	return *name != '\0' && name[strspn(name, "0123456789")] == '\0';
}

/* Hashed certificates in one directory; -1 when it cannot be read. */
static long
count_dir(struct trust *t, const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	struct stat st;
	long count = 0;

	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		if (!is_hashed_name(entry->d_name) ||
			fstatat(dirfd(dir), entry->d_name, &st, 0) < 0)
			continue;
		note_age(t, st.st_mtime);
		count++;
	}
	(void)closedir(dir);
	return count;
}

/* Certificates in a bundle, by its PEM headers; -1 when it cannot be read. */
static long
count_file(struct trust *t, const char *path)
{
	static const char trusted[] = "-----BEGIN TRUSTED CERTIFICATE-----";
	static const char plain[] = "-----BEGIN CERTIFICATE-----";
	static const char old[] = "-----BEGIN X509 CERTIFICATE-----";
	FILE *file = fopen(path, "re");
	struct stat st;
	char line[512];
	long count = 0;

	if (file == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL)
		count += strncmp(line, plain, sizeof(plain) - 1) == 0 ||
			 strncmp(line, trusted, sizeof(trusted) - 1) == 0 ||
			 strncmp(line, old, sizeof(old) - 1) == 0;
	if (ferror(file) != 0)
		count = -1;
	else if (count > 0 && fstat(fileno(file), &st) == 0)
		note_age(t, st.st_mtime);
	(void)fclose(file);
	return count;
}

/* One directory of hashed certificates, read by OpenSSL as it needs them. */
static enum result
add_dir(struct trust *t, const char *path)
{
	long count = count_dir(t, path);

	if (count <= 0 || X509_STORE_load_path(t->store, path) != 1)
		return RESULT_FAILED;
	t->anchors += count;
	note_path(t, path);
	return RESULT_OK;
}

/* SSL_CERT_DIR is a list, as PATH is. */
static void
add_dirs(struct trust *t, const char *list)
{
	struct str rest = str_of(list), part;
	char path[4096];

	while (str_split(&rest, ':', &part)) {
		if (part.n == 0 || part.n >= sizeof(path))
			continue;
		memcpy(path, part.p, part.n);
		path[part.n] = '\0';
		(void)add_dir(t, path);
	}
}

static enum result
given_dir(struct trust *t, const char *path, struct err *err)
{
	long count = count_dir(t, path);

	if (count < 0)
		return err_set(err, EXIT_INPUT, "%s: %s (--ca-dir)", path, strerror(errno));
	if (count == 0)
		return err_set(err, EXIT_INPUT,
			"%s: no hashed certificate in it; run: openssl rehash %s", path, path);
	if (add_dir(t, path) != RESULT_OK)
		return err_set(err, EXIT_OURS, "%s: OpenSSL cannot use it", path);
	return RESULT_OK;
}

static enum result
given_file(struct trust *t, const char *path, struct err *err)
{
	long count = count_file(t, path);

	if (count < 0)
		return err_set(err, EXIT_INPUT, "%s: %s (--ca-file)", path, strerror(errno));
	if (count == 0 || X509_STORE_load_file(t->store, path) != 1)
		return err_set(err, EXIT_INPUT, "%s: no PEM certificate that can be read", path);
	t->anchors += count;
	note_path(t, path);
	return RESULT_OK;
}

/* Empty means unset, as for OpenSSL. */
static const char *
setting(const char *name, const char *built_in)
{
	const char *value = secure_getenv(name);

	return value != NULL && value[0] != '\0' ? value : built_in;
}

/* Whether the file stands inside the directory, links followed. */
static bool
lies_in(const char *file, const char *dir)
{
	char *real_file = realpath(file, NULL), *real_dir = realpath(dir, NULL);
	size_t n = real_dir == NULL ? 0 : strlen(real_dir);
	bool is_inside = n > 0 && real_file != NULL && strncmp(real_file, real_dir, n) == 0 &&
			 real_file[n] == '/';

	free(real_file);
	free(real_dir);
	return is_inside;
}

/*
 * OpenSSL's own store is both, directories and file. A bundle inside the hashed directory is made
 * from the same certificates (update-ca-certificates does so): reading it would cost 30 ms and add
 * nothing. Any other is read at once only where there is nothing else.
 */
static enum result
system_store(struct trust *t)
{
	const char *file = setting(X509_get_default_cert_file_env(), X509_get_default_cert_file());
	const char *dirs = setting(X509_get_default_cert_dir_env(), X509_get_default_cert_dir());
	struct lazy_file *lazy;
	long count;

	add_dirs(t, dirs);
	if (t->anchors > 0 && lies_in(file, dirs))
		return RESULT_OK;
	count = count_file(t, file);
	if (count <= 0)
		return RESULT_OK;
	if (t->anchors == 0) {
		if (X509_STORE_load_file(t->store, file) == 1) {
			t->anchors = count;
			note_path(t, file);
		}
		return RESULT_OK;
	}
	lazy = mem_alloc(sizeof(*lazy));
	*lazy = (struct lazy_file){ .lookup = X509_STORE_add_lookup(t->store, X509_LOOKUP_file()),
		.path = strdup(file) };
	if (lazy->lookup == NULL || pthread_mutex_init(&lazy->lock, NULL) != 0) {
		free(lazy->path);
		free(lazy);
		return RESULT_FAILED;
	}
	t->lazy = lazy;
	return RESULT_OK;
}

const char *
trust_shortage(void)
{
	unsigned long code;

	while ((code = ERR_get_error()) != 0) {
		if (ERR_SYSTEM_ERROR(code) && sock_is_local_fault(ERR_GET_REASON(code)))
			return strerrordesc_np(ERR_GET_REASON(code));
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			return strerrordesc_np(ENOMEM);
	}
	return NULL;
}

bool
trust_read_rest(const struct trust *t)
{
	struct lazy_file *lazy = t->lazy;

	if (lazy == NULL)
		return false;
	(void)pthread_mutex_lock(&lazy->lock);
	/* What could not be read for want of a descriptor may be read at the next look. */
	if (lazy->path != NULL &&
		X509_load_cert_crl_file(lazy->lookup, lazy->path, X509_FILETYPE_PEM) > 0) {
		free(lazy->path);
		lazy->path = NULL;
	}
	(void)pthread_mutex_unlock(&lazy->lock);
	/* Also true for who found it read already: the look before this call may have been first. */
	return true;
}

static struct trust *
trust_new(void)
{
	struct trust *t = mem_alloc(sizeof(*t));

	*t = (struct trust){ .store = X509_STORE_new(), .newest_s = -1 };
	return t;
}

static enum result
finish(struct trust **out, struct trust *t, enum result rc, struct err *err)
{
	if (rc == RESULT_OK && (t->client = tls_client_new(t->store)) == NULL)
		rc = err_set(err, EXIT_OURS, "OpenSSL: no TLS context can be made");
	if (rc == RESULT_OK) {
		*out = t;
	} else {
		trust_free(t);
		*out = NULL;
	}
	return rc;
}

enum result
trust_open(struct trust **out, const char *ca_file, const char *ca_dir, struct err *err)
{
	struct trust *t = trust_new();
	enum result rc = RESULT_OK;

	if (t->store == NULL)
		rc = err_set(err, EXIT_OURS, "OpenSSL: no trust store can be made");
	if (rc == RESULT_OK && ca_file != NULL)
		rc = given_file(t, ca_file, err);
	if (rc == RESULT_OK && ca_dir != NULL)
		rc = given_dir(t, ca_dir, err);
	if (rc == RESULT_OK && ca_file == NULL && ca_dir == NULL &&
		(rc = system_store(t)) != RESULT_OK)
		err_set(err, EXIT_OURS, "OpenSSL: the trust store cannot be set up");
	return finish(out, t, rc, err);
}

enum result
trust_open_pem(struct trust **out, struct str pem, struct err *err)
{
	struct trust *t = trust_new();
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	enum result rc = RESULT_OK;
	X509 *cert;

	while (bio != NULL && t->store != NULL &&
		(cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		/* Lets OpenSSL note the extensions now, while one thread alone has it. */
		(void)X509_check_purpose(cert, -1, 0);
		t->anchors += X509_STORE_add_cert(t->store, cert);
		X509_free(cert);
	}
	BIO_free(bio);
	if (t->anchors == 0)
		rc = err_set(err, EXIT_INPUT, "trust anchors: no PEM certificate that can be read");
	else
		note_path(t, "memory"); /* an empty path says that there is no store */
	return finish(out, t, rc, err);
}

void
trust_free(struct trust *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->client);
	X509_STORE_free(t->store);
	if (t->lazy != NULL) {
		(void)pthread_mutex_destroy(&t->lazy->lock);
		free(t->lazy->path);
		free(t->lazy);
	}
	free(t->path);
	free(t);
}

const char *
trust_path(const struct trust *t)
{
	return t->path != NULL ? t->path : "";
}

long
trust_anchors(const struct trust *t)
{
	return t->anchors;
}

int64_t
trust_newest_s(const struct trust *t)
{
	return t->newest_s;
}

void *
trust_x509_store(const struct trust *t)
{
	return t->store;
}

void *
trust_tls_client(const struct trust *t)
{
	return t->client;
}
