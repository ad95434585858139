# shellcheck shell=bash
# sets.sh - the sets of journals that peers.sh measures on; sourced by it.
#
#   one    1 file                                             1,000,000 entries, 0.7 GB
#   many   over 400 files that do not overlap                 1,000,000 entries, 0.7 GB
#   mixed  system, two users and /run, dealt out finely       1,000,000 entries, 0.9 GB
#   long   1 file, twenty times as many compressed payloads     500,000 entries, 0.5 GB
#   big    26 files                                           4,000,000 entries, 2.8 GB
#
# Uses sets_dir, gen, factor, here, scratch, fail, need of peers.sh, and sets since and until for it.
# shellcheck disable=SC2034,SC2154

readonly ALL_SETS=(one many mixed long big)

# set_dir NAME: where a set lies; smaller ones lie in a folder of their own
set_dir() {
  if [[ $factor == 1 ]]; then echo "$sets_dir/$1"; else echo "$sets_dir/x$factor/$1"; fi
}

# scaled NUMBER: the number times the factor, at least 1
scaled() { awk -v n="$1" -v f="$factor" 'BEGIN { n = int(n * f); print n < 1 ? 1 : n }'; }

# make_set NAME: makes a set with a scratch copy of the generator
make_set() {
  local name=$1 dir log=$scratch/make.log
  dir=$(set_dir "$name")
  [[ -f $gen/make_big.sh ]] ||
    fail "the set $dir is missing and so is the generator ($gen/make_big.sh); set LASTWORDS_SETS or LASTWORDS_GEN."
  ((EUID == 0)) || fail "the set $dir is missing, and making it needs root (a mount namespace)."
  need gcc "the generator compiles a shim"
  need unshare "the generator needs it"
  [[ -x /lib/systemd/systemd-journal-remote ]] ||
    fail "systemd-journal-remote is not installed (the generator writes the set with it)."
  printf 'peers.sh: making %s, a minute or more\n' "$dir" >&2
  mkdir -p "$(dirname "$dir")"
  if [[ ! -d $scratch/gen ]]; then
    cp -r "$gen" "$scratch/gen"
    chmod -R u+w "$scratch/gen"
    gcc -O2 -shared -fPIC -o "$scratch/gen/jrshim.so" "$scratch/gen/jrshim.c" -ldl
  fi
  recipe "$name" "$dir" >"$log" 2>&1 || fail "the generator failed on $name: $(tail -n 1 "$log")"
}

recipe() {
  local name=$1 dir=$2 make=$scratch/gen/make_big.sh
  case $name in
    one) "$make" "$dir" "$(scaled 1000000)" 1 one 12 ;;
    many) "$make" "$dir" "$(scaled 1000000)" "$(scaled 440)" many 60 --rtc 1 ;;
    long) "$make" "$dir" "$(scaled 500000)" 1 long 12 --long-boost 20 ;;
    big) "$make" "$dir" "$(scaled 4000000)" 26 big 40 --rtc 1 ;;
    mixed)
      rm -rf "$dir.tmp"
      python3 "$here/mixed.py" "$scratch/gen" "$dir.tmp" "$(scaled 1000000)" && mv "$dir.tmp" "$dir"
      ;;
  esac
}

# journal_files SET: fills the array `input`
journal_files() {
  local dir
  dir=$(set_dir "$1")
  mapfile -d '' -t input < <(
    find "$dir" -type f \( -name '*.journal' -o -name '*.journal~' \) -print0 | sort -z
  )
  ((${#input[@]})) || fail "$dir holds no journal file; remove it to have it made again."
}

# entries_of SET: by the truth that the generator left, or `-`
entries_of() {
  python3 -c 'import json, sys
print(sum(b["entries"] for d in json.load(open(sys.argv[1]))["devices"] for b in d["boots"]))' \
    "$(set_dir "$1")/truth.json" 2>/dev/null || echo -
}

# ten_minutes SET: sets `since` and `until` to ten minutes in the middle of the longest boot
ten_minutes() {
  since=$(python3 -c 'import json, sys
boots = [b for d in json.load(open(sys.argv[1]))["devices"] for b in d["boots"]]
boot = max(boots, key=lambda b: b["entries"])
print((boot["last_realtime_us"] // 1000000) - (boot["last_monotonic_us"] - boot["first_monotonic_us"]) // 2000000)' \
    "$(set_dir "$1")/truth.json") || fail "$(set_dir "$1") has no truth.json; leave out the row range."
  until=$((since + 600))
}
