#!/usr/bin/env bash
# guide.sh BUILD [--write | --run]: docs/guide.md shows what the program really prints. Each line
#	<!-- run [LINES]: COMMAND -->        the output, or some lines of it, as sed -n takes them
#	<!-- screen [KEY...]: ARGUMENTS -->  the console on 24 lines, after these keys (Tab, Space)
#	<!-- file NAME -->                   the block behind it is that file, for later commands
# is done anew in a folder of its own; what stands up to <!-- end --> is written, or compared without times,
# dates, ports and counts of days. With --run it is enough that every block still has something to show:
# so words may change without the guide, until ./dev docs writes it anew. --serve is interrupted once it has said where it is.
set -euo pipefail
build=$(realpath "$1")
guide=$(realpath "$(dirname "$0")/../../docs/guide.md")
export PATH="$build:$PATH" LC_ALL=C.UTF-8 COLUMNS=80
export XDG_STATE_HOME=/dev/null/none XDG_CONFIG_HOME=/dev/null/none
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/here"
cd "$place/here"

steady() {
	sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+Z)?/DATE/g; s/[0-9]+\.[0-9]+ ?s/TIME/g
		s/:[0-9]{4,5}\b/:PORT/g; s/-p [0-9]{4,5}/-p PORT/g; s/(https|smtp)-port [0-9]+/\1-port PORT/g
		s/port [0-9]{4,5}/port PORT/g; s/id=20[0-9]{6}T[0-9]{6}/id=ID/g
		s/[0-9]+ (days|hours|minutes)/N \1/g; s/-?[0-9]+( |$)/N\1/g; s/ca-[A-Za-z0-9]{6}/ca-X/g
		s/SHA-256 [0-9a-f]+/SHA/g; s/cert_days=-?[0-9]+/cert_days=N/g; s/ +/ /g; s/─+/─/g'
}

named() { sed "s/\b$(uname -n)\b/out1.example.net/g"; }

# Exit statuses of findings are part of what is shown.
run() {
	case $1 in
	*--serve*) timeout --preserve-status -s INT 5 bash -c "$1" 2>&1 || true ;;
	*) bash -c "$1" 2>&1 || [ $? -le 3 ] ;;
	esac
}

shown() {
	local words range key keys= ready
	case $1 in
	'<!-- run'*)
		words=${1#*: }
		words=${words% -->}
		range=${1#<!-- run}
		range=${range%%:*}
		echo "\$ $words"
		run "$words" | named | sed -n "${range}p" | sed 's/[ \t]*$//'
		;;
	*)
		words=${1#*: }
		range=${1#<!-- screen}
		for key in ${range%%:*}; do
			case $key in Space) key=' ' ;; Tab) key=$'\t' ;; esac
			keys+=$key
		done
		# shellcheck disable=SC2086
		case $words in *--step*) ready="What do you expect" ;; *) ready="done 5/5" ;; esac
		"$build/tests/capture" 24 80 "$keys" "$ready" "$build/stswalk" ${words% -->} |
			sed 's/[ \t]*$//'
		;;
	esac
}

file= body= is_file= skip=
while IFS= read -r line; do
	case $line in
	'<!-- run'* | '<!-- screen'*)
		printf '%s\n```\n' "$line"
		text=$(shown "$line") || { echo "guide: failed: $line" >&2; exit 1; }
		[ "$(wc -l <<<"$text")" -gt 1 ] || { echo "guide: nothing to show: $line" >&2; exit 1; }
		printf '%s\n```\n' "$text"
		skip=1
		continue
		;;
	'<!-- end -->') skip= ;;
	'<!-- file '*) file=${line#<!-- file } file=${file% -->} ;;
	'```') if [ -n "$file" ]; then
		if [ -n "$is_file" ]; then file= is_file=; else is_file=1; : >"$file"; fi
	fi ;;
	*) [ -z "$is_file" ] || printf '%s\n' "$line" >>"$file" ;;
	esac
	[ -n "$skip" ] || printf '%s\n' "$line"
done <"$guide" >"$place/new.md"
[ -z "$skip" ] || { echo "guide: a block does not end"; exit 1; }

if [ "${2:-}" = --write ]; then
	cat "$place/new.md" >"$guide"
elif [ "${2:-}" != --run ]; then
	diff <(steady <"$guide") <(steady <"$place/new.md") || { echo "guide: docs/guide.md is stale (./dev docs)"; exit 1; }
fi
