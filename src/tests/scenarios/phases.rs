//! The phases of a boot's life: steps of units, ordinary life, shutdown in its stages, sleep.

use super::boot::{Boot, MINUTE, SECOND};
use super::host::Program;

pub(crate) const STARTING: &str = "7d4958e842da4a758f6c1cdc7b36dcc5";
pub(crate) const STARTED: &str = "39f53479d3a045ac8e11786248231fbf";
pub(crate) const STOPPING: &str = "de5b426a63be47a7b6ac3eaac82e2f6f";
pub(crate) const STOPPED: &str = "9d1aaa27d60140bd96365438aad20286";
pub(crate) const SUCCESS: &str = "7ad2d189f7e94e70a38c781354912448";
pub(crate) const FAILED: &str = "be02cf6855d2428ba40df7e9d022f03d";
pub(crate) const RESULT: &str = "d9b373ed55a64feb8242e02dbe79a49c";
pub(crate) const EXIT: &str = "98e322203f7a4ed290d09fe03c09fe15";
pub(crate) const RESTART: &str = "5eb03494b6584870a536b337290809b3";
const SHUTDOWN: &str = "98268866d1d54a499c4e98921d93bc40";
const SLEEP_START: &str = "6bbd95ee977941e497c48be27c254128";
const SLEEP_STOP: &str = "8811e6df2a8e40f58a94cea26f8ebf14";
pub(super) const JOURNAL_START: &str = "f77379a8490b408bbe5f6940505a777b";
const JOURNAL_STOP: &str = "d93fb3c9c24d451a97cea615ce59c00b";

/// How the shutdown of each kind is called: by logind, by its target, by the target's description and service.
const KINDS: [(&str, &str, &str); 3] = [
    ("reboot", "System is rebooting.", "System Reboot"),
    ("power-off", "System is powering down.", "System Power Off"),
    ("halt", "System is halting.", "System Halt"),
];

/// A step of a unit, by PID 1.
impl Boot {
    pub(crate) fn starting(self, unit: &str, description: &str) -> Self {
        self.step(STARTING, &format!("Starting {unit} - {description}..."), unit, "start", None)
    }

    pub(crate) fn started(self, unit: &str, description: &str) -> Self {
        let word = match unit {
            _ if unit.ends_with(".target") => "Reached target",
            "systemd-journal-flush.service" | "bind-var-log-journal.service" | "systemd-suspend.service" => "Finished",
            _ => "Started",
        };
        self.step(STARTED, &format!("{word} {unit} - {description}."), unit, "start", Some("done"))
    }

    pub(crate) fn stopping(self, unit: &str, description: &str) -> Self {
        self.step(STOPPING, &format!("Stopping {unit} - {description}..."), unit, "stop", None)
    }

    pub(crate) fn stopped(self, unit: &str, description: &str) -> Self {
        let word = if unit.ends_with(".target") { "Stopped target" } else { "Stopped" };
        self.step(STOPPED, &format!("{word} {unit} - {description}."), unit, "stop", Some("done"))
    }

    fn step(mut self, id: &str, text: &str, unit: &str, kind: &str, result: Option<&str>) -> Self {
        self.count += 1;
        let job = (500 + self.count).to_string();
        let mut more = vec![("UNIT", unit), ("MESSAGE_ID", id), ("JOB_ID", &*job), ("JOB_TYPE", kind)];
        more.extend(result.map(|result| ("JOB_RESULT", result)));
        self.pid1(6, text, &more)
    }

    /// A service that is stopped: asked, gone, reported.
    pub(crate) fn stop(self, service: Program) -> Self {
        let boot = self.stopping(service.unit, service.description).wait(SECOND / 12);
        let gone = format!("{}: Deactivated successfully.", service.unit);
        boot.pid1(6, &gone, &[("UNIT", service.unit), ("MESSAGE_ID", SUCCESS)])
            .stopped(service.unit, service.description)
    }
}

/// Ordinary life.
impl Boot {
    /// Lines that say nothing, from one to the next a minute or, in a long life, more; the last one at its end.
    pub(crate) fn life(self, span: u64) -> Self {
        let beats = (span / MINUTE).clamp(3, 60);
        (0..beats).fold(self, |boot, _| boot.wait(span / beats).murmur())
    }

    /// A line a second, as under load.
    pub(crate) fn busy(self, seconds: u64) -> Self {
        (0..seconds).fold(self, |boot, _| boot.wait(SECOND - 2_000).murmur())
    }

