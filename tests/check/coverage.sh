#!/usr/bin/env bash
# coverage.sh BUILD [LEAST]: lines of core/ that the tests ran, by file, those below LEAST percent
# (90) first. Exit 1 when all of core/ together is below it.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1 least=${2:-90}

find "$build/CMakeFiles/sts_core.dir" -name '*.gcda' -print0 |
	xargs -0 -n 16 gcov -n 2>/dev/null |
	awk -v least="$least" '
		/^File / { file = $2; gsub(/\047/, "", file) }
		/^Lines executed:/ && file ~ /(^|\/)core\/[a-z0-9_]*\.c$/ {
			split($0, part, /[:%]/)
			lines = $NF
			sub(/.*\/core\//, "core/", file)
			if (file in seen) next
			seen[file] = 1
			total += lines
			ran += part[2] * lines / 100
			printf "%6.2f %5d %s\n", part[2], lines, file | "sort -n"
			file = ""
		}
		END {
			close("sort -n")
			if (total == 0) { print "no coverage data" > "/dev/stderr"; exit 1 }
			printf "%6.2f %5d core/\n", 100 * ran / total, total
			exit 100 * ran / total < least
		}'
