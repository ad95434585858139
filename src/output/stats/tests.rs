use std::path::Path;

use jiff::tz::TimeZone;
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::file::{JournalFile, Options};
use crate::journal::Journal;
use crate::output::Style;
use crate::query::stats::Key;
use crate::query::{Query, Selection};
use crate::testkit::synth::{Record, Synth};

/// Entries at these seconds, each with a unit.
fn made(seconds: &[u64], unit: &str) -> Journal {
    let record = |(second, seqnum): (&u64, u64)| {
        Record::new(seqnum).at(*second * 1_000_000, seqnum).field(format!("_SYSTEMD_UNIT={unit}"))
    };
    let synth = seconds.iter().zip(1..).map(record).fold(Synth::new(), Synth::entry);
    Journal::from_files(vec![JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap()])
}

fn shown(journal: &Journal, width: usize, scale: Scale) -> String {
    shown_in(&TimeZone::UTC, journal, width, scale)
}

fn shown_in(zone: &TimeZone, journal: &Journal, width: usize, scale: Scale) -> String {
    let keys = ["unit", "boot", "hour"].map(|key| Key::read(key, zone).unwrap());
    let stats = Stats::of(&Selection::of(journal, &Query::default()), &keys, 0, 1);
    let view = View { stats: &stats, boots: journal.boots(), top: 10, measure: Measure::Entries, scale };
    let mut out = Vec::new();
    text(&view, &Style { width, color: false, zone: zone.clone() }, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const DAY: u64 = 1_700_006_400; // 2023-11-15 00:00:00 UTC

#[test]
fn a_bar_is_as_high_as_its_share_of_the_highest() {
    // 8, 4, 0 entries in the first three minutes, and then one in each of 57.
    let minutes = [(0, 8), (1, 4)].into_iter().chain((3..60).map(|minute| (minute, 1)));
    let seconds: Vec<u64> = minutes.flat_map(|(minute, n)| (0..n).map(move |k| DAY + minute * 60 + k * 7)).collect();
    let page = shown(&made(&seconds, "a.service"), 80, Scale::Linear);
    let chart: Vec<&str> = page.lines().skip(3).take(11).collect();
    assert!(chart[0].starts_with("Entries per minute, UTC, linear"), "{page}");
    let tops: Vec<String> = chart[1..9].iter().map(|row| row.chars().skip(12).take(4).collect()).collect();
    assert_eq!(tops[0].trim_end(), "█");
    assert_eq!(tops[4].trim_end(), "██");
    assert_eq!(tops[7].trim_end(), "██ █");
    assert_eq!(chart[1].split_whitespace().next(), Some("8"));
    assert_eq!(chart[5].split_whitespace().next(), Some("4"));
}

#[test]
fn small_numbers_show_on_a_logarithmic_scale() {
    assert_eq!(Scale::Linear.steps(1, 1_000_000, 64), 1);
    assert_eq!(Scale::Linear.steps(0, 1_000_000, 64), 0);
    assert_eq!(Scale::Logarithmic.steps(1_000, 1_000_000, 64), 32);
    assert_eq!(Scale::Logarithmic.steps(1_000_000, 1_000_000, 64), 64);
    assert_eq!(Scale::Logarithmic.at_half(9_999), Some(99));
    assert_eq!([1, 3, 9, 8, 9_001].map(|most| Scale::Linear.at_half(most)), [None, None, None, Some(4), Some(4_500)]);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let steady: Vec<u64> = (0..2000).map(|n| DAY + n * 97).collect();
    let clock_jumps: Vec<u64> = (1..50).chain((0..300).map(|n| DAY + n * 1800)).chain([DAY * 2]).collect();
    for seconds in [&steady[..], &steady[..1], &steady[..3], &clock_jumps] {
        for unit in ["short", &"long-漢字-".repeat(30)] {
            for width in [80, 200] {
                for scale in [Scale::Linear, Scale::Logarithmic] {
                    let page = shown(&made(seconds, unit), width, scale);
                    let widest = page.lines().map(UnicodeWidthStr::width).max().unwrap();
                    assert!(widest <= width, "{widest} columns of {width}:\n{page}");
                }
            }
        }
    }
    let page = shown(&made(&clock_jumps, "a"), 80, Scale::Linear);
    assert!(page.contains("┆ stands for a gap"), "{page}");
}

#[test]
fn sizes_are_short() {
    for (bytes, text) in
        [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_572_864, "1.5 MiB"), (u64::MAX, "15.9 EiB")]
    {
        assert_eq!(size(bytes), text);
    }
}

#[test]
fn what_acts_on_a_terminal_is_spelled_out() {
    let page = shown(&made(&[DAY], "a\x1b[31m\tb\nc"), 80, Scale::Linear);
    assert!(page.contains("a\\x1b[31m b\\x0ac"), "{page}");
}

#[test]
fn an_hour_that_comes_twice_says_which_of_both_it_is() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    // Clocks went from 03:00 CEST back to 02:00 CET at 01:00 UTC on 2025-10-26.
    let change = 1_761_440_400;
    let hours = |range: std::ops::Range<u64>| range.map(|hour| change + hour * 3600 - 7200).collect::<Vec<_>>();
    let page = shown_in(&zone, &made(&hours(0..4), "a"), 80, Scale::Linear);
    assert!(page.starts_with("4 entries, 2025-10-26 01:00:00 CEST to 2025-10-26 03:00:00 CET\n"), "{page}");
    let (_, table) = page.split_once("By hour, CEST to CET ").unwrap();
    let labels: Vec<&str> = table.lines().skip(1).map(|row| row[..23].trim()).collect();
    assert_eq!(labels, ["2025-10-26 01:00", "2025-10-26 02:00 CEST", "2025-10-26 02:00 CET", "2025-10-26 03:00"]);
    let page = shown_in(&zone, &made(&hours(3..5), "a"), 80, Scale::Linear);
    assert!(page.starts_with("2 entries, 2025-10-26 03:00:00 to 2025-10-26 04:00:00 CET\n"), "{page}");
    assert!(page.contains("By hour, CET "), "{page}");
}
