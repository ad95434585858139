//! The value that a judgement returns: facets, and the lines that show them.
//!
//! Plain data: who renders it adds nothing. As JSON the words are those of the taxonomy, in kebab case.

use serde::Serialize;

use super::source::{BootFacts, Moment};
use super::timeline::{Moments, Timeline};
use super::verdict::{Cause, Condition, Confidence, Initiator, Points};
use crate::format::{Id128, Monotonic, Realtime, Seqnum};

/// The version of the JSON that reports and lists of boots are written as; it grows when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

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
    /// How many entries it has.
    pub entries: u64,
    /// When its first entry was written.
    pub first: Moment,
    /// When its last entry was written.
    pub last: Moment,
}

impl From<&BootFacts> for Boot {
    fn from(facts: &BootFacts) -> Self {
        let BootFacts { id, index, machine, entries, first, last, .. } = *facts;
        Self { id, index, machine, entries, first, last }
    }
}

/// The facets of an end, and what surrounds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// Whether the shutdown ran its course.
    pub orderliness: Orderliness,
    /// What became of the machine; absent while the boot runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Who or what set the end going; absent while the boot runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator: Option<Initiator>,
    /// Why it ended.
    pub cause: Cause,
    /// How sure the cause is; absent while the boot runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// The verdict as one sentence, which says no more than the facets do.
    pub headline: String,
    /// What else it may have been: what the evidence does not exclude, the best first. Empty where the cause is proven.
    pub candidates: Vec<Condition>,
    /// What contributed, or went on beside it, the latest first; never the cause.
    pub contributing: Vec<Condition>,
}

/// Whether a boot ended by a shutdown that ran its course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orderliness {
    /// The shutdown ran as far as this machine's journal can show.
    Orderly,
    /// It began, and stopped before that stage or is known to have hung.
    OrderlyIncomplete,
    /// No shutdown, though the log reaches as far as logs do.
    Abrupt,
    /// The machine died between falling asleep and waking.
    Asleep,
    /// Still up when the files were copied.
    Running,
    /// The log ends before the boot did.
    Unknown,
}

/// What became of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Restarted by the OS.
    Reboot,
    /// Switched off by the OS.
    Poweroff,
    /// Stopped by the OS, with the power left on.
    Halt,
    /// Another kernel was started without firmware.
    Kexec,
    /// Restarted by hardware, firmware, a watchdog, or by the kernel without a shutdown.
    Reset,
    /// The power went away.
    PowerCut,
    /// Cannot be told.
    Unknown,
}

/// How far a shutdown came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Stage {
    /// Asked for.
    S0,
    /// Units are being stopped, many at once.
    S1,
    /// Filesystems are let go, journald leaves `/var`.
    S2,
    /// Everything is stopped, the last program has taken over.
    S3,
}

/// The highest stage that a machine's journal can show, and how that is known.
///
/// Where `/var/log/journal` is a mount of its own, journald must leave it before the last steps: those are never seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cap {
    /// The stage.
    pub stage: Stage,
    /// How it is known.
    pub learnt: Learnt,
}

/// Where a [`Cap`] comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learnt {
    /// This boot of the machine reached it.
    Boot(Id128),
    /// This unit mounts the journal apart from the root.
    Mount(String),
    /// Nothing showed it: a journal on the root filesystem is assumed.
    Assumed,
}

/// One sign, and what it shows.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The rule that it comes from.
    pub rule: String,
    /// What it shows, as a sentence without a full stop.
    pub shows: String,
    /// How much it weighs.
    pub strength: Strength,
    /// Which boot says so.
    pub side: Side,
    /// Where to see it.
    #[serde(flatten)]
    pub witness: Witness,
}

/// How much a sign weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Context only.
    Ctx,
    /// A hint.
    Weak,
    /// Makes it plausible.
    Moderate,
    /// Hard to explain otherwise.
    Strong,
    /// Settles the facet alone.
    Proof,
}

/// Which boot a sign lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The boot that ended.
    This,
    /// The boot after it.
    Next,
}

/// Where a sign can be seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Witness {
    /// In an entry.
    Line(Place),
    /// In a file's name or header.
    File(String),
}

/// An entry: where it stands and what it says.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// The cursor.
    pub cursor: String,
    /// The file's name.
    pub file: String,
    /// Where the entry starts in the file, in bytes.
    pub offset: u64,
    /// The entry's number.
    pub seqnum: Seqnum,
    /// When it was written, by the wall clock.
    pub realtime: Realtime,
    /// When it was written, since the boot began.
    pub monotonic: Monotonic,
    /// The unit that it is about or comes from, else the name that its writer gave itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The message; bytes that are no text are replaced.
    pub message: String,
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
    /// The longest between two of the boot's last entries.
    pub longest_before_us: u64,
    /// From the last entry to the next boot's kernel, where the clocks allow to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_next_us: Option<u64>,
}
