//! How far a boot's shutdown came: its signs, in order, as one state.
//!
//! A request, a flood of stops and the late steps count only while nothing takes them back: the machine comes up again,
//! only userspace restarts, emergency mode brought the stops, journald starts once more, or life simply goes on.

use std::sync::Arc;

mod settled;

use super::disks;
use super::flood;
use super::outlived;
use super::report::{Action, Stage, Strength};
use super::rules::{Means, Rulebook, Structural};
use super::sender::{Sender, is_by_manager, is_userspaces_kmsg};
pub(super) use super::sign::Sign;
use super::sign::signs;
use super::source::{Glance, Line, Source, Wanted};
use super::strays;
use super::unit;
use super::verdict::Initiator;

const SECOND: u64 = 1_000_000;

/// `tail(b)` of the procedure: at least so many lines, and all of the last ten minutes.
pub(super) const TAIL_LINES: usize = 500;
pub(super) const TAIL_WINDOW: u64 = 600 * SECOND;
/// So many lines of a boot's beginning are looked at, at most: large machines write thousands before they are up.
pub(super) const HEAD_LINES: usize = 20_000;
/// A boot's beginning lasts at least so long, in microseconds.
pub(super) const HEAD_WINDOW: u64 = 120 * SECOND;

/// The rule of commands that take the machine out of the graphical mode.
const ISOLATE: &str = "user.sudo-isolate";
/// A request that the log outlives by more was ignored, inhibited or hung.
const REQUEST_HOLDS: u64 = 5 * SECOND;
/// The first stop follows a request sooner than this; logind delays for 5 s, and for minutes where it is told to.
const REQUEST_TO_STOP: u64 = 120 * SECOND;
/// Those who delay it are given no longer: a node of a cluster ends what it runs first, within minutes.
const DELAYED: u64 = 1800 * SECOND;
/// A shutdown that the log outlives by more was none, such as `systemctl isolate`; a hung one is forced after 30 min.
const STOPS_HOLD: u64 = 2400 * SECOND;
/// Nor was what stopped services alone, of no target's, and nobody had asked for.
const FLOOD_HOLDS: u64 = 120 * SECOND;
/// Most shutdowns last no longer, and are not asked what became of them.
const STOPS_LAST: u64 = 60 * SECOND;
/// A person who presses keys again and again does so at once, or since nothing else happens.
const HANGS: u64 = 10 * SECOND;
/// Stops so near to emergency mode are its own.
const EMERGENCY_STOPS: u64 = 60 * SECOND;
/// A machine that still writes so long after falling asleep is awake; hooks before sleep take seconds.
const SLEEP_HOLDS: u64 = 120 * SECOND;
/// A process that was told to end does so within this.
const KILL_HOLDS: u64 = 10 * SECOND;
/// What could be written so long after the log's filesystem is said to have failed, was another's.
const LOST_HOLDS: u64 = 10 * SECOND;

/// What a boot's own lines say of its end.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// The steps of a shutdown that hold to the end, requests among them.
    pub(super) steps: Vec<Sign>,
    /// Requests that nothing followed.
    pub(super) ignored: Vec<Sign>,
    /// Falling asleep, without waking.
    pub(super) sleep: Vec<Sign>,
    /// A job of the shutdown that took too long.
    pub(super) job_timeout: Option<Sign>,
    /// The log's filesystem failed, and the log ends there.
    pub(super) log_lost: Vec<Sign>,
    /// journald was stopped as a service at the very end, and no shutdown had begun.
    pub(super) service_stop: Option<Sign>,
    /// Announcements of a reset at the very end.
    pub(super) reset: Vec<Sign>,
    /// Emergency or rescue mode, where the machine was last in it.
    pub(super) emergency: Option<Sign>,
    /// When a person last took the machine out of the graphical mode, as microseconds since the boot began.
    isolated: Option<u64>,
    /// Steps of a shutdown that came to its last stage and that others' life goes on behind.
    pub(super) others: Vec<Sign>,
    /// Stops that are of no shutdown.
    strays: Vec<Sign>,
    /// Steps under a daemon's name in the kernel's log.
    hearsay: Vec<Sign>,
    /// Whether only userspace was restarting when the log ended, or the initrd handing over.
    pub(super) soft: bool,
    /// Whether that is a restart, which is counted when userspace is up again.
    restarts: bool,
    /// How often only userspace restarted, and was up again.
    soft_reboots: u64,
    /// When all processes were last told to end, as microseconds since the boot began.
    killed: Option<u64>,
    /// When the machine last came up, as microseconds since the boot began.
    up_since: u64,
    /// Whether it had come further than its basic system.
    had_come_up: bool,
}

