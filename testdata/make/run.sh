#!/bin/bash
# run.sh [TESTDATA]: make testdata/{small,broken,demo,answers} again, with real writers. Root, Debian 12, two minutes:
#   apt-get install -y systemd-journal-remote faketime zstd gcc libc6-dev python3
# 247, 254 and 257 are unpacked by get-systemd.sh of the workshop's generator; GEN=folder that holds sd247 sd254 sd257,
# pj.sh and pjsend.py (default: ../../../shared/gen, copied to a scratch folder first; pj.sh runs the private journald
# of the two sealed files). seqnum ids, file ids and the random part of `~` names
# differ on every run; boot ids, machine ids, times and all fields do not.
set -eu
HERE=$(dirname "$(readlink -f "$0")")
OUT=$(readlink -f "${1:-$HERE/..}")
WORK=$(mktemp -d /tmp/testdata.XXXXXX); trap 'rm -rf "$WORK"' EXIT
if [ -z "${GEN:-}" ]; then
  GEN=$WORK/gen; cp -r "$HERE/../../../shared/gen" "$GEN"; chmod -R u+w "$GEN"; "$GEN/get-systemd.sh"
fi
. "$HERE/lib.sh"
cc -shared -fPIC -O1 -o "$WORK/shim252.so" "$HERE/shim.c" -ldl
cc -DFOR_247 -shared -fPIC -O1 -o "$WORK/shim247.so" "$HERE/shim.c" -ldl
rm -rf "$OUT/small" "$OUT/broken" "$OUT/demo"; [ ! -d "$OUT/answers" ] || find "$OUT/answers" -type f ! -name README.md -delete
mkdir -p "$OUT/small" "$OUT/broken" "$OUT/demo" "$OUT/answers"

# --- demo ----------------------------------------------------------------------------------------------------------
python3 "$HERE/demo.py" "$WORK/demo"
export MID BOOT MAX; MID=$(cat "$WORK/demo/machine-id") MAX=524288
D=$OUT/demo/$MID; mkdir "$D"; n=0
while read -r clock boot; do
  n=$((n + 1)); BOOT=$boot CLOCK=$clock writer 252 kill "$WORK/demo/$n.export" "$D/system.journal"
done < "$WORK/demo/starts"
BOOT=$(tail -n 1 "$WORK/demo/starts" | cut -d' ' -f2) CLOCK=1792154300 writer 252 kill "$WORK/demo/user.export" "$D/user-1000.journal"
cp "$WORK/demo/truth.json" "$OUT/demo/truth.json"

