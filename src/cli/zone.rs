//! Options about time: whose zone, and what `today` is.

use std::sync::OnceLock;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::loss::{say, visible};
use crate::error::Error;
use crate::format::Realtime;
use crate::journal::Journal;
use crate::query::{DeviceZone, Now, moment, zone};

/// How times are shown and read.
#[derive(Debug, Args)]
pub(super) struct Zone {
    /// Show and read times in UTC instead of the zone of TZ or this machine
    #[arg(long, help_heading = "Time")]
    pub(super) utc: bool,
    /// Show and read times in this zone: a name such as Europe/Berlin, an offset such as +02:00, "device" for the one
    /// that the journal last says its device was set to (UTC if it says none), or "local", which is usual
    #[arg(long, value_name = "ZONE", conflicts_with = "utc", allow_hyphen_values = true, help_heading = "Time")]
    tz: Option<String>,
}

impl Zone {
    /// The zone that was asked for; says what a person must know who asked for the device's.
    ///
    /// # Errors
    /// When no zone of that name is known.
    pub(super) fn zone(&self, journal: &Journal) -> Result<TimeZone, Error> {
        Ok(self.known()?.unwrap_or_else(|| device(journal)))
    }

    /// The zone in which journalctl reads times: `--utc` is for what is shown.
    ///
    /// # Errors
    /// As of [`Zone::zone`].
    pub(super) fn as_journalctl(&self, journal: &Journal) -> Result<TimeZone, Error> {
        if self.utc { Ok(local()) } else { self.zone(journal) }
    }

    /// The zone that was asked for, unless only the journal tells it.
    ///
    /// # Errors
    /// When no zone of that name is known.
    pub(super) fn known(&self) -> Result<Option<TimeZone>, Error> {
        match self.tz.as_deref() {
            None if self.utc => Ok(Some(TimeZone::UTC)),
            None | Some("local") => Ok(Some(local())),
            Some("device") => Ok(None),
            Some(name) => zone(name).map(Some),
        }
    }
}

/// What `-1h`, `today` and `yesterday` count from.
#[derive(Debug, Default, Args)]
pub(super) struct Present {
    /// What '-1h', 'today' and 'yesterday' count from: "journal-end" for the last entry, or a time
    #[arg(long, value_name = "journal-end|TIME", allow_hyphen_values = true, help_heading = "Time")]
    now: Option<String>,
}

impl Present {
    /// What typed times are read by, where there are any: the boots of the journal are asked for them alone. A clock before
    /// 1970 counts as 1970.
    ///
    /// # Errors
    /// When the time that was typed is none, or the journal whose end was meant has no entry.
    pub(super) fn now(&self, journal: &Journal, zone: TimeZone, is_asked: bool) -> Result<Now, Error> {
        let newest = || journal.boots().iter().map(|boot| boot.last.realtime).max();
        if let Some(known) = self.known(zone.clone())? {
            return Ok(Now { newest: if is_asked { newest() } else { None }, ..known });
        }
        let last = journal.boots().last().map(|boot| boot.last.realtime);
        let input = "the journal has no entries".to_owned();
        Ok(Now { realtime: last.ok_or(Error::NotFound { what: "journal-end", input })?, zone, newest: newest() })
    }

    /// The same, unless only the journal tells it.
    ///
    /// # Errors
    /// When the time that was typed is none.
    pub(super) fn known(&self, zone: TimeZone) -> Result<Option<Now>, Error> {
        // One command has one present, however often it asks.
        static CLOCK: OnceLock<Timestamp> = OnceLock::new();
        let micros = u64::try_from(CLOCK.get_or_init(Timestamp::now).as_microsecond()).unwrap_or_default();
        let clock = Now { realtime: Realtime(micros), zone, newest: None };
        match self.now.as_deref() {
            None => Ok(Some(clock)),
            Some("journal-end") => Ok(None),
            Some(time) => Ok(Some(Now { realtime: moment(time, &clock)?, ..clock })),
        }
    }
}

/// The zone of TZ, else of this machine. To find a zone by name all names are listed, which takes longer than many a
/// command; UTC is known without.
fn local() -> TimeZone {
    let is_utc = match std::env::var_os("TZ") {
        Some(name) => name == "UTC",
        None => std::fs::read_link("/etc/localtime").is_ok_and(|link| link.ends_with("zoneinfo/Etc/UTC")),
    };
    if is_utc {
        return TimeZone::UTC;
    }
    let zone = TimeZone::try_system();
    // A machine of no zone has the time of UTC.
    if let (Err(_), Some(name)) = (&zone, std::env::var_os("TZ")) {
        say_once(&visible(&format!("the time zone {} of TZ is not known here: times are in UTC", name.display())));
    }
    zone.unwrap_or(TimeZone::UTC)
}

/// Says of the zone, which a command may ask for several times, what a person must know.
fn say_once(text: &str) {
    static SAID: OnceLock<()> = OnceLock::new();
    if SAID.set(()).is_ok() {
        say(text);
    }
}

/// The device's zone, by its journal.
fn device(journal: &Journal) -> TimeZone {
    let Some(DeviceZone { name, since, before }) = DeviceZone::of(journal) else {
        say_once("the journal does not say the device's time zone: times are in UTC");
        return TimeZone::UTC;
    };
    let Ok(zone) = TimeZone::get(&name) else {
        say_once(&format!("the device's time zone {name} is not known here: times are in UTC"));
        return TimeZone::UTC;
    };
    if let Some(before) = before {
        let since = i64::try_from(since.0).ok().and_then(|micros| Timestamp::from_microsecond(micros).ok());
        let since = since.map(|since| since.strftime("%F %T UTC").to_string()).unwrap_or_default();
        say_once(&format!("times are in {name}, the device's time zone since {since}; it was {before} before"));
    }
    zone
}