impl Sequence {
    /// Reads a boot's signs.
    pub(super) fn read(source: &dyn Source, book: &Rulebook, boot: usize) -> Self {
        let table = book.sequence();
        // A flood of stops is told by the steps of units, all else by the rules.
        let keep = |line: &Line| table.knows(line) || unit::step(line).is_some();
        let marks = table.marks();
        let may = |line: &Line| table.may_know(line) || unit::may_be_step(line);
        let glance = Some(Glance { fields: table.glanced(), passes: &may });
        let tail = source.tail(boot, TAIL_LINES, TAIL_WINDOW, Wanted { terms: &marks, keep: &keep, glance });
        let mut sequence = Self::default();
        for sign in signs(source, book, boot, &tail) {
            sequence.take(sign);
        }
        let last = source.boots().get(boot).map(|facts| facts.last);
        if sequence.log_lost.iter().any(|sign| Sender::Kernel.wrote(&sign.line))
            && let Some(system) = disks::of_system(source, boot)
        {
            sequence.log_lost.retain(|sign| !system.is_of_another(&sign.line));
        }
        sequence.part_from_others(source, boot);
        sequence.look_for_flood(source, book, boot, &tail);
        if let Some(last) = last {
            sequence.settle(last, |at| unit::starts_again(source, boot, at));
        }
        sequence
    }

    /// The highest stage that holds.
    pub(super) fn stage(&self) -> Option<Stage> {
        self.steps.iter().filter_map(Sign::stage).max()
    }

    /// When the shutdown's first step was, in microseconds since the boot began.
    pub(super) fn began(&self) -> Option<u64> {
        self.steps.iter().filter(|step| step.stage() >= Some(Stage::S1)).map(Sign::at).min()
    }

    /// When it was announced to those who delay it; where nobody was told, when it began.
    pub(super) fn announced(&self) -> Option<u64> {
        self.began().map(|began| announced(&self.steps, began))
    }

    /// Whether a shutdown was under way, not only asked for.
    pub(super) fn is_shutdown(&self) -> bool {
        self.stage() >= Some(Stage::S1)
    }

    /// Whether the kernel was ending the machine of its own accord, as it does for heat: no person or host asked for it.
    pub(super) fn is_kernels(&self) -> bool {
        self.steps.iter().any(|step| {
            let is_asked = matches!(step.role(), Means::Asked(_)) && Sender::Kernel.wrote(&step.line);
            is_asked && step.rule.initiator != Some(Initiator::HypervisorHost)
        })
    }

    /// Whether it went through its steps in order; a forced one jumps to the last.
    pub(super) fn is_regular(&self) -> bool {
        self.steps.iter().any(|step| matches!(step.stage(), Some(Stage::S1 | Stage::S2)))
    }

    /// What the steps say will become of the machine: the latest stage that names it decides.
    pub(super) fn action(&self) -> Option<Action> {
        let sure = self.steps.iter().chain(&self.job_timeout).filter(|step| step.is_sure());
        let named = sure.filter_map(|step| Some((step.stage()?, step.action()?)));
        named.max_by_key(|(stage, _)| *stage).map(|(_, action)| action)
    }

