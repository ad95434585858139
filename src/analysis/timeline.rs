//! A boot's last minutes in so few lines that a person reads them, and nothing hidden silently.
//!
//! Lines that say the same but for numbers, one after the other, become one with their count. Where there are still too
//! many, the last ones stay, and of the time before them some lines of each part: those that carry weight. The rest is
//! left out with a count in its place.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;

use super::evidence;
use super::journal_source::TAIL_MOST;
use super::report::{Evidence, Place, Witness};
use super::source::{Line, Source, Wanted};

/// So many lines does a timeline show at most.
const MOST: usize = 60;
/// Lines that say the same may lie so far apart in the list, with others between.
const NEAR: usize = 4;
/// And so far apart in time, in microseconds.
const TOGETHER: u64 = 120_000_000;
/// At the very end every line counts.
const LAST: usize = 20;
/// In so many parts of the time before that something is shown.
const PARTS: u64 = 20;

/// A stretch of a boot, thinned.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// How long before the last entry it begins, in microseconds.
    pub since_us: u64,
    /// How many entries it stands for.
    pub entries: u64,
    /// Its lines, oldest first.
    pub moments: Vec<Moments>,
    /// Whether there were more entries, before these: no more than 20,000 are read.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
}

/// One line of a timeline, for all entries that say the same.
#[derive(Clone, Debug, Serialize)]
pub struct Moments {
    /// The first of them.
    pub place: Place,
    /// How many there are.
    pub count: u64,
    /// When the last of them was written, in microseconds since the boot began; absent for a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_us: Option<u64>,
    /// The syslog priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<u8>,
    /// So many entries before this line are not shown.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

pub(super) const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The last `since_us` microseconds of a boot, by its monotonic clock.
///
/// Lines that say the same are put together and light ones left out with their count, unless every line is asked for
/// (`raw`); those of `telling` carry most weight. A very long stretch is cut at its beginning.
#[must_use]
pub fn timeline(source: &dyn Source, boot: usize, since_us: u64, raw: bool, telling: &[Evidence]) -> Timeline {
    let lines = source.tail(boot, 1, since_us, Wanted::ALL);
    if raw {
        let entries = lines.len() as u64;
        return Timeline {
            since_us,
            entries,
            moments: whole(source, &lines),
            is_cut: is_cut(source, boot, lines.len()),
        };
    }
    of(source, boot, &lines, since_us, telling)
}

/// Whether a boot has more entries than are read of its end.
fn is_cut(source: &dyn Source, boot: usize, read: usize) -> bool {
    read >= TAIL_MOST && source.boots().get(boot).is_some_and(|facts| facts.entries > read as u64)
}

/// Lines as they are.
pub(super) fn whole(source: &dyn Source, lines: &[Line]) -> Vec<Moments> {
    lines.iter().map(|line| single(source, line)).collect()
}

/// The last `since_us` microseconds of what was read of a boot, thinned.
pub(super) fn of(source: &dyn Source, boot: usize, lines: &[Line], since_us: u64, telling: &[Evidence]) -> Timeline {
    let last_us = source.boots().get(boot).map_or(0, |facts| facts.last.monotonic.0);
    let recent = lines.iter().filter(|line| line.monotonic.0.saturating_add(since_us) >= last_us);
    let recent: Vec<&Line> = recent.collect();
    let moments = thinned(folded(source, &recent), LAST, &telling.iter().filter_map(line).collect());
    Timeline { since_us, entries: recent.len() as u64, moments, is_cut: is_cut(source, boot, lines.len()) }
}

/// Where the line of a piece of evidence stands.
fn line(item: &Evidence) -> Option<(&str, u64)> {
    match &item.witness {
        Witness::Line(place) => Some((place.file.as_str(), place.offset)),
        Witness::File(_) => None,
    }
}

fn single(source: &dyn Source, line: &Line) -> Moments {
    let priority = line.text("PRIORITY").and_then(|text| text.parse().ok());
    Moments { place: evidence::place(source, line), count: 1, until_us: None, priority, omitted: 0 }
}

/// A boot's first lines.
pub(super) fn head(source: &dyn Source, lines: &[Line], at_most: usize) -> Vec<Moments> {
    let lines: Vec<&Line> = lines.iter().collect();
    let mut moments = folded(source, &lines);
    moments.truncate(at_most);
    moments
}

/// Lines with those that say the same put together.
fn folded(source: &dyn Source, lines: &[&Line]) -> Vec<Moments> {
    let mut folded: Vec<Moments> = Vec::new();
    let mut recent: VecDeque<(u64, usize)> = VecDeque::new();
    for (count, line) in lines.iter().enumerate() {
        let moments = single(source, line);
        let shape = shape(&moments.place);
        // Of what the log ends with, the line itself.
        let is_last = count + 1 == lines.len();
        let known = recent.iter().rev().find(|(known, _)| *known == shape && !is_last);
        let known = known.and_then(|(_, at)| folded.get_mut(*at)).filter(|known| {
            let until = known.until_us.unwrap_or(known.place.monotonic.0);
            until.saturating_add(TOGETHER) >= line.monotonic.0
        });
        if let Some(known) = known {
            known.count += 1;
            known.until_us = Some(line.monotonic.0);
            continue;
        }
        recent.push_back((shape, folded.len()));
        if recent.len() > NEAR {
            recent.pop_front();
        }
        folded.push(moments);
    }
    folded
}

/// A line's unit and words, whatever its numbers.
fn shape(place: &Place) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = std::hash::DefaultHasher::new();
    place.unit.hash(&mut hasher);
    let words = place.message.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 1);
    let is_hex = |word: &&str| word.len() > 3 && word.chars().all(|c| c.is_ascii_hexdigit());
    words.filter(|word| !is_hex(word)).for_each(|word| word.hash(&mut hasher));
    hasher.finish()
}

