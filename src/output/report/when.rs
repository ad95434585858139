//! Times and durations for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::format::Realtime;

/// A wall-clock time in a zone.
pub(super) fn clock(time: Realtime, zone: &TimeZone) -> String {
    let stamp = i64::try_from(time.0).ok().and_then(|us| Timestamp::from_microsecond(us).ok());
    match stamp {
        Some(stamp) => stamp.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S%.3f %Z").to_string(),
        None => format!("{time} µs after 1970"),
    }
}

/// A duration in its two largest units.
pub(super) fn span(us: u64) -> String {
    let seconds = us / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match seconds {
        0 => format!("{} ms", us / 1000),
        1..60 => format!("{seconds}.{} s", us / 100_000 % 10),
        60..3600 => format!("{minutes} min {} s", seconds % 60),
        3600..86400 => format!("{hours} h {} min", minutes % 60),
        _ => format!("{days} d {} h", hours % 24),
    }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn a_duration_has_its_two_largest_units() {
        for (us, text) in [
            (0, "0 ms"),
            (999_999, "999 ms"),
            (59_990_000, "59.9 s"),
            (60_000_000, "1 min 0 s"),
            (3_660_000_000, "1 h 1 min"),
            (90_000_000_000, "1 d 1 h"),
        ] {
            assert_eq!(span(us), text);
        }
    }

    #[test]
    fn a_time_beyond_all_calendars_is_a_number() {
        assert_eq!(clock(Realtime(1_778_562_000_123_456), &TimeZone::UTC), "2026-05-12 05:00:00.123 UTC");
        assert_eq!(clock(Realtime(u64::MAX), &TimeZone::UTC), "18446744073709551615 µs after 1970");
    }
}