    /// Whether the boot had come up, further than its basic system.
    pub(super) const fn had_come_up(&self) -> bool {
        self.had_come_up
    }

    /// How often only userspace restarted in the boot.
    pub(super) const fn soft_reboots(&self) -> u64 {
        self.soft_reboots
    }

    fn take(&mut self, sign: Sign) {
        match sign.role() {
            Means::Stop(_) | Means::Step(..) if !sign.is_sure() => self.hearsay.push(sign),
            // Services that a restart of userspace stops say so.
            Means::Asked(_) if self.soft && !is_by_manager(&sign.line) => {}
            Means::Asked(_) if sign.is_burst() && self.hangs(sign.at()) => self.job_timeout = Some(sign),
            Means::Asked(_) | Means::Planned(_) => {
                (self.soft, self.restarts) = (false, false);
                // A key or a command may come to nothing, and what is planned for later stops nothing now.
                self.emergency = self.emergency.take().filter(|_| sign.strength < Strength::Proof || sign.is_plan());
                self.steps.push(sign);
            }
            Means::Cancelled => self.steps.retain(|step| !step.is_plan()),
            Means::Stop(_) if self.soft || self.is_emergencys(&sign.line) => {}
            Means::Step(stage, None) if self.soft && stage < Stage::S3 => {}
            // A restart of userspace ends journald as a service, too.
            Means::ServiceStop if self.soft => {}
            Means::JournalStopped if self.soft || self.was_killed(&sign) => {}
            Means::Killed => self.killed = Some(sign.at()),
            Means::Stop(_) | Means::Step(..) | Means::JournalStopped => {
                self.sleep.clear();
                self.steps.push(sign);
            }
            Means::ServiceStop => self.service_stop = Some(sign),
            Means::JournalStarted => {
                self.service_stop = None;
                // PID 1 stops the flush together with journald.
                self.steps.retain(|step| step.role() != Means::JournalStopped && !strays::is_flush(step));
            }
            Means::JobTimeout(_) => self.time_out(sign),
            Means::CameUp => {
                let had_come_up = self.had_come_up || !sign.line.is("UNIT", "basic.target");
                let soft_reboots = self.soft_reboots.saturating_add(u64::from(self.restarts));
                *self = Self { up_since: sign.line.monotonic.0, had_come_up, soft_reboots, ..Self::default() };
            }
            Means::SoftReboot | Means::HandOver => {
                let Self { up_since, had_come_up, soft_reboots, .. } = *self;
                let restarts = self.restarts || sign.role() == Means::SoftReboot;
                *self = Self { soft: true, restarts, up_since, had_come_up, soft_reboots, ..Self::default() };
            }
            Means::Emergency => self.enter_emergency(sign),
            Means::SleepStart => self.sleep.push(sign),
            Means::SleepStop => self.sleep.clear(),
            Means::LogLost => self.log_lost.push(sign),
            Means::Reset => self.reset.push(sign),
            Means::Landmark if sign.rule.id == ISOLATE => self.isolated = Some(sign.at()),
            Means::Dump | Means::SwitchedOff | Means::Unclean | Means::Landmark => {}
        }
    }

    /// Takes out the shutdown that others outlived, and what a service took down with it.
    fn part_from_others(&mut self, source: &dyn Source, boot: usize) {
        if let Some(at) = outlived::last_step(source, boot, &self.steps) {
            let is_theirs = |step: &Sign| step.at() <= at;
            (self.others, self.steps) = std::mem::take(&mut self.steps).into_iter().partition(is_theirs);
            self.job_timeout = self.job_timeout.take().filter(|sign| !is_theirs(sign));
        }
        let last = source.boots().get(boot).map_or(0, |facts| facts.last.monotonic.0);
        (self.steps, self.strays) = strays::taken_down(source, boot, std::mem::take(&mut self.steps), last);
    }

