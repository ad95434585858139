#!/bin/bash
# lines.sh [JOURNALCTL...]: record what each journalctl (default: the installed one, and 257 of GEN) answers to the lines
# of answers/lines.txt, as answers/lines.VERSION. GEN=folder in which get-systemd.sh of ../shared/gen has unpacked 257.
# Needs the crate's toolchain; nothing but journalctl's own output is written.
set -eu
HERE=$(dirname "$(readlink -f "$0")")
cd "$HERE/../.."
WORK=$(mktemp -d /tmp/lines.XXXXXX); trap 'rm -rf "$WORK"' EXIT
if [ $# = 0 ]; then
  set -- journalctl
  ROOT=${GEN:-../shared/gen}/sd257; [ ! -d "$ROOT" ] || ROOT=$(readlink -f "$ROOT")
  if [ -d "$ROOT" ]; then
    LIB=$ROOT/usr/lib/x86_64-linux-gnu    # it needs a newer libc than Debian 12 has
    printf '#!/bin/sh\nexec %s --library-path %s:%s %s "$@"\n' \
      "$LIB/ld-linux-x86-64.so.2" "$LIB" "$LIB/systemd" "$ROOT/usr/bin/journalctl" > "$WORK/journalctl257"
    chmod +x "$WORK/journalctl257"; set -- "$@" "$WORK/journalctl257"
  fi
fi
for JOURNALCTL in "$@"; do
  export JOURNALCTL; "$JOURNALCTL" --version | head -n 1
  RECORD=1 cargo test --quiet --all-features --test journalctl every_command_line_gives_what_journalctl_gives
done
wc -l testdata/answers/lines.[0-9]*
