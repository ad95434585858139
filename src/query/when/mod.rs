//! Times as people type them; absolute ones in this version.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::error::Error;
use crate::format::Realtime;

/// Reads an absolute time: `2026-10-12`, `2026-10-12 17:30[:15[.5]]`, the same with `T`, with a trailing `UTC`, `Z` or
/// offset, or `@SECONDS[.FRACTION]` since 1970. What names no zone is in `zone`.
///
/// # Errors
/// When the text is none of these, or the time does not exist.
pub fn absolute(text: &str, zone: &TimeZone) -> Result<Realtime, Error> {
    let bad = |why: String| Error::BadQuery { what: "time", input: text.to_owned(), why };
    let time = text.trim();
    let stamp = if let Some(seconds) = time.strip_prefix('@') {
        let seconds: f64 = seconds.parse().map_err(|_| bad("'@' is followed by seconds since 1970".to_owned()))?;
        Timestamp::from_microsecond((seconds * 1e6).round() as i64).map_err(|why| bad(why.to_string()))?
    } else if let Ok(stamp) = time.replacen(' ', "T", 1).parse::<Timestamp>() {
        stamp
    } else {
        let (civil, zone) = match time.strip_suffix("UTC") {
            Some(civil) => (civil.trim_end(), TimeZone::UTC),
            None => (time, zone.clone()),
        };
        let civil =
            civil_time(civil).ok_or_else(|| bad("a time reads 2026-10-12 17:30:15, perhaps with UTC".to_owned()))?;
        let zoned: Zoned = civil.to_zoned(zone).map_err(|why| bad(why.to_string()))?;
        zoned.timestamp()
    };
    u64::try_from(stamp.as_microsecond()).map(Realtime).map_err(|_| bad("lies before 1970".to_owned()))
}

fn civil_time(text: &str) -> Option<DateTime> {
    // A date alone is midnight. (jiff reads a date out of a longer text too, so that is not asked.)
    text.replacen(' ', "T", 1).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_times_are_read_in_their_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let cases = [
            ("2026-01-02", 1_767_308_400_000_000),
            ("2026-01-02 03:04", 1_767_319_440_000_000),
            ("2026-01-02 03:04:05.5", 1_767_319_445_500_000),
            ("2026-01-02T03:04:05", 1_767_319_445_000_000),
            ("2026-01-02 03:04:05 UTC", 1_767_323_045_000_000),
            ("2026-01-02T03:04:05Z", 1_767_323_045_000_000),
            ("2026-01-02 03:04:05+01:00", 1_767_319_445_000_000),
            ("@1767319445.25", 1_767_319_445_250_000),
        ];
        for (text, micros) in cases {
            assert_eq!(absolute(text, &zone).unwrap(), Realtime(micros), "{text}");
        }
        for bad in [
            "",
            "yesterdayish",
            "2026-13-01",
            "@x",
            "1969-01-01 UTC",
            "2026-01-02 25:00",
            "2026-01-02 03:04 Foo",
            "2026-01-02 junk",
        ] {
            assert!(absolute(bad, &zone).is_err(), "{bad}");
        }
    }
}
