//! The clock of one boot: how far it can be trusted, where it was set, and when the boot truly began.

use std::fmt;

use serde::{Serialize, Serializer};

use super::jump::Jump;
use super::saying::{self, Said, Saying};
use crate::analysis::death::kernel_start;
use crate::analysis::duration::{Spelling, span};
use crate::analysis::source::{BootFacts, Moment, Source};
use crate::format::{Monotonic, Realtime};
use crate::journal::Place;

const SECOND: u64 = 1_000_000;

/// The wall clock is steered by less; a move by more is a step.
const STEP: u64 = 500_000;
/// Who keeps a clock by a time server's moves it by less, once it is right.
const BY_HAND: u64 = 60 * SECOND;
/// What is said of sleep lies so near to the jump that the sleep made.
const SLEEP_NEAR: u64 = 60 * SECOND;
/// Entries so near to one another tell when it was.
const CLOSE: u64 = 2 * SECOND;
/// A clock before 2001 was never set.
const FIRST_TIME: u64 = 978_307_200 * SECOND;

const SLEEP_START: &str = "MESSAGE_ID=6bbd95ee977941e497c48be27c254128";
const SLEEP_STOP: &str = "MESSAGE_ID=8811e6df2a8e40f58a94cea26f8ebf14";
/// The kernel's own lines about sleep, whole.
const SLEEPS: [&str; 6] = [
    "MESSAGE=PM: suspend entry (deep)",
    "MESSAGE=PM: suspend entry (s2idle)",
    "MESSAGE=PM: suspend exit",
    "MESSAGE=PM: hibernation: hibernation entry",
    "MESSAGE=PM: hibernation: hibernation exit",
    "MESSAGE=PM: hibernation exit",
];

/// What a boot's wall clock rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// A time server, from so long after the boot's start on, in microseconds.
    Synced(u64),
    /// A clock that runs while the machine is off.
    Rtc,
    /// A time saved before the machine went off.
    FakeHwclock,
    /// Nothing: it started from a fixed time, such as 1970 or when the OS was built.
    Epoch,
    /// Nothing says what.
    Unknown,
}

impl ClockKind {
    /// Whether the wall clock is right in the end.
    #[must_use]
    pub const fn is_trusted(self) -> bool {
        matches!(self, Self::Synced(_) | Self::Rtc)
    }

    /// Whether the wall clock is known to be wrong to the end.
    #[must_use]
    pub const fn is_wrong(self) -> bool {
        matches!(self, Self::FakeHwclock | Self::Epoch)
    }
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Synced(after) => f.pad(&format!("synced@+{}s", after / SECOND)),
            Self::Rtc => f.pad("rtc"),
            Self::FakeHwclock => f.pad("fake-hwclock"),
            Self::Epoch => f.pad("epoch"),
            Self::Unknown => f.pad("unknown"),
        }
    }
}

impl Serialize for ClockKind {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

/// A move of the wall clock that no sleep explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ClockStep {
    /// When, since the boot's start: the first entry after it.
    pub at: Monotonic,
    /// By how many microseconds; negative where it went back.
    pub by_us: i64,
    /// The entry before it.
    #[serde(skip)]
    pub since: Monotonic,
    /// Where the entry after it lies.
    #[serde(skip)]
    pub place: Place,
}

impl ClockStep {
    /// How far it was, which way and when, as the end of a sentence.
    pub(in crate::analysis) fn told(&self) -> String {
        let words = |us: u64| span(us, Spelling::Sentence);
        let way = if self.by_us < 0 { "back" } else { "ahead" };
        let (by, since, at) = (words(self.by_us.unsigned_abs()), words(self.since.0), words(self.at.0));
        match self.at.0.saturating_sub(self.since.0) {
            0..CLOSE => format!("{by} {way}, {at} after the start"),
            _ => format!("{by} {way}, between {since} and {at} after the start"),
        }
    }
}

/// What is known of a boot's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Clock {
    /// What it rests on.
    pub kind: ClockKind,
    /// When the boot's kernel started, by the clock after the last step that counts: right where the kind is trusted.
    pub start: Realtime,
    /// The same by the clock as it was then.
    pub shown_start: Realtime,
    /// The steps, in order.
    pub steps: Vec<ClockStep>,
    /// How long the machine slept or was paused, in microseconds, as far as the clocks show it.
    pub slept_us: u64,
    /// What the wall clock said when a saved time was put in place of none, where that is said.
    #[serde(skip)]
    pub(super) saved: Option<Realtime>,
    /// Whether it was set by much after a time server had set it, by whom nothing says.
    #[serde(skip)]
    pub(super) was_set_by_hand: bool,
}

impl Clock {
    /// Reads a boot's clock: a few lines by their ids, and a few looks at times.
    #[must_use]
    pub fn read(source: &dyn Source, boot: usize) -> Option<Self> {
        let facts = source.boots().get(boot)?;
        let jumps = source.jumps(boot, STEP);
        let sleeps = if jumps.iter().any(|jump| jump.by_us() > 0) { sleeps(source, boot) } else { Vec::new() };
        let (slept, stepped): (Vec<Jump>, Vec<Jump>) = jumps.iter().partition(|jump| is_sleep(jump, &sleeps));
        let said = saying::read(source, boot);
        let steps: Vec<ClockStep> = stepped.iter().map(step).collect();
        let shown_start = kernel_start(facts);
        let (wrong_by, stood_still) = counted(&said, &steps);
        Some(Self {
            kind: kind(facts, &said, &stepped),
            start: Realtime(shown_start.0.saturating_add_signed(wrong_by)),
            shown_start,
            slept_us: slept.iter().fold(stood_still, |sum, jump| sum.saturating_add_signed(jump.by_us())),
            saved: saved(&said, facts, &jumps),
            was_set_by_hand: was_set_by_hand(&said, &stepped),
            steps,
        })
    }

