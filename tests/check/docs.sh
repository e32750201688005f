#!/usr/bin/env bash
# Generated documentation against the tables: compares, or writes it with --write. Passes quietly
# where the generator is not built yet (./dev docs builds it).
set -u
cd "$(dirname "$0")/../.."
generate=build/dev/generate
[ -x "$generate" ] || exit 0
fail=0
for page in findings; do
	if [ "${1:-}" = --write ]; then
		"$generate" "$page" >"docs/$page.md"
	elif ! "$generate" "$page" | cmp -s - "docs/$page.md"; then
		echo "check: docs/$page.md is stale"
		fail=1
	fi
done
exit "$fail"
