//! Boots that nothing ended: whether their files reach to the copy, or were closed before it.

use serde::Serialize;

use super::duration::{Spelling, span};
use super::ending::{Case, Finding};
use super::report::Strength;
use super::source::FileState;
use super::verdict::circumstances::set_aside_at;

/// How the log of a boot ends that no line of it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OpenEnd {
    /// With the file that was written until it was copied, or until the machine died for good.
    Live,
    /// With a file that was closed for good before: journald went on in another, or somebody took these entries out.
    Archived,
    /// With a file that journald found still open when it started, and set aside.
    SetAside,
    /// With a file that journald set aside as damaged.
    Damaged,
}

impl OpenEnd {
    /// How the log of a boot with this finding ends, if no line ends the boot.
    pub(super) fn of(case: &Case<'_>, finding: Finding) -> Option<Self> {
        let file = case.last_file().filter(|_| finding == Finding::Running)?;
        Some(match file.state {
            FileState::Online if file.is_disposed => Self::SetAside,
            _ if file.is_disposed => Self::Damaged,
            FileState::Archived => Self::Archived,
            FileState::Offline | FileState::Online => Self::Live,
        })
    }

    /// The verdict as a sentence.
    pub(super) const fn headline(self) -> &'static str {
        match self {
            Self::Live => "Still running when the files were copied.",
            Self::Archived | Self::SetAside | Self::Damaged => {
                "No end in these files: whether the boot has ended, and how, they do not tell."
            }
        }
    }

    /// Why it cannot be called running without more; nothing of one that was being written.
    #[must_use]
    pub const fn doubt(self) -> Option<&'static str> {
        match self {
            Self::Live => None,
            Self::Archived => {
                Some("as far as these files tell: the last of them was closed for good, and what followed is not here")
            }
            Self::SetAside => Some(
                "as far as these files tell: journald died while it wrote the last of them, alone or with the machine",
            ),
            Self::Damaged => Some("as far as these files tell: the last of them was set aside as damaged"),
        }
    }

    /// What it counts for that nothing came later.
    pub(super) fn weighs(self, strength: Strength) -> Strength {
        if self == Self::Live { strength } else { strength.min(Strength::Weak) }
    }

    /// What it leaves unseen.
    pub(super) fn limits(self, case: &Case<'_>) -> Vec<String> {
        let name = case.last_file().map(|file| file.name.as_str()).unwrap_or_default();
        match self {
            Self::Live => vec![
                "what came after the copy is not here".to_owned(),
                "a machine that died then and was never started again leaves the same files".to_owned(),
            ],
            Self::Archived => vec![format!(
                "{name} was archived, as files that are full and excerpts are: what was written later is in none of the \
                 files"
            )],
            Self::SetAside | Self::Damaged => vec![format!(
                "{name} was set aside{}: what was written later is in none of the files",
                case.last_file().and_then(set_aside_at).map(|at| later(case, at)).unwrap_or_default()
            )],
        }
    }

    /// What to do next.
    pub(super) fn advice(self, case: &Case<'_>) -> Vec<String> {
        let next = match self {
            Self::Live => "copy the files again once it has ended",
            Self::Archived | Self::SetAside | Self::Damaged => {
                "get the whole directory that this is from, system.journal and all: the next files tell how it ended"
            }
        };
        let boots = case.source.boots();
        let before = boots.iter().take(case.boot).rev().find(|other| other.machine == case.facts.machine);
        let before = before.map(|before| format!("ask for the boot before: `-b {}`", before.index));
        std::iter::once(next.to_owned()).chain(before).collect()
    }
}

/// When a file was set aside, beside its last entry.
fn later(case: &Case<'_>, at: u64) -> String {
    match at.checked_sub(case.facts.last.realtime.0) {
        Some(us) => format!(" {} after its last entry, by the wall clock of then", span(us, Spelling::Sentence)),
        None => String::new(),
    }
}
