#!/usr/bin/env bash
# peers.sh - lastwords against the installed journalctl, on sets made by the generator, and against the goals.
#
# usage: benches/peers.sh [--sets SET,...] [--rows ROW,...] [--runs N] [--journalctl-runs N]
#                         [--factor F] [--only lastwords|journalctl] [--lock FILE] [--help]
#
#   --sets   one many mixed long big (sets.sh says what they are); default one,many,mixed
#   --rows   export json short verbose short-iso-precise cat unit grep fields tail boots list-boots range
#            threads verify write; default all but short-iso-precise, verify and write.
#            unit: _SYSTEMD_UNIT=$LASTWORDS_UNIT as json; grep: -g $LASTWORDS_GREP, also
#            against `rg --mmap -a` over the files; fields: the values of $LASTWORDS_FIELD;
#            tail: the last 1000 entries as short; range: ten minutes as short;
#            threads: export, json and grep of `one` with 1 thread and with 2;
#            write: the set as a journal file in the scratch directory, in alternation with export
#   --runs   timed runs of each program per row, in alternation (default 3)
#   --journalctl-runs  fewer for journalctl, whose json run on `one` takes 38 s or more
#   --factor sets of F times the size (0.1), made in a folder of their own
#   --only   leave the other program out; its columns then hold `-`
#   --lock   hold this file's lock (flock) while a row is measured, where others work too
#
# environment:
#   LASTWORDS_BIN    default target/release/lastwords of this repository
#   LASTWORDS_SETS   where the sets are, or are made (default /tmp/sets; making them needs
#                    root, gcc and systemd-journal-remote)
#   LASTWORDS_GEN    the generator (default ../shared/gen beside the repository);
#                    only read, a scratch copy runs
#   LASTWORDS_UNIT   default chronyd.service, about 1 % of the entries
#   LASTWORDS_FIELD  default _SYSTEMD_UNIT; of MESSAGE there are as many values as entries
#   LASTWORDS_GREP   default 'Kernel panic', a few entries
#   TMPDIR           scratch for one output at a time (2 GB for json)
#
# Columns: median wall seconds of both programs, output to /dev/null, the set in the page
# cache (`cat` before each pair); ratio lastwords/journalctl; lastwords' peak anonymous
# memory (RssAnon, sampled in runs of its own, the highest of N; a peak between two samples
# is missed); floor = `cat` of the set's journal files + `cat` of the output lastwords wrote,
# both to /dev/null; rg = `rg --mmap -a -c` of the pattern over the files. Rows that need not
# read the whole set have the floor as a yardstick, not as a bound. `-` means: not measured.
# How the system holds the files counts too: it maps what was read from the disk in pages of up to 2 MiB, what was
# written in smaller ones, and what a journald or journal-remote wrote through a map in those of 4 KiB, which takes both
# programs longer (`unit` three times, `fields` twice) and rg four times. `sync`, then `dd oflag=nocache of=FILE
# conv=notrunc count=0` makes the system forget a file, `cat` reads it again.
# A `!` behind the ratio: the two programs wrote numbers of bytes that differ by more than a
# tenth, so the ratio says little (252 writes no __SEQNUM, which is less; not checked for boots
# and fields, whose tables differ by design).
# After the table: each goal of the project's issues 3, 5 and 6, met or NOT, with what was measured.
#
# exit status: 0 all measured, 1 something missing or a command failed, 2 usage
set -euo pipefail

export TZ=UTC LC_ALL=C.UTF-8

readonly BULK_ROWS=(export json short verbose cat)
readonly ALL_ROWS=("${BULK_ROWS[@]}" short-iso-precise unit grep fields tail boots list-boots range threads verify write)

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
field=${LASTWORDS_FIELD:-_SYSTEMD_UNIT}
pattern=${LASTWORDS_GREP:-Kernel panic}
sets=(one many mixed)
rows=(export json short verbose cat unit grep fields tail boots list-boots range threads)
runs=3
jc_runs=
factor=1
only=
lock=

# shellcheck source=benches/sets.sh
source "$here/sets.sh"
# shellcheck source=benches/goals.sh
source "$here/goals.sh"

