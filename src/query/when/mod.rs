//! Times as people type them: [`moment`] reads what systemd.time(7) describes, and the stamps that journalctl prints.
//!
//! ```text
//! now   today   yesterday   tomorrow                     and any of the days with a time of day and a zone
//! 2026-10-12   26-10-12   17:30[:15[.5]]   2026-10-12 17:30   2026-10-12T17:30:15Z   Mon 2026-10-12 17:30:15 UTC
//! Oct 12 05:58:09                                        as in `short`: the latest that is past and near the newest entry
//! … UTC   … Europe/Berlin   … +02:00   … CEST            whose time it is, else that of the reader's zone
//! +5min   -1h30min   2 weeks ago   1 week 2 days left    from now
//! @1767319445.25   1767319445.250000                     since 1970, the latter as in `short-unix`
//! ```
//!
//! It goes beyond systemd 252 where that helps to paste what was printed: `T`, offsets, any zone's name, the stamps of
//! `short` and `short-unix`, a time after `yesterday`. It refuses a 30 February, which systemd takes for 2 March.
//!
//! What people type is read in [`grammar`] and [`span`]; what it means at some place and time is found in [`point`].

mod grammar;
mod point;
mod span;
#[cfg(test)]
mod tests;

use jiff::tz::{Offset, TimeZone};

use crate::error::Error;
use crate::format::Realtime;
use grammar::Said;

/// When and where a text is read: nothing in this module asks the system.
#[derive(Clone, Debug)]
pub struct Now {
    /// The time that `now` and `5min ago` go by, and whose day is `today`.
    pub realtime: Realtime,
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// The newest time in the journal, where that is known: a day without a year is of the latest that is near it.
    pub newest: Option<Realtime>,
}

/// 10000-01-01 UTC in microseconds, the first time that has no date here.
const END: u64 = 253_402_300_800_000_000;

/// Reads a time as it is typed, such as `2026-10-12 17:30`, `yesterday`, `2h ago`, `@1767319445`.
///
/// A civil time that a change of the zone's offset leaves out is moved on by the width of the gap; one that happens
/// twice is the second east of Greenwich and the first in the west, as journalctl reads it, unless the zone's
/// abbreviation (`CET`, `CEST`) tells which is meant.
///
/// # Errors
/// [`Error::BadQuery`], saying what was expected and where, when the text is no time; also when it lies before 1970 or
/// after 9999.
///
/// # Example
/// ```
/// use jiff::tz::TimeZone;
/// use lastwords::format::Realtime;
/// use lastwords::query::{Now, moment};
///
/// let zone = TimeZone::get("Europe/Berlin").unwrap();
/// let now = Now { realtime: Realtime(1_767_319_445_000_000), zone, newest: None };
/// assert_eq!(moment("Fri 2026-01-02 03:04:05 CET", &now)?, now.realtime);
/// assert_eq!(moment("1h 30min ago", &now)?, Realtime(1_767_314_045_000_000));
/// assert_eq!(moment("yesterday UTC", &now)?, Realtime(1_767_225_600_000_000));
/// let wrong = moment("5 mim ago", &now).unwrap_err().to_string();
/// assert_eq!(wrong, r#"time: "5 mim ago": expected a unit (us ms s min h d w M y) at character 3, before "mim ago""#);
/// # Ok::<(), lastwords::error::Error>(())
/// ```
pub fn moment(text: &str, now: &Now) -> Result<Realtime, Error> {
    let mut found = Offset::UTC;
    read(text, now, &mut found)
}

/// Reads a time to begin at and one to end at, as journalctl reads `-S` and then `-U`: where a change of the zone's offset
/// makes the second one happen twice, it has the offset of the first.
///
/// # Errors
/// As of [`moment`].
pub fn moments(texts: [Option<&str>; 2], now: &Now) -> Result<[Option<Realtime>; 2], Error> {
    let mut found = Offset::UTC;
    let [since, until] = texts.map(|text| text.map(|text| read(text, now, &mut found)).transpose());
    Ok([since?, until?])
}

/// Whether a text is a day without a year, whose time the journal's newest entry decides.
pub fn is_yearless(text: &str) -> bool {
    matches!(grammar::said(text), Ok(Said::Point(point)) if point.is_yearless())
}

/// As [`moment`]; `found` is the offset that the zone had at the time read before, and then has.
fn read(text: &str, now: &Now, found: &mut Offset) -> Result<Realtime, Error> {
    let micros = match grammar::said(text) {
        Err(why) => Err(why),
        Ok(Said::Epoch(span)) => Ok(i128::from(span)),
        Ok(Said::Left(span)) => Ok(i128::from(now.realtime.0) + i128::from(span)),
        Ok(Said::Ago(span)) => Ok(i128::from(now.realtime.0) - i128::from(span)),
        Ok(Said::Point(point)) => point.micros(now, found),
    };
    micros.and_then(within).map_err(|why| Error::BadQuery { what: "time", input: text.to_owned(), why })
}

/// An offset from UTC such as `+02:00`, `-0530` or `+05`.
pub(super) fn fixed_offset(text: &str) -> Option<Offset> {
    match grammar::offset(text) {
        Ok(("", point::Place::Offset(offset))) => Some(offset),
        _ => None,
    }
}

fn within(micros: i128) -> Result<Realtime, String> {
    match u64::try_from(micros) {
        Ok(micros) if micros < END => Ok(Realtime(micros)),
        _ if micros < 0 => Err("lies before 1970".to_owned()),
        _ => Err("lies after the year 9999".to_owned()),
    }
}