    fn murmur(self) -> Self {
        let count = self.count;
        let has = |program: Program| self.services.contains(&program);
        match count % 5 {
            0 if has(Program::CRON) => {
                self.says(Program::CRON, "(root) CMD (   cd / && run-parts --report /etc/cron.hourly)")
            }
            1 if has(Program::NETWORK) => self.says(
                Program::NETWORK,
                "<info>  [1778564412.1182] dhcp4 (eth0): state changed new lease, address=192.0.2.117",
            ),
            2 if has(Program::SUPERVISOR) => self.says(Program::SUPERVISOR, "[api]     GET /v1/healthy 200 - 3.412 ms"),
            3 if has(Program::DOCKERD) => {
                self.says(Program::DOCKERD, "level=info msg=\"ignoring event\" module=libcontainerd")
            }
            _ => self.says(Program::APP, &format!("cycle {count} done, 12 of 12 sensors answer")),
        }
    }
}

/// Shutdown, stage by stage.
impl Boot {
    /// The whole of it, as `systemctl reboot` or `poweroff` leave it where `/var` is on the root filesystem.
    pub(crate) fn shuts_down(self, kind: &str) -> Self {
        self.asked(kind).stops().lets_go().last_steps(kind)
    }

    /// The same where the journal is a mount of its own: the log ends when journald leaves it.
    pub(crate) fn shuts_down_relinquished(self, kind: &str) -> Self {
        self.asked(kind).stops().lets_go()
    }

    /// S0: logind announces it.
    pub(crate) fn asked(self, kind: &str) -> Self {
        let (_, text, _) = KINDS.iter().find(|(known, ..)| *known == kind).unwrap();
        self.writes(Program::LOGIND, 5, text, &[("MESSAGE_ID", SHUTDOWN), ("SHUTDOWN", kind)]).wait(SECOND / 20)
    }

    /// S1: everything that was up is stopped.
    pub(crate) fn stops(self) -> Self {
        let mut boot = self.stopped("multi-user.target", "Multi-User System");
        for service in std::mem::take(&mut boot.services).into_iter().rev() {
            boot = boot.stop(service);
        }
        boot.stopped("basic.target", "Basic System").wait(SECOND / 30)
    }

    /// S2: filesystems are let go; the last line that reaches a journal on a mount of its own.
    pub(crate) fn lets_go(self) -> Self {
        let boot =
            self.stopped("sysinit.target", "System Initialization").stopped("local-fs.target", "Local File Systems");
        boot.stopping("systemd-journal-flush.service", "Flush Journal to Persistent Storage")
    }

    /// S3: the targets of the end, the last program, journald's good-bye.
    pub(crate) fn last_steps(self, kind: &str) -> Self {
        let (_, _, description) = KINDS.iter().find(|(known, ..)| *known == kind).unwrap();
        let target = format!("{}.target", kind.replace('-', ""));
        let boot =
            self.wait(SECOND / 10).stopped("systemd-journal-flush.service", "Flush Journal to Persistent Storage");
        let boot = boot.started("umount.target", "Unmount All Filesystems");
        let boot = boot.started("shutdown.target", "System Shutdown").started("final.target", "Late Shutdown Services");
        boot.started(&target, description).shutting_down().journal_stops()
    }

    /// PID 1 becomes the last program.
    pub(crate) fn shutting_down(self) -> Self {
        self.pid1(5, "Shutting down.", &[]).wait(SECOND / 40)
    }

    pub(crate) fn journal_stops(self) -> Self {
        let boot = self.journald(6, "Received SIGTERM from PID 1 (systemd-shutdow).");
        boot.driver("Journal stopped", &[("MESSAGE_ID", JOURNAL_STOP)])
    }

    /// journald starts again within the boot.
    pub(crate) fn journal_starts(self) -> Self {
        self.driver("Journal started", &[("MESSAGE_ID", JOURNAL_START)])
    }
}

/// Sleep.
impl Boot {
    pub(crate) fn falls_asleep(self) -> Self {
        let boot = self.started("sleep.target", "Sleep").starting("systemd-suspend.service", "System Suspend");
        let sleep = [("MESSAGE_ID", SLEEP_START), ("SLEEP", "suspend")];
        boot.writes(Program::SLEEP, 6, "Performing sleep operation 'suspend'...", &sleep)
            .kernel(6, "PM: suspend entry (deep)")
    }

    /// Wakes after so long, which only the wall clock notices.
    pub(crate) fn wakes(self, asleep: u64) -> Self {
        let boot = self.set_clock(i64::try_from(asleep).unwrap()).wait(SECOND / 2).kernel(6, "PM: suspend exit");
        let sleep = [("MESSAGE_ID", SLEEP_STOP), ("SLEEP", "suspend")];
        boot.writes(Program::SLEEP, 6, "System returned from sleep operation 'suspend'.", &sleep)
            .started("systemd-suspend.service", "System Suspend")
            .stopped("sleep.target", "Sleep")
    }
}
