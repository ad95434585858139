//! The words are those of the specification, in its order.

use super::*;

// As the taxonomy of the specification lists them.
const INITIATORS: &[&str] = &[
    "user-cli",
    "api-client",
    "power-key",
    "reboot-key",
    "lid-idle",
    "ctrl-alt-del",
    "scheduled",
    "os-update",
    "orchestrator",
    "hypervisor-host",
    "ups-battery",
    "thermal-policy",
    "unit-action",
    "pid1-crash",
    "kernel",
    "hardware-watchdog",
    "firmware",
    "unknown",
];
const CAUSES: &[&str] = &[
    "requested.user",
    "requested.api",
    "requested.orchestrator",
    "requested.key",
    "requested.scheduled",
    "requested.hypervisor",
    "requested.container-stop",
    "requested.remote-mgmt",
    "requested.forced",
    "update.os-image",
    "update.packages",
    "update.rollback-health",
    "update.rollback-altboot",
    "update.config-apply",
    "policy.start-limit",
    "policy.failure-action",
    "policy.job-timeout",
    "policy.app-watchdog",
    "kernel.panic",
    "kernel.oops",
    "kernel.bug",
    "kernel.lockup-soft",
    "kernel.lockup-hard",
    "kernel.hung-task",
    "kernel.rcu-stall",
    "kernel.mce",
    "watchdog.hardware",
    "watchdog.soft",
    "watchdog.pretimeout",
    "watchdog.foreign-close",
    "memory.oom-panic",
    "memory.thrash",
    "thermal.orderly",
    "thermal.trip",
    "power.loss",
    "power.undervoltage",
    "power.battery-low",
    "power.ups",
    "power.button-hold",
    "power.reset-pin",
    "storage.io-error",
    "storage.readonly-remount",
    "storage.full",
    "storage.removed",
    "sleep.no-resume",
    "sleep.battery-died",
    "boot.failed-emergency",
    "boot.crash-loop",
    "boot.short",
    "boot.firmware",
    "pid1.crash",
    "pid1.freeze",
    "vm.stop",
    "none.still-running",
    "none.rotated",
    "none.unreadable",
    "undetermined.orderly",
    "undetermined.abrupt",
];
const CONDITIONS: &[&str] = &[
    "memory.oom-kill",
    "thermal.throttle",
    "shutdown.hang",
    "unit.crash-loop",
    "unit.watchdog",
    "unit.coredump",
    "clock.step",
    "log.missed",
    "log.suppressed",
];

#[test]
fn every_word_of_the_taxonomy_is_there_in_its_order_and_no_other() {
    fn words<T: Copy>(all: &[T], id: fn(T) -> &'static str) -> Vec<&'static str> {
        all.iter().map(|word| id(*word)).collect()
    }
    assert_eq!(words(Initiator::ALL, Initiator::id), INITIATORS);
    assert_eq!(words(Cause::ALL, Cause::id), CAUSES);
    assert_eq!(words(Only::ALL, Only::id), CONDITIONS);
    assert_eq!(words(Confidence::ALL, Confidence::id), ["undetermined", "possible", "likely", "proven"]);
}

#[test]
fn words_are_read_as_they_are_written() {
    for word in CAUSES.iter().chain(CONDITIONS) {
        let condition: Condition = word.parse().unwrap();
        assert_eq!(condition.to_string(), *word);
        assert_eq!(serde_json::to_value(condition).unwrap(), *word);
        assert_eq!(serde_json::from_value::<Condition>(serde_json::json!(word)).unwrap(), condition);
    }
    assert_eq!("hardware-watchdog".parse(), Ok(Initiator::HardwareWatchdog));
    assert_eq!("power.".parse::<Cause>().unwrap_err().to_string(), "`power.` is not a cause");
    assert!("shutdown.hang".parse::<Cause>().is_err());
    assert!("Power.Loss".parse::<Condition>().is_err());
}

#[test]
fn confidence_has_an_order() {
    assert!(Confidence::Undetermined < Confidence::Possible && Confidence::Likely < Confidence::Proven);
}
