//! How a boot ended, as a judgement that shows its evidence.
//!
//! [`judge`] looks at one boot and returns a [`Postmortem`]; [`endings`] gives the facets of all boots. Both ask a
//! [`Source`] for facts and lines and know nothing of files: a journal is one source, a hand-made [`Listed`] another.
//!
//! A shutdown has stages, and each leaves lines. How many of them a journal can keep depends on the machine:
//!
//! ```text
//! S0  asked for        logind, a client, a signal, a key, a policy
//! S1  stops begin      multi-user.target and most services
//! S2  late             local-fs.target, umount.target; journald leaves /var
//! S3  final            reboot.target, "Shutting down.", "Journal stopped"
//!                      never seen where the journal is a mount of its own
//! ```
//!
//! So a boot is orderly when it came as far as this machine's boots ever come ([`Cap`]). Absence of a line is evidence
//! only where the line could have been kept.
//!
//! No look, no wording for people beyond one headline and one sentence per sign: that is `output`'s.

mod aftermath;
mod asked;
mod cap;
mod chronology;
mod death;
mod disks;
pub(crate) mod duration;
mod ending;
mod evidence;
mod extract;
mod facets;
mod finder;
mod flood;
mod gather;
mod glance;
mod guests;
mod headline;
mod hearsay;
mod heartbeat;
mod history;
mod journal_source;
mod label;
mod led_to;
mod limits;
mod listed;
mod lists;
mod marks;
mod missing;
mod occurrences;
mod open_end;
mod outlived;
mod plan;
mod postmortem;
mod report;
mod rules;
mod sender;
mod sequence;
mod sign;
mod source;
mod spoken;
mod strays;
mod survey;
#[cfg(test)]
mod tests;
mod timeline;
mod twins;
mod unanswered;
mod unit;
mod verdict;
mod within;
mod witness;

pub use chronology::{Chronology, Clock, ClockKind, ClockStep, Invisible, Jump, Span};
pub use heartbeat::Heartbeat;
pub(crate) use history::told::names;
pub use history::{Alike, Change, EqualGaps, FirstFailure, History, Hours, Series, Together};
pub use journal_source::JournalSource;
pub use label::{Label, Remarks};
pub use listed::Listed;
pub use occurrences::{Occurrence, Occurrences};
pub use open_end::OpenEnd;
pub use report::{
    Action, Alternative, Boot, Cap, Contribution, Death, Ending, Evidence, Excluded, Learnt, Next, Orderliness, Place,
    Postmortem, SCHEMA_VERSION, Side, Silence, Stage, Strength, Witness,
};
pub use rules::{
    Fault, LARGEST as RULES_LARGEST, Means, Observed, Pattern, Rule, Rulebook, RulesError, Sample, Sign as RuleSign,
    Structural, Term, Text, Weights, Where, Writer,
};
pub use source::{
    BootFacts, FileEnd, FileFacts, FileState, Glance, Heard, Line, LostEnd, Moment, Numbered, Source, Wanted,
};
pub use timeline::{Moments, Timeline, timeline};
pub use unit::Step;
pub use verdict::{Cause, Condition, Confidence, Initiator, Only, Points, UnknownWord};

use survey::{Read, Survey};

/// So many of a boot's last entries are part of its report.
const LAST_ENTRIES: usize = 20;

/// Says how one boot ended and why, with the evidence, by the rules that come with the program; `None` where there is no
/// such boot.
///
/// All boots are looked at: how far a machine's shutdowns can be seen, what it shows when nothing ends, and what other
/// machines did at the time, bear on every one.
#[must_use]
pub fn judge(source: &dyn Source, boot: usize) -> Option<Postmortem> {
    judge_by(source, Rulebook::builtin(), boot)
}

/// The same by other rules.
#[must_use]
pub fn judge_by(source: &dyn Source, rules: &Rulebook, boot: usize) -> Option<Postmortem> {
    postmortem::of(&Survey::of(source, rules), boot)
}

/// The same of the newest boot that has ended, or of the newest where none has; with its place in [`Source::boots`].
#[must_use]
pub fn judge_newest(source: &dyn Source, rules: &Rulebook) -> Option<(usize, Postmortem)> {
    let survey = Survey::of(source, rules);
    let boot = survey.newest_ended()?;
    Some((boot, postmortem::of(&survey, boot)?))
}

/// Says of every boot how it ended and why, in the order of [`Source::boots`].
#[must_use]
pub fn endings(source: &dyn Source) -> Vec<Ending> {
    endings_by(source, Rulebook::builtin())
}

/// The same by other rules.
#[must_use]
pub fn endings_by(source: &dyn Source, rules: &Rulebook) -> Vec<Ending> {
    let survey = Survey::of(source, rules);
    survey.judge_all().into_iter().map(|judged| judged.ending).collect()
}

/// How all boots ended, when they were, and what they show together.
#[derive(Clone, Debug)]
pub struct Overview {
    /// How each boot ended and why, in the order of [`Source::boots`].
    pub endings: Vec<Ending>,
    /// What else is to be said of each boot, in the same order.
    pub remarks: Vec<Remarks>,
    /// When each boot was, and how sure that is.
    pub chronology: Chronology,
    /// What several boots show together.
    pub history: History,
}

/// All boots at once, by the rules given.
#[must_use]
pub fn overview(source: &dyn Source, rules: &Rulebook) -> Overview {
    let survey = Survey::of(source, rules);
    let endings = survey.judge_all().into_iter().map(|judged| judged.ending).collect();
    let remarks = survey.boots.iter().map(Read::remarks).collect();
    Overview { endings, remarks, chronology: survey.chronology, history: survey.history }
}
