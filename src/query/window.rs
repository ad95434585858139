//! The part of a stretch that was received within a span of time.

use std::ops::Range;

use super::Query;
use crate::file::JournalFile;
use crate::journal::{Stretch, ran_on};

/// So many entries of a stretch are looked at to see whether the clock ran on, where the stretch reaches into the span.
/// Each look may be a page of its own, which costs as much as a thousand comparisons.
const INSIDE: usize = 512;

/// The same where both ends lie before the span or both behind it, as in most files.
const OUTSIDE: usize = 32;

/// Which slots of a stretch may lie in the wanted span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// Exactly these do.
    Exact(Range<usize>),
    /// The clock was set back here: each entry's own time decides.
    Each,
}

/// The window of a stretch.
///
/// Wall-clock times ascend along a stretch unless the clock was set back, so that its part in a span is found by
/// bisection. That they ascend is not assumed: entries all along the stretch are looked at (all of a short one), and
/// where one is earlier than the one before, each entry is tested by itself. Where both ends lie well outside the span
/// and as far apart by the wall clock as by the time since boot, none is. A clock that was set back and forth again in
/// between is not noticed; [`Query::no_index`] reads every time.
pub(super) fn of(file: &JournalFile, stretch: &Stretch, query: &Query) -> Window {
    if query.since.is_none() && query.until.is_none() {
        return Window::Exact(stretch.slots.clone());
    }
    let before = query.since.is_some_and(|since| stretch.last.realtime < since);
    let behind = query.until.is_some_and(|until| stretch.first.realtime > until);
    let away = match (query.since, query.until) {
        (Some(since), _) if before => since.0.abs_diff(stretch.last.realtime.0),
        (_, Some(until)) if behind => until.0.abs_diff(stretch.first.realtime.0),
        _ => 0,
    };
    let looks = if before || behind { OUTSIDE } else { INSIDE };
    let is_known = ran_on(&stretch.first, &stretch.last, away) || ascends(file, &stretch.slots, looks);
    if query.no_index || !is_known {
        return Window::Each;
    }
    if before {
        return Window::Exact(stretch.slots.end..stretch.slots.end);
    }
    if behind {
        return Window::Exact(stretch.slots.start..stretch.slots.start);
    }
    let start = query.since.map(|since| file.bisect(stretch.slots.clone(), |entry| entry.realtime() < since));
    let end = query.until.map(|until| file.bisect(stretch.slots.clone(), |entry| entry.realtime() <= until));
    let start = start.unwrap_or(stretch.slots.start);
    Window::Exact(start..end.unwrap_or(stretch.slots.end).max(start))
}

fn ascends(file: &JournalFile, slots: &Range<usize>, looks: usize) -> bool {
    let stride = slots.len().div_ceil(looks).max(1);
    let last = slots.end.saturating_sub(1);
    let mut latest = None;
    slots.clone().step_by(stride).chain([last]).all(|slot| {
        // An entry that cannot be read has no place in a span: each is tested, and it is passed on to be counted.
        let Ok(entry) = file.entry(file.entry_at(slot)) else { return false };
        let time = Some(entry.realtime());
        let ascends = time >= latest;
        latest = time;
        ascends
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::format::Realtime;
    use crate::journal::Journal;
    use crate::testkit::synth::{Record, Synth};

    /// A file whose entries were received at these times, and its window from 100 to 200.
    fn windowed(times: impl IntoIterator<Item = u64>) -> Window {
        let record = |(seqnum, time)| Record::new(seqnum).field("MESSAGE=a").at(time, 1_000_000 + seqnum);
        let synth = (1..).zip(times).map(record).fold(Synth::new(), Synth::entry);
        let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
        let journal = Journal::from_files(vec![file]);
        let stretch = &journal.order().stretches()[0];
        of(&journal.files()[0], stretch, &Query::new().since(Realtime(100)).until(Realtime(200)))
    }

    #[test]
    fn a_clock_that_ran_on_is_bisected_and_both_ends_belong_to_it() {
        assert_eq!(windowed([50, 99, 100, 100, 150, 200, 200, 201]), Window::Exact(2..7));
        assert_eq!(windowed([50, 99, 201]), Window::Exact(2..2));
        assert_eq!(windowed([300, 400]), Window::Exact(0..0));
        assert_eq!(windowed([1, 2]), Window::Exact(2..2));
        assert_eq!(windowed((0..10_000).map(|step| step / 10)), Window::Exact(1000..2010));
    }

    #[test]
    fn a_clock_that_was_set_back_between_ends_outside_is_noticed() {
        // A minute passes since boot; both ends lie before 100 s, and what is between them does not.
        let second = |second: u64| (second + 1000) * 1_000_000;
        let stretch = |last: u64| {
            let times = [0, 1, 60 + last, last].map(second);
            let record = |(seqnum, time)| Record::new(seqnum).field("MESSAGE=a").at(time, seqnum * 20_000_000);
            let synth = (1..).zip(times).map(record).fold(Synth::new(), Synth::entry);
            let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
            let journal = Journal::from_files(vec![file]);
            let stretch = journal.order().stretches()[0].clone();
            let window = of(&journal.files()[0], &stretch, &Query::new().since(Realtime(second(100))));
            (window, ran_on(&stretch.first, &stretch.last, second(100) - second(last)))
        };
        // By the time since boot a minute passed, and as much by the wall clock, though it was set back in between.
        assert_eq!(stretch(60), (Window::Exact(4..4), true));
        // As much as it was set back is missing, or something else is.
        assert_eq!(stretch(45), (Window::Each, false));
        assert_eq!(stretch(99), (Window::Each, false));
    }

    #[test]
    fn a_clock_that_was_set_back_is_noticed() {
        assert_eq!(windowed([50, 150, 140, 300]), Window::Each);
        let set_back = |step: u64| if step < 6000 { step } else { step - 3000 };
        assert_eq!(windowed((0..10_000).map(set_back)), Window::Each);
    }
}
