//! Dumps of the kernel's last lines: of which end they are, by who found them and by their names.

use super::super::{Action, Cause, Confidence, Initiator, Orderliness};
use super::log::Log;
use super::others::{OPEN, WATCHDOG, judged, verdict};
use crate::analysis::Source;

fn dump<'l>(log: &'l mut Log, name: &str) -> &'l mut Log {
    let moved = format!("PStore {name} moved to /var/lib/systemd/pstore/1/{name}");
    log.service("systemd-pstore.service", "systemd-pstore", &moved)
}

#[test]
fn a_dump_that_nobody_takes_away_is_of_one_end_only() {
    let name = "dmesg-efi_pstore-177856254503001";
    let mut log = Log::new();
    log.boot(0).life(9).boot(60);
    dump(&mut log, name).life(9).boot(60);
    dump(&mut log, name).life(1);
    assert_eq!(verdict(&judged(&log, 0)).1, Cause::KernelPanic, "made just before");
    let later = judged(&log, 1);
    assert_eq!(verdict(&later), OPEN);
    assert_eq!(later.ending.action, Some(Action::Unknown));
    let mut log = Log::new();
    log.boot(0).life(60).boot(60);
    dump(&mut log, name).life(1);
    assert!(verdict(&judged(&log, 0)).2 < Some(Confidence::Proven), "an hour older than the end");
}

#[test]
fn a_dump_that_was_made_before_a_short_boot_began_is_of_no_end_of_it() {
    // Made as the boot before ended, 30 s before the short one began; or as that one ended.
    for (made, cause) in [(1_778_562_546, Cause::UndeterminedAbrupt), (1_778_562_578, Cause::KernelPanic)] {
        let mut log = Log::new();
        log.boot(0).life(9).kernel_boot(30).after(2).kernel("random: crng init done").boot(20);
        dump(&mut log, &format!("dmesg-efi_pstore-{made}03001")).life(1);
        assert_eq!(verdict(&judged(&log, 1)).1, cause, "{made}");
        // Then it is of the end before, as its name says; proven it is not by the boot after the next.
        let before = judged(&log, 0);
        let is_before = cause == Cause::UndeterminedAbrupt;
        let panicked = (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Likely));
        assert_eq!(verdict(&before), if is_before { panicked } else { OPEN }, "{made}");
        assert!(!is_before || before.evidence[0].shows.contains("the boot after the next found it"));
    }
}

#[test]
fn a_kernel_that_wrote_on_after_a_dump_had_not_panicked_by_then() {
    let end = |made: u64, reason: &str| {
        let mut log = Log::new();
        log.boot(0).life(9).kernel_boot(60);
        if !reason.is_empty() {
            log.kernel("x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9");
        }
        log.after(5).come_up().life(9).kernel_boot(75);
        if !reason.is_empty() {
            log.kernel(reason);
        }
        log.after(5).come_up();
        dump(&mut log, &format!("dmesg-efi_pstore-{made}03001")).life(1);
        (judged(&log, 1), log.listed().boots()[1].last.realtime.0 / 1_000_000)
    };
    let ends = end(0, "").1;
    let end = |made, reason| end(made, reason).0;
    assert_eq!(verdict(&end(ends, "")), (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Proven)));
    for (seconds, confidence) in [(6, Confidence::Likely), (20, Confidence::Likely), (40, Confidence::Possible)] {
        let outlived = end(ends - seconds, "");
        assert_eq!(verdict(&outlived), (Orderliness::Abrupt, Cause::KernelOops, Some(confidence)), "{seconds}");
        assert!(outlived.ending.candidates.contains(&Cause::KernelPanic.into()));
        assert_eq!(outlived.ending.initiator, Some(Initiator::Unknown), "{seconds}");
    }
    // Nor is a dump that is of an oops of what the watchdog found standing still; one that no line followed is of a panic.
    for (made, cause, confidence) in
        [(ends - 20, Cause::WatchdogHardware, Confidence::Proven), (ends, Cause::KernelPanic, Confidence::Likely)]
    {
        assert_eq!(verdict(&end(made, WATCHDOG)), (Orderliness::Abrupt, cause, Some(confidence)));
    }
}

