#include "core/finding.h"

static const struct finding_type types[] = {
#define FINDING(constant, id, severity, effect, result, rfc, title, alias, means, fix, hand) \
	{ FINDING_##constant, id, severity, effect, result, rfc, title, alias, means, fix, hand },
#include "core/findings.def"
#undef FINDING
};

const struct finding_type *
finding_type(enum finding_id id)
{
	return &types[id];
}

const struct finding_type *
finding_by_name(struct str name)
{
	for (size_t i = 0; i < finding_count; i++) {
		if (str_is_nocase(name, types[i].name))
			return &types[i];
		if (types[i].alias[0] != '\0' && str_is_nocase(name, types[i].alias))
			return &types[i];
	}
	return NULL;
}

const char *
severity_name(enum severity s)
{
	static const char *const names[] = {
		[SEVERITY_OK] = "ok",
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INCONCLUSIVE] = "inconclusive",
		[SEVERITY_ERROR] = "error",
	};

	return names[s];
}

const char *
effect_name(enum effect e)
{
	static const char *const names[] = {
		[EFFECT_NONE] = "none",
		[EFFECT_CONN] = "conn",
		[EFFECT_HOST] = "host",
		[EFFECT_ALL] = "all",
		[EFFECT_SKIP] = "skip",
	};

	return names[e];
}

const char *
stage_name(enum stage s)
{
	static const char *const names[stage_count] = {
		[STAGE_ENV] = "env",
		[STAGE_TXT] = "txt",
		[STAGE_HTTPS] = "https",
		[STAGE_POLICY] = "policy",
		[STAGE_MX] = "mx",
		[STAGE_TLSRPT] = "tlsrpt",
		[STAGE_VERDICT] = "verdict",
	};

	return names[s];
}

const char *
blame_name(enum blame b)
{
	static const char *const names[] = {
		[BLAME_NOBODY] = "nobody",
		[BLAME_DOMAIN] = "domain",
		[BLAME_MX_OPERATOR] = "mx-operator",
		[BLAME_POLICY_OPERATOR] = "policy-operator",
		[BLAME_DNS] = "dns",
		[BLAME_LOCAL] = "local",
		[BLAME_NETWORK] = "network",
		[BLAME_UNKNOWN] = "unknown",
	};

	return names[b];
}

const char *
state_name(enum state s)
{
	static const char *const names[] = {
		[STATE_WAITING] = "waiting",
		[STATE_RUNNING] = "running",
		[STATE_OK] = "ok",
		[STATE_WARN] = "warn",
		[STATE_FAIL] = "fail",
		[STATE_INCONCLUSIVE] = "inconclusive",
		[STATE_SKIPPED] = "skipped",
		[STATE_NOT_REACHED] = "not-reached",
	};

	return names[s];
}

const char *
decision_name(enum decision d)
{
	static const char *const names[] = {
		[DECISION_USE] = "use",
		[DECISION_USE_UNVALIDATED] = "use-unvalidated",
		[DECISION_SKIP] = "skip",
		[DECISION_UNREACHABLE] = "unreachable",
		[DECISION_UNKNOWN] = "unknown",
	};

	return names[d];
}

const char *
mail_outcome_name(enum mail_outcome o)
{
	static const char *const names[] = {
		[MAIL_NOT_KNOWN_YET] = "unknown",
		[MAIL_DELIVERED_VALIDATED] = "delivered-validated",
		[MAIL_DELIVERED_UNVALIDATED] = "delivered-unvalidated",
		[MAIL_DEFERRED] = "deferred",
		[MAIL_UNDELIVERABLE] = "undeliverable",
		[MAIL_UNKNOWN] = "unknown",
	};

	return names[o];
}

const char *
mail_outcome_words(enum mail_outcome o)
{
	static const char *const words[] = {
		[MAIL_NOT_KNOWN_YET] = "not known yet",
		[MAIL_DELIVERED_VALIDATED] = "delivered, validated",
		[MAIL_DELIVERED_UNVALIDATED] = "delivered, without validation",
		[MAIL_DEFERRED] = "delayed",
		[MAIL_UNDELIVERABLE] = "refused",
		[MAIL_UNKNOWN] = "not known",
	};

	return words[o];
}

const char *
dane_verdict_name(enum dane_verdict v)
{
	static const char *const names[] = {
		[DANE_NOT_JUDGED] = "not-judged",
		[DANE_NONE] = "none",
		[DANE_OK] = "ok",
		[DANE_FAIL] = "fail",
		[DANE_UNUSABLE] = "unusable",
		[DANE_INSECURE] = "insecure",
		[DANE_LOOKUP_FAILED] = "lookup-failed",
	};

	return names[v];
}
