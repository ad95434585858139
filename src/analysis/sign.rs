//! Single lines in the sequence that ends a boot: what each is, and which count.

use super::hearsay::Hearsay;
use super::report::{Action, Stage};
pub(super) use super::rules::Observed as Sign;
use super::rules::{Means, Rulebook};
use super::sender::Sender;
use super::source::{Glance, Line, Source, is_users};
use super::verdict::Initiator;

const SECOND: u64 = 1_000_000;
/// A line that ends a log is followed by little.
pub(super) const TERMINAL_HOLDS: u64 = 60 * SECOND;
/// A kernel that restarts the machine lets nothing run any more; what ran just then may be written behind its line.
const RESTART_HOLDS: u64 = 5 * SECOND;
/// A command that sets a time so many minutes ahead may be what begins now.
const SOON: u32 = 2;
/// The rule of keys that are pressed again and again.
const BURST: &str = "signal.ctrl-alt-del-burst";

impl Sign {
    /// What the line is in the sequence.
    pub(super) fn role(&self) -> Means {
        self.rule.means.first().copied().unwrap_or(Means::Landmark)
    }

    /// Whether its writer is certain; what no single line shows is told of PID 1's lines.
    pub(super) fn is_sure(&self) -> bool {
        match self.rule.by.as_slice() {
            [] => Sender::Pid1.surely_wrote(&self.line),
            writers => writers.iter().any(|writer| writer.surely_wrote(&self.line)),
        }
    }

    /// Whether it is shown beside surer lines where its writer had no voice but the kernel's log any more.
    pub(super) fn is_a_last_step(&self) -> bool {
        self.stage() > Some(Stage::S0) || matches!(self.role(), Means::LogLost | Means::ServiceStop)
    }

    /// Whether it asks for an end at once: by a command that sets no later time for it, and that does not force a reset,
    /// which takes no steps.
    fn is_at_once(&self) -> bool {
        let Some(command) = self.capture("command") else { return true };
        let (program, words) = command.split_once(' ').unwrap_or((command, ""));
        let mut words = words.split_whitespace();
        let is_force =
            |word: &str| word == "--force" || (word.starts_with('-') && !word.starts_with("--") && word.contains('f'));
        if program.ends_with("/shutdown") {
            matches!(time(words), Some("now" | "+0" | "0"))
        } else {
            !words.any(|word| is_force(word) || word == "--when" || word.starts_with("--when="))
        }
    }

    /// Whether a command asks for an end at a time that is minutes or hours ahead, or only for what is planned.
    pub(super) fn is_for_later(&self) -> bool {
        let Some(command) = self.capture("command") else { return false };
        let (program, words) = command.split_once(' ').unwrap_or((command, ""));
        let mut words = words.split_whitespace();
        let is_ahead = |word: &str| {
            // Minutes, with the sign or without.
            let minutes = word.strip_prefix('+').unwrap_or(word).parse::<u32>().ok();
            let is_number = |text: &str, most: u8| text.parse::<u8>().is_ok_and(|number| number < most);
            let is_clock =
                || word.split_once(':').is_some_and(|(hour, minute)| is_number(hour, 24) && is_number(minute, 60));
            minutes.is_some_and(|minutes| minutes > SOON) || is_clock()
        };
        if program.ends_with("/shutdown") {
            return time(words.clone()).is_some_and(is_ahead) || words.any(|word| word == "--show");
        }
        let when = words.clone().find_map(|word| word.strip_prefix("--when="));
        let when = when.or_else(|| words.find(|word| *word == "--when").and_then(|_| words.next()));
        when.is_some_and(|when| !matches!(when, "now" | "+0"))
    }

    /// Whether PID 1 says that it ends the machine without stopping anything: there is nothing more that it could do or say.
    pub(super) fn is_immediate(&self) -> bool {
        let message = self.line.message();
        let how = message.split_once(": ").map(|(how, _)| how);
        Sender::Pid1.surely_wrote(&self.line) && how.is_some_and(|how| how.ends_with(" immediately"))
    }

    /// For how long a log may go on behind the line that ends it, in microseconds: what names no cause is the kernel's word
    /// that it restarts the machine in this moment.
    pub(super) fn holds(&self) -> u64 {
        if self.rule.causes.is_empty() { RESTART_HOLDS } else { TERMINAL_HOLDS }
    }

    /// The stage that the sign stands for.
    pub(super) fn stage(&self) -> Option<Stage> {
        match self.role() {
            Means::Asked(_) | Means::Planned(_) | Means::JobTimeout(_) => Some(Stage::S0),
            Means::Stop(stage) | Means::Step(stage, _) => Some(stage),
            Means::JournalStopped => Some(Stage::S3),
            _ => None,
        }
    }

    /// The action that the sign names.
    pub(super) fn action(&self) -> Option<Action> {
        match self.role() {
            Means::Asked(action) | Means::Planned(action) | Means::Step(_, action) => action,
            Means::JobTimeout(action) => Some(action),
            _ => None,
        }
    }

    /// Whether a person pressed Ctrl-Alt-Del so often that PID 1 restarted the machine at once.
    pub(super) fn is_burst(&self) -> bool {
        self.rule.id == BURST
    }

    pub(super) fn is_plan(&self) -> bool {
        matches!(self.role(), Means::Planned(_))
    }

    /// When it was written, in microseconds since the boot began.
    pub(super) const fn at(&self) -> u64 {
        self.line.monotonic.0
    }
}

/// The time among the words of `shutdown`: the first that is no option, nor what -t takes, which is of no account.
fn time<'w>(mut words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut before = "";
    words.find(|word| std::mem::replace(&mut before, word) != "-t" && !word.starts_with('-'))
}

/// All signs in a boot: those that an index finds anywhere, and those that only the text tells, at the end.
pub(super) fn signs(source: &dyn Source, book: &Rulebook, boot: usize, tail: &[Line]) -> Vec<Sign> {
    let table = book.sequence();
    let may = |line: &Line| table.may_know(line);
    let mut lines = source.having_seen(boot, &table.terms(), Glance { fields: table.glanced(), passes: &may });
    lines.extend_from_slice(tail);
    lines.sort_by_key(|line| (line.monotonic, line.seqnum, line.file, line.offset));
    lines.dedup_by_key(|line| (line.file, line.offset));
    let hearsay = Hearsay::new(source, boot);
    let observed = lines.into_iter().flat_map(|line| table.observe(&line));
    // What a person asks for stands in that person's own journal.
    let is_ours = |sign: &Sign| sign.rule.initiator == Some(Initiator::UserCli) || !is_users(source, &sign.line);
    let counts = |sign: &Sign| sign.is_sure() || (sign.is_a_last_step() && hearsay.is_late(&sign.line));
    observed.filter(|sign| is_ours(sign) && counts(sign) && sign.is_at_once()).collect()
}
