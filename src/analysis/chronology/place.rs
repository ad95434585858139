//! How certain a boot's place in the list is.

use std::collections::BTreeSet;

use super::clock::Clock;
use crate::analysis::source::{BootFacts, Source};
use crate::analysis::twins::{TWINS, are_twins};

const SECOND: u64 = 1_000_000;

/// Clocks that are read from an RTC are right to so much.
const SLACK: u64 = 2 * SECOND;
/// A machine whose clock was ever stepped by more starts with a wrong one.
const WRONG_BY: u64 = 60 * SECOND;

/// What is known of two boots that follow one another in the list.
enum Known {
    Certain,
    Open(&'static str),
}

/// What the boots of all machines show of each other.
#[derive(Debug, Default)]
pub(super) struct Placing {
    /// For each boot why its place is not certain; `None` where it is.
    pub(super) doubts: Vec<Option<&'static str>>,
    /// For each boot whether its wall clock may be compared with those of others.
    pub(super) anchored: Vec<bool>,
}

impl Placing {
    /// Compares each boot with those beside it on its machine.
    pub(super) fn of(source: &dyn Source, clocks: &[Clock]) -> Self {
        let boots = source.boots();
        let mut placing = Self { doubts: vec![None; boots.len()], anchored: vec![false; boots.len()] };
        for members in super::by_machine(source).into_values() {
            let contradicted = contradicted(boots, &members, clocks);
            let is_steady = contradicted.is_empty() && is_steady(&members, clocks);
            let places = Places { source, boots, clocks, is_steady, contradicted };
            for (boot, why) in places.uncertain(&members) {
                if let Some(doubt) = placing.doubts.get_mut(boot) {
                    *doubt = Some(why);
                }
            }
            for boot in members {
                if let Some(anchored) = placing.anchored.get_mut(boot) {
                    *anchored = places.is_anchored(boot);
                }
            }
        }
        placing
    }
}

/// Whether nothing shows that this machine ever had a wrong clock: none is known to be, and none was set by much.
fn is_steady(members: &[usize], clocks: &[Clock]) -> bool {
    let is_small = |clock: &Clock| clock.steps.iter().all(|step| step.by_us.unsigned_abs() <= WRONG_BY);
    let mut of_members = members.iter().filter_map(|boot| clocks.get(*boot));
    of_members.all(|clock| !clock.kind.is_wrong() && is_small(clock))
}

/// The boots of whose pairs one certainly came earlier and yet ended when the other had started, by their clocks.
fn contradicted(boots: &[BootFacts], members: &[usize], clocks: &[Clock]) -> BTreeSet<usize> {
    let overlap = |pair: &&[usize]| {
        let [one, two] = **pair else { return false };
        let (Some(a), Some(b), Some(clock)) = (boots.get(one), boots.get(two), clocks.get(two)) else { return false };
        // A clock that is known to be wrong contradicts nothing.
        let is_wrong = [one, two].iter().any(|boot| clocks.get(*boot).is_some_and(|clock| clock.kind.is_wrong()));
        let (numbers, end) = (ascend(a, b), a.last.realtime.0);
        !is_wrong && numbers == Some(true) && clock.start.0.saturating_add(WRONG_BY) < end
    };
    members.windows(2).filter(overlap).flatten().copied().collect()
}

/// Whether all numbers that two boots have of the same series are higher in the second; `None` where they share none.
fn ascend(one: &BootFacts, two: &BootFacts) -> Option<bool> {
    let shared = one.numbers.iter().filter(|count| !count.seqnum_id.is_null());
    let shared = shared.filter_map(|own| {
        let other = two.numbers.iter().find(|other| other.seqnum_id == own.seqnum_id)?;
        Some(own.last < other.first)
    });
    shared.reduce(|all, one| all && one)
}

struct Places<'a> {
    source: &'a dyn Source,
    boots: &'a [BootFacts],
    clocks: &'a [Clock],
    is_steady: bool,
    contradicted: BTreeSet<usize>,
}

impl Places<'_> {
    /// The boots whose place is open: without them each boot certainly precedes the one after it.
    fn uncertain(&self, members: &[usize]) -> Vec<(usize, &'static str)> {
        let mut open = Vec::new();
        let mut kept: Vec<usize> = Vec::new();
        for boot in members.iter().copied() {
            loop {
                let Some(before) = kept.last().copied() else { break kept.push(boot) };
                let Known::Open(why) = self.known(before, boot) else { break kept.push(boot) };
                if !self.is_anchored(boot) {
                    break open.push((boot, why));
                }
                open.push((before, why));
                kept.pop();
                // Where both clocks are good and yet disagree, neither place is certain.
                if self.is_anchored(before) {
                    break open.push((boot, why));
                }
            }
        }
        open
    }

    fn known(&self, one: usize, two: usize) -> Known {
        let (Some(a), Some(b)) = (self.boots.get(one), self.boots.get(two)) else { return Known::Certain };
        match ascend(a, b) {
            Some(true) => return Known::Certain,
            Some(false) => return Known::Open("its numbers and those of a boot beside it overlap"),
            None => {}
        }
        match a.set_aside.iter().find(|aside| aside.by == b.id) {
            Some(aside) if aside.certain => Known::Certain,
            Some(_) => Known::Open("the name of a `~` file fits this place, but not only this one"),
            None => self.by_clock(one, two),
        }
    }

    fn by_clock(&self, one: usize, two: usize) -> Known {
        if !self.is_anchored(one) || !self.is_anchored(two) {
            return Known::Open("its numbers are its own, and nothing shows that its wall clock was right");
        }
        let ends = self.boots.get(one).map(|facts| facts.last.realtime.0);
        let starts = self.clocks.get(two).map(|clock| clock.start.0);
        match ends.zip(starts) {
            Some((end, start)) if end <= start.saturating_add(SLACK) => Known::Certain,
            _ if self.are_twins(one, two) => Known::Open(TWINS),
            _ => Known::Open("its wall clock and that of a boot beside it contradict each other"),
        }
    }

    fn are_twins(&self, one: usize, two: usize) -> bool {
        let clocks = self.clocks.get(one).zip(self.clocks.get(two));
        clocks.is_some_and(|clocks| are_twins(self.source, (one, two), clocks))
    }

    /// Whether a boot's wall clock may decide: it is right in the end, was set to what it showed last and fits in with the
    /// boots beside it, or the machine never had a wrong one.
    fn is_anchored(&self, boot: usize) -> bool {
        let anchored = |clock: &Clock| {
            let was_set = clock.was_stepped() && !clock.was_set_by_hand && !self.contradicted.contains(&boot);
            clock.kind.is_trusted() || (!clock.kind.is_wrong() && (was_set || self.is_steady))
        };
        self.clocks.get(boot).is_some_and(anchored)
    }
}
