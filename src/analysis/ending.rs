//! The verdict: which finding fits a boot first, and what became of the machine.
//!
//! ```text
//! newest, nothing ends it                 running, or unknown where its file lost what followed
//! a job of the shutdown timed out         orderly-incomplete
//! last stage, or the cap                  orderly
//! the end is in no file                   unknown
//! the log could take no more lines        unknown
//! asleep, and not awake again             asleep
//! no line of a shutdown would be here     unknown
//! a shutdown short of the cap             orderly-incomplete
//! else                                    abrupt
//! ```

use super::aftermath;
use super::chronology::Chronology;
use super::extract::Extract;
use super::missing;
use super::report::{Action, Cap, Orderliness, Stage};
use super::rules::{Means, Rulebook};
use super::sequence::{Sequence, Sign, TAIL_LINES, TAIL_WINDOW};
use super::source::{BootFacts, FileEnd, FileFacts, FileState, Line, LostEnd, Source};
use super::twins;
use crate::journal::Place;

/// A boot, and what was read about its end.
pub(super) struct Case<'a> {
    pub(super) source: &'a dyn Source,
    pub(super) book: &'a Rulebook,
    pub(super) boot: usize,
    pub(super) facts: &'a BootFacts,
    pub(super) next: Option<(usize, &'a BootFacts)>,
    pub(super) sequence: &'a Sequence,
    pub(super) cap: &'a Cap,
    pub(super) chronology: &'a Chronology,
}

/// What a boot's end comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// The machine's newest boot, with no end in it.
    Running,
    /// A job of the shutdown timed out.
    TimedOut,
    /// The shutdown came as far as can be seen.
    Complete,
    /// So many entries after the last one are in no file, or in a part of one that cannot be read.
    Missing(u64),
    /// The log's filesystem failed and the log ends there.
    Unwritable,
    /// The machine fell asleep.
    Asleep,
    /// A shutdown ends before its last visible stage.
    BrokenOff,
    /// Nothing ended it, and yet it ended.
    Nothing,
}

impl<'a> Case<'a> {
    /// Brings together a boot and what follows it.
    pub(super) fn new(
        (source, book): (&'a dyn Source, &'a Rulebook),
        chronology: &'a Chronology,
        boot: usize,
        (sequence, cap): (&'a Sequence, &'a Cap),
    ) -> Option<Self> {
        let facts = source.boots().get(boot)?;
        let next = twins::successor(source, chronology, boot).and_then(|next| Some((next, source.boots().get(next)?)));
        Some(Self { source, book, boot, facts, next, sequence, cap, chronology })
    }

    /// The first finding that fits.
    pub(super) fn finding(&self) -> Finding {
        let sequence = self.sequence;
        let open = sequence.sleep.is_empty() && sequence.reset.is_empty() && !sequence.is_kernels();
        if self.next.is_none() && open && !sequence.is_shutdown() {
            return self.lost_end().map_or(Finding::Running, |lost| Finding::Missing(lost.entries));
        }
        if sequence.job_timeout.is_some() {
            return Finding::TimedOut;
        }
        if sequence.stage() == Some(Stage::S3) || (sequence.is_shutdown() && sequence.stage() >= Some(self.cap.stage)) {
            return Finding::Complete;
        }
        let missing = self.missing().or_else(|| self.lost_end().map(|lost| lost.entries));
        // A user's journal alone tells of no machine's end.
        let missing = missing.or_else(|| self.unseen()).or_else(|| self.is_users_alone().then_some(0));
        // What ends a machine at once has ended it, whatever can no longer be read behind that.
        let is_told = |missing: u64| !sequence.reset.is_empty() && self.is_partly_readable(missing);
        if let Some(missing) = missing.filter(|missing| !is_told(*missing)) {
            return Finding::Missing(missing);
        }
        if !sequence.is_shutdown() && !sequence.log_lost.is_empty() {
            return Finding::Unwritable;
        }
        if !sequence.sleep.is_empty() {
            return Finding::Asleep;
        }
        match () {
            () if self.is_left_out() => Finding::Missing(0),
            () if !sequence.steps.is_empty() => Finding::BrokenOff,
            () => Finding::Nothing,
        }
    }

    /// Whether the log is a part of one, so that a shutdown would have left no line in it but the one that asked for it, and
    /// nothing else tells of the end.
    fn is_left_out(&self) -> bool {
        let is_told = || !self.sequence.reset.is_empty() || aftermath::proves_reset(self, &self.aftermath());
        // What ends the machine at once takes no steps that could be left out.
        let asks = |step: &Sign| matches!(step.role(), Means::Asked(_) | Means::Planned(_)) && !step.is_immediate();
        self.sequence.steps.iter().all(asks) && Extract::of(self.source, self.boot).is_some() && !is_told()
    }

