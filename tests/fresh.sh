#!/usr/bin/env bash
# fresh.sh [portable|package|source|user]...: the ways stswalk comes onto a machine, each tried on a
# minimal Debian 12 that has nothing else (./dev fresh). Needs root, and a Debian mirror: STSWALK_MIRROR
# names another one, STSWALK_FRESH another folder than build/fresh. The first Debian is kept there;
# every part works on a copy. Mounts live in a name space of their own and end with it.
set -euo pipefail
cd "$(dirname "$0")/.."
top=$PWD
mirror=${STSWALK_MIRROR:-http://deb.debian.org/debian}
place=$(mkdir -p "${STSWALK_FRESH:-build/fresh}" && realpath "${STSWALK_FRESH:-build/fresh}")
say() { printf 'fresh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# begin NAME: a new copy; its folder is in $root.
begin() {
	if [ ! -e "$place/base/.whole" ]; then
		say "a minimal Debian 12 from $mirror"
		rm -rf --one-file-system "$place/base"
		debootstrap --variant=minbase bookworm "$place/base" "$mirror" >"$place/debootstrap.log" 2>&1 ||
			die "debootstrap failed, see $place/debootstrap.log"
		touch "$place/base/.whole"
	fi
	root=$place/$1
	rm -rf --one-file-system "$root"
	cp -a "$place/base" "$root"
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
	say "$1"
}

# inside [USER:] COMMAND...: in the copy, with an environment of its own.
inside() {
	local user=root
	case $1 in *:) user=${1%:} && shift ;; esac
	unshare --mount --pid --fork --kill-child sh -c '
		root=$1; user=$2; shift 2
		mount -t proc proc "$root/proc" && mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" &&
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 TERM=dumb \
			DEBIAN_FRONTEND=noninteractive chroot --userspec="$user" "$root" "$@"
		' sh "$root" "$user" "$@" </dev/null
}

install_there() {
	inside apt-get update >/dev/null
	inside apt-get install -y --no-install-recommends "$@" >/dev/null 2>&1 || die "could not install $*"
}

# walks PROGRAM: it starts, has its scenarios, and walks one.
walks() {
	inside "$1" --version | grep '^stswalk ' >&2 || die "$1 does not start"
	inside "$1" demo good | head -1 | grep 'mail delivered, validated' >&2 || die "demo good"
	[ "$(inside "$1" demo --list | wc -l)" -gt 100 ] || die "demo --list"
}

# Every file and folder, without what apt and man-db keep for themselves.
listing() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var/cache \
		-o -path ./var/lib/apt -o -path ./var/log -o -path './var/lib/dpkg/*-old' \) -prune -o -print) | sort
}

# A lone copy, with no other library than those that it asks for.
portable() {
	./dev build portable >/dev/null 2>&1 || die "the portable build failed"
	begin portable
	install_there libcurl4 libncursesw6
	cp build/portable/stswalk "$root/tmp/stswalk"
	walks /tmp/stswalk
}

# Installed with its dependencies, used, and removed without a trace.
package() {
	local file
	file=$(./dev package 2>/dev/null) || die "the package was not made"
	begin package
	# What the package depends on comes first, so that only its own files differ.
	install_there libcurl4 libidn2-0 libjansson4 libldns3 libncursesw6 libutf8proc2 ca-certificates man-db
	# A minimal image may be told not to unpack manual pages.
	rm -f "$root"/etc/dpkg/dpkg.cfg.d/*
	listing >"$place/before"
	cp "$file" "$root/tmp/"
	install_there "/tmp/$(basename "$file")"
	walks stswalk
	inside man -w stswalk stswalk.conf stswalk-theme stswalk-scenario >&2 || die "manual pages"
	for file in bash-completion/completions/stswalk zsh/vendor-completions/_stswalk \
		fish/vendor_completions.d/stswalk.fish doc/stswalk/copyright doc/stswalk/docs/findings.md; do
		[ -s "$root/usr/share/$file" ] || die "/usr/share/$file is missing"
	done
	inside apt-get purge -y stswalk >/dev/null 2>&1 || die "not removed"
	listing | diff "$place/before" - >&2 || die "removing left something"

	begin package-alone
	cp build/release/stswalk_*.deb "$root/tmp/"
	install_there "$(cd "$root" && printf '/%s' tmp/stswalk_*.deb)"
	walks stswalk
}

# The two commands of the README, from a clone, with nothing installed.
source_tree() {
	begin source
	git clone -q --no-hardlinks "file://$top" "$root/root/stswalk"
	inside sh -c 'cd /root/stswalk && exec ./dev demo' >"$place/demo.out" ||
		die "./dev demo ended with $?"
	head -1 "$place/demo.out" >&2
	grep -q '^good.test: mail delivered, validated' "$place/demo.out" || die "./dev demo: no report"
	inside sh -c 'cd /root/stswalk && exec ./dev test' >"$place/test.out" 2>&1 ||
		{ tail -40 "$place/test.out" >&2; die "./dev test failed, see $place/test.out"; }
	grep -E 'tests passed|peer' "$place/test.out" >&2
}

# Somebody who may not install anything is told what to ask for; and so on a system without apt-get.
user() {
	begin user
	git clone -q --no-hardlinks "file://$top" "$root/home/stswalk"
	chmod -R a+rwX "$root/home/stswalk"
	inside nobody: sh -c 'cd /home/stswalk && exec ./dev demo' 2>"$place/user.err" &&
		die "./dev demo cannot have worked without a compiler"
	grep 'as root: apt-get install .*cmake' "$place/user.err" >&2 || die "no advice: $(cat "$place/user.err")"
	rm -f "$root/usr/bin/apt-get"
	inside nobody: sh -c 'cd /home/stswalk && exec ./dev demo' 2>"$place/user.err" &&
		die "./dev demo cannot have worked without a compiler"
	grep 'not a Debian system; install .*cmake' "$place/user.err" >&2 || die "no advice: $(cat "$place/user.err")"
	grep 'cmake is missing' "$place/user.err" >&2 || die "no reason: $(cat "$place/user.err")"
}

[ $# -gt 0 ] || set -- portable package user source
for part; do
	case $part in
	portable | package | user) "$part" ;;
	source) source_tree ;;
	*) die "no part '$part': portable, package, source, user" ;;
	esac
done
say "all well: $*"
