//! Ends by the policy of a unit or a daemon, and by a schedule.

use super::super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::super::host::{Host, Program};
use super::super::phases::{EXIT, RESTART as RESTARTED, RESULT};
use super::super::scene::Scene;
use super::{RESTART, clean, lived, running};

const START: &str = "2026-05-12T05:00:00Z";

/// PID 1 of a unit: text, priority, id, more.
fn unit(boot: Boot, priority: u8, unit: &str, text: &str, more: &[(&str, &str)]) -> Boot {
    boot.pid1(priority, &format!("{unit}: {text}"), &[&[("UNIT", unit)], more].concat())
}

pub(super) fn start_limit_of_a_watchdog() -> Scene {
    let name = "disk-watchdogd.service";
    let mut ending = lived(Boot::new(Host::BALENA, START), 4 * HOUR);
    for restarts in 1..4 {
        ending = unit(ending, 3, name, "Watchdog timeout (limit 30s)!", &[]);
        ending = unit(ending, 5, name, "Main process exited, code=killed, status=6/ABRT", &[("MESSAGE_ID", EXIT)]);
        ending = unit(
            ending,
            4,
            name,
            "Failed with result 'watchdog'.",
            &[("MESSAGE_ID", RESULT), ("UNIT_RESULT", "watchdog")],
        );
        let text = format!("Scheduled restart job, restart counter is at {restarts}.");
        ending = unit(ending, 6, name, &text, &[("MESSAGE_ID", RESTARTED), ("N_RESTARTS", &restarts.to_string())]);
        ending = ending.wait(31 * SECOND);
    }
    ending = unit(ending, 4, name, "Start request repeated too quickly.", &[]);
    let failed = [("MESSAGE_ID", RESULT), ("UNIT_RESULT", "start-limit-hit")];
    ending = unit(ending, 4, name, "Failed with result 'start-limit-hit'.", &failed);
    ending = ending.pid1(4, "Forcibly rebooting: unit disk-watchdogd.service failed", &[]).wait(SECOND / 90);
    ending = ending.shutting_down().journal_stops();
    clean(&ending, &running(Boot::after(&ending, RESTART)))
}

/// At the usual log level `FailureAction=reboot` writes nothing of itself.
pub(super) fn failure_action() -> Scene {
    let name = "critical.service";
    let ending = lived(Boot::new(Host::PC, START), 4 * HOUR).wait(12 * SECOND);
    let ending = unit(ending, 5, name, "Main process exited, code=exited, status=1/FAILURE", &[("MESSAGE_ID", EXIT)]);
    let failed = [("MESSAGE_ID", RESULT), ("UNIT_RESULT", "exit-code")];
    let ending = unit(ending, 4, name, "Failed with result 'exit-code'.", &failed).wait(SECOND / 60);
    let ending = ending.stops().lets_go().last_steps("reboot");
    clean(&ending, &running(Boot::after(&ending, RESTART)))
}

pub(super) fn job_timeout() -> Scene {
    let ending = lived(Boot::new(Host::PC, START), 4 * HOUR).asked("reboot");
    let ending = ending.stopped("multi-user.target", "Multi-User System");
    let ending = ending.stop(Program::CRON).stop(Program::SSHD);
    let ending = ending.stopping(Program::DOCKERD.unit, Program::DOCKERD.description).wait(10 * MINUTE);
    let ending = unit(ending, 4, "reboot.target", "Job reboot.target/start timed out.", &[]);
    let ending = ending.pid1(4, "Forcibly rebooting: job timed out", &[]).wait(SECOND / 90);
    let ending = ending.shutting_down().journal_stops();
    clean(&ending, &running(Boot::after(&ending, RESTART)))
}

pub(super) fn scheduled_by_an_updater() -> Scene {
    let packagekit =
        Program { ident: "PackageKit", unit: "packagekit.service", exe: "/usr/libexec/packagekitd", ..Program::APP };
    let packagekit = Program { uid: 0, transport: "journal", ..packagekit };
    let host = Host { kernel: "6.14.0-1018-aws", ..Host::PC };
    let ending = lived(Boot::new(host, "2026-05-12T02:10:00Z"), 3 * HOUR + 39 * MINUTE);
    let ending =
        ending.says(packagekit, "new update-packages transaction /412_bccadeca scheduled from uid 0").wait(62 * SECOND);
    let done = "update-packages transaction /412_bccadeca from uid 0 finished with success after 61420ms";
    let ending = ending.says(packagekit, done).wait(30 * SECOND);
    let schedule = [("MESSAGE_ID", "9e7066279dc8403da79ce4b1a69064b2"), ("ACTION", "reboot"), ("OPERATOR", "root")];
    let ending = ending.writes(Program::LOGIND, 5, "The system will reboot at Tue 2026-05-12 05:54:30 UTC!", &schedule);
    let left = 1_778_565_270 * SECOND - ending.realtime();
    let ending = ending.wait(left).writes(Program::LOGIND, 5, "The system will reboot now!", &schedule);
    let ending = ending.shuts_down("reboot");
    let next = running(Boot::after(&ending, RESTART).with_kernel("6.14.0-1019-aws"));
    clean(&ending, &next)
}

pub(super) fn ups() -> Scene {
    let apcupsd = Program { ident: "apcupsd", unit: "apcupsd.service", exe: "/sbin/apcupsd", ..Program::SSHD };
    let ending = lived(Boot::new(Host::PC, START), 6 * HOUR);
    let ending = ending.writes(apcupsd, 4, "Power failure.", &[]).wait(6 * SECOND);
    let ending = ending.writes(apcupsd, 4, "Running on UPS batteries.", &[]).life(14 * MINUTE);
    let ending =
        ending.writes(apcupsd, 1, "Reached remaining time percentage limit on batteries.", &[]).wait(SECOND / 3);
    let ending = ending.writes(apcupsd, 1, "Initiating system shutdown!", &[]);
    let ending = ending.writes(apcupsd, 1, "User logins prohibited", &[]).wait(SECOND);
    clean(&ending.clone().shuts_down("power-off"), &running(Boot::after(&ending, 3 * HOUR)))
}
