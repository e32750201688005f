#!/usr/bin/env bash
# serve.sh PROGRAM: every line for a shell that `demo --serve` prints, run as it stands there: dig, curl
# and openssl reach the lab's servers, and stswalk walks them. A tool that is missing is named; without
# any of them the test is skipped.
set -u
PATH=$(dirname "$1"):$PATH
fail=0
ran=0

# what COMMAND: what its output must have.
wanted() {
	case $1 in
	dig) echo 'status: NOERROR' ;;
	curl) echo '^version: STSv1' ;;
	openssl) echo 'Verify return code: 0 (ok)' ;;
	stswalk) echo 'mail delivered, validated' ;;
	*) echo "no expectation for $1" ;;
	esac
}

for scenario in good migration ipv6-only; do
	coproc serve { exec stswalk demo --serve "$scenario"; }
	pid=$serve_PID
	lines=()
	while IFS= read -r line <&"${serve[0]}"; do
		case $line in
		'# on loopback'*) break ;;
		'#'*) ;;
		*) lines+=("$line") ;;
		esac
	done
	[ "${#lines[@]}" -ge 5 ] || { echo "serve: $scenario: ${#lines[@]} lines"; fail=1; }
	for line in "${lines[@]}"; do
		tool=${line%% *}
		command -v "$tool" >/dev/null || { echo "serve: no $tool here: not run: $line"; continue; }
		ran=$((ran + 1))
		bash -c "$line" 2>&1 | grep -qa "$(wanted "$tool")" || { echo "serve: $scenario: $line"; fail=1; }
	done
	kill -INT "$pid"
	wait "$pid" || { echo "serve: $scenario ended with $?"; fail=1; }
done
[ "$fail" -eq 0 ] || exit 1
[ "$ran" -gt 3 ] || exit 77
echo "serve: $ran lines run"
