//! Whose clock: time zones by what people type, and the zone that a journal says its device was set to.

use jiff::tz::TimeZone;

use super::{Matches, Query, Selection, Term, when};
use crate::error::Error;
use crate::file::Entry;
use crate::format::Realtime;
use crate::journal::Journal;

/// The MESSAGE_ID with which systemd-timedated says that the zone was changed.
const CHANGED: &[u8] = b"45f82f4aef7a4bbf942ce861d1f20990";

/// What it says before the zone's name, where that is no field of its own.
const SAYS: &[u8] = b"Changed time zone to '";

/// No zone's name is longer by far.
const NAME_MOST: usize = 64;

/// Reads a zone's name such as `Europe/Berlin`, `UTC`, or an offset such as `+02:00`.
///
/// # Errors
/// When no such zone is known here.
pub fn zone(text: &str) -> Result<TimeZone, Error> {
    if let Some(offset) = when::fixed_offset(text) {
        return Ok(TimeZone::fixed(offset));
    }
    TimeZone::get(text).map_err(|_| Error::BadQuery {
        what: "time zone",
        input: text.to_owned(),
        why: "no zone of this name is known here; give one such as Europe/Berlin, +02:00, UTC, device or local"
            .to_owned(),
    })
}

/// What a journal says of its device's time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceZone {
    /// The zone's name in the last entry about it.
    pub name: String,
    /// When that entry was received.
    pub since: Realtime,
    /// The zone in the last entry that names another one.
    pub before: Option<String>,
}

impl DeviceZone {
    /// Looks for what systemd-timedated says when the zone is changed; `None` when it never was as far as the journal
    /// reaches. Cost: a few look-ups per file, and as many entries as name a zone.
    #[must_use]
    pub fn of(journal: &Journal) -> Option<Self> {
        let mut matches = Matches::default();
        // Who wrote an entry is what journald saw itself; all else is anybody's text.
        matches.require([
            [Term::is("_UID", b"0"), Term::is("MESSAGE_ID", CHANGED)],
            // As the kernel cuts names.
            [Term::is("_UID", b"0"), Term::is("_COMM", b"systemd-timedat")],
        ]);
        let mut found: Option<Self> = None;
        Selection::of(journal, &Query { matches, ..Query::default() }).each(true, |place| {
            let Some((entry, name)) = journal.entry(place).ok().and_then(|entry| Some((entry, named(&entry)?))) else {
                return true;
            };
            match &mut found {
                None => found = Some(Self { name, since: entry.realtime(), before: None }),
                Some(found) if found.name == name => found.since = entry.realtime(),
                Some(found) => found.before = Some(name),
            }
            found.as_ref().is_none_or(|found| found.before.is_none())
        });
        found
    }
}

/// The zone that an entry of systemd-timedated names.
fn named(entry: &Entry<'_>) -> Option<String> {
    if let Some(zone) = entry.get("TIMEZONE") {
        return sound(&zone);
    }
    let message = entry.get("MESSAGE")?;
    let rest = message.strip_prefix(SAYS)?;
    sound(rest.get(..memchr::memchr(b'\'', rest)?)?)
}

/// A name that a zone may have: entries are anybody's text.
fn sound(name: &[u8]) -> Option<String> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(byte);
    let fits = !name.is_empty() && name.len() <= NAME_MOST && name.iter().all(plain);
    fits.then(|| String::from_utf8_lossy(name).into_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::{JournalFile, Options};
    use crate::testkit::synth::{Record, Synth};

    fn device(entries: &[&[&str]]) -> Option<(String, u64, Option<String>)> {
        let record = |(seqnum, fields): (u64, &&[&str])| {
            fields.iter().fold(Record::new(seqnum), |record, field| record.field(field))
        };
        let synth = (1..).zip(entries).map(record).fold(Synth::new(), Synth::entry);
        let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
        let found = DeviceZone::of(&Journal::from_files(vec![file]))?;
        Some((found.name, found.since.0 - 1_700_000_000_000_000, found.before))
    }

    const ID: &str = "MESSAGE_ID=45f82f4aef7a4bbf942ce861d1f20990";
    const ROOT: &str = "_UID=0";
    const BERLIN: &[&str] =
        &[ID, ROOT, "TIMEZONE=Europe/Berlin", "MESSAGE=Changed time zone to 'Europe/Berlin' (CET)."];
    const OTHER: &[&str] = &["MESSAGE=Changed time zone to 'Asia/Tokyo' (JST).", "SYSLOG_IDENTIFIER=app"];

    #[test]
    fn the_last_change_counts() {
        let old = &["MESSAGE=Changed time zone to 'America/New_York' (EST).", "_COMM=systemd-timedat", ROOT];
        let found = |entries: &[&[&str]]| device(entries);
        assert_eq!(found(&[OTHER]), None);
        assert_eq!(found(&[BERLIN, OTHER]), Some(("Europe/Berlin".to_owned(), 1_000_000, None)));
        assert_eq!(found(&[BERLIN, old]), {
            Some(("America/New_York".to_owned(), 2_000_000, Some("Europe/Berlin".to_owned())))
        });
        // Set again to what it was: since then.
        assert_eq!(found(&[old, BERLIN, OTHER, BERLIN]), {
            Some(("Europe/Berlin".to_owned(), 2_000_000, Some("America/New_York".to_owned())))
        });
    }

    #[test]
    fn only_the_system_s_own_word_counts() {
        const TOKYO: &str = "TIMEZONE=Asia/Tokyo";
        for pretended in [
            [ID, TOKYO, "_COMM=evil", "_UID=1000"],
            [ID, TOKYO, "_COMM=systemd-timedat", "_UID=1000"],
            [ID, TOKYO, "SYSLOG_IDENTIFIER=systemd-timedated", "_COMM=systemd-timedat"],
            [TOKYO, "SYSLOG_IDENTIFIER=systemd-timedated", "_COMM=dockerd", ROOT],
        ] {
            assert_eq!(device(&[&pretended]), None, "{pretended:?}");
            assert_eq!(device(&[BERLIN, &pretended]).unwrap().0, "Europe/Berlin", "{pretended:?}");
        }
        for own in [[ID, TOKYO, ROOT, "_COMM=x"], ["_COMM=systemd-timedat", TOKYO, ROOT, "A=1"]] {
            assert_eq!(device(&[BERLIN, &own]).unwrap().0, "Asia/Tokyo", "{own:?}");
        }
    }

    #[test]
    fn what_is_no_name_of_a_zone_is_passed_over() {
        for bad in ["TIMEZONE=", "TIMEZONE=a b", "TIMEZONE=\x1b[31m", &format!("TIMEZONE={}", "x".repeat(65))] {
            assert_eq!(device(&[BERLIN, &[ID, ROOT, bad]]).unwrap().0, "Europe/Berlin", "{bad}");
        }
        assert_eq!(device(&[&[ID, ROOT, "MESSAGE=Changed time zone to 'Europe"]]), None);
    }

    #[test]
    fn zones_have_names_or_offsets() {
        let at = jiff::Timestamp::from_second(1_700_000_000).unwrap();
        for (text, offset) in
            [("Europe/Berlin", 3600), ("UTC", 0), ("+0530", 19_800), ("-02:00", -7200), ("+05", 18_000)]
        {
            assert_eq!(zone(text).unwrap().to_offset(at).seconds(), offset, "{text}");
        }
        for bad in ["", "Berlin/Europe", "+2", "+02:00x", "../../etc/localtime"] {
            assert!(zone(bad).is_err(), "{bad}");
        }
    }
}
