# lib.sh: sourced by run.sh. `writer` runs one real systemd-journal-remote in its own mount namespace.
#   MID=32hex BOOT=32hex MAX=bytes CLOCK=seconds   and any SYSTEMD_JOURNAL_* variable; COMP=yes|no
#   writer VERSION kill|end STREAM FILE
writer() {
  local version=$1 how=$2 stream=$3 file=$4 program libs= preload= box=$WORK/box
  case $version in
    247) program=$GEN/sd247/lib/systemd/systemd-journal-remote libs=$GEN/sd247/lib/systemd:$GEN/sd247/usr/lib/x86_64-linux-gnu preload=$WORK/shim247.so ;;
    252) program=/lib/systemd/systemd-journal-remote preload=$WORK/shim252.so ;;
    254) program=$GEN/sd254/lib/systemd/systemd-journal-remote libs=$GEN/sd254/usr/lib/x86_64-linux-gnu/systemd:$GEN/sd254/usr/lib/x86_64-linux-gnu ;;
    257) local r=$GEN/sd257/usr/lib/x86_64-linux-gnu
         program="$r/ld-linux-x86-64.so.2 --library-path $r:$r/systemd $GEN/sd257/usr/lib/systemd/systemd-journal-remote" ;;
  esac
  mkdir -p "$box"; echo "$MID" > "$box/machine-id"
  echo "${BOOT:0:8}-${BOOT:8:4}-${BOOT:12:4}-${BOOT:16:4}-${BOOT:20}" > "$box/boot_id"
  printf '[Remote]\n' > "$box/remote.conf"
  case $version in 254|257) echo "MaxFileSize=$MAX" >> "$box/remote.conf" ;; esac
  if [ -n "${CLOCK:-}" ]; then
    preload="$preload:/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
    export FAKETIME="@$(TZ=UTC date -d "@$CLOCK" '+%F %T.%6N')" FAKETIME_DONT_FAKE_MONOTONIC=1
  fi
  cat > "$box/inner" <<I
mount --make-rprivate /
mount --bind $box/machine-id /etc/machine-id
mount --bind $box/boot_id /proc/sys/kernel/random/boot_id
mount --bind $box/remote.conf /etc/systemd/journal-remote.conf
exec env TZ=UTC JR_MAX_SIZE=$MAX ${libs:+LD_LIBRARY_PATH=$libs} ${preload:+LD_PRELOAD=$preload} $program -o '$file' --split-mode=none ${COMP:+--compress=$COMP} -
I
  python3 "$HERE/feed.py" "$how" "$stream" "$file" unshare -m bash "$box/inner"
  local rc=$?; unset FAKETIME FAKETIME_DONT_FAKE_MONOTONIC; return $rc
}
