#!/usr/bin/env bash
# portable.sh PROGRAM: what the portable build needs on another machine, and the proof that the rest
# is inside: no linked-in library is asked for, and a lone copy works in an empty folder without any
# environment. ldd alone would not do: libcurl may bring a libidn2 of its own.
set -eu
program=$(realpath "$1")
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
die() { printf 'portable: %s\n' "$*" >&2; exit 1; }

needed=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
inside=$(grep -E '^lib(ldns|jansson|utf8proc|idn2|unistring)\.' <<<"$needed" || true)
[ -z "$inside" ] || die "not linked in: $inside"
# A name that leaves the program would stand in for the same name inside libcurl's libidn2.
leaks=$(nm -D --defined-only "$program" | grep -E ' (idn2|u8|u32|ldns|json|utf8proc)_' || true)
[ -z "$leaks" ] || die "names of linked-in libraries are visible to other libraries: $leaks"

cp "$program" "$place/stswalk"
cd "$place"
alone() { env -i TERM=dumb ./stswalk "$@"; }
alone --version >version && grep -q "^stswalk " version || die "the copy does not start"
status=0
alone demo good >report || status=$?
[ "$status" -eq 0 ] && grep -q '^ *Mail now .*delivered, validated' report ||
	die "the copy's walk of the scenario good ended with $status"
alone demo --list >list && [ "$(wc -l <list)" -gt 100 ] || die "the copy has no scenarios"
alone --dump-theme terminal >theme || die "the copy has no themes"

glibc=$(objdump -T stswalk | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -1)
printf '%s: %s bytes, runs from a copy\n' "$1" "$(stat -c %s stswalk)"
printf 'needs there: a terminfo database for the console, a trust store, C library %s or later, and\n' \
	"${glibc#GLIBC_}"
printf '    %s\n' $needed
