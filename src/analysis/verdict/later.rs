//! A dump that only the boot after the next found: the next one died before it could look.

use std::cell::LazyCell;

use super::dumps::{dump_of, is_before, is_late, longest_silence, made_after};
use super::item::Item;
use super::setting::Setting;
use super::signs;
use crate::analysis::aftermath;
use crate::analysis::duration::{Spelling, span};
use crate::analysis::ending::Case;
use crate::analysis::report::{Strength, Witness};
use crate::analysis::rules::Means;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::HEAD_WINDOW;
use crate::analysis::survey::Survey;

/// The dump of this end that the boot after the next found, where its own name gives a time between this boot's last
/// entry and the next one's start. It is strong and no proof, since another boot found it than the next.
pub(in crate::analysis) fn dump(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting) -> Option<Item> {
    let is_asked = setting.finding.asks_next() && setting.is_followed() && !setting.is_clock_doubtful;
    let (next, facts) = case.next.filter(|_| is_asked)?;
    if facts.last.monotonic.0 > HEAD_WINDOW || aftermath::survived(case).is_some() {
        return None;
    }
    let started = case.chronology.get(next)?.clock.start;
    let (finder, _) = survey.case(next)?.next?;
    let told = case.source.having(finder, Sender::Pstore.marks());
    let observed = told.iter().flat_map(|line| survey.book.observe(true, line));
    let dumps: Vec<_> = observed.filter(|seen| seen.role() == Means::Dump).collect();
    let mut items = signs::of_next((survey.source, survey.book), &dumps).into_iter();
    let silence = LazyCell::new(|| longest_silence(case));
    items.find_map(|item| {
        let Witness::Line(place) = &item.witness else { return None };
        let dump = dump_of(&place.message).filter(|dump| !survey.was_there(finder, dump))?;
        let us =
            made_after(dump, case.facts.last).filter(|us| !is_late(*us, || *silence) && is_before(dump, started))?;
        let after = span(us, Spelling::Sentence);
        let shows = format!(
            "{}, {after} after this boot's last entry by its name; the boot after the next found it",
            item.shows
        );
        Some(Item { shows, strength: item.strength.min(Strength::Strong), ..item })
    })
}
