//! What could not be read, said aloud: on stderr, and in the exit status.

use std::collections::BTreeMap;
use std::fmt::Write;

use jiff::tz::TimeZone;

use super::Status;
use crate::check::Entries;
use crate::corrupt::Losses;
use crate::error::Error;
use crate::journal::Journal;

/// Says one line on stderr.
pub(super) fn say(text: &str) {
    // A closed stderr is the caller's wish.
    let _ = std::io::Write::write_fmt(&mut anstream::stderr(), format_args!("lastwords: {text}\n"));
}

/// An error's text, with what to do about it where that is known.
pub(super) fn hinted(stop: &super::Stop) -> String {
    match stop {
        super::Stop::Error(error) => with_hint(error),
        other => other.to_string(),
    }
}

fn with_hint(error: &Error) -> String {
    let denied = matches!(error, Error::Io { source, .. } if source.kind() == std::io::ErrorKind::PermissionDenied);
    let hint = if denied { " (run as root, or as a member of the group systemd-journal)" } else { "" };
    visible(&format!("{error}{hint}"))
}

/// Paths are untrusted text too.
pub(super) fn visible(text: &str) -> String {
    let mut shown = Vec::with_capacity(text.len());
    crate::output::value(text.as_bytes(), true, &mut shown);
    String::from_utf8_lossy(&shown).into_owned()
}

/// Collects what the parts of a command could not read.
#[derive(Default)]
pub(super) struct Tally {
    files: BTreeMap<usize, Losses>,
    given_up: u64,
}

impl Tally {
    /// Adds what was lost in a file.
    pub(super) fn add(&mut self, file: usize, losses: Losses) {
        if !losses.is_empty() {
            self.files.entry(file).or_default().add(losses);
        }
    }

    /// Adds what was lost in several files.
    pub(super) fn add_all(&mut self, losses: impl IntoIterator<Item = (usize, Losses)>) {
        losses.into_iter().for_each(|(file, losses)| self.add(file, losses));
    }

    /// Adds what a search could not read, behind what was lost of the entries that it found.
    pub(super) fn add_searched(&mut self, losses: impl IntoIterator<Item = (usize, Losses)>) {
        for (file, losses) in losses {
            self.files.entry(file).or_default().add_searched(losses);
        }
    }

    /// Adds how often the search for a pattern was given up.
    pub(super) fn given_up(&mut self, times: u64) {
        self.given_up = self.given_up.saturating_add(times);
    }

    /// Says which files could not be opened, for a command that tells itself what it found in the others.
    pub(super) fn failures(&self, journal: &Journal, status: Status) -> Status {
        Self::failed(journal);
        if journal.failed().is_empty() { status } else { Status::Lossy }
    }

    /// Says which files could not give their bytes any more, so that nothing can be said of what they hold; how many.
    pub(super) fn gone(journal: &Journal) -> usize {
        let gone = journal.files().iter().filter(|file| file.has_vanished());
        gone.map(|file| say(&visible(&format!("{}: {GONE}", file.path().display())))).count()
    }

    /// Says where files are missing between others. The status does not tell: it is of what is here, and a file of a user
    /// that was vacuumed leaves such a hole too.
    fn missing_files(journal: &Journal) {
        let between = journal.between();
        let Some(first) = between.first() else { return };
        let name = |index: usize| journal.files().get(index).and_then(|file| file.path().file_name());
        let name = |index| name(index).unwrap_or_default().to_string_lossy();
        let time = |at| crate::output::clock(at, &TimeZone::UTC, "%Y-%m-%d %H:%M:%S %Z");
        let missing = between.iter().map(|between| between.missing).fold(0, u64::saturating_add);
        let others = match between.len() {
            1 => String::new(),
            count => format!(", and in {},", counted(count as u64 - 1, "other place", "other places")),
        };
        let place = if first.before == first.after {
            format!("in the time of {} (from {} to {})", name(first.before), time(first.times.0), time(first.times.1))
        } else {
            let (before, after) = (name(first.before), name(first.after));
            format!("between {before} (up to {}) and {after} (from {})", time(first.times.0), time(first.times.1))
        };
        say(&visible(&format!(
            "{place}{others} at most {} in no file that could be read here",
            counted(missing, "entry is", "entries are")
        )));
    }

    fn failed(journal: &Journal) {
        for error in journal.failed() {
            say(&with_hint(error));
        }
    }

    /// Says what [`Tally::report`] does, where a negative answer is what was asked for: whoever asks how a boot ended has
    /// just then a torn file, and is told of that on stderr.
    pub(super) fn answer(self, journal: &Journal, is_negative: bool) -> Status {
        let status = self.report(journal, Status::Done);
        if is_negative { Status::Negative } else { status }
    }

