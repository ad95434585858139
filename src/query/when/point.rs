//! What a day and a time of day come to, at some place and seen from now.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::Now;
use crate::format::Realtime;

/// A day without a year that lies no farther behind the newest entry is of that year: a range may end behind it.
const HALF_A_YEAR: i32 = 183;

/// A day and a time of day, as they were typed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point<'t> {
    /// What day of the week it must be.
    pub(super) weekday: Option<Weekday>,
    pub(super) day: Day,
    pub(super) clock: Clock,
    pub(super) place: Place<'t>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Day {
    Date(Date),
    /// Of no year: the latest that is neither to come nor far behind the newest entry.
    Yearless {
        month: i8,
        day: i8,
    },
    /// So many days from today.
    Beside(i8),
}

/// A time of day; midnight unless told otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    pub(super) hour: i8,
    pub(super) minute: i8,
    /// 60 is a leap second; nobody counts those, so that it is the first second of the next minute.
    pub(super) second: i8,
    /// Up to a million, since they are rounded.
    pub(super) micros: u32,
}

/// Whose time it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place<'t> {
    /// The reader's.
    Here,
    Offset(Offset),
    /// A zone of the database, or what the reader's zone calls one of its offsets.
    Named(&'t str),
}

impl Point<'_> {
    pub(super) const fn is_yearless(&self) -> bool {
        matches!(self.day, Day::Yearless { .. })
    }

    /// Microseconds since 1970; `found` is the offset that the reader's zone had at the time read before, and then has.
    pub(super) fn micros(&self, now: &Now, found: &mut Offset) -> Result<i128, String> {
        // Times of other places say nothing of this one.
        let mut apart = Offset::UTC;
        match self.place {
            Place::Here => self.at(&now.zone, now, found),
            Place::Offset(offset) => self.at(&TimeZone::fixed(offset), now, &mut apart),
            // The reader's own zone comes first: a stamp's CET is one of its offsets, not the zone of that name.
            Place::Named(name) => match called(&now.zone, self.civil(&now.zone, now)?, name) {
                Some(offset) => self.at(&TimeZone::fixed(offset), now, &mut apart),
                None => {
                    let zone = TimeZone::get(name).map_err(|_| format!("{name:?} is no time zone known here"))?;
                    // In the zone CET, too, `CET` is an hour ahead of UTC in summer.
                    let offset = called(&zone, self.civil(&zone, now)?, name);
                    self.at(&offset.map_or(zone, TimeZone::fixed), now, &mut apart)
                }
            },
        }
    }

    fn at(&self, zone: &TimeZone, now: &Now, found: &mut Offset) -> Result<i128, String> {
        let civil = self.civil(zone, now)?;
        if let Some(weekday) = self.weekday.filter(|weekday| *weekday != civil.weekday()) {
            return Err(format!("{} is a {:?}, not a {weekday:?}", civil.date(), civil.weekday()));
        }
        let late = i128::from(self.clock.second - civil.second()) * 1_000_000 + i128::from(self.clock.micros);
        *found = preferred(zone, civil, *found);
        Ok(since_1970(civil, *found) + late)
    }

    /// What clocks there show, to the second and without leap seconds.
    fn civil(&self, zone: &TimeZone, now: &Now) -> Result<DateTime, String> {
        let Clock { hour, minute, second, .. } = self.clock;
        let time = Time::new(hour, minute, second.min(59), 0).map_err(|why| why.to_string())?;
        let today = day_of(zone, now.realtime);
        let from = match now.newest.filter(|_| self.is_yearless()) {
            Some(newest) => day_of(zone, newest).saturating_add(HALF_A_YEAR.days()).min(today),
            None => today,
        };
        Ok(self.day.date(from)?.to_datetime(time))
    }
}

impl Day {
    /// The day seen from another: today, or for one without a year the last that it may be.
    fn date(self, today: Date) -> Result<Date, String> {
        match self {
            Self::Date(date) => Ok(date),
            Self::Beside(days) => today.checked_add(days.days()).map_err(|why| why.to_string()),
            Self::Yearless { month, day } => {
                // Between two 29 February lie up to eight years.
                let years = (0..=8).map(|back| today.year() - back);
                let mut dates = years.filter_map(|year| Date::new(year, month, day).ok());
                dates.find(|date| *date <= today).ok_or_else(|| "there was no such day of late".to_owned())
            }
        }
    }
}

fn day_of(zone: &TimeZone, time: Realtime) -> Date {
    let time = i64::try_from(time.0).ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
    zone.to_datetime(time.unwrap_or(Timestamp::MAX)).date()
}

/// The offset of a civil time; that before the change for times which a change leaves out, so that they are moved on.
/// Of times that a change repeats journalctl takes what the C library finds first. That begins where clocks of the offset
/// `found` last show that time, those of UTC at first: behind the change east of Greenwich, before it in the west.
fn preferred(zone: &TimeZone, civil: DateTime, found: Offset) -> Offset {
    match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset,
        AmbiguousOffset::Gap { before, .. } => before,
        AmbiguousOffset::Fold { before, .. } => found.to_timestamp(civil).map_or(before, |there| zone.to_offset(there)),
    }
}

/// Unlike a [`Timestamp`] this has room for all of 9999 in every zone.
fn since_1970(civil: DateTime, offset: Offset) -> i128 {
    let local = civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    local.as_micros() - i128::from(offset.seconds()) * 1_000_000
}

/// The offset that the zone calls so then, or before or after the changes next to it: CET in summer, too, is an hour
/// ahead of UTC.
fn called(zone: &TimeZone, civil: DateTime, abbreviation: &str) -> Option<Offset> {
    let then = preferred(zone, civil, Offset::UTC).to_timestamp(civil).ok()?;
    let info = zone.to_offset_info(then);
    if info.abbreviation() == abbreviation {
        return Some(info.offset());
    }
    let mut changes = zone.preceding(then).take(2).chain(zone.following(then).take(1));
    changes.find(|change| change.abbreviation() == abbreviation).map(|change| change.offset())
}
