//! Time stamps at the beginning of a line, in the C locale.
//!
//! A [`Clock`] keeps the text of the current day and the stretch of time in which the zone's offset holds, so that most
//! stamps cost a few divisions.

use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::number::{padded, pair};
use crate::format::{Id128, Monotonic, Realtime};

/// How a line says when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stamp {
    /// `Jan 31 23:59:59`
    Short,
    /// `Jan 31 23:59:59.123456`
    Precise,
    /// `2024-01-31T23:59:59+00:00`
    Iso,
    /// `2024-01-31T23:59:59.123456+00:00`
    IsoPrecise,
    /// `Wed 2024-01-31 23:59:59 UTC`
    Full,
    /// `Wed 2024-01-31 23:59:59.123456 UTC`, with which `verbose` begins.
    FullPrecise,
    /// `1706745599.123456`
    Unix,
    /// `[   12.345678]`, since boot.
    Monotonic,
    /// `[   12.345678 <    0.000123 >]`, since boot and since the entry before.
    Delta,
}

/// When an entry was logged, as far as it is shown: by its source if that said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) realtime: Realtime,
    pub(super) monotonic: Monotonic,
    pub(super) boot: Id128,
}

impl Moment {
    /// The moment by the source's clock; the time since boot is shifted by as much.
    pub(super) const fn at_source(self, source: Realtime) -> Self {
        let back = self.realtime.0.saturating_sub(source.0);
        let forth = source.0.saturating_sub(self.realtime.0);
        let monotonic = Monotonic(self.monotonic.0.saturating_sub(back).saturating_add(forth));
        Self { realtime: source, monotonic, ..self }
    }
}

const SECOND: u64 = 1_000_000;
const DAY: i64 = 86_400;

/// Writes stamps of one kind.
#[derive(Debug)]
pub(super) struct Clock<'a> {
    stamp: Stamp,
    zone: &'a TimeZone,
    /// The seconds for which `offset` and `suffix` hold.
    window: Range<i64>,
    offset: i64,
    /// What names the zone after the time.
    suffix: Vec<u8>,
    /// The local day, in days since 1970, that `date` tells.
    day: i64,
    date: Vec<u8>,
}

impl<'a> Clock<'a> {
    pub(super) const fn new(stamp: Stamp, zone: &'a TimeZone) -> Self {
        Self { stamp, zone, window: 0..0, offset: 0, suffix: Vec::new(), day: i64::MIN, date: Vec::new() }
    }

    /// Whether differences to the moment before are shown.
    pub(super) const fn is_delta(&self) -> bool {
        matches!(self.stamp, Stamp::Delta)
    }

    /// Appends a stamp; `before` is the moment shown before.
    #[inline]
    pub(super) fn write(&mut self, now: &Moment, before: Option<&Moment>, out: &mut Vec<u8>) {
        match self.stamp {
            Stamp::Unix => seconds(now.realtime.0, 10, out),
            Stamp::Monotonic | Stamp::Delta => {
                out.push(b'[');
                seconds(now.monotonic.0, 5, out);
                if self.is_delta() {
                    delta(now, before, out);
                }
                out.push(b']');
            }
            _ => self.local(now.realtime.0, out),
        }
    }

