#!/usr/bin/env bash
# peers.sh - lastwords against the installed journalctl, on sets made by the generator.
#
# usage: benches/peers.sh [--sets one,many] [--rows ROW,...] [--runs N]
#                         [--only lastwords|journalctl] [--help]
#
#   --sets   one: 1 file; many: over 400 files (about 1,000,000 entries, 0.7 GB each)
#   --rows   export json short short-iso-precise cat boots fields tail unit; default all.
#            fields: the values of _SYSTEMD_UNIT; tail: the last 1000 entries as short;
#            unit: _SYSTEMD_UNIT=$LASTWORDS_UNIT as json
#   --runs   timed runs of each program per row, in alternation (default 3);
#            one journalctl json run on `one` takes about 38 s
#   --only   leave the other program out; its columns then hold `-`
#
# environment:
#   LASTWORDS_BIN    default target/release/lastwords of this repository
#   LASTWORDS_SETS   where the sets are, or are made (default /tmp/sets; making them needs
#                    root, gcc and systemd-journal-remote; 1.5 GB, about 2 minutes)
#   LASTWORDS_GEN    the generator (default ../shared/gen beside the repository);
#                    only read, a scratch copy runs
#   LASTWORDS_UNIT   default chronyd.service, about 1 % of the entries
#   TMPDIR           scratch for one output at a time (2 GB for json)
#
# Columns: median wall seconds of both programs, output to /dev/null, the set in the page
# cache (`cat` before each pair); ratio journalctl/lastwords; lastwords' peak anonymous
# memory (RssAnon, sampled in runs of its own, the highest of N; a peak between two samples
# is missed); floor = `cat` of the set's journal files + `cat` of the output lastwords wrote,
# both to /dev/null. boots, fields, tail and unit need not read the whole set, so there the
# floor is a yardstick, not a bound. `-` means: not measured.
# A `!` behind the ratio: the two programs did not write the same number of bytes (not
# checked for boots, whose tables differ by design), so the ratio says little.
# After the table: lastwords' many/one ratio of the bulk rows, and the byte counts of such rows.
#
# exit status: 0 all measured, 1 something missing or a command failed, 2 usage
set -euo pipefail

export TZ=UTC LC_ALL=C.UTF-8

readonly ALL_SETS=(one many)
readonly BULK_ROWS=(export json short short-iso-precise cat)
readonly ALL_ROWS=("${BULK_ROWS[@]}" boots fields tail unit)

fail() {
  printf 'peers.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

usage() { sed -n '2,/^set -euo/{/^#/s/^# \{0,1\}//p}' "$0"; }

# contains WORD WORDS...
contains() {
  local word=$1 other
  shift
  for other in "$@"; do [[ $other == "$word" ]] && return 0; done
  return 1
}

need() { command -v "$1" >/dev/null || fail "$1 is not installed ($2)."; }

# ---- what to do

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
bin=${LASTWORDS_BIN:-$root/target/release/lastwords}
sets_dir=${LASTWORDS_SETS:-/tmp/sets}
gen=${LASTWORDS_GEN:-$root/../shared/gen}
unit=${LASTWORDS_UNIT:-chronyd.service}
sets=("${ALL_SETS[@]}")
rows=("${ALL_ROWS[@]}")
runs=3
only=

while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --sets | --rows | --runs | --only)
      [[ -n ${2:-} ]] || fail "$1 needs a value; see --help." 2
      case $1 in
        --sets) IFS=, read -ra sets <<<"$2" ;;
        --rows) IFS=, read -ra rows <<<"$2" ;;
        --runs) runs=$2 ;;
        --only) only=$2 ;;
      esac
      shift 2
      ;;
    *) fail "unknown argument '$1'; see --help." 2 ;;
  esac
done

for set in "${sets[@]}"; do
  contains "$set" "${ALL_SETS[@]}" || fail "there is no set '$set'; sets: ${ALL_SETS[*]}." 2
done
for row in "${rows[@]}"; do
  contains "$row" "${ALL_ROWS[@]}" || fail "there is no row '$row'; rows: ${ALL_ROWS[*]}." 2
done
[[ $runs =~ ^[1-9][0-9]{0,2}$ ]] || fail "--runs must be a number from 1 to 999, not '$runs'." 2
contains "$only" "" lastwords journalctl ||
  fail "--only takes lastwords or journalctl, not '$only'." 2

with_lw=1 with_jc=1
[[ $only == journalctl ]] && with_lw=
[[ $only == lastwords ]] && with_jc=

# ---- what is there

need python3 "sample.py needs it"
need awk "the medians need it"
python=$(python3 -c 'import sys; print(sys.executable)') || fail "python3 does not run."
[[ -f $here/sample.py ]] || fail "$here/sample.py is missing; it belongs beside peers.sh."
if [[ $with_lw ]]; then
  [[ -e $bin ]] ||
    fail "there is no lastwords binary at $bin; run 'cargo build --release' or set LASTWORDS_BIN."
  [[ -f $bin && -x $bin ]] || fail "LASTWORDS_BIN is not an executable file: $bin."
  bin=$(readlink -f "$bin")
