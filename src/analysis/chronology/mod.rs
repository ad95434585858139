//! Boots in time: what each boot's clock is worth, how certain its place is, and what lies between boots.
//!
//! An entry has two clocks. The monotonic one counts from the boot's start and is never set; the wall clock may be wrong
//! at first and be set later. Their difference is constant from one setting to the next, so that a start can be told from
//! any entry after the last one.

mod clock;
mod early;
pub(in crate::analysis) mod jump;
mod place;
mod saying;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

pub use clock::{Clock, ClockKind, ClockStep};
pub use early::Invisible;
pub use jump::Jump;

use super::missing;
use super::source::Source;
use crate::format::{Id128, Realtime};
use early::Early;
use place::Placing;

/// One boot in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Its clock.
    #[serde(flatten)]
    pub clock: Clock,
    /// Whether its place in the list is certain.
    pub order_certain: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_doubt: Option<&'static str>,
    /// From its last entry to the start of the machine's next boot, in microseconds, where both clocks can say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_us: Option<u64>,
    /// How many numbers between its first and its last entry are those of no entry that was read.
    pub missing: u64,
    /// How many numbers lie between its last entry and the next boot's first, where one count goes through both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing_after: Option<u64>,
    /// So long after its start, in microseconds, its log was in memory only: what dies before leaves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blind_us: Option<u64>,
    /// Boots between the one before and this that left nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invisible_before: Option<Invisible>,
    /// When it cannot have started yet, by the boots beside it; where its own clock cannot be relied on and its place is
    /// certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_not_before: Option<Realtime>,
    /// When it had started at the latest, in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_not_after: Option<Realtime>,
    /// Whether the wall clock may be compared with those of other boots: it is right in the end, was set to what it
    /// showed last, or the machine never had a wrong one.
    #[serde(skip)]
    pub is_anchored: bool,
    /// How long startup took, in microseconds, where that is said.
    #[serde(skip)]
    pub startup_us: Option<u64>,
}

/// All boots in time.
#[derive(Clone, Debug, Default)]
pub struct Chronology {
    spans: Vec<Span>,
}

impl Chronology {
    /// Reads the clocks of all boots, and brings them together.
    ///
    /// For each boot a few lines are read by their ids, a few times by bisection, and, where no time server set its
    /// clock, the kernel's lines of its first minute.
    #[must_use]
    pub fn of(source: &dyn Source) -> Self {
        let boots = 0..source.boots().len();
        let read = |boot: usize| Some((Clock::read(source, boot)?, Early::read(source, boot)));
        let read: Vec<(Clock, Early)> = boots.into_par_iter().filter_map(read).collect();
        let (clocks, earlies): (Vec<Clock>, Vec<Early>) = read.into_iter().unzip();
        let placing = Placing::of(source, &clocks);
        let mut spans: Vec<Span> = clocks.iter().zip(&earlies).zip(placing.doubts).map(span).collect();
        for (span, anchored) in spans.iter_mut().zip(placing.anchored) {
            span.is_anchored = anchored;
        }
        for members in by_machine(source).into_values() {
            for (at, boot) in members.iter().enumerate() {
                let before = members.get(..at).unwrap_or_default();
                let invisible = earlies.get(*boot).and_then(|early| early.invisible(source, &clocks, (before, *boot)));
                let Some(span) = spans.get_mut(*boot) else { continue };
                span.missing = missing::within(source, *boot);
                span.invisible_before = invisible;
            }
            for pair in members.windows(2) {
                if let [one, two] = *pair {
                    between(source, &mut spans, one, two);
                }
            }
            bracket(source, &mut spans, &members);
        }
        Self { spans }
    }

    /// The boots in time, in the order of [`Source::boots`].
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// One boot in time.
    #[must_use]
    pub fn get(&self, boot: usize) -> Option<&Span> {
        self.spans.get(boot)
    }
}

fn span(((clock, early), doubt): ((&Clock, &Early), Option<&'static str>)) -> Span {
    Span {
        clock: clock.clone(),
        order_certain: doubt.is_none(),
        order_doubt: doubt,
        gap_us: None,
        missing: 0,
        missing_after: None,
        blind_us: early.blind_us,
        invisible_before: None,
        start_not_before: None,
        start_not_after: None,
        is_anchored: false,
        startup_us: early.startup_us,
    }
}

/// The boots of each machine, oldest first.
pub(in crate::analysis) fn by_machine(source: &dyn Source) -> BTreeMap<Id128, Vec<usize>> {
    let mut members: BTreeMap<Id128, Vec<usize>> = BTreeMap::new();
    for (boot, facts) in source.boots().iter().enumerate() {
        members.entry(facts.machine).or_default().push(boot);
    }
    members
}

/// When boots whose clock cannot be relied on started, by the nearest ones on either side whose clock can be.
fn bracket(source: &dyn Source, spans: &mut [Span], members: &[usize]) {
    let uptime = |boot: usize| source.boots().get(boot).map_or(0, |facts| facts.last.monotonic.0);
    let ended = |boot: usize| source.boots().get(boot).map(|facts| facts.last.realtime);
    let mut not_before = None;
    for boot in members.iter().copied() {
        let Some(span) = spans.get_mut(boot).filter(|span| span.order_certain) else { continue };
        if span.is_anchored {
            not_before = ended(boot);
        } else {
            span.start_not_before = not_before;
        }
    }
    let mut not_after: Option<u64> = None;
    for boot in members.iter().rev().copied() {
        let Some(span) = spans.get_mut(boot).filter(|span| span.order_certain) else { continue };
        if span.is_anchored {
            not_after = Some(span.clock.start.0);
        } else {
            // It and all between ran before that start.
            not_after = not_after.and_then(|start| start.checked_sub(uptime(boot)));
            span.start_not_after = not_after.map(Realtime);
        }
    }
}

/// What lies between two boots that follow one another.
fn between(source: &dyn Source, spans: &mut [Span], one: usize, two: usize) {
    let Some(before) = source.boots().get(one) else { return };
    let missing = missing::up_to_next(source, one, two);
    let next = spans.get(two).filter(|span| span.is_anchored && span.order_certain).map(|span| span.clock.start);
    let Some(span) = spans.get_mut(one) else { return };
    span.missing_after = missing;
    if span.is_anchored && span.order_certain {
        span.gap_us = next.and_then(|start| start.0.checked_sub(before.last.realtime.0));
    }
}