    /// By what the log is a part of one, where that is why the end is not in it.
    pub(super) fn extract(&self, finding: Finding) -> Option<Extract> {
        let is_why = finding == Finding::Missing(0) && !self.sequence.is_shutdown() && !self.is_users_alone();
        if is_why { Extract::of(self.source, self.boot) } else { None }
    }

    /// How many entries lie between this boot's last and the next boot's first, in no file that was read.
    ///
    /// A file that holds both boots and has not lost as many has lost nothing between them; one set aside as unclean was the last of its boot.
    fn missing(&self) -> Option<u64> {
        let missing = self.gap().filter(|gap| *gap > 0)?;
        let (_, next) = self.next?;
        let shared = self.ends().any(|(end, file)| {
            let is_whole = !file.is_user && file.lost < missing;
            is_whole && next.files.contains(&end.file)
        });
        (!shared && !self.last_file().is_some_and(|file| file.is_disposed)).then_some(missing)
    }

    /// How many entries behind the last one of the system's journals are in no file, where the file with that one was
    /// closed for good before: a user's journal that goes on to the very end does not tell how the boot ended.
    pub(super) fn unseen(&self) -> Option<u64> {
        let last = last_of(self.ends().filter(|(_, file)| !file.is_user))?;
        // Where the next boot has the very next number, the end is there.
        let is_open = self.gap() != Some(0);
        let unseen =
            (is_open && self.was_closed(last)).then(|| missing::behind_systems(self.source, self.boot, last.0.seqnum));
        unseen.filter(|unseen| *unseen > 0)
    }

    /// What is lost of a file behind the boot's last entry there, so that nobody knows how it ended.
    ///
    /// A machine's end stands in its system journal: of a user's it is asked only where none of the system's is whole.
    pub(super) fn lost_end(&self) -> Option<LostEnd> {
        let of = |is_user: bool| self.ends().filter(move |(_, file)| file.is_user == is_user);
        if let Some(lost) = last_of(of(false)).and_then(|end| self.lost_behind(end)) {
            return Some(lost);
        }
        let users = last_of(self.ends()).filter(|(_, file)| file.is_user)?;
        if of(false).any(|end| self.is_whole(end)) { None } else { self.lost_behind(users) }
    }

    /// Whether only users' journals have entries of the boot.
    pub(super) fn is_users_alone(&self) -> bool {
        self.ends().all(|(_, file)| file.is_user)
    }

    /// The file with the last entry of the system's journals, or with the last of all where there is none of the system's.
    pub(super) fn last_file(&self) -> Option<&FileFacts> {
        self.last_end().map(|(_, file)| file)
    }

    /// The same file, if it was closed for good before the boot ended.
    pub(super) fn closed_file(&self) -> Option<&FileFacts> {
        self.last_end().filter(|end| self.was_closed(*end)).map(|(_, file)| file)
    }

    fn last_end(&self) -> Option<(&FileEnd, &FileFacts)> {
        let systems = last_of(self.ends().filter(|(_, file)| !file.is_user));
        systems.or_else(|| last_of(self.ends()))
    }

    /// The line with which the system's journals end.
    pub(super) fn systems_last(&self) -> Option<Line> {
        let (end, _) = last_of(self.ends().filter(|(_, file)| !file.is_user))?;
        self.source.line(Place { file: u32::try_from(end.file).ok()?, at: end.at })
    }

    /// The boot's last entry in each file, with the file.
    fn ends(&self) -> impl Iterator<Item = (&FileEnd, &FileFacts)> {
        self.facts.ends.iter().filter_map(|end| Some((end, self.source.files().get(end.file)?)))
    }

    /// Whether a file keeps all that the boot wrote to it and its kind: nothing of it is lost, and it was not closed for
    /// good before the boot ended.
    fn is_whole(&self, (end, file): (&FileEnd, &FileFacts)) -> bool {
        file.lost_end.is_none() && !self.was_closed((end, file))
    }

    /// Whether a file was closed for good before the boot ended.
    fn was_closed(&self, (end, file): (&FileEnd, &FileFacts)) -> bool {
        let goes_on = self.next.is_some_and(|(_, next)| next.files.contains(&end.file));
        !goes_on && !file.is_disposed && file.state == FileState::Archived
    }