/// The last lines, and of those before them some of each part of their time; what is left out is counted on the line
/// after it.
fn thinned(moments: Vec<Moments>, last: usize, telling: &BTreeSet<(&str, u64)>) -> Vec<Moments> {
    if moments.len() <= MOST {
        return moments;
    }
    let end = moments.len().saturating_sub(last);
    let chosen = chosen(moments.get(..end).unwrap_or_default(), MOST.saturating_sub(last), telling);
    let (mut kept, mut omitted) = (Vec::new(), 0);
    for (at, mut moments) in moments.into_iter().enumerate() {
        if at < end && !chosen.contains(&at) {
            omitted += moments.count;
            continue;
        }
        moments.omitted = std::mem::take(&mut omitted);
        kept.push(moments);
    }
    kept
}

/// Of each part of the time the line that carries most weight, so that there is none of which nothing is shown; then
/// those that carry most of all others, of equal ones the latest.
fn chosen(moments: &[Moments], room: usize, telling: &BTreeSet<(&str, u64)>) -> BTreeSet<usize> {
    let weights: Vec<u8> = moments.iter().map(|moments| weight(moments, telling)).collect();
    let weight = |at: usize| weights.get(at).copied().unwrap_or(u8::MAX);
    let when = |moments: &Moments| moments.place.monotonic.0;
    let since = moments.first().map_or(0, when);
    let span = moments.last().map_or(0, when).saturating_sub(since).saturating_add(1);
    let mut best: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, moments) in moments.iter().enumerate() {
        let past = when(moments).saturating_sub(since);
        let known = best.entry(past.saturating_mul(PARTS).checked_div(span).unwrap_or(0)).or_insert(at);
        if weight(at) < weight(*known) {
            *known = at;
        }
    }
    let mut chosen: BTreeSet<usize> = best.into_values().collect();
    let mut others: Vec<usize> = (0..moments.len()).filter(|at| !chosen.contains(at)).collect();
    others.sort_by_key(|at| (weight(*at), Reverse(*at)));
    chosen.extend(others.into_iter().take(room.saturating_sub(chosen.len())));
    chosen
}

/// The less, the more it matters: evidence, then what its writer says by its priority.
fn weight(moments: &Moments, telling: &BTreeSet<(&str, u64)>) -> u8 {
    let place = &moments.place;
    if telling.contains(&(place.file.as_str(), place.offset)) {
        return 0;
    }
    moments.priority.unwrap_or(6).saturating_add(1)
}
