//! Times for people.

use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(super) use crate::analysis::duration::{Spelling, span};
use crate::format::Realtime;

/// A wall-clock time in a zone, in the given form of `strftime`.
pub(crate) fn clock(time: Realtime, zone: &TimeZone, form: &str) -> String {
    let stamp = i64::try_from(time.0).ok().and_then(|us| Timestamp::from_microsecond(us).ok());
    match stamp {
        Some(stamp) => stamp.to_zoned(zone.clone()).strftime(form).to_string(),
        None => format!("{time} µs after 1970"),
    }
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn a_time_beyond_all_calendars_is_a_number() {
        let form = "%Y-%m-%d %H:%M:%S%.3f %Z";
        assert_eq!(clock(Realtime(1_778_562_000_123_456), &TimeZone::UTC, form), "2026-05-12 05:00:00.123 UTC");
        assert_eq!(clock(Realtime(u64::MAX), &TimeZone::UTC, form), "18446744073709551615 µs after 1970");
    }
}
