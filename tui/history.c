#include "tui/history.h"

#include "core/finding.h"
#include "core/sessfile.h"
#include "core/since.h"
#include "tui/store.h"

static bool
history_load(struct str path, struct session *s)
{
	struct arena a = { 0 };
	struct str file;
	struct err err;
	bool is_read;

	session_init(s);
	is_read = store_read(&a, path, LIMIT_SESSION_BYTES, &file) == RESULT_OK &&
		  sessfile_read(file, s, NULL, &err) == RESULT_OK;
	arena_release(&a);
	return is_read;
}

static struct str
id_of(const struct session *s)
{
	return session_txt_is_usable(s) ? s->txt_lookup->records[0]->data : STR_EMPTY;
}

static bool
same_hosts(const struct session *a, const struct session *b)
{
	if (a->host_count != b->host_count)
		return false;
	for (size_t i = 0; i < a->host_count; i++)
		if (!str_eq(a->hosts[i]->name, b->hosts[i]->name) ||
			a->hosts[i]->preference != b->hosts[i]->preference)
			return false;
	return true;
}

static bool
same_verdict(const struct session *a, const struct session *b)
{
	struct judgement left, right;
	bool is_same;

	judge(a, NULL, &left);
	judge(b, NULL, &right);
	is_same = left.exit == right.exit && left.fresh == right.fresh;
	judgement_release(&left);
	judgement_release(&right);
	return is_same;
}

static struct str
body_of(const struct session *s)
{
	return s->chosen != NULL ? s->chosen->http->body : STR_EMPTY;
}

/* Nothing that one would look back for. A file that cannot be read is not worth more. */
static bool
tells_nothing_new(struct str older, struct str newer)
{
	struct session a, b;
	bool is_same = true;

	if (history_load(newer, &b) && history_load(older, &a)) {
		is_same = str_eq(id_of(&a), id_of(&b)) && str_eq(body_of(&a), body_of(&b)) &&
			  same_hosts(&a, &b) && same_verdict(&a, &b);
		session_release(&a);
	}
	session_release(&b);
	return is_same;
}

/* One walk came: one left the last 20, and stays only if it tells of a change. */
static void
history_prune(struct arena *a, struct str domain)
{
	const struct strs paths = store_sessions(a, domain);

	for (size_t i = 0; i + HISTORY_MOST < paths.n; i++)
		store_remove(paths.v[i]);
	if (paths.n > HISTORY_LAST + 1) {
		const size_t at = paths.n - HISTORY_LAST - 1;

		if (tells_nothing_new(paths.v[at - 1], paths.v[at]))
			store_remove(paths.v[at]);
	}
}

void
history_keep(const struct session *s)
{
	struct arena a = { 0 };
	struct buf file = BUF_INIT(0);
	struct str path;
	struct err err;

	if (s->start != NULL && s->start->rehearsal.n == 0 && s->start->redacted.n == 0 &&
		s->is_ended && s->end_reason != END_CANCELLED) {
		path = store_session_path(&a, s->start->domain, s->start->started_ms);
		sessfile_write(&file, s);
		if (path.n > 0 && store_write(path, buf_str(&file), &err) == RESULT_OK)
			history_prune(&a, s->start->domain);
	}
	buf_release(&file);
	arena_release(&a);
}

const struct ev_last_walk *
history_recall(struct arena *a, struct str domain, const struct judge_options *how)
{
	struct ev_last_walk *last = NULL;
	struct judgement j;
	struct session s;

	if (history_last(domain, INT64_MAX, &s)) {
		judge(&s, how, &j);
		last = since_event(a, &s, &j, (int64_t)store_sessions(a, domain).n);
		judgement_release(&j);
		session_release(&s);
	}
	return last;
}

bool
history_last(struct str domain, int64_t before_ms, struct session *s)
{
	struct arena a = { 0 };
	const struct strs paths = store_sessions(&a, domain);
	const struct str limit = store_session_path(&a, domain, before_ms);
	bool is_found = false;

	for (size_t i = paths.n; i-- > 0 && !is_found;) {
		if (limit.n > 0 && str_cmp(paths.v[i], limit) >= 0)
			continue;
		is_found = history_load(paths.v[i], s);
		if (!is_found)
			session_release(s);
	}
	arena_release(&a);
	return is_found;
}
