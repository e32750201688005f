#!/usr/bin/env bash
# Walks domains served by nsd, unbound, nginx, Postfix and (where it is there) chasquid on the standard ports, in network and mount
# namespaces of its own: no option is given, resolv.conf and the trust store are those of the
# namespace. Needs root (or CAP_SYS_ADMIN) and the servers installed; says so and passes where it
# may not make namespaces, since nothing about the program is known then.
set -u
cd "$(dirname "$0")/../.."
program=${STSWALK:-build/dev/stswalk}
for tool in nsd unbound nginx postfix jq unshare ip openssl; do
	command -v "$tool" >/dev/null || { echo "peers: $tool is not installed (./dev peers)" >&2; exit 1; }
done
if ! unshare --net --mount --fork true 2>/dev/null; then
	echo "peers: not run, this user may not make network namespaces" >&2
	exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/stswalk-peers.XXXXXX")
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
unshare --net --mount --pid --fork --mount-proc --kill-child \
	bash tests/peer/inside.sh "$work" "$(realpath "$program")" "$PWD/tests/peer"
