# shellcheck shell=bash
# goals.sh - the goals of the project's issues 3, 5 and 6, and what was measured against them; sourced by peers.sh.
#
# Uses BULK_ROWS, lw_median, quotient, fixed, entries_of of peers.sh and sets.sh.

judged=()

# most WHAT MEASURED GOAL, least WHAT MEASURED GOAL: note whether the goal is met
most() { compare "$1" "$2" '<=' "$3"; }
least() { compare "$1" "$2" '>=' "$3"; }

compare() {
  local word=met
  [[ $2 != - ]] || return 0
  awk -v a="$2" -v b="$4" -v how="$3" 'BEGIN { exit !(how == "<=" ? a <= b : a >= b) }' || word=NOT
  judged+=("$(printf '%-4s %-44s %9s %s %s' "$word" "$1" "$2" "$3" "$4")")
}

# judge SET ROW RATIO FLOORS RGS MIB: the goals that a row of the table has
judge() {
  local set=$1 row=$2 ratio=$3 floors=$4 rgs=$5 mib=$6
  case $set/$row in
    one/export | one/cat) most "$set $row / journalctl" "$ratio" 0.06 ;;
    one/json) most "$set $row / journalctl" "$ratio" 0.015 ;;
    one/short | one/verbose | one/grep) most "$set $row / journalctl" "$ratio" 0.05 ;;
    one/verify) most "$set $row / journalctl" "$ratio" 0.0167 ;;
    one/unit) most "$set $row / journalctl" "$ratio" 0.10 ;;
    one/fields | one/tail | one/boots | one/list-boots | one/range) most "$set $row / journalctl" "$ratio" 1.0 ;;
    many/fields | many/tail | many/boots | many/list-boots | many/range) most "$set $row / journalctl" "$ratio" 0.3 ;;
  esac
  case $set/$row in
    one/export | one/json | one/short | one/verbose) most "$set $row / floor" "$floors" 3 ;;
    one/verify) most "$set $row / floor" "$floors" 6 ;;
    one/grep) most "$set $row / rg" "$rgs" 2.5 ;;
  esac
  case $row in
    boots) most "$set $row: anonymous memory, MiB" "$mib" 128 ;;
    list-boots | fields) ;;
    verify) most "$set $row: anonymous memory, MiB" "$mib" 256 ;;
    *) most "$set $row: anonymous memory, MiB" "$mib" 64 ;;
  esac
}

# judge_write SET RATIO: a journal file against export, the goal of the project's issue 6
judge_write() {
  case $1 in
    one) most "$1 write / export" "$2" 3 ;;
  esac
}

# growth SET GOAL: the bulk rows of a set against those of `one`, by the entry
growth() {
  local set=$1 row here there
  for row in "${BULK_ROWS[@]}"; do
    there=${lw_median[one/$row]:-} here=${lw_median[$set/$row]:-}
    [[ -n $there && -n $here ]] || continue
    here=$(quotient "$here" "$(entries_of "$set")" 12)
    there=$(quotient "$there" "$(entries_of one)" 12)
    most "$set $row / one, by the entry" "$(quotient "$here" "$there" 2)" "$2"
  done
}

# verdicts SET: the verdicts on all boots against one search for a rare literal (issue 5)
verdicts() {
  local boots=${lw_median[$1/boots]:-} grep=${lw_median[$1/grep]:-}
  [[ -n $boots && -n $grep ]] || return 0
  most "$1 boots: seconds / 0.3 + 1.5 times grep" "$(fixed 3 "$boots")" \
    "$(awk -v grep="$grep" 'BEGIN { printf "%.3f", 0.3 + 1.5 * grep }')"
}

goals() {
  ((${#judged[@]})) || return 0
  printf '\ngoals\n'
  printf '%s\n' "${judged[@]}"
}
