//! What entries are grouped by.

use std::ops::Range;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::error::Error;
use crate::format::field::is_name;
use crate::format::{Id128, Realtime};

/// What entries are grouped by.
#[derive(Clone, Debug)]
pub enum Key {
    /// The value of a field; where an entry has several, the first one on disk.
    Field(String),
    /// The boot.
    Boot,
    /// The machine of the boot.
    Machine,
    /// The hour of reception by the wall clock of a zone.
    Hour(TimeZone),
    /// The day of reception by the wall clock of a zone.
    Day(TimeZone),
}

/// Short names of fields that people ask for.
const FIELDS: [(&str, &str); 4] = [
    ("unit", "_SYSTEMD_UNIT"),
    ("identifier", "SYSLOG_IDENTIFIER"),
    ("container", "CONTAINER_NAME"),
    ("priority", "PRIORITY"),
];

impl Key {
    /// The short names that [`Key::read`] takes beside those of fields.
    pub const NAMES: [&str; 8] = ["unit", "identifier", "container", "priority", "boot", "machine", "hour", "day"];

    /// Reads a key: `unit`, `identifier`, `container`, `priority`, `boot`, `machine`, `hour`, `day`, or a field's name.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn read(text: &str, zone: &TimeZone) -> Result<Self, Error> {
        let field = FIELDS.iter().find(|(name, _)| *name == text).map(|(_, field)| *field);
        Ok(match (text, field) {
            (_, Some(field)) => Self::Field(field.to_owned()),
            ("boot", _) => Self::Boot,
            ("machine", _) => Self::Machine,
            ("hour", _) => Self::Hour(zone.clone()),
            ("day", _) => Self::Day(zone.clone()),
            (name, _) if is_name(name.as_bytes()) => Self::Field(name.to_owned()),
            _ => {
                let why = "give unit, identifier, container, priority, boot, machine, hour, day or a field's NAME";
                return Err(Error::BadQuery { what: "key", input: text.to_owned(), why: why.to_owned() });
            }
        })
    }

    /// The short name, as [`Key::read`] takes it; a field without one has its own.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Field(field) => FIELDS.iter().find(|(_, known)| known == field).map_or(field, |(name, _)| name),
            Self::Boot => "boot",
            Self::Machine => "machine",
            Self::Hour(_) => "hour",
            Self::Day(_) => "day",
        }
    }

    /// The field whose values it groups by.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Field(field) => Some(field),
            _ => None,
        }
    }

    /// Whether the values have an order of their own that says more than the counts.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        !matches!(self, Self::Field(field) if field != "PRIORITY")
    }

    /// The hour or the day that a moment lies in, as microseconds since 1970.
    pub(super) fn period(&self, at: Realtime) -> Option<Range<u64>> {
        let now = Timestamp::from_microsecond(i64::try_from(at.0).ok()?).ok()?;
        let micros = |time: Timestamp| u64::try_from(time.as_microsecond()).ok();
        match self {
            Self::Hour(zone) => {
                // Full hours of the offset in force, so that the hour that comes twice in autumn is two.
                let seconds = i64::from(zone.to_offset(now).seconds());
                let start = (now.as_second() + seconds).div_euclid(3600) * 3600 - seconds;
                let change = zone.preceding(now.checked_add(1.microsecond()).ok()?).next();
                let next = zone.following(now).next().map_or(i64::MAX, |change| change.timestamp().as_second());
                let start = start.max(change.map_or(i64::MIN, |change| change.timestamp().as_second()));
                let end = ((now.as_second() + seconds).div_euclid(3600) * 3600 + 3600 - seconds).min(next);
                let start = micros(Timestamp::from_second(start).ok()?).unwrap_or_default();
                Some(start..micros(Timestamp::from_second(end).ok()?)?)
            }
            Self::Day(zone) => {
                let day: Zoned = now.to_zoned(zone.clone()).start_of_day().ok()?;
                let next = day.tomorrow().and_then(|next| next.start_of_day()).ok()?;
                Some(micros(day.timestamp()).unwrap_or_default()..micros(next.timestamp())?)
            }
            _ => None,
        }
    }
}

/// What the entries of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A field's value, any bytes.
    Bytes(Vec<u8>),
    /// A boot, by index in [`Journal::boots`](crate::journal::Journal::boots).
    Boot(usize),
    /// A machine.
    Machine(Id128),
    /// When the hour or the day began.
    Time(Realtime),
    /// They have no such field, or belong to no boot.
    Absent,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_by_its_name() {
        for name in ["unit", "identifier", "container", "priority", "boot", "machine", "hour", "day", "_COMM"] {
            assert_eq!(Key::read(name, &TimeZone::UTC).unwrap().name(), name);
        }
        for bad in ["", "units", "9A", "a b"] {
            assert!(Key::read(bad, &TimeZone::UTC).is_err(), "{bad}");
        }
    }

    #[test]
    fn hours_and_days_follow_the_zone() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let hour = |time: &str| {
            let at = time.parse::<Timestamp>().unwrap().as_microsecond() as u64;
            Key::Hour(zone.clone()).period(Realtime(at)).map(|range| (range.start / 60_000_000, range.end / 60_000_000))
        };
        let minute = |time: &str| time.parse::<Timestamp>().unwrap().as_second() as u64 / 60;
        // 02:30 local comes twice on 2026-10-25: at 00:30 and at 01:30 UTC.
        let (first, second) = (minute("2026-10-25T00:00:00Z"), minute("2026-10-25T01:00:00Z"));
        assert_eq!(hour("2026-10-25T00:30:00Z"), Some((first, second)));
        assert_eq!(hour("2026-10-25T01:30:00Z"), Some((second, second + 60)));
        let at = "2026-10-25T12:00:00Z".parse::<Timestamp>().unwrap().as_microsecond() as u64;
        let day = Key::Day(zone.clone()).period(Realtime(at)).unwrap();
        assert_eq!((day.end - day.start) / 3_600_000_000, 25);
        // Half an hour beside UTC, full hours are the zone's.
        let kolkata = TimeZone::get("Asia/Kolkata").unwrap();
        let range = Key::Hour(kolkata).period(Realtime(at)).unwrap();
        assert_eq!(range.start, "2026-10-25T11:30:00Z".parse::<Timestamp>().unwrap().as_microsecond() as u64);
    }
}
