#!/usr/bin/env bash
# Generated documentation against the tables: compares, or writes it with --write. Passes quietly
# where the generator is not built yet (./dev docs builds it). The README's screen is written only:
# times in it differ from run to run. The guide is compared with --all,
# and the test check/guide runs what it shows.
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
# Whoever writes a scenario finds every word that is read in both of its pages.
for word in $(sed -n 's/^.*[\t ]{ "\(!\{0,1\}[a-z0-9-]*\)", .*$/\1/p' net/lab/spec.c net/lab/spec_dns.c net/lab/spec_server.c); do
	for page in docs/man/stswalk-scenario.5.in docs/internals/scenarios.md; do
		sed 's/\\-/-/g' "$page" | grep -qwF -- "$word" || { echo "check: $page: no word of $word"; fail=1; }
	done
done
# Pages of building blocks name files that are there.
for file in $(grep -ohE '\b(core|net|tui|tests|cmake|docs)/[a-z_/-]+\.(c|h|def|sh|cmake|lab)\b' docs/internals/*.md | sort -u); do
	case $file in core/view_x.c) continue ;; esac
	[ -e "$file" ] || { echo "check: docs/internals: no file $file"; fail=1; }
done
[ "${1:-}" != --all ] || tests/check/guide.sh build/dev || fail=1
if [ "${1:-}" = --write ]; then
	screen=$(mktemp)
	tab=$(printf '\t')
	trap 'rm -f "$screen"' EXIT
	build/dev/tests/capture 24 80 "$tab" "done 5/5" "$PWD/build/dev/stswalk" demo mx-one-bad >"$screen" || exit 1
	awk -v file="$screen" '
		/^<!-- screen:/ { print; print "```"; while ((getline line < file) > 0) print line; print "```"; skip = 1; next }
		/^<!-- end of screen/ { skip = 0 }
		!skip' README.md >"$screen.md" && cat "$screen.md" >README.md
	rm -f "$screen.md"
	# Pictures of a recorded session: the same cells every time.
	mkdir -p docs/pictures
	while IFS='|' read -r name rows columns keys title; do
		build/dev/tests/capture --svg "stswalk: $title" "$rows" "$columns" "$keys" "done 5/5" \
			"$PWD/build/dev/stswalk" open "$PWD/tests/screen/sessions/failing.stswalk" \
			>"$screen.svg" || exit 1
		cat "$screen.svg" >"docs/pictures/$name.svg"
	done <<-EOT
		overview|24|80|$tab|the overview, one MX host failing
		mx|24|80|4jjj|the MX matrix, a row per address
		certificates|24|80|4jjjjjjc|the certificates of an MX host
		policy|24|80|3|the policy, line by line
		simulate|24|80|s|what happens under another mode
		whatif|24|80|sssGkkl|what if a certificate were renewed
		findings|24|80|fj|the findings
	EOT
	rm -f "$screen.svg"
	tests/check/guide.sh build/dev --write || fail=1
fi
exit "$fail"