#[test]
fn an_oops_in_a_shutdown_may_have_broken_it_off() {
    let end = |seconds: u64| {
        let mut log = Log::new();
        log.boot(0).life(9).request("reboot").stops().after(60).service("app.service", "app", "waits");
        let ends = log.listed().boots()[0].last.realtime.0 / 1_000_000;
        log.boot(60);
        dump(&mut log, &format!("dmesg-efi_pstore-{}03001", ends - seconds)).life(1);
        judged(&log, 0)
    };
    let incomplete = |cause| (Orderliness::OrderlyIncomplete, cause, Some(Confidence::Likely));
    assert_eq!(verdict(&end(8)), incomplete(Cause::KernelOops));
    let earlier = end(40);
    assert_eq!(verdict(&earlier), incomplete(Cause::RequestedApi));
    assert!(earlier.ending.candidates.contains(&Cause::KernelOops.into()), "{:?}", earlier.ending.candidates);
}

#[test]
fn a_dump_whose_text_says_that_the_kernel_panicked_is_of_no_oops() {
    let mut log = Log::new();
    log.boot(0).life(9);
    let ends = log.listed().boots()[0].last.realtime.0 / 1_000_000;
    log.boot(60);
    let name = format!("PStore dmesg-efi_pstore-{}03001.", ends - 6);
    let by = [("_SYSTEMD_UNIT", "systemd-pstore.service"), ("SYSLOG_IDENTIFIER", "systemd-pstore"), ("_PID", "700")];
    let text = "Panic#1 Part1\n<0>[  540.123456] Kernel panic - not syncing: Fatal exception\n";
    log.line(&[&by[..], &[("_TRANSPORT", "journal"), ("MESSAGE", &name), ("FILE", text)]].concat()).life(1);
    let report = judged(&log, 0);
    assert_eq!(verdict(&report), (Orderliness::Abrupt, Cause::KernelPanic, Some(Confidence::Likely)));
    assert!(report.downgrades[0].contains("before this boot's last lines"), "{:?}", report.downgrades);
}

#[test]
fn a_dump_that_was_made_long_after_the_last_line_may_be_of_a_boot_that_left_nothing() {
    // The boot writes every minute, and the machine was off for two hours.
    let end = |after: u64| {
        let found = |made: u64| {
            let mut log = Log::new();
            log.boot(0).life(9).boot(7200);
            dump(&mut log, &format!("dmesg-efi_pstore-{made}03001")).life(1);
            log
        };
        let ends = found(0).listed().boots()[0].last.realtime.0 / 1_000_000;
        judged(&found(ends + after), 0)
    };
    let panicked = |confidence| (Orderliness::Abrupt, Cause::KernelPanic, Some(confidence));
    assert_eq!(verdict(&end(30)), panicked(Confidence::Proven));
    let late = end(3600);
    assert_eq!(verdict(&late), panicked(Confidence::Likely));
    assert!(late.downgrades[0].contains("long after this boot's last line"), "{:?}", late.downgrades);
}

#[test]
fn a_dump_of_the_same_name_that_another_machine_found_is_another() {
    let found = |made: u64| {
        let name = format!("dmesg-efi_pstore-{made}03001");
        let mut log = Log::new();
        log.machine('b').boot(0);
        dump(&mut log, &name).life(1).set_clock(-60_000);
        log.machine('a').boot(0).life(9).boot(60);
        dump(&mut log, &name).life(1);
        log
    };
    let ends = found(0).listed().boots()[1].last.realtime.0 / 1_000_000;
    assert_eq!(verdict(&judged(&found(ends), 1)).1, Cause::KernelPanic);
}