fi
if [[ $with_jc ]]; then need journalctl "use --only lastwords to do without"; fi

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lastwords-peers.XXXXXX") || fail "no scratch directory."
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ---- the sets

# make_set NAME: runs a scratch copy of the generator
make_set() {
  local name=$1 args
  case $name in
    one) args=(1000000 1 one 12) ;;
    many) args=(1000000 440 many 60 --rtc 1) ;;
    *) fail "no recipe for the set '$name'." ;;
  esac
  [[ -f $gen/make_big.sh ]] ||
    fail "the set $sets_dir/$name is missing and so is the generator ($gen/make_big.sh); set LASTWORDS_SETS or LASTWORDS_GEN."
  ((EUID == 0)) || fail "the set $sets_dir/$name is missing, and making it needs root (a mount namespace)."
  need gcc "the generator compiles a shim"
  need unshare "the generator needs it"
  [[ -x /lib/systemd/systemd-journal-remote ]] ||
    fail "systemd-journal-remote is not installed (the generator writes the set with it)."
  printf 'peers.sh: making %s/%s, about a minute\n' "$sets_dir" "$name" >&2
  mkdir -p "$sets_dir"
  if [[ ! -d $scratch/gen ]]; then
    cp -r "$gen" "$scratch/gen"
    chmod -R u+w "$scratch/gen"
  fi
  "$scratch/gen/make_big.sh" "$sets_dir/$name" "${args[@]}" >"$scratch/make.log" 2>&1 ||
    fail "the generator failed on $name: $(tail -n 1 "$scratch/make.log")"
}

# journal_files SET: fills the array `input`
journal_files() {
  mapfile -d '' -t input < <(
    find "$sets_dir/$1" -type f \( -name '*.journal' -o -name '*.journal~' \) -print0 | sort -z
  )
  ((${#input[@]})) || fail "$sets_dir/$1 holds no journal file; remove it to have it made again."
}

for set in "${sets[@]}"; do
  [[ -e $sets_dir/$set ]] || make_set "$set"
  journal_files "$set"
done

# ---- commands

# lw_command ROW DIR, jc_command ROW DIR: fill the array `cmd`
lw_command() {
  case $1 in
    boots) cmd=("$bin" boots "$2") ;;
    fields) cmd=("$bin" fields "$2" _SYSTEMD_UNIT) ;;
    tail) cmd=("$bin" show "$2" -o short -n 1000) ;;
    unit) cmd=("$bin" show "$2" -o json "_SYSTEMD_UNIT=$unit") ;;
    *) cmd=("$bin" show "$2" -o "$1") ;;
  esac
}

jc_command() {
  cmd=(journalctl -D "$2" --no-pager -q)
  case $1 in
    boots) cmd+=(--list-boots) ;;
    fields) cmd+=(-F _SYSTEMD_UNIT) ;;
    tail) cmd+=(-o short -n 1000) ;;
    unit) cmd+=(-o json "_SYSTEMD_UNIT=$unit") ;;
    *) cmd+=(-o "$1") ;;
  esac
}

sample() { "$python" "$here/sample.py" "$@"; }

# timed CMD...: sets `seconds` and `bytes`
timed() {
  local answer
  answer=$(sample time /dev/null "$@") || fail "a run failed, see above; nothing is printed for it."
  read -r seconds bytes <<<"$answer"
}

warm() { cat -- "${input[@]}" >/dev/null || fail "the input cannot be read."; }

