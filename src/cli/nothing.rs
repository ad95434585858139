//! What is said on stderr where nothing was found: how far the journal reaches, and names that no entry has.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::loss::{say, visible};
use super::near;
use crate::format::Realtime;
use crate::format::field::is_name;
use crate::journal::Journal;
use crate::output::clock;
use crate::query::Query;

/// So many names are spoken of.
const MOST: usize = 3;

/// Names of one kind that were typed, and the fields that have such.
pub(super) struct Names<'a> {
    /// What they name.
    pub(super) what: &'static str,
    /// What was typed.
    pub(super) typed: Vec<&'a str>,
    /// The fields, the most telling first.
    pub(super) fields: &'static [&'static str],
    /// What a name may go without.
    pub(super) suffix: &'static str,
}

/// Says why nothing was found, as far as that is simple.
pub(super) fn explain(journal: &Journal, query: &Query, names: &[Names<'_>], terms: &[Vec<u8>], zone: &TimeZone) {
    if journal.boots().is_empty() {
        return;
    }
    if query.since.is_some() || query.until.is_some() {
        // Files outside of these times need not have been opened: what they have is not known.
        beyond(journal, query, zone).into_iter().for_each(|why| say(&why));
        return;
    }
    // What a damaged file has cannot be told by its index.
    if (0..journal.files().len()).any(|file| journal.is_damaged(file)) {
        return;
    }
    let fields = terms.iter().filter_map(|term| unknown_field(journal, term));
    let unknown = names.iter().flat_map(|names| names.typed.iter().filter_map(|name| unknown(journal, names, name)));
    fields.chain(unknown).take(MOST).for_each(|why| say(&visible(&why)));
}

/// Where the times asked for lie wholly before or after all entries: where these begin or end.
fn beyond(journal: &Journal, query: &Query, zone: &TimeZone) -> Option<String> {
    let boots = match query.boot {
        Some(boot) => journal.boots().get(boot..=boot)?,
        None => journal.boots(),
    };
    let whose = if query.boot.is_some() { "the boot" } else { "the journal" };
    let first = boots.iter().map(|boot| boot.first.realtime).min()?;
    let last = boots.iter().map(|boot| boot.last.realtime).max()?;
    let time = |at: Realtime| clock(at, zone, "%Y-%m-%d %H:%M:%S %Z");
    match (query.since, query.until) {
        (Some(since), _) if since > last => {
            let hint = "; --now=journal-end makes -1h and today count from there";
            let hint = if query.boot.is_none() { hint } else { "" };
            Some(format!("{whose} ends before that, at {}{hint}", time(last)))
        }
        (_, Some(until)) if until < first => Some(format!("{whose} begins only at {}", time(first))),
        _ => None,
    }
}

/// The field of a term, where no entry has it.
fn unknown_field(journal: &Journal, term: &[u8]) -> Option<String> {
    let end = term.iter().position(|byte| b"=!<>~".contains(byte))?;
    let name = term.get(..end).filter(|name| is_name(name))?;
    let known = journal.field_names().found;
    if known.contains(name) {
        return None;
    }
    let known: BTreeSet<String> = known.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let name = String::from_utf8_lossy(name);
    Some(format!("no entry has a field {name}{}", suggested(&name, &known).unwrap_or_default()))
}

/// A name that no entry has, with the one that may have been meant. Patterns fit many names or none, and a path stands for
/// a unit of another name.
fn unknown(journal: &Journal, names: &Names<'_>, name: &str) -> Option<String> {
    if name.contains(['*', '?', '[', '/', ' ']) {
        return None;
    }
    let short = |text: &str| text.strip_suffix(names.suffix).unwrap_or(text).to_owned();
    let mut known = BTreeSet::new();
    for field in names.fields {
        journal.each_value(field.as_bytes(), |value| {
            known.insert(short(&String::from_utf8_lossy(value)));
        });
    }
    // An id may be named by its beginning.
    let is_known =
        |known: &String| *known == short(name) || (name.len() >= 8 && known.starts_with(&name.to_ascii_lowercase()));
    if known.iter().any(is_known) {
        return None;
    }
    let suggested = suggested(&short(name), &known);
    let where_to_look = || names.fields.first().map(|field| format!(" (`lastwords fields` with {field} lists all)"));
    Some(format!("no entry is of {} {name}{}", names.what, suggested.or_else(where_to_look).unwrap_or_default()))
}

fn suggested(name: &str, known: &BTreeSet<String>) -> Option<String> {
    let words: Vec<&str> = known.iter().map(String::as_str).collect();
    near::meant(name, &words).map(|meant| format!("; {meant} is there"))
}
