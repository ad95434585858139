#!/bin/bash
# killed.sh BIN OUT [N] [GEN]: a real journald, killed with -9 in mid-write N times (20); keeps a copy of its journal each
# time and asks `BIN show` for every entry up to the last sync. Exit status 1 if one of those is missing.
# GEN is the folder of pj.sh (/work/shared/gen, or a copy with systemds unpacked by get-systemd.sh); SDV chooses one.
# OUT/killN/ is the journal, OUT/killN.synced the seqnum of the last entry before the last sync.
set -eu
bin=$(readlink -f "$1"); out=$(mkdir -p "$2"; readlink -f "$2"); n=${3:-20}; gen=${4:-/tmp/gen}; bad=0; pj="$gen/pj.sh"; work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 - > "$work/stream.export" <<'P'
for i in range(1, 4001):
    print(f"__REALTIME_TIMESTAMP={1700000000000000 + i}\n__MONOTONIC_TIMESTAMP={i}\nMESSAGE=line {i} {'x' * (i * 37 % 900)}\nPRIORITY=6\nSYSLOG_IDENTIFIER=unit{i % 9}\n")
P
for k in $(seq "$n"); do
  d="$work/$k"; mkdir -p "$d"
  FRESH=1 BOOT=$(printf 'b%03d' "$k") CONF=ReadKMsg=no "$pj" start "$d" >/dev/null
  "$pj" send "$d" "$work/stream.export" $((100 + RANDOM % 200)) >/dev/null
  sleep 0.2; "$pj" sync "$d"; sleep 0.3
  file=$(ls "$d"/log/*/system.journal)
  synced=$(od -An -tu8 -j160 -N8 "$file" | tr -d ' ')
  "$pj" send "$d" "$work/stream.export" 4000 >/dev/null 2>&1 & sender=$!
  # Not before it writes again: the sender takes its time to start.
  for _ in $(seq 300); do [ "$(od -An -tu8 -j160 -N8 "$file" | tr -d " ")" -gt "$synced" ] && break; sleep 0.01; done
  sleep "0.0$((RANDOM % 9))"; "$pj" kill9 "$d"; wait "$sender" || true
  cp -r "$d/log" "$out/kill$k"; echo "$synced" > "$out/kill$k.synced"
  # An ONLINE file may end with 3: it is not as its index says.
  read=$({ "$bin" show -o export "$out/kill$k" 2>/dev/null || [ $? = 3 ]; } | grep -a '^__SEQNUM=' | cut -d= -f2 |
    sort -un | awk -v synced="$synced" '$1 <= synced' | wc -l)
  echo "kill$k: $synced synced, $read of them read"
  [ "$read" = "$synced" ] || bad=1
done
exit $bad
