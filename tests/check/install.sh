#!/usr/bin/env bash
# install.sh BUILD: cmake --install puts these files there, and no others; none is empty.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
DESTDIR=$place cmake --install "$1" --prefix /usr >/dev/null
diff - <(cd "$place/usr" && find . -type f -size +0 -printf '%m %P\n' | sort -k2) <<'EOT'
755 bin/stswalk
644 share/bash-completion/completions/stswalk
644 share/doc/stswalk/CHANGELOG.md
644 share/doc/stswalk/README.md
644 share/doc/stswalk/copyright
644 share/doc/stswalk/docs/findings.md
644 share/doc/stswalk/docs/guide.md
644 share/doc/stswalk/docs/pictures/certificates.svg
644 share/doc/stswalk/docs/pictures/findings.svg
644 share/doc/stswalk/docs/pictures/mx.svg
644 share/doc/stswalk/docs/pictures/overview.svg
644 share/doc/stswalk/docs/pictures/policy.svg
644 share/doc/stswalk/docs/pictures/simulate.svg
644 share/doc/stswalk/docs/pictures/whatif.svg
644 share/fish/vendor_completions.d/stswalk.fish
644 share/man/man1/stswalk.1
644 share/man/man5/stswalk-scenario.5
644 share/man/man5/stswalk-theme.5
644 share/man/man5/stswalk.conf.5
644 share/zsh/site-functions/_stswalk
EOT