    /// Says everything that opening, ordering and reading lost, and what that makes of a status.
    pub(super) fn report(mut self, journal: &Journal, status: Status) -> Status {
        for (file, losses) in journal.losses() {
            self.add(file, losses);
        }
        Self::failed(journal);
        for file in journal.files().iter().filter(|file| file.unknown_flags() != 0) {
            let flags = file.unknown_flags();
            say(&visible(&format!(
                "{}: unknown compatible flags {flags:#x}, read all the same",
                file.path().display()
            )));
        }
        let mut is_whole = journal.failed().is_empty();
        let by_number = journal.lost();
        for (index, file) in journal.files().iter().enumerate() {
            let found = journal.salvage(index).map(|salvage| findings(&salvage.account.entries));
            let missing = by_number.get(&index).copied().unwrap_or_default();
            let salvaged = journal.salvage(index).map_or(0, |salvage| salvage.account.entries.salvaged);
            let lost = sentence(missing, salvaged, self.files.get(&index).unwrap_or(&Losses::default()));
            let gone = file.has_vanished().then(|| GONE.to_owned());
            let parts: Vec<String> =
                gone.into_iter().chain(found).chain([lost]).filter(|part| !part.is_empty()).collect();
            if !parts.is_empty() {
                is_whole = false;
                say(&visible(&format!("{}: {}", file.path().display(), parts.join(", "))));
            }
        }
        Self::missing_files(journal);
        if self.given_up > 0 {
            is_whole = false;
            let times = counted(self.given_up, "time", "times");
            say(&format!(
                "the search for a pattern took too many steps {times}: what was searched counts as not fitting"
            ));
        }
        if is_whole { status } else { Status::Lossy }
    }
}

/// What is said of a file that could not give its bytes any more.
const GONE: &str = "shrank, or its medium failed, while it was read: what lay there is lost";

/// What a walk found that the index does not say, in words.
fn findings(entries: &Entries) -> String {
    let counts = [
        (entries.salvaged, "salvaged beyond the index"),
        (entries.incomplete, "without all of its fields"),
        (entries.overwritten, "gone from its place"),
    ];
    let parts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| {
        let entries = if count == 1 { "entry" } else { "entries" };
        format!("{count} {entries} {}", if count == 1 { what.to_owned() } else { what.replace("its", "their") })
    });
    let is_bare = entries.by_index.saturating_add(entries.salvaged) == 0 && entries.foreign > 0;
    // Whoever lost all that tells its own from others' has none.
    let remains = || format!("no entry of its own, {} of other files", counted(entries.foreign, "remain", "remains"));
    is_bare.then(remains).into_iter().chain(parts).collect::<Vec<_>>().join(", ")
}

/// A number with the word for that many.
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What was lost, in words: at most so many entries by their numbers, and what could not be read; what the index leads to
/// and cannot be read may be among the `salvaged`.
fn sentence(missing: u64, salvaged: u64, losses: &Losses) -> String {
    let mut text = match missing {
        0 => String::new(),
        _ => format!("at most {} lost", counted(missing, "entry", "entries")),
    };
    // What cannot be read is missing too.
    let are_told = salvaged == 0 && losses.entries > 0 && losses.entries <= missing;
    if are_told && losses.entries == missing {
        text.push_str(", which cannot be read");
    } else if are_told {
        let _ = write!(text, ", {} of which cannot be read", losses.entries);
    }
    let mut part = |count: u64, one: &str, many: &str| {
        if count > 0 {
            let comma = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{comma}{count} {}", if count == 1 { one } else { many });
        }
    };
    part(if are_told { 0 } else { losses.entries }, "entry cannot be read", "entries cannot be read");
    part(losses.fields, "field left out", "fields left out");
    part(losses.structure, "fault in header or index", "faults in header or index");
    let shown = 3;
    for (index, damage) in losses.first.iter().take(shown).enumerate() {
        let _ = write!(text, "{}{damage}", if index == 0 { ": " } else { "; " });
    }
    let more = losses.first.len().saturating_sub(shown);
    if more > 0 {
        let _ = write!(text, "; and more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrupt::{Corrupt, Fault, Offset};

    #[test]
    fn a_loss_is_said_with_its_place_and_numbers() {
        let mut losses = Losses::default();
        losses.entry(Corrupt::new(Offset(0x3a10), "entry", Fault::Short { needs: 64, remain: 24 }));
        losses.field(Corrupt::new(Offset(0x4000), "data payload", Fault::Name));
        losses.field(Corrupt::new(Offset(0x4100), "data payload", Fault::Name));
        assert_eq!(
            sentence(0, 0, &losses),
            "1 entry cannot be read, 2 fields left out: entry at 0x3a10: needs 64 bytes, 24 remain; \
             data payload at 0x4000: no field name before '='; data payload at 0x4100: no field name before '='"
        );
    }

    #[test]
    fn a_file_in_which_only_remains_of_others_are_told_is_said_to_have_none_of_its_own() {
        let of = |by_index, foreign| findings(&Entries { by_index, foreign, ..Entries::default() });
        assert_eq!(of(0, 325), "no entry of its own, 325 remains of other files");
        assert_eq!((of(1, 325), of(0, 0)), (String::new(), String::new()));
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_not_told_twice() {
        let losses = |entries| Losses { entries, ..Losses::default() };
        assert_eq!(sentence(0, 0, &losses(0)), "");
        assert_eq!(sentence(77, 0, &losses(0)), "at most 77 entries lost");
        assert_eq!(sentence(1, 0, &losses(1)), "at most 1 entry lost, which cannot be read");
        assert_eq!(sentence(77, 0, &losses(2)), "at most 77 entries lost, 2 of which cannot be read");
        assert_eq!(sentence(1, 1, &losses(1)), "at most 1 entry lost, 1 entry cannot be read");
        assert_eq!(sentence(1, 0, &losses(3)), "at most 1 entry lost, 3 entries cannot be read");
        assert_eq!(sentence(0, 0, &losses(1)), "1 entry cannot be read");
    }
}