    /// Whether it was stepped.
    #[must_use]
    pub const fn was_stepped(&self) -> bool {
        !self.steps.is_empty()
    }
}

fn step(jump: &Jump) -> ClockStep {
    ClockStep { at: jump.after.monotonic, by_us: jump.by_us(), since: jump.before.monotonic, place: jump.at }
}

/// By how much the clock was wrong at the boot's start, as its steps tell, and how long the machine stood still.
///
/// What somebody set after a time server was last heard counts for nothing. Where one found the clock far behind that it
/// had set before, the clock had stood still with the machine, as of a virtual one that was paused.
fn counted(said: &[Said], steps: &[ClockStep]) -> (i64, u64) {
    // In order, as all that is said.
    let synced: Vec<u64> = said.iter().filter(|said| said.saying == Saying::Synced).map(|said| said.at.0).collect();
    // How far the steps go together that follow so many lines of a time server's.
    let mut sums = vec![0_i64; synced.len().saturating_add(1)];
    for step in steps {
        let heard = synced.partition_point(|at| at.saturating_add(CLOSE) < step.at.0);
        if let Some(sum) = sums.get_mut(heard) {
            *sum = sum.saturating_add(step.by_us);
        }
    }
    let (mut wrong_by, mut stood_still) = (sums.first().copied().unwrap_or(0), 0_u64);
    for (count, by) in sums.into_iter().enumerate().skip(1) {
        match by.unsigned_abs() > BY_HAND {
            false => wrong_by = wrong_by.saturating_add(by),
            true if count == synced.len() => {}
            true if by > 0 => stood_still = stood_still.saturating_add(by.unsigned_abs()),
            true => wrong_by = wrong_by.saturating_add(by),
        }
    }
    (wrong_by, stood_still)
}

/// When the machine fell asleep or woke.
fn sleeps(source: &dyn Source, boot: usize) -> Vec<u64> {
    let terms: Vec<&str> = [SLEEP_START, SLEEP_STOP].into_iter().chain(SLEEPS).collect();
    source.having(boot, &terms).iter().map(|line| line.monotonic.0).collect()
}

/// Whether the monotonic clock stood still while the machine slept.
fn is_sleep(jump: &Jump, sleeps: &[u64]) -> bool {
    let (from, to) = (jump.before.monotonic.0, jump.after.monotonic.0);
    let around = from.saturating_sub(SLEEP_NEAR)..=to.saturating_add(SLEEP_NEAR);
    jump.by_us() > 0 && sleeps.iter().any(|at| around.contains(at))
}

fn kind(facts: &BootFacts, said: &[Said], stepped: &[Jump]) -> ClockKind {
    let first = |wanted: Saying| said.iter().find(|said| said.saying == wanted).map(|said| said.at);
    if let Some(at) = first(Saying::Synced) {
        return if was_set_by_hand(said, stepped) { ClockKind::Unknown } else { ClockKind::Synced(at.0) };
    }
    // Whoever set it later did not say by what.
    let set_after = |at: Monotonic| stepped.iter().any(|jump| jump.before.monotonic > at);
    let fallback = if facts.last.realtime.0 < FIRST_TIME { ClockKind::Epoch } else { ClockKind::Unknown };
    let sayings = [
        (Saying::Rtc, ClockKind::Rtc),
        (Saying::Saved, ClockKind::FakeHwclock),
        (Saying::BuildTime, ClockKind::Epoch),
        (Saying::RtcUnset, ClockKind::Epoch),
    ];
    let stated = sayings.into_iter().find_map(|(saying, kind)| Some((first(saying)?, kind)));
    stated.filter(|(at, _)| !set_after(*at)).map_or(fallback, |(_, kind)| kind)
}

fn was_set_by_hand(said: &[Said], stepped: &[Jump]) -> bool {
    let last = said.iter().filter(|said| said.saying == Saying::Synced).map(|said| said.at).max();
    let is_by_hand = |jump: &Jump| Some(jump.before.monotonic) > last && jump.by_us().unsigned_abs() > BY_HAND;
    last.is_some() && stepped.iter().any(is_by_hand)
}

/// The wall clock right after a saved time was put in its place.
fn saved(said: &[Said], facts: &BootFacts, jumps: &[Jump]) -> Option<Realtime> {
    let at = said.iter().find(|said| said.saying == Saying::Saved)?.at.0;
    let before = jumps.iter().take_while(|jump| jump.after.monotonic.0 <= at.saturating_add(SECOND));
    let Moment { realtime, monotonic } = before.last().map_or(facts.first, |jump| jump.after);
    Some(Realtime(realtime.0.saturating_add(at).saturating_sub(monotonic.0)))
}
