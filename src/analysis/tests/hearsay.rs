//! What stands under a daemon's name in the kernel's log, and states that were over before the end.

use super::log::Log;
use super::{REBOOTED, RUNNING, UNTOLD, says};
use crate::analysis::Cause;

#[test]
fn a_name_in_the_kernels_log_announces_no_reset_where_no_shutdown_began() {
    let mut log = Log::new();
    log.boot(0).life(3).kmsg("3", "systemd", "Rebooting now...").boot(60);
    says(&log, &[UNTOLD, RUNNING]);
}

#[test]
fn a_name_in_the_kernels_log_is_no_step_while_pid_1_has_its_own_voice() {
    let mut log = Log::new();
    log.boot(0).life(3).request("reboot").stops().kmsg("3", "systemd", "Reached target Power-Off.");
    log.kmsg("3", "systemd", "Received SIGINT.").ends("reboot.target").boot(60);
    let reports = says(&log, &[REBOOTED, RUNNING]);
    assert_eq!(reports[0].ending.cause, Cause::RequestedApi);
}

#[test]
fn a_sag_that_was_over_minutes_before_the_end_only_contributes() {
    let of = |minutes: u64, normal: bool| {
        let mut log = Log::new();
        log.boot(0).life(3).kernel("hwmon hwmon1: Undervoltage detected!");
        if normal {
            log.after(5).kernel("hwmon hwmon1: Voltage normalised");
        }
        log.life(minutes).boot(60);
        let ending = says(&log, &[UNTOLD, RUNNING]).remove(0).ending;
        (ending.cause, ending.contributing.contains(&Cause::PowerUndervoltage.into()))
    };
    assert_eq!(of(3, true), (Cause::UndeterminedAbrupt, true));
    assert_eq!(of(30, true), (Cause::UndeterminedAbrupt, true), "long before as well");
    assert_eq!(of(0, false).0, Cause::PowerUndervoltage, "it was still open");
}