    fn local(&mut self, realtime: u64, out: &mut Vec<u8>) {
        let second = (realtime / SECOND).cast_signed();
        if !self.window.contains(&second) {
            self.turn_zone(second);
        }
        let local = second + self.offset;
        let (day, of_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        if day != self.day {
            self.turn_day(day);
        }
        out.extend_from_slice(&self.date);
        out.extend_from_slice(&time(of_day));
        if matches!(self.stamp, Stamp::Precise | Stamp::IsoPrecise | Stamp::FullPrecise) {
            fraction(realtime, out);
        }
        out.extend_from_slice(&self.suffix);
    }

    /// Looks up the zone's offset at `second`, and for how long it holds.
    #[cold]
    fn turn_zone(&mut self, second: i64) {
        let (Ok(now), Ok(next)) = (Timestamp::from_second(second), Timestamp::from_second(second + 1)) else { return };
        let start = self.zone.preceding(next).next().map_or(i64::MIN, |change| change.timestamp().as_second());
        let end = self.zone.following(now).next().map_or(i64::MAX, |change| change.timestamp().as_second());
        let info = self.zone.to_offset_info(now);
        self.window = start..end;
        self.offset = i64::from(info.offset().seconds());
        self.suffix.clear();
        match self.stamp {
            Stamp::Iso | Stamp::IsoPrecise => self.suffix.extend_from_slice(&offset(self.offset)),
            Stamp::Full | Stamp::FullPrecise => {
                self.suffix.push(b' ');
                self.suffix.extend_from_slice(info.abbreviation().as_bytes());
            }
            _ => {}
        }
    }

    /// Writes the text of a local day.
    #[cold]
    fn turn_day(&mut self, day: i64) {
        let Ok(midnight) = Timestamp::from_second(day.saturating_mul(DAY)) else { return };
        let date = jiff::tz::Offset::UTC.to_datetime(midnight).date();
        let [month, of_month] = [date.month(), date.day()].map(i8::cast_unsigned);
        self.day = day;
        self.date.clear();
        if matches!(self.stamp, Stamp::Short | Stamp::Precise) {
            self.date.extend_from_slice(month_name(month));
            self.date.push(b' ');
            self.date.extend(pair(of_month));
            self.date.push(b' ');
            return;
        }
        let full = matches!(self.stamp, Stamp::Full | Stamp::FullPrecise);
        if full {
            self.date.extend_from_slice(weekday_name(date.weekday()));
            self.date.push(b' ');
        }
        padded(u64::from(date.year().unsigned_abs()), 4, b'0', &mut self.date);
        for part in [month, of_month] {
            self.date.push(b'-');
            self.date.extend(pair(part));
        }
        self.date.push(if full { b' ' } else { b'T' });
    }
}

/// `HH:MM:SS` of a second of the day.
#[inline]
fn time(of_day: i64) -> [u8; 8] {
    let of_day = u32::try_from(of_day).unwrap_or_default();
    let [a, b] = pair((of_day / 3600).to_le_bytes()[0]);
    let [c, d] = pair((of_day / 60 % 60).to_le_bytes()[0]);
    let [e, f] = pair((of_day % 60).to_le_bytes()[0]);
    [a, b, b':', c, d, b':', e, f]
}

/// `+HH:MM` of an offset in seconds.
fn offset(seconds: i64) -> [u8; 6] {
    let [a, b, colon, c, d, ..] = time(seconds.abs());
    [if seconds < 0 { b'-' } else { b'+' }, a, b, colon, c, d]
}

/// Seconds and microseconds, filled up to `width` before the dot.
#[inline]
fn seconds(micros: u64, width: usize, out: &mut Vec<u8>) {
    padded(micros / SECOND, width, b' ', out);
    fraction(micros, out);
}

#[inline]
fn fraction(micros: u64, out: &mut Vec<u8>) {
    out.push(b'.');
    padded(micros % SECOND, 6, b'0', out);
}

/// The time since the moment before: by the clock since boot, or marked with `*` by the wall clock across boots.
fn delta(now: &Moment, before: Option<&Moment>, out: &mut Vec<u8>) {
    let Some(before) = before else { return out.extend_from_slice(b"                ") };
    out.extend_from_slice(b" <");
    if now.boot == before.boot {
        seconds(now.monotonic.0.saturating_sub(before.monotonic.0), 5, out);
        out.extend_from_slice(b" >");
    } else {
        seconds(now.realtime.0.saturating_sub(before.realtime.0), 5, out);
        out.extend_from_slice(b"*>");
    }
}

fn month_name(month: u8) -> &'static [u8] {
    const NAMES: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    NAMES.chunks(3).nth(usize::from(month.saturating_sub(1))).unwrap_or_default()
}