median() {
  sort -g | awk '{ v[NR] = $1 }
    END { if (!NR) exit 1; print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# quotient A B: with two decimals, `-` unless both were measured
quotient() {
  if [[ $1 == - || $2 == - ]]; then
    echo -
  else
    awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f\n", a / b; else print "-" }'
  fi
}

# fixed DECIMALS VALUE: `-` stays
fixed() { if [[ $2 == - ]]; then echo -; else printf "%.$1f\n" "$2"; fi; }

# ---- one row

declare -A lw_median=()
notes=()

# peak_memory CMD...: sets `anon` to MiB, or `-` when no sample was taken
peak_memory() {
  local run answer kib samples peak=0 total=0
  for ((run = 0; run < runs; run++)); do
    answer=$(sample anon /dev/null "$@") || fail "a run failed, see above; nothing is printed for it."
    read -r kib samples <<<"$answer"
    total=$((total + samples))
    peak=$((kib > peak ? kib : peak))
  done
  anon=-
  if ((total)); then anon=$(awk -v k="$peak" 'BEGIN { printf "%.1f", k / 1024 }'); fi
}

# floor_of SET ROW CMD...: sets `floor`; CMD writes the output once
floor_of() {
  local set=$1 row=$2 output=$scratch/output run first
  shift 2
  local sums=()
  sample time "$output" "$@" >/dev/null || fail "a run failed, see above; nothing is printed for it."
  [[ -s $output ]] || fail "lastwords printed nothing for the row $row on $set; that is not worth timing."
  if [[ $row == unit ]]; then count_unit "$set" "$output"; fi
  warm
  for ((run = 0; run < runs; run++)); do
    timed cat -- "${input[@]}"
    first=$seconds
    timed cat -- "$output"
    sums+=("$(awk -v a="$first" -v b="$seconds" 'BEGIN { print a + b }')")
  done
  rm -f "$output"
  floor=$(printf '%s\n' "${sums[@]}" | median)
}

# count_unit SET JSON: notes how much of the set the unit is
count_unit() {
  local lines all=
  lines=$(wc -l <"$2")
  if [[ -f $sets_dir/$1/truth.json ]]; then
    all=$("$python" -c 'import json, sys
print(sum(b["entries"] for d in json.load(open(sys.argv[1]))["devices"] for b in d["boots"]))' \
      "$sets_dir/$1/truth.json" 2>/dev/null) || all=
  fi
  notes+=("$1/unit: $unit, $lines lines of json${all:+; the set has $all entries}")
}

measure() {
  local set=$1 row=$2 dir=$sets_dir/$1 run
  local lw=() jc=() lw_times=() jc_times=()
  local lw_s=- jc_s=- lw_bytes=- jc_bytes=- mark=
  local cmd input seconds bytes anon=- floor=-
  journal_files "$set"
  lw_command "$row" "$dir"
  lw=("${cmd[@]}")
  jc_command "$row" "$dir"
  jc=("${cmd[@]}")

  for ((run = 0; run < runs; run++)); do
    warm
    if [[ $with_lw ]]; then
      timed "${lw[@]}"
      lw_times+=("$seconds")
      lw_bytes=$bytes
    fi
    if [[ $with_jc ]]; then
      timed "${jc[@]}"
      jc_times+=("$seconds")
      jc_bytes=$bytes
    fi
  done
  if [[ $with_lw ]]; then
    lw_s=$(printf '%s\n' "${lw_times[@]}" | median)
    lw_median[$set/$row]=$lw_s
    peak_memory "${lw[@]}"
    floor_of "$set" "$row" "${lw[@]}"
  fi
  if [[ $with_jc ]]; then jc_s=$(printf '%s\n' "${jc_times[@]}" | median); fi
  if [[ $with_lw && $with_jc && $row != boots && $lw_bytes != "$jc_bytes" ]]; then
    mark='!'
    notes+=("$set/$row: not the same output: lastwords wrote $lw_bytes bytes, journalctl $jc_bytes")
  fi

  print_line "$set" "$row" "$(fixed 4 "$lw_s")" "$(fixed 4 "$jc_s")" \
    "$(quotient "$jc_s" "$lw_s")$mark" "$anon" "$(fixed 4 "$floor")"
}

print_line() { printf '%-5s %-18s %11s %12s %8s %9s %9s\n' "$@"; }

# ---- header, preflight, table

header() {
  local model lw_version='' jc_version=''
  model=$(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)
  if [[ $with_lw ]]; then
    lw_version=$("$bin" --version) || fail "'$bin --version' failed."
    lw_version="; ${lw_version%%$'\n'*}"
  fi
  if [[ $with_jc ]]; then
    jc_version=$(journalctl --version) || fail "'journalctl --version' failed."
    jc_version="; journalctl: ${jc_version%%$'\n'*}"
  fi
  printf '%s, %s cores; %s; Linux %s%s%s; %s runs, load before %s\n' \
    "${model:-unknown CPU}" "$(nproc)" "$(date '+%F %H:%M UTC')" "$(uname -r)" \
    "$lw_version" "$jc_version" "$runs" "$(cut -d' ' -f1 /proc/loadavg)"
}

# Every lastwords command once, so that a missing one is told before journalctl takes minutes.
preflight() {
  local set row cmd seconds bytes
  for set in "${sets[@]}"; do
    for row in "${rows[@]}"; do
      lw_command "$row" "$sets_dir/$set"
      timed "${cmd[@]}"
      ((bytes > 0)) || fail "lastwords printed nothing for the row $row on $set."
    done
  done
}

header
if [[ $with_lw && $with_jc ]]; then preflight; fi
print_line set row 'lastwords s' 'journalctl s' 'ratio' 'anon MiB' 'floor s'
for set in "${sets[@]}"; do
  for row in "${rows[@]}"; do
    measure "$set" "$row"
  done
done

for row in "${BULK_ROWS[@]}"; do
  if [[ -n ${lw_median[one/$row]:-} && -n ${lw_median[many/$row]:-} ]]; then
    printf 'many/one  %-18s %s\n' "$row" "$(quotient "${lw_median[many/$row]}" "${lw_median[one/$row]}")"
  fi
done
for note in "${notes[@]}"; do printf 'note: %s\n' "$note"; done
