#!/usr/bin/env bash
# Runs inside the namespaces (see run.sh): starts the servers, walks each domain, compares.
set -u
work=$1 program=$2 here=$3
. "$here/servers.sh"

# The walks. --------------------------------------------------------------------------------------------
passed=0 failed=0
while read -r domain expected status server; do
	case $domain in '' | '#'*) continue ;; esac
	if [ -n "$server" ] && ! command -v "$server" >/dev/null; then
		printf 'peers: not run %-17s no %s here\n' "$domain" "$server"
		continue
	fi
	"$program" check --format json --no-history "$domain" >"$domain.json" 2>"$domain.err"
	got_status=$?
	got=$(jq -r '[.findings[] | select(.severity != "info") | .id] | unique | join(",")' "$domain.json" 2>/dev/null)
	[ -n "$got" ] || got=none
	if [ "$got" = "$expected" ] && [ "$got_status" = "$status" ]; then
		passed=$((passed + 1))
		printf 'peers: ok     %-18s %s\n' "$domain" "$got"
	else
		failed=$((failed + 1))
		printf 'peers: FAILED %-18s got %s (exit %s), expected %s (exit %s)\n' \
			"$domain" "$got" "$got_status" "$expected" "$status"
		cat "$domain.err"
	fi
done <"$here/domains"
postfix -c "$work/pf" stop >/dev/null 2>&1
if [ -n "${STSWALK_KEEP:-}" ]; then cp -r . "$STSWALK_KEEP"; fi
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
