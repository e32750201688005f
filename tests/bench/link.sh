#!/usr/bin/env bash
# Walks over a link with a round trip of 50 ms: real servers in one network namespace, the program
# in another, a delay between them (delay-link). Needs root; says so and passes otherwise.
set -u
cd "$(dirname "$0")/../.."
program=$(realpath "$1")
for tool in nsd unbound nginx postfix jq unshare ip; do
	command -v "$tool" >/dev/null || { echo "bench: link not measured, no $tool (./dev peers installs it)" >&2; exit 0; }
done
unshare --net --mount --fork true 2>/dev/null || { echo "bench: link not measured, no namespaces here" >&2; exit 0; }
[ -c /dev/net/tun ] || { echo "bench: link not measured, no /dev/net/tun" >&2; exit 0; }
work=$(mktemp -d "${TMPDIR:-/tmp}/stswalk-link.XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
unshare --net --mount --pid --fork --mount-proc --kill-child \
	bash tests/bench/link-inside.sh "$work" "$program" "$PWD"
