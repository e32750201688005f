#!/usr/bin/env bash
# Generated documentation against the tables: compares, or writes it with --write. Passes quietly
# where the generator is not built yet (./dev docs builds it). The README's screen is written only:
# times in it differ from run to run.
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
if [ "${1:-}" = --write ]; then
	screen=$(mktemp)
	trap 'rm -f "$screen"' EXIT
	build/dev/tests/capture 24 80 "$(printf '\t')" "done 5/5" build/dev/stswalk demo mx-one-bad >"$screen" || exit 1
	awk -v file="$screen" '
		/^<!-- screen:/ { print; print "```"; while ((getline line < file) > 0) print line; print "```"; skip = 1; next }
		/^<!-- end of screen/ { skip = 0 }
		!skip' README.md >"$screen.md" && cat "$screen.md" >README.md
	rm -f "$screen.md"
fi
exit "$fail"
