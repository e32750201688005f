#!/usr/bin/env bash
# Ratios and counts on this machine; see bench.c and console.c.
set -eu
cd "$(dirname "$0")/../.."
echo "bench: $(uname -m), $(nproc) processors" >&2
build/release/bench build/release/stswalk
build/release/bench-console "$PWD/build/release/stswalk"
[ ! -x tests/bench/link.sh ] || tests/bench/link.sh build/release/stswalk