const fn weekday_name(day: Weekday) -> &'static [u8] {
    match day {
        Weekday::Monday => b"Mon",
        Weekday::Tuesday => b"Tue",
        Weekday::Wednesday => b"Wed",
        Weekday::Thursday => b"Thu",
        Weekday::Friday => b"Fri",
        Weekday::Saturday => b"Sat",
        Weekday::Sunday => b"Sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-01-31 23:59:59.000042 UTC.
    const NOW: Moment =
        Moment { realtime: Realtime(1_706_745_599_000_042), monotonic: Monotonic(12_345_678), boot: Id128([1; 16]) };

    fn text(stamp: Stamp, zone: &TimeZone, now: &Moment, before: Option<&Moment>) -> String {
        let mut out = Vec::new();
        Clock::new(stamp, zone).write(now, before, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_stamp_says_when_in_its_own_way() {
        for (stamp, said) in [
            (Stamp::Short, "Jan 31 23:59:59"),
            (Stamp::Precise, "Jan 31 23:59:59.000042"),
            (Stamp::Iso, "2024-01-31T23:59:59+00:00"),
            (Stamp::IsoPrecise, "2024-01-31T23:59:59.000042+00:00"),
            (Stamp::Full, "Wed 2024-01-31 23:59:59 UTC"),
            (Stamp::FullPrecise, "Wed 2024-01-31 23:59:59.000042 UTC"),
            (Stamp::Unix, "1706745599.000042"),
            (Stamp::Monotonic, "[   12.345678]"),
            (Stamp::Delta, "[   12.345678                ]"),
        ] {
            assert_eq!(text(stamp, &TimeZone::UTC, &NOW, None), said);
        }
    }

    #[test]
    fn a_difference_is_by_the_clock_since_boot_or_across_boots_by_the_wall_clock() {
        let before = Moment { monotonic: Monotonic(12_345_000), realtime: Realtime(1_706_745_590_000_000), ..NOW };
        let other = Moment { boot: Id128([2; 16]), ..before };
        let said = |before| text(Stamp::Delta, &TimeZone::UTC, &NOW, Some(before));
        assert_eq!(said(&before), "[   12.345678 <    0.000678 >]");
        assert_eq!(said(&other), "[   12.345678 <    9.000042*>]");
        assert_eq!(said(&Moment { monotonic: Monotonic(u64::MAX), ..before }), "[   12.345678 <    0.000000 >]");
    }

    #[test]
    fn the_zone_turns_exactly_where_its_offset_changes_in_either_direction() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let mut clock = Clock::new(Stamp::Iso, &zone);
        // 2024-03-10 07:00:00 UTC: clocks go from 02:00 to 03:00.
        let change = 1_710_054_000;
        for (second, said) in [
            (change - 1, "2024-03-10T01:59:59-05:00"),
            (change, "2024-03-10T03:00:00-04:00"),
            (change - 1, "2024-03-10T01:59:59-05:00"),
            (change - 86_400 * 30, "2024-02-09T02:00:00-05:00"),
            (35_000_000_000, "3079-02-08T09:13:20-05:00"),
        ] {
            let mut out = Vec::new();
            clock.write(&Moment { realtime: Realtime(second * SECOND), ..NOW }, None, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), said);
        }
        assert_eq!(text(Stamp::Full, &zone, &NOW, None), "Wed 2024-01-31 18:59:59 EST");
    }

    #[test]
    fn the_source_s_clock_shifts_the_time_since_boot_too() {
        let early = NOW.at_source(Realtime(NOW.realtime.0 - 5));
        assert_eq!(early.monotonic, Monotonic(12_345_673));
        assert_eq!(NOW.at_source(Realtime(NOW.realtime.0 + 5)).monotonic, Monotonic(12_345_683));
        assert_eq!(NOW.at_source(Realtime(1)).monotonic, Monotonic(0));
    }
}