    /// What is lost of a file behind the boot's last entry in it, where that may be how the boot ended.
    ///
    /// Where another boot followed, a file that was open until then was the last of its boot: what it lost are the last
    /// moments, as with every machine that died.
    fn lost_behind(&self, (end, file): (&FileEnd, &FileFacts)) -> Option<LostEnd> {
        let was_open = file.is_disposed || file.state == FileState::Online;
        let is_last = end.seqnum == self.facts.tail.seqnum && end.moment == self.facts.last;
        let is_certain = self.next.is_none() || !(was_open || is_last && self.gap() == Some(0));
        // A writer that lives states the number of an entry before it counts it.
        let is_being_written = |lost: &LostEnd| was_open && !file.is_disposed && lost.entries == 1;
        file.lost_end.filter(|lost| is_certain && !is_being_written(lost) && lost.after <= end.seqnum)
    }

    /// Whether part of a file that holds the end could not be read: the one with the last entry, and that with the last of
    /// the system's.
    pub(super) fn is_salvaged(&self) -> bool {
        let ends = [last_of(self.ends()), last_of(self.ends().filter(|(_, file)| !file.is_user))];
        ends.into_iter().flatten().any(|(_, file)| file.damaged)
    }

    /// Whether what can be read reaches into the tail of a boot that ends in an unreadable part of a file: so many
    /// entries are fewer than a tail has, or by the file's header they were written within its time.
    pub(super) fn is_partly_readable(&self, missing: u64) -> bool {
        let behind = |(end, file): (&FileEnd, &FileFacts)| {
            let lost = file.lost_end.filter(|lost| lost.after <= end.seqnum)?;
            lost.until.0.checked_sub(end.moment.realtime.0)
        };
        let is_short = missing < TAIL_LINES as u64;
        self.is_salvaged() && (is_short || self.last_end().and_then(behind).is_some_and(|us| us < TAIL_WINDOW))
    }

    /// How many numbers lie between this boot and the next, where one count goes through both.
    pub(super) fn gap(&self) -> Option<u64> {
        self.next?;
        self.chronology.get(self.boot)?.missing_after
    }

    /// What the next boot tells.
    pub(super) fn aftermath(&self) -> Vec<Sign> {
        self.next.map(|(next, _)| aftermath::read(self.source, self.book, next)).unwrap_or_default()
    }

    /// What a finding says became of the machine.
    pub(super) fn action(&self, finding: Finding, aftermath: &[Sign]) -> Option<Action> {
        let named = self.sequence.action();
        match finding {
            Finding::Running => None,
            Finding::TimedOut | Finding::Complete => named.or(Some(Action::Unknown)),
            // Of what a part of a log lacks, the line that asked for it tells.
            Finding::Missing(_) => {
                let is_begun = self.sequence.is_shutdown() || self.extract(finding).is_some();
                named.filter(|_| is_begun).or(Some(Action::Unknown))
            }
            Finding::Unwritable | Finding::Asleep => Some(Action::Unknown),
            Finding::BrokenOff => named.or_else(|| Some(self.without_shutdown(aftermath))),
            Finding::Nothing => Some(self.without_shutdown(aftermath)),
        }
    }

    /// What became of it by the kernel's last words and the next boot's records.
    pub(super) fn without_shutdown(&self, aftermath: &[Sign]) -> Action {
        let announced = self.sequence.reset.last();
        let ends = |action: &Action| matches!(action, Action::Poweroff | Action::Halt | Action::Kexec);
        if let Some(action) = announced.and_then(|sign| sign.rule.action).filter(ends) {
            return action;
        }
        // One who ends it may leave open how.
        let is_said = announced.is_some_and(|sign| sign.rule.action != Some(Action::Unknown));
        let reset = is_said || aftermath::proves_reset(self, aftermath);
        if reset { Action::Reset } else { Action::Unknown }
    }
}

/// The latest of a boot's ends in files; of several copies of it the one that lost nothing.
fn last_of<'e>(ends: impl Iterator<Item = (&'e FileEnd, &'e FileFacts)>) -> Option<(&'e FileEnd, &'e FileFacts)> {
    ends.max_by_key(|(end, file)| (end.moment.monotonic, file.lost_end.is_none()))
}

impl Finding {
    /// The facet of the same meaning.
    pub(super) const fn orderliness(self) -> Orderliness {
        match self {
            Self::Running => Orderliness::Running,
            Self::Complete => Orderliness::Orderly,
            Self::TimedOut | Self::BrokenOff => Orderliness::OrderlyIncomplete,
            Self::Missing(_) | Self::Unwritable => Orderliness::Unknown,
            Self::Asleep => Orderliness::Asleep,
            Self::Nothing => Orderliness::Abrupt,
        }
    }

    /// Whether the next boot's records bear on what became of the machine.
    pub(super) const fn asks_next(self) -> bool {
        matches!(self, Self::Nothing | Self::BrokenOff)
    }
}