while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --sets | --rows | --runs | --journalctl-runs | --factor | --only | --lock)
      [[ -n ${2:-} ]] || fail "$1 needs a value; see --help." 2
      case $1 in
        --sets) IFS=, read -ra sets <<<"$2" ;;
        --rows) IFS=, read -ra rows <<<"$2" ;;
        --runs) runs=$2 ;;
        --journalctl-runs) jc_runs=$2 ;;
        --factor) factor=$2 ;;
        --only) only=$2 ;;
        --lock) lock=$2 ;;
      esac
      shift 2
      ;;
    *) fail "unknown argument '$1'; see --help." 2 ;;
  esac
done
jc_runs=${jc_runs:-$runs}

for set in "${sets[@]}"; do
  contains "$set" "${ALL_SETS[@]}" || fail "there is no set '$set'; sets: ${ALL_SETS[*]}." 2
done
for row in "${rows[@]}"; do
  contains "$row" "${ALL_ROWS[@]}" || fail "there is no row '$row'; rows: ${ALL_ROWS[*]}." 2
done
for number in "$runs" "$jc_runs"; do
  [[ $number =~ ^[1-9][0-9]{0,2}$ ]] || fail "--runs must be a number from 1 to 999, not '$number'." 2
done
[[ $factor =~ ^([1-9][0-9]{0,2}|0\.[0-9]{1,4})$ ]] || fail "--factor must be like 0.1 or 2, not '$factor'." 2
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

for set in "${sets[@]}"; do
  [[ -e $(set_dir "$set") ]] || make_set "$set"
  journal_files "$set"
done

# ---- commands

# lw_command ROW DIR, jc_command ROW DIR: fill the array `cmd`; range needs `since` and `until`
lw_command() {
  case $1 in
    boots) cmd=("$bin" boots "$2") ;;
    list-boots) cmd=("$bin" show --list-boots "$2") ;;
    verify) cmd=("$bin" verify "$2") ;;
    write) cmd=("$bin" show "$2" -q --output "$scratch/written.journal") ;;
    fields) cmd=("$bin" fields "$2" "$field") ;;
    tail) cmd=("$bin" show "$2" -q -o short -n 1000) ;;
    range) cmd=("$bin" show "$2" -q -o short --since "@$since" --until "@$until") ;;
    unit) cmd=("$bin" show "$2" -o json "_SYSTEMD_UNIT=$unit") ;;
    grep) cmd=("$bin" show "$2" -q -o short -g "$pattern") ;;
    *) cmd=("$bin" show "$2" -q -o "$1") ;;
  esac
}

jc_command() {
  cmd=(journalctl -D "$2" --no-pager -q)
  case $1 in
    boots | list-boots) cmd+=(--list-boots) ;;
    verify) cmd+=(--verify) ;;
    fields) cmd+=(-F "$field") ;;
    tail) cmd+=(-o short -n 1000) ;;
    range) cmd+=(-o short --since "@$since" --until "@$until") ;;
    unit) cmd+=(-o json "_SYSTEMD_UNIT=$unit") ;;
    grep) cmd+=(-o short -g "$pattern") ;;
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

# quotient A B DECIMALS: `-` unless both were measured
quotient() {
  if [[ $1 == - || $2 == - ]]; then
    echo -
  else
    awk -v a="$1" -v b="$2" -v d="$3" 'BEGIN { if (b > 0) printf "%.*f\n", d, a / b; else print "-" }'
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
  notes+=("$1/unit: $unit, $(wc -l <"$2") lines of json; the set has $(entries_of "$1") entries")
}

# rg_seconds: sets `rg` to the median of `rg` over the files of the set
rg_seconds() {
  local run times=()
  rg=-
  command -v rg >/dev/null || return 0
  for ((run = 0; run < runs; run++)); do
    timed rg --mmap -a -c -- "$pattern" "${input[@]}"
    times+=("$seconds")
  done
  rg=$(printf '%s\n' "${times[@]}" | median)
}

# locked CMD...: runs it while the lock of --lock is held
locked() {
  if [[ -n $lock ]]; then exec {held}>"$lock" && flock "$held"; fi
  "$@"
  if [[ -n $lock ]]; then exec {held}>&-; fi
}

