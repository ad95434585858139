//! What a verdict comes to before it is worded: cause, confidence, and what was weighed on the way.

use super::confidence::Level;
use super::ids::{Cause, Condition, Confidence, Initiator};
use super::points::{Points, Score};

/// A cause, and how it was found.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Decision {
    /// The cause.
    pub(in crate::analysis) cause: Cause,
    /// How sure it is; absent while the boot runs.
    pub(in crate::analysis) confidence: Option<Confidence>,
    /// Who set the end going; absent while the boot runs.
    pub(in crate::analysis) initiator: Option<Initiator>,
    /// What else it may have been.
    pub(in crate::analysis) candidates: Vec<Condition>,
    /// Causes that a sign excludes, with the rule that does.
    pub(in crate::analysis) excluded: Vec<(Cause, String)>,
    /// What was weighed.
    pub(in crate::analysis) points: Vec<Points>,
    /// Each step down in confidence, with its reason.
    pub(in crate::analysis) downgrades: Vec<String>,
    /// Whether a shutdown that seemed complete hung after its last line.
    pub(in crate::analysis) is_hung: bool,
}

impl Decision {
    /// A cause without any doubt of its own.
    pub(super) const fn new(cause: Cause, confidence: Option<Confidence>, initiator: Option<Initiator>) -> Self {
        Self {
            cause,
            confidence,
            initiator,
            candidates: Vec::new(),
            excluded: Vec::new(),
            points: Vec::new(),
            downgrades: Vec::new(),
            is_hung: false,
        }
    }

    /// A cause at a level.
    pub(super) fn at(cause: Cause, level: Level, initiator: Initiator) -> Self {
        Self { downgrades: level.downgrades, ..Self::new(cause, Some(level.confidence), Some(initiator)) }
    }

    /// A cause that nothing names.
    pub(super) const fn undetermined(cause: Cause) -> Self {
        Self::new(cause, Some(Confidence::Undetermined), Some(Initiator::Unknown))
    }

    /// The same, no surer than a level, for a reason.
    pub(super) fn at_most(mut self, most: Confidence, why: &str) -> Self {
        let mut level = Level::new(self.confidence.unwrap_or(Confidence::Undetermined));
        level.at_most(most, why);
        self.downgrades.extend(level.downgrades);
        Self { confidence: Some(level.confidence), ..self }
    }

    /// The same with what was weighed.
    pub(super) fn weighed(self, score: Score) -> Self {
        Self { points: score.parts, ..self }
    }

    /// The same with these candidates, without the cause itself and each once; none beside what is proven.
    pub(in crate::analysis) fn or(mut self, candidates: impl IntoIterator<Item = Condition>) -> Self {
        if self.confidence != Some(Confidence::Proven) {
            for candidate in candidates {
                let is_excluded = self.excluded.iter().any(|(cause, _)| candidate == Condition::Cause(*cause));
                let is_known = candidate == Condition::Cause(self.cause) || self.candidates.contains(&candidate);
                if !is_known && !is_excluded {
                    self.candidates.push(candidate);
                }
            }
        }
        self
    }
}
