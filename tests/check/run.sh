#!/usr/bin/env bash
# What a reader should never have to look for: format, layers, banned calls, headers that need
# others, oversized files, stale generated docs. Prints each fault; exit 1 if there is any.
set -u
cd "$(dirname "$0")/../.."
fail=0
bad() { printf 'check: %s\n' "$*"; fail=1; }

sources=$(git ls-files -co --exclude-standard '*.c' '*.h')

# Format. ---------------------------------------------------------------------------------------
if command -v clang-format >/dev/null; then
	unformatted=$(printf '%s\n' $sources | xargs -P "$(nproc)" -n 24 sh -c '
		for f; do clang-format --dry-run -Werror "$f" >/dev/null 2>&1 || echo "$f"; done' sh)
	for f in $unformatted; do bad "$f: not formatted (./dev fmt)"; done
else
	bad "clang-format is missing"
fi

# Layers: who may include whom. ---------------------------------------------------------------
# shellcheck disable=SC2086
layers=$(awk '
	function breach(what) { printf "%s:%d: %s\n", FILENAME, FNR, what }
	/^#[ \t]*include[ \t]/ {
		inc = $2; gsub(/[<>"]/, "", inc)
		file = FILENAME; dir = file
		base = file; sub(/.*\//, "", base)
		if (file ~ /^core\//) {
			if (inc ~ /^(net|tui)\//) breach("core includes " inc)
			if (inc ~ /^(curses|ldns|curl|openssl|pthread|sys\/socket|netinet|arpa|netdb|poll|locale|unistd)/)
				breach("core includes <" inc ">")
		}
		if (file ~ /^net\// && file !~ /^net\/lab\// && inc ~ /^(tui|net\/lab)\//)
			breach("net includes " inc)
		if (file ~ /^net\/lab\// && inc ~ /^tui\//) breach("lab includes " inc)
		if (file ~ /^tui\// && inc ~ /^net\// && base !~ /^(main|cmd_[a-z_]*)\.[ch]$/)
			breach("only main.c and cmd_*.c include net")
		if (inc ~ /^curses/ && base !~ /^(term|terminfo|painter|curses_version)\.[ch]$/) breach("<curses.h> outside term, terminfo and painter")
		if (inc ~ /^ldns/ && base != "dnswire.c" && file != "net/libs.c") breach("<ldns> outside dnswire.c")
		if (inc ~ /^curl/ && base != "https.c" && file != "net/libs.c") breach("<curl> outside https.c")
		if (inc ~ /^openssl/ && base !~ /^(tls[a-z_]*|cert|trust|libs|lab_tls|lab_ca)\.[ch]$/ && file !~ /^tests\//)
			breach("<openssl> outside tls, cert, trust and the lab")
		if (inc ~ /^zlib/ && base != "cmd_tlsrpt.c") breach("<zlib.h> outside cmd_tlsrpt.c")
	}' $(printf '%s\n' $sources | grep -v '^tests/'))
[ -z "$layers" ] || bad "layers:
$layers"

# Calls that have no place here. ----------------------------------------------------------------
banned=$(printf '%s\n' $sources | grep -v '^tests/' | xargs grep -nE \
	'(^|[^a-zA-Z0-9_>.])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|sscanf|gets|getaddrinfo|gethostbyname|curl_easy_perform|pthread_cancel|usleep|nanosleep|sleep|system|popen)[ ]*\(' || true)
[ -z "$banned" ] || bad "banned calls:
$banned"
clocks=$(grep -nE '(^|[^a-zA-Z0-9_>.])(time|clock|clock_gettime|gettimeofday|localtime|localtime_r)[ ]*\(' core/*.c || true)
[ -z "$clocks" ] || bad "core knows no clock:
$clocks"
sleeps=$(find tests -name '*.[ch]' -print0 | xargs -0 grep -nE '(^|[^a-zA-Z0-9_>.])(usleep|nanosleep|sleep)[ ]*\(' || true)
[ -z "$sleeps" ] || bad "tests never sleep:
$sleeps"

# Every header compiles alone. -------------------------------------------------------------------
headers=$(printf '%s\n' $sources | grep '\.h$' | grep -v '^tests/')
flags=$(pkg-config --cflags jansson libutf8proc libidn2 ldns libcurl openssl ncursesw 2>/dev/null)
alone=$(printf '%s\n' $headers | xargs -P "$(nproc)" -n 8 sh -c '
	flags=$1; shift
	for h; do gcc -std=c11 -D_GNU_SOURCE -I. -Itests $flags -fsyntax-only -x c "$h" 2>/dev/null || echo "$h"; done
	' sh "$flags")
for h in $alone; do bad "$h: does not compile alone"; done

# Sizes a reader can take in. -------------------------------------------------------------------
for f in $sources; do
	n=$(wc -l <"$f")
	case $f in
	tests/*) max=900 ;;
	*.h) max=260 ;;
	*) max=600 ;;
	esac
	[ "$n" -le "$max" ] || bad "$f: $n lines, more than $max"
done
pages=$(git ls-files 'docs/internals/*.md')
for f in $pages; do
	n=$(wc -l <"$f")
	[ "$n" -le 120 ] || bad "$f: $n lines, more than 120"
done

# Words that have no place in what is shipped. -----------------------------------------------------
odd=$(git ls-files | grep -vE '^(tests/corpus|tests/fuzz/corpus|tests/check|CHANGELOG)' |
	xargs grep -nIE '(TODO|FIXME|XXX:|HACK)\b' 2>/dev/null || true)
[ -z "$odd" ] || bad "left over:
$odd"

# Generated docs say what the tables say (when the generator is built). ----------------------------
if [ -x tests/check/docs.sh ]; then
	tests/check/docs.sh || bad "generated docs are stale (./dev docs)"
fi

[ "$fail" -eq 0 ] && echo "check: all well"
exit "$fail"