measure() {
  local set=$1 row=$2 dir run
  local lw=() jc=() lw_times=() jc_times=()
  local lw_s=- jc_s=- lw_bytes=- jc_bytes=- mark=
  local cmd input seconds bytes since until rg=- anon=- floor=-
  dir=$(set_dir "$set")
  journal_files "$set"
  if [[ $row == range ]]; then ten_minutes "$set"; fi
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
    if [[ $with_jc ]] && ((run < jc_runs)); then
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
    if [[ $row == grep ]]; then rg_seconds; fi
  fi
  if [[ $with_jc ]]; then jc_s=$(printf '%s\n' "${jc_times[@]}" | median); fi
  if [[ $with_lw && $with_jc && $row != boots && $row != fields && $row != verify && $lw_bytes != "$jc_bytes" ]]; then
    if ((lw_bytes * 10 < jc_bytes * 9 || lw_bytes * 9 > jc_bytes * 10)); then mark='!'; fi
    notes+=("$set/$row: lastwords wrote $lw_bytes bytes, journalctl $jc_bytes")
  fi

  print_line "$set" "$row" "$(fixed 4 "$lw_s")" "$(fixed 4 "$jc_s")" \
    "$(quotient "$lw_s" "$jc_s" 4)$mark" "$anon" "$(fixed 4 "$floor")" "$(fixed 4 "$rg")"
  judge "$set" "$row" "$(quotient "$lw_s" "$jc_s" 4)" "$(quotient "$lw_s" "$floor" 2)" "$(quotient "$lw_s" "$rg" 2)" "$anon"
}

# threads: one thread against two, in alternation
threads() {
  local row run cmd input seconds bytes one two first second since until
  journal_files one
  for row in export json grep; do
    lw_command "$row" "$(set_dir one)"
    one=() two=()
    warm
    for ((run = 0; run < runs; run++)); do
      timed "${cmd[@]}" --threads 1
      one+=("$seconds")
      timed "${cmd[@]}" --threads 2
      two+=("$seconds")
    done
    first=$(printf '%s\n' "${one[@]}" | median)
    second=$(printf '%s\n' "${two[@]}" | median)
    print_line one "$row, 1 thread" "$(fixed 4 "$first")" - - - - -
    print_line one "$row, 2 threads" "$(fixed 4 "$second")" - - - - -
    least "one $row: 1 thread / 2 threads" "$(quotient "$first" "$second" 2)" 1.6
  done
}

# written SET: the set as a journal file, which is gone after each run, against export
written() {
  local set=$1 run cmd seconds bytes anon ratio dir
  local exported=() times=()
  dir=$(set_dir "$set")
  journal_files "$set"
  warm
  for ((run = 0; run < runs; run++)); do
    lw_command export "$dir"
    timed "${cmd[@]}"
    exported+=("$seconds")
    lw_command write "$dir"
    timed "${cmd[@]}"
    times+=("$seconds")
    rm -f "$scratch"/written*.journal
  done
  # One run: a second one would find its target taken.
  local runs=1
  peak_memory "${cmd[@]}"
  rm -f "$scratch"/written*.journal
  seconds=$(printf '%s\n' "${times[@]}" | median)
  ratio=$(quotient "$seconds" "$(printf '%s\n' "${exported[@]}" | median)" 2)
  print_line "$set" write "$(fixed 4 "$seconds")" - - "$anon" - -
  judge_write "$set" "$ratio"
}

print_line() { printf '%-5s %-18s %11s %12s %8s %9s %9s %9s\n' "$@"; }

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
  local set row cmd seconds bytes since until
  for set in "${sets[@]}"; do
    for row in "${rows[@]}"; do
      [[ $row != threads && $row != write ]] || continue
      if [[ $row == range ]]; then ten_minutes "$set"; fi
      lw_command "$row" "$(set_dir "$set")"
      timed "${cmd[@]}"
      ((bytes > 0)) || fail "lastwords printed nothing for the row $row on $set."
    done
  done
}

header
if [[ $with_lw && $with_jc ]]; then preflight; fi
print_line set row 'lastwords s' 'journalctl s' 'ratio' 'anon MiB' 'floor s' 'rg s'
for set in "${sets[@]}"; do
  for row in "${rows[@]}"; do
    case $row in
      threads) ;;
      write) if [[ $with_lw ]]; then locked written "$set"; fi ;;
      *) locked measure "$set" "$row" ;;
    esac
  done
done
if [[ $with_lw ]] && contains threads "${rows[@]}" && contains one "${sets[@]}"; then locked threads; fi
if [[ $with_lw ]]; then
  growth many 1.2
  growth mixed 1.5
  for set in "${sets[@]}"; do verdicts "$set"; done
  goals
fi
for note in "${notes[@]}"; do printf 'note: %s\n' "$note"; done