# --- small ---------------------------------------------------------------------------------------------------------
python3 "$HERE/small.py" > "$WORK/once.export"; python3 "$HERE/small.py" --twice > "$WORK/twice.export"
python3 "$HERE/small.py" --twice 200 > "$WORK/mid.export"; python3 "$HERE/small.py" 400 > "$WORK/long.export"
MID=$(grep -am1 ^_MACHINE_ID= "$WORK/once.export" | cut -d= -f2) BOOT=$(grep -a ^_BOOT_ID= "$WORK/once.export" | tail -n 1 | cut -d= -f2)
S=$OUT/small
make() { # make VERSION COMPRESSION keyed|unkeyed compact|regular
  local key=1 compact=1 comp=yes stream=twice; [ "$1" = 247 ] && stream=once; [ "$3" = unkeyed ] && key=0; [ "$4" = regular ] && compact=0
  case $1 in 247|252) [ "$2" = none ] && comp=no ;; *) comp= ;; esac
  COMP=$comp SYSTEMD_JOURNAL_KEYED_HASH=$key SYSTEMD_JOURNAL_COMPACT=$compact SYSTEMD_JOURNAL_COMPRESS=${2^^} \
    writer "$1" end "$WORK/$stream.export" "$S/sd$1-$2-$3-$4.journal"
}
for kind in "none unkeyed" "none keyed" "lz4 unkeyed" "lz4 keyed"; do make 247 $kind regular; done
for kind in "zstd unkeyed regular" "zstd unkeyed compact" "zstd keyed regular" "zstd keyed compact" "none unkeyed regular" "none keyed compact"; do make 252 $kind; done
for kind in "xz keyed compact" "xz unkeyed regular" "lz4 keyed compact" "lz4 unkeyed regular" "none keyed regular" "zstd keyed compact"; do make 254 $kind; done
for kind in "none keyed compact" "xz keyed regular" "lz4 keyed regular" "zstd keyed compact" "zstd unkeyed regular"; do make 257 $kind; done
COMP=yes SYSTEMD_JOURNAL_KEYED_HASH=1 writer 247 end "$WORK/twice.export" "$S/sd247-value-twice.journal"
# states
writer 252 kill "$WORK/twice.export" "$S/state-online.journal"
mkdir "$WORK/rotated"; writer 252 end "$WORK/long.export" "$WORK/rotated/r.journal"
cp "$(ls "$WORK"/rotated/r@*.journal | head -n 1)" "$S/state-archived.journal"
writer 252 kill "$WORK/twice.export" "$WORK/t.journal"    # killed; the next writer renames it
CLOCK=1790020000 writer 252 end "$WORK/twice.export" "$WORK/t.journal"; mv "$WORK"/t@*.journal~ "$S/state-online-renamed.journal~"
cp "$S/sd252-zstd-keyed-compact.journal" "$S/state-offline-renamed.journal~"   # as a clock from the past leaves it
writer 247 end "$WORK/long.export" "$WORK/rotated/o.journal"; cp "$(ls "$WORK"/rotated/o@*.journal | head -n 1)" "$S/state-archived-247.journal"

# a real journald with sealing; every entry has the time and the trusted fields of this machine
for v in 252 257; do
  export SDV=$v HOSTN=small; P=$WORK/seal$v
  M=$MID; export MID=$M CONF=$'Seal=yes\nReadKMsg=no\nSystemMaxFileSize=512K'
  "$GEN/pj.sh" jc "$P" --setup-keys --interval=2s </dev/null > "$WORK/key" 2>/dev/null
  FRESH=1 BOOT=$BOOT "$GEN/pj.sh" start "$P" > /dev/null
  PATH=/usr/bin:/bin "$GEN/pj.sh" send "$P" "$WORK/mid.export" 180 --sleep-us 30000 > /dev/null
  "$GEN/pj.sh" sync "$P"; "$GEN/pj.sh" stop "$P"
  cp "$P/log/$MID/system.journal" "$S/state-sealed-$v.journal"; tail -n 1 "$WORK/key" > "$S/state-sealed-$v.key"
  unset SDV HOSTN CONF
done

# --- broken --------------------------------------------------------------------------------------------------------
writer 252 end "$WORK/mid.export" "$WORK/base.journal"
python3 "$HERE/wounds.py" "$WORK/base.journal" "$OUT/broken" > "$WORK/wounds.json"
cp "$WORK/base.journal" "$OUT/broken/unharmed.journal"
writer 252 kill "$WORK/mid.export" "$WORK/box.journal"    # leaves the mount script of the writer behind
sed -i "s#$WORK/box.journal#$WORK/torn.journal#" "$WORK/box/inner"
python3 "$HERE/kill9.py" "$WORK/mid.export" "$WORK/torn.journal" unshare -m bash "$WORK/box/inner" | tee "$WORK/torn.txt"
cp "$WORK/torn.journal" "$OUT/broken/killed-in-mid-write.journal"
python3 "$HERE/answers.py" "$OUT" "$WORK" "$GEN"
find "$OUT" -type f -exec chmod 644 {} +
chmod 755 "$HERE"/*.sh "$HERE"/demo.py "$HERE"/small.py "$HERE"/wounds.py "$HERE"/kill9.py "$HERE"/feed.py "$HERE"/answers.py
rm -rf "$HERE/__pycache__"
