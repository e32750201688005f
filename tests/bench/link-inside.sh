#!/usr/bin/env bash
# Runs inside the namespaces (see link.sh).
set -u
work=$1 program=$2 top=$3
. "$top/tests/peer/servers.sh"
rtt=50

# The program's side: a network namespace of its own, held open by a process that waits.
mkfifo hold
unshare --net bash -c 'read -r _ <hold' &
holder=$!
until [ "$(readlink /proc/$holder/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; do :; done
exec 9>hold
coproc LINK { "$top/build/release/delay-link" "$((rtt / 2))" "$$" "$holder"; }
read -r _ <&"${LINK[0]}" || die "delay-link does not start"
there() { nsenter --net=/proc/$holder/ns/net "$@"; }
ip addr add 198.19.0.1/30 dev link0 && ip link set link0 up
there ip link set lo up
there ip addr add 198.19.0.2/30 dev link0
there ip link set link0 up
there ip route add 198.18.0.0/15 via 198.19.0.1

walk() { there "$program" check --no-history --format json -4 five.test; }
walk >/dev/null 2>&1 # so that every smtpd runs
for _ in 1 2 3 4 5 6 7; do
	begin=$(date +%s%N)
	walk >walk.json 2>walk.err
	end=$(date +%s%N)
	jq -r --argjson wall "$(((end - begin) / 1000))" --argjson rtt "$rtt" \
		'[.verdict.at_ms / $rtt, .duration_ms / $rtt, $wall / 1000 / $rtt,
		  (.https.attempts[0].ms.total // 0) / $rtt, .coverage.tested] | @tsv' walk.json
done | sort -n >rows
median() { cut -f "$1" rows | sort -n | sed -n 4p; }
printf '%-46s %10.2f %-6s %s\n' "link: verdict / round trips, 5 MX x 2" "$(median 1)" RTT "<= 8.05 (7 + 15 %)"
printf '%-46s %10.2f %-6s %s\n' "link: end of the program / round trips" "$(median 3)" RTT "<= 8.5"
printf '%-46s %10.2f %-6s %s\n' "link: fetch / round trips" "$(median 4)" RTT "(3 after the address)"
printf '%-46s %10d %-6s %s\n' "link: addresses tested" "$(median 5)" "" "of 10"
postfix -c "$work/pf" stop >/dev/null 2>&1
kill "$LINK_PID" 2>/dev/null
exit 0
