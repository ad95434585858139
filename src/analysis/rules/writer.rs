//! Who must have written a line, for a rule: a writer that is known here, or one that a rules file states.

use std::sync::Arc;

use super::super::report::Strength;
use super::super::sender::Sender;
use super::super::source::Line;
use super::term::Term;

/// A writer of lines.
#[derive(Clone, Debug)]
pub struct Writer(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Known(Sender),
    Stated(Arc<Stated>),
}

/// A writer as a rules file states it, under `[senders]`.
#[derive(Clone, Debug)]
pub(super) struct Stated {
    /// Its name.
    pub(super) name: String,
    /// What its lines have: all terms of any of these.
    pub(super) any: Vec<Vec<Term>>,
}

impl Writer {
    pub(super) const fn stated(stated: Arc<Stated>) -> Self {
        Self(Kind::Stated(stated))
    }

    /// A writer that is known without a file.
    pub(super) fn known(name: &str) -> Option<Self> {
        Sender::ALL.iter().find(|sender| sender.name() == name).map(|sender| Self(Kind::Known(*sender)))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Kind::Known(sender) => sender.name(),
            Kind::Stated(stated) => &stated.name,
        }
    }

    /// Whether it wrote a line, as far as fields tell that the writer could not choose; a name that it gave itself
    /// counts only beside such fields.
    #[must_use]
    pub fn wrote(&self, line: &Line) -> bool {
        match &self.0 {
            Kind::Known(sender) => sender.wrote(line),
            Kind::Stated(stated) => stated.any.iter().any(|all| all.iter().all(|term| term.fits(line))),
        }
    }

    /// Whether it wrote a line, and no field that tells so was the writer's own to choose.
    #[must_use]
    pub fn surely_wrote(&self, line: &Line) -> bool {
        self.wrote(line) && self.most(line) == Strength::Proof
    }

    /// How much a line that it wrote can weigh at most.
    ///
    /// Whatever may be, where no field that tells the writer was its own to choose; a name in the kernel's log makes no
    /// proof, and the name that a process of root gives itself no more than a plausible cause.
    pub(super) fn most(&self, line: &Line) -> Strength {
        match &self.0 {
            Kind::Known(sender) if sender.surely_wrote(line) => Strength::Proof,
            Kind::Known(_) => Strength::Strong,
            Kind::Stated(stated) => {
                let sure = stated.any.iter().any(|all| is_sure(all) && all.iter().all(|term| term.fits(line)));
                if sure { Strength::Proof } else { Strength::Moderate }
            }
        }
    }

    /// Terms of which every line by it has one.
    pub(in crate::analysis) fn marks(&self) -> Vec<String> {
        match &self.0 {
            Kind::Known(sender) => sender.marks().iter().map(|mark| (*mark).to_owned()).collect(),
            Kind::Stated(stated) => stated.any.iter().filter_map(|all| mark(all)?.asked()).collect(),
        }
    }

    /// The fields that a line by it is told by; others only speak against it.
    pub(super) fn told_by(&self) -> Vec<&str> {
        match &self.0 {
            Kind::Known(sender) => sender.told_by().to_vec(),
            Kind::Stated(_) => self.fields(),
        }
    }

    /// The fields that tell it.
    pub(super) fn fields(&self) -> Vec<&str> {
        match &self.0 {
            Kind::Known(_) => Vec::new(),
            Kind::Stated(stated) => stated.any.iter().flatten().map(|term| term.field.as_str()).collect(),
        }
    }

    /// Fields that a line by it has, for tests of rules.
    pub(super) fn example(&self) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        match &self.0 {
            Kind::Known(sender) => sender.example().iter().map(owned).collect(),
            Kind::Stated(stated) => {
                let first = stated.any.first().into_iter().flatten().filter(|term| !term.negated);
                first.map(|term| (term.field.clone(), term.value.clone())).collect()
            }
        }
    }
}

/// The term by which an index finds lines that have them all: the one that fewest lines have, by experience.
fn mark(all: &[Term]) -> Option<&Term> {
    const BEST: [&str; 5] = ["CONTAINER_NAME", "_SYSTEMD_UNIT", "_COMM", "_EXE", "_PID"];
    let trusted = all.iter().filter(|term| !term.negated && (term.is_trusted() || term.field == BEST[0]));
    // A beginning such as `session-*` fits many units: a program's whole name has fewer lines.
    let is_wide = |term: &Term| term.begins && term.field == "_SYSTEMD_UNIT";
    let rank = |term: &Term| BEST.iter().position(|best| *best == term.field).unwrap_or(BEST.len());
    trusted.min_by_key(|term| (if is_wide(term) { BEST.len() - 1 } else { rank(term) }, term.begins))
}

/// Whether the terms hold a field that a process cannot choose, and that not every process of root has.
fn is_sure(all: &[Term]) -> bool {
    all.iter().filter(|term| term.is_trusted()).any(|term| match term.field.as_str() {
        "_COMM" | "_CMDLINE" | "_UID" | "_GID" | "_HOSTNAME" => false,
        "_TRANSPORT" => term.value == "driver" || term.value == "audit",
        "_PID" => term.value == "1",
        // Who has a session says there what they like.
        "_SYSTEMD_UNIT" => !["session-", "sshd@", "ssh@", "user@"].iter().any(|unit| term.value.starts_with(unit)),
        _ => true,
    })
}
