//! The value that a judgement returns: facets, and the lines that show them.
//!
//! Plain data: who renders it adds nothing. As JSON the words are those of the taxonomy, in kebab case.

use serde::Serialize;

use super::chronology::{ClockKind, Span};
pub use super::facets::{Action, Cap, Ending, Learnt, Orderliness, Stage};
use super::label::Label;
use super::source::{BootFacts, Moment, Source};
use super::timeline::{Moments, Timeline, is_zero};
use super::verdict::{Cause, Condition, Points};
pub use super::witness::{Evidence, Place, Side, Strength, Witness};
use crate::format::{Id128, Realtime};

/// The version of the JSON that reports and lists of boots are written as; it grows when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 3;

/// How one boot ended, and all that shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Postmortem {
    /// The version of this form, [`SCHEMA_VERSION`].
    pub version: u32,
    /// The boot.
    pub boot: Boot,
    /// The verdict.
    pub ending: Ending,
    /// The verdict as one sentence; it says no more than `ending`.
    pub headline: String,
    /// What shows it: first what decides the cause, then the rest; each in order of time.
    pub evidence: Vec<Evidence>,
    /// What speaks against it, or looked like a sign and was none.
    pub against: Vec<Evidence>,
    /// What else it may have been, the best first.
    pub alternatives: Vec<Alternative>,
    /// What it cannot have been, and why.
    pub excluded: Vec<Excluded>,
    /// What contributed or went on beside it.
    pub contributing: Vec<Contribution>,
    /// Restarts of userspace within the boot, which end no boot.
    pub events: Vec<Evidence>,
    /// Why the confidence is no higher, step by step.
    pub downgrades: Vec<String>,
    /// What was weighed, where points decided.
    pub points: Vec<Points>,
    /// The highest stage of the shutdown sequence that the log shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The highest stage that this machine's journal can show.
    pub cap: Cap,
    /// The boot's last minutes, thinned, oldest first.
    pub timeline: Timeline,
    /// The boot's last entries, oldest first.
    pub last_entries: Vec<Place>,
    /// Whether [`Postmortem::last_entries`] has only entries that were asked for, see `JournalSource::restrict`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub restricted: bool,
    /// The boot that followed on this machine, and its telling lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// When it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub death: Option<Death>,
    /// How long nothing was written, before and after the last entry.
    pub silence: Silence,
    /// What the other boots show of it, a sentence each: series, gaps, hours, changes, other machines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<String>,
    /// What could not be seen or be relied on.
    pub limits: Vec<String>,
    /// What would have told more, and what to do next.
    pub advice: Vec<String>,
}

/// Another cause, which the evidence does not exclude.
#[derive(Clone, Debug, Serialize)]
pub struct Alternative {
    /// What it is.
    pub id: Condition,
    /// What that means, as a sentence without a full stop.
    pub means: &'static str,
    /// The points that signs gave it.
    pub points: f64,
}

/// A cause that a sign rules out.
#[derive(Clone, Debug, Serialize)]
pub struct Excluded {
    /// The cause.
    pub id: Cause,
    /// The rule of the sign.
    pub rule: String,
    /// What that sign shows.
    pub shows: String,
}

/// Something that contributed to the end, or went on beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Contribution {
    /// What it is.
    pub id: Condition,
    /// What that means, as a sentence without a full stop.
    pub means: &'static str,
    /// How many signs of it there are.
    pub count: usize,
    /// The sign nearest to the end; absent where no single line shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// Which boot a report is about.
#[derive(Clone, Debug, Serialize)]
pub struct Boot {
    /// The boot id.
    pub id: Id128,
    /// 0 is the newest boot, -1 the one before, whatever the machine.
    pub index: i64,
    /// The machine.
    pub machine: Id128,
    /// What it was, where it was no boot of the machine's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// How many entries it has.
    pub entries: u64,
    /// When its kernel started, by the clock as it was after its last setting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Realtime>,
    /// The same by the clock as it was then, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_shown: Option<Realtime>,
    /// What that clock is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockKind>,
    /// Where it is worth nothing: when the boot cannot have started yet, by the boots beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_not_before: Option<Realtime>,
    /// And when it had started at the latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_not_after: Option<Realtime>,
    /// When its first entry was written.
    pub first: Moment,
    /// When its last entry was written.
    pub last: Moment,
}

impl Next {
    /// Shows every entry up to the last one shown: nothing is put together or left out.
    pub fn unthin(&mut self, source: &dyn Source) {
        super::postmortem::unthinned(source, self);
    }
}

impl Boot {
    /// A boot with its place in time.
    pub(super) fn of(facts: &BootFacts, span: Option<&Span>) -> Self {
        let BootFacts { id, index, machine, entries, first, last, .. } = *facts;
        let clock = span.map(|span| &span.clock);
        Self {
            id,
            index,
            machine,
            label: None,
            entries,
            start: clock.map(|clock| clock.start),
            start_shown: clock.filter(|clock| clock.start != clock.shown_start).map(|clock| clock.shown_start),
            clock: clock.map(|clock| clock.kind),
            start_not_before: span.and_then(|span| span.start_not_before),
            start_not_after: span.and_then(|span| span.start_not_after),
            first,
            last,
        }
    }
}

/// The boot that followed.
#[derive(Clone, Debug, Serialize)]
pub struct Next {
    /// Its id.
    pub id: Id128,
    /// When its kernel started by its own clock, which may be wrong.
    pub kernel_start: Realtime,
    /// Its lines that tell of the end before it, in order.
    pub lines: Vec<Evidence>,
    /// Its first lines, thinned.
    pub head: Vec<Moments>,
    /// So many entries before the last of all these lines are in neither list.
    #[serde(skip_serializing_if = "is_zero")]
    pub omitted: u64,
}

/// When a boot ended: not before the last entry, and not later than what could still have been lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Death {
    /// The last entry.
    pub from: Realtime,
    /// The latest moment; absent where nothing bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Realtime>,
    /// What the latest moment rests on.
    pub why: String,
    /// Lines that came at one interval until the log ended, and from when on each is missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub heartbeats: Vec<super::heartbeat::Heartbeat>,
}

/// Stretches without entries, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Silence {
    /// The longest between two entries of the boot that reaches into its last 10 minutes.
    pub longest_before_us: u64,
    /// From the last entry to the next boot's kernel, where the clocks allow to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_next_us: Option<u64>,
}
