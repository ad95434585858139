//! `--explain`: how a query runs, said on stderr.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::loss::{counted, say};
use crate::journal::{Journal, Piece};
use crate::query::{Deed, Intent, JoinedChunk, Reason, Selection, Way};

/// More files are not named one by one.
const NAMED: usize = 20;

/// How many entries of each file were read.
#[derive(Debug)]
pub(super) struct Read {
    is_wanted: bool,
    files: Mutex<BTreeMap<usize, usize>>,
}

impl Read {
    /// Counts nothing yet, and never where that is not wanted.
    pub(super) fn new(is_wanted: bool) -> Self {
        Self { is_wanted, files: Mutex::default() }
    }

    /// Counts what is taken, and takes it.
    pub(super) fn before(&self, mut take: impl FnMut(JoinedChunk) -> bool) -> impl FnMut(JoinedChunk) -> bool {
        move |chunk| {
            if self.is_wanted {
                let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
                chunk.chunk.places.iter().for_each(|place| *files.entry(place.file as usize).or_default() += 1);
            }
            take(chunk)
        }
    }

    fn say(&self, journal: &Journal) {
        let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, count) in files.iter().take(NAMED) {
            say(&format!("done: {}: {} read", name(journal, *file), entries(*count)));
        }
        more(files.len(), "done");
    }
}

/// Says what is intended with the entries that are selected, or `otherwise` what is done where none were.
pub(super) fn plan(journal: &Journal, selection: Option<&Selection<'_>>, otherwise: &str) {
    match selection {
        Some(selection) => before(journal, selection),
        None => say(&format!("plan: {}, {otherwise}", files(journal.files().len()))),
    }
}

/// Says what is intended, before any entry is read.
pub(super) fn before(journal: &Journal, selection: &Selection<'_>) {
    let pieces = journal.order().pieces();
    let merges = pieces.iter().filter(|piece| matches!(piece, Piece::Merge(_))).count();
    let left_out = journal.left_out();
    let opened = files(journal.files().len().saturating_sub(left_out));
    let boots = counted(journal.boots().len() as u64, "boot", "boots");
    if left_out > 0 {
        say(&format!(
            "plan: {} left unread: by what they begin and end with nothing wanted is in them",
            files(left_out)
        ));
    }
    let runs = match pieces.len() - merges {
        1 => "1 run as it lies".to_owned(),
        runs => format!("{runs} runs as they lie"),
    };
    let merges = counted(merges as u64, "merge", "merges");
    say(&format!("plan: {opened}, {boots}; in order: {runs}, {merges}"));
    let intents = selection.intents();
    let has_any = |index: usize| journal.files().get(index).is_some_and(|file| file.slot_count() > 0);
    let left_out = |way| intents.iter().filter(|intent| intent.way == way && has_any(intent.file)).count();
    let (boot, time) = (left_out(Way::OtherBoot), left_out(Way::OtherTime));
    if boot + time > 0 {
        say(&format!("plan: {} left out by boot, {time} by time", files(boot)));
    }
    let used: Vec<&Intent> = intents.iter().filter(|intent| intent.at_most != Some(0)).collect();
    let without = intents.iter().filter(|intent| intent.entries > 0 && intent.at_most == Some(0)).count();
    if without > 0 {
        say(&format!("plan: {} by whose index nothing matches", files(without)));
    }
    for intent in used.iter().take(NAMED) {
        say(&format!("plan: {}: {}", name(journal, intent.file), intended(intent, selection.is_limited())));
    }
    more(used.len(), "plan");
}

/// Says that what was done is done again, since files turned out to be damaged meanwhile.
pub(super) fn again() {
    say("plan: the same again, since a file turned out to be damaged and was walked");
}

/// Says what was done where entries were counted.
pub(super) fn read(journal: &Journal, selection: &Selection<'_>) {
    found(journal, selection);
    say(&format!("done: {} read", entries(selection.visited())));
}

/// Says what was done where entries were shown.
pub(super) fn after(journal: &Journal, selection: &Selection<'_>, read: &Read, shown: usize) {
    found(journal, selection);
    if selection.is_without_terms() {
        read.say(journal);
    }
    let tried = selection.tried();
    if tried > 0 {
        say(&format!("done: {} read one by one, since only a few were wanted", entries(tried)));
    }
    say(&format!("done: {} shown", entries(shown)));
}

/// Says how the entries of each file were found.
fn found(journal: &Journal, selection: &Selection<'_>) {
    let (deeds, without): (Vec<Deed>, Vec<Deed>) =
        selection.deeds().into_iter().partition(|deed| deed.matching > 0 || deed.scanned.is_some());
    if !without.is_empty() {
        say(&format!("done: {} by whose index nothing matches", files(without.len())));
    }
    for deed in deeds.iter().take(NAMED) {
        say(&format!("done: {}: {}", name(journal, deed.file), done(deed)));
    }
    more(deeds.len(), "done");
}

/// Says how many files were not named.
fn more(files: usize, when: &str) {
    if let Some(more) = files.checked_sub(NAMED + 1) {
        say(&format!("{when}: and {}", counted(more as u64 + 1, "more file", "more files")));
    }
}

fn files(count: usize) -> String {
    counted(count as u64, "file", "files")
}

fn entries(count: usize) -> String {
    counted(count as u64, "entry", "entries")
}

fn intended(intent: &Intent, is_limited: bool) -> String {
    let entries = entries(intent.entries);
    match (intent.way, intent.at_most) {
        (Way::Index, Some(most)) => format!("index, at most {most} of {entries}"),
        (Way::Index, None) => format!("index, each value of a field once, {entries}"),
        (Way::Scan(reason), _) => format!("each of {entries} read, {}", why(reason)),
        _ if is_limited => format!("of {entries} as many as are wanted"),
        _ => format!("all of {entries}"),
    }
}

fn done(deed: &Deed) -> String {
    let matching = counted(deed.matching as u64, "matches", "match");
    match deed.scanned {
        Some(reason) => format!("each entry read, {}: {matching}", why(reason)),
        None => format!("index: {matching}"),
    }
}

const fn why(reason: Reason) -> &'static str {
    match reason {
        Reason::Asked => "as asked",
        Reason::Damaged => "since the file is damaged",
        Reason::Contradicted => "since its index contradicts itself",
    }
}

fn name(journal: &Journal, file: usize) -> String {
    let file = journal.files().get(file);
    file.map(|file| super::loss::visible(&file.path().display().to_string())).unwrap_or_default()
}