    /// The job of a shutdown that is under way; without one, the timeout is itself what asks for the restart.
    fn time_out(&mut self, sign: Sign) {
        // A key, or a command, may have come to nothing.
        let is_sure =
            |step: &&Sign| step.stage() > Some(Stage::S0) || (step.strength == Strength::Proof && !step.is_plan());
        let mut under_way = self.steps.iter().filter(is_sure);
        if self.is_asked_for() || under_way.any(|step| step.at().saturating_add(STOPS_HOLD) >= sign.at()) {
            self.job_timeout = Some(sign);
        } else {
            self.steps.push(sign);
        }
    }

    /// Whether a shutdown that somebody asked for had begun so long before that what forces it then breaks it off.
    fn hangs(&self, at: u64) -> bool {
        self.is_asked_for() && self.began().is_some_and(|began| began.saturating_add(HANGS) <= at)
    }

    fn enter_emergency(&mut self, sign: Sign) {
        self.steps.retain(|step| !matches!(step.role(), Means::Stop(_)));
        // The log outlived that: emergency mode takes many lines.
        self.log_lost.clear();
        self.emergency = Some(sign);
    }

    /// Whether journald stopped since all processes were told to, which ends no boot; the daemon that feeds a watchdog and
    /// resets the machine tells them so, too.
    fn was_killed(&self, stopped: &Sign) -> bool {
        let resets = self.reset.iter().rev().find(|sign| !Sender::Kernel.wrote(&sign.line)).map(Sign::at);
        let told = [self.killed, resets].into_iter().flatten();
        told.max().is_some_and(|at| stopped.at() <= at.saturating_add(KILL_HOLDS))
    }

    fn is_emergencys(&self, line: &Line) -> bool {
        let since = self.emergency.as_ref().map(|entered| entered.line.monotonic.0);
        since.is_some_and(|since| line.monotonic.0 <= since.saturating_add(EMERGENCY_STOPS))
    }

    fn look_for_flood(&mut self, source: &dyn Source, book: &Rulebook, boot: usize, tail: &[Line]) {
        let is_core = |step: &Sign| !matches!(step.role(), Means::Stop(Stage::S2)) && step.stage() > Some(Stage::S0);
        if self.soft || self.steps.iter().any(is_core) {
            return;
        }
        let is_own = |line: &&Line| line.monotonic.0 >= self.up_since && !is_userspaces_kmsg(line);
        let since_up: Vec<&Line> = tail.iter().filter(is_own).collect();
        let Some((line, rule)) = flood::start(source, boot, &since_up).zip(book.rule(Structural::StopFlood.id()))
        else {
            return;
        };
        let before_emergency = self.emergency.as_ref().is_some_and(|entered| line.monotonic <= entered.line.monotonic);
        if !before_emergency && !self.is_emergencys(&line) {
            self.take(Sign { rule: Arc::clone(rule), line, captures: Vec::new(), strength: rule.strength });
        }
    }

    /// Whether logind or PID 1 said that a shutdown begins before the first stops, so that these are of no other doing: one
    /// that then takes hours is hung. What is up again took its stops back.
    fn is_asked_for(&self) -> bool {
        let stops = || self.steps.iter().filter(|step| step.stage() > Some(Stage::S0)).map(Sign::at);
        let begins = |step: &Sign| {
            let is_said = matches!(step.role(), Means::Asked(_)) && step.strength == Strength::Proof;
            let is_near = |began| step.at() <= began && began <= step.at().saturating_add(REQUEST_TO_STOP);
            is_said && is_by_manager(&step.line) && stops().min().is_some_and(is_near)
        };
        self.steps.iter().any(begins)
    }
}

/// When it was last said that a shutdown begins now, of one whose first step came at `began`.
fn announced(steps: &[Sign], began: u64) -> u64 {
    let is_now = |step: &&Sign| step.is_plan() && step.capture("when").is_none();
    let times = steps.iter().filter(is_now).map(Sign::at);
    times.filter(|at| *at <= began && began <= at.saturating_add(DELAYED)).max().unwrap_or(began)
}
