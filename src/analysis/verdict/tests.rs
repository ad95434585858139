//! Decisions on hand-made signs.

use super::decision::Decision;
use super::ids::{Cause, Condition, Confidence, Initiator, Only};
use super::item::{Item, Role};
use super::precedence::decide;
use super::setting::{Machine, Setting, Successor};
use crate::analysis::ending::Finding;
use crate::analysis::report::{Side, Strength, Witness};
use crate::analysis::rules::Weights;

const SECOND: u64 = 1_000_000;

fn item(role: Role, cause: Cause, strength: Strength, seconds_ago: u64) -> Item {
    Item {
        rule: format!("{cause} {strength:?}"),
        shows: "something".to_owned(),
        strength,
        role,
        causes: vec![cause],
        candidates: Vec::new(),
        excludes: Vec::new(),
        contributing: None,
        initiator: None,
        action: None,
        is_kernels: false,
        side: if role == Role::Record { Side::Next } else { Side::This },
        ago: seconds_ago * SECOND,
        is_plan: false,
        is_immediate: false,
        is_noise: false,
        is_text_only: false,
        doubt: None,
        witness: Witness::File("system.journal".to_owned()),
    }
}

fn by(initiator: Initiator, item: Item) -> Item {
    Item { initiator: Some(initiator), ..item }
}

fn setting(finding: Finding) -> Setting {
    Setting {
        finding,
        began: Some(5 * SECOND),
        announced: None,
        action: None,
        successor: Successor::Certain,
        machine: Machine::Real,
        armed: None,
        is_salvaged: false,
        is_partly_readable: false,
        is_text_only: false,
        extract: None,
        open_end: None,
        is_asked: true,
        shared: None,
        is_cut_short: false,
        is_next_headless: false,
        is_clock_doubtful: false,
    }
}

fn says(items: &[Item], setting: &Setting) -> (Cause, Option<Confidence>, Option<Initiator>) {
    let Decision { cause, confidence, initiator, .. } = decide(items, setting, &Weights::default());
    (cause, confidence, initiator)
}

const fn proven(cause: Cause, initiator: Initiator) -> (Cause, Option<Confidence>, Option<Initiator>) {
    (cause, Some(Confidence::Proven), Some(initiator))
}

const fn likely(cause: Cause, initiator: Initiator) -> (Cause, Option<Confidence>, Option<Initiator>) {
    (cause, Some(Confidence::Likely), Some(initiator))
}

const UNKNOWN: (Cause, Option<Confidence>, Option<Initiator>) =
    (Cause::UndeterminedAbrupt, Some(Confidence::Undetermined), Some(Initiator::Unknown));

fn request() -> Item {
    by(Initiator::ApiClient, item(Role::Request, Cause::RequestedApi, Strength::Proof, 6))
}

#[test]
fn a_running_boot_has_no_confidence_and_no_initiator() {
    assert_eq!(says(&[], &setting(Finding::Running)), (Cause::NoneStillRunning, None, None));
}

#[test]
fn the_latest_explicit_line_before_the_stops_decides_and_not_the_plain_request() {
    let safe_reboot = by(Initiator::OsUpdate, item(Role::Request, Cause::UpdateOsImage, Strength::Proof, 8));
    let rollback = by(Initiator::OsUpdate, item(Role::Request, Cause::UpdateRollbackHealth, Strength::Proof, 9));
    let earlier = by(Initiator::PowerKey, item(Role::Request, Cause::RequestedKey, Strength::Proof, 126));
    let complete = setting(Finding::Complete);
    assert_eq!(says(&[request()], &complete), proven(Cause::RequestedApi, Initiator::ApiClient));
    let hup = [request(), safe_reboot.clone(), earlier];
    assert_eq!(says(&hup, &complete), proven(Cause::UpdateOsImage, Initiator::OsUpdate));
    let rolled_back = [request(), safe_reboot, rollback];
    assert_eq!(says(&rolled_back, &complete), proven(Cause::UpdateRollbackHealth, Initiator::OsUpdate));
}

#[test]
fn context_refines_a_request_and_is_never_proof() {
    let supervisor =
        by(Initiator::Orchestrator, item(Role::Request, Cause::RequestedOrchestrator, Strength::Strong, 7));
    let complete = setting(Finding::Complete);
    let refined = decide(&[request(), supervisor.clone()], &complete, &Weights::default());
    assert_eq!((refined.cause, refined.confidence), (Cause::RequestedOrchestrator, Some(Confidence::Likely)));
    assert_eq!(refined.candidates, [Condition::Cause(Cause::RequestedApi)]);
    let hour_before = Item { ago: 3600 * SECOND, ..supervisor };
    assert_eq!(says(&[request(), hour_before], &complete), proven(Cause::RequestedApi, Initiator::ApiClient));
}

#[test]
fn an_orderly_end_that_nobody_asked_for_stays_open() {
    let complete = setting(Finding::Complete);
    let nobody = decide(&[], &complete, &Weights::default());
    assert_eq!((nobody.cause, nobody.confidence), (Cause::UndeterminedOrderly, Some(Confidence::Undetermined)));
    assert!(nobody.candidates.contains(&Cause::PolicyFailureAction.into()));
    let failed = item(Role::Precursor, Cause::PolicyFailureAction, Strength::Weak, 6);
    let unit = (Cause::PolicyFailureAction, Some(Confidence::Possible), Some(Initiator::UnitAction));
    assert_eq!(says(&[failed], &complete), unit);
}

#[test]
fn a_shutdown_that_broke_off_leaves_open_what_broke_it() {
    let broken = decide(&[request()], &setting(Finding::BrokenOff), &Weights::default());
    assert_eq!((broken.cause, broken.confidence), (Cause::RequestedApi, Some(Confidence::Likely)));
    for open in [Only::ShutdownHang.into(), Cause::PowerLoss.into()] {
        assert!(broken.candidates.contains(&open), "{open}");
    }
    assert_eq!(broken.downgrades.len(), 1);
    let watchdog = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    let (cause, confidence, _) = says(&[request(), watchdog], &setting(Finding::BrokenOff));
    assert_eq!((cause, confidence), (Cause::WatchdogHardware, Some(Confidence::Proven)));
}

#[test]
fn a_watchdog_record_after_the_last_line_means_that_the_shutdown_hung() {
    let watchdog = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    let hung = decide(&[request(), watchdog.clone()], &setting(Finding::Complete), &Weights::default());
    assert!(hung.is_hung);
    assert_eq!(hung.cause, Cause::WatchdogHardware);
    let open = Setting { successor: Successor::Open("entries are missing"), ..setting(Finding::Complete) };
    // Another boot may lie between; but it may be of this one as well.
    let decision = decide(&[request(), watchdog], &open, &Weights::default());
    assert_eq!((decision.cause, decision.confidence), (Cause::RequestedApi, Some(Confidence::Likely)));
    assert!(decision.candidates.contains(&Cause::WatchdogHardware.into()));
}

#[test]
fn records_go_before_last_words_and_both_before_precursors() {
    let record = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    let softdog = by(Initiator::Kernel, item(Role::Terminal, Cause::WatchdogSoft, Strength::Proof, 1));
    let sagging = item(Role::Precursor, Cause::PowerUndervoltage, Strength::Strong, 1);
    let nothing = setting(Finding::Nothing);
    let all = [sagging.clone(), softdog.clone(), record];
    assert_eq!(says(&all, &nothing), proven(Cause::WatchdogHardware, Initiator::HardwareWatchdog));
    assert_eq!(says(&[sagging.clone(), softdog], &nothing), proven(Cause::WatchdogSoft, Initiator::Kernel));
    assert_eq!(says(&[sagging], &nothing), likely(Cause::PowerUndervoltage, Initiator::Unknown));
    assert_eq!(says(&[], &nothing), UNKNOWN);
}

#[test]
fn a_dump_and_the_reason_of_the_panic_say_the_same() {
    let dump = item(Role::Record, Cause::KernelPanic, Strength::Proof, 0);
    let oom = by(Initiator::Kernel, item(Role::Terminal, Cause::MemoryOomPanic, Strength::Proof, 0));
    let both = says(&[dump, oom], &setting(Finding::Nothing));
    assert_eq!(both, proven(Cause::MemoryOomPanic, Initiator::Kernel));
}

#[test]
fn a_record_of_a_boot_that_may_be_another_is_a_candidate_at_most() {
    let record = item(Role::Record, Cause::KernelMce, Strength::Proof, 0);
    let open = Setting { successor: Successor::Open("entries are missing"), ..setting(Finding::Nothing) };
    let decision = decide(&[record], &open, &Weights::default());
    assert_eq!(decision.cause, Cause::UndeterminedAbrupt);
    assert!(decision.candidates.contains(&Cause::KernelMce.into()));
}

#[test]
fn two_records_that_say_different_things_prove_nothing() {
    let watchdog = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    let thermal = item(Role::Record, Cause::ThermalTrip, Strength::Proof, 0);
    let decision = decide(&[watchdog, thermal], &setting(Finding::Nothing), &Weights::default());
    assert_eq!(decision.confidence, Some(Confidence::Likely));
    assert!(decision.candidates.contains(&Cause::ThermalTrip.into()));
}

#[test]
fn a_record_and_last_words_of_another_cause_prove_nothing() {
    let trip = item(Role::Record, Cause::ThermalTrip, Strength::Proof, 0);
    let panic = by(Initiator::Kernel, item(Role::Terminal, Cause::KernelPanic, Strength::Proof, 0));
    let decision = decide(&[trip.clone(), panic], &setting(Finding::Nothing), &Weights::default());
    assert_eq!((decision.cause, decision.confidence), (Cause::ThermalTrip, Some(Confidence::Likely)));
    assert_eq!(decision.candidates.first(), Some(&Cause::KernelPanic.into()));
    assert_eq!(decision.downgrades, ["likely, not proven: kernel.panic is on record just as well"]);
    let hung = by(Initiator::Kernel, item(Role::Terminal, Cause::KernelHungTask, Strength::Proof, 0));
    let decision = decide(&[trip, hung], &setting(Finding::Nothing), &Weights::default());
    assert_eq!((decision.cause, decision.confidence), (Cause::ThermalTrip, Some(Confidence::Likely)));
    assert_eq!(decision.candidates.first(), Some(&Cause::KernelHungTask.into()));
}

#[test]
fn only_what_compares_times_of_day_is_worth_as_little_as_the_clocks() {
    let doubtful = Setting { is_clock_doubtful: true, ..setting(Finding::Nothing) };
    let sign = |rule: &str, cause| Item { rule: rule.to_owned(), ..item(Role::Structure, cause, Strength::Strong, 0) };
    let emergency = decide(&[sign("emergency.left", Cause::BootFailedEmergency)], &doubtful, &Weights::default());
    assert_eq!((emergency.confidence, emergency.downgrades.len()), (Some(Confidence::Likely), 0));
    let together = decide(&[sign("fleet.together", Cause::PowerLoss)], &doubtful, &Weights::default());
    assert_eq!((together.confidence, together.downgrades.len()), (Some(Confidence::Possible), 1));
}

#[test]
fn who_left_the_watchdog_armed_is_likely_where_the_record_proves_that_it_expired() {
    let record = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    let closed = item(Role::Precursor, Cause::WatchdogForeignClose, Strength::Strong, 60);
    let verdict = says(&[record, closed], &setting(Finding::Nothing));
    assert_eq!(verdict, likely(Cause::WatchdogForeignClose, Initiator::HardwareWatchdog));
}

#[test]
fn what_evidence_excludes_is_no_candidate() {
    let software = Item {
        causes: Vec::new(),
        candidates: vec![Cause::KernelPanic, Cause::RequestedForced],
        excludes: vec![Cause::PowerLoss],
        ..item(Role::Record, Cause::KernelPanic, Strength::Strong, 0)
    };
    let decision = decide(&[software], &setting(Finding::Nothing), &Weights::default());
    assert_eq!(decision.cause, Cause::UndeterminedAbrupt);
    assert!(decision.candidates.contains(&Cause::RequestedForced.into()));
    assert!(!decision.candidates.contains(&Cause::PowerLoss.into()));
    assert_eq!(decision.excluded[0].0, Cause::PowerLoss);
}

#[test]
fn of_several_reasons_on_record_none_excludes_the_other() {
    let record = |strength| item(Role::Record, Cause::WatchdogHardware, strength, 0);
    let software = Item {
        causes: Vec::new(),
        excludes: vec![Cause::PowerLoss, Cause::WatchdogHardware],
        ..record(Strength::Proof)
    };
    let nothing = setting(Finding::Nothing);
    let both = says(&[software.clone(), record(Strength::Proof)], &nothing);
    assert_eq!(both, proven(Cause::WatchdogHardware, Initiator::HardwareWatchdog));
    let alone = decide(std::slice::from_ref(&software), &nothing, &Weights::default());
    assert!(!alone.candidates.contains(&Cause::WatchdogHardware.into()));
}

#[test]
fn noise_and_distance_take_weight() {
    let nothing = setting(Finding::Nothing);
    let sagging = item(Role::Precursor, Cause::PowerUndervoltage, Strength::Strong, 1);
    let chatter = Item { is_noise: true, ..sagging.clone() };
    assert_eq!(says(&[chatter], &nothing), UNKNOWN);
    let minute = Item { ago: 60 * SECOND, ..sagging.clone() };
    assert_eq!(says(&[minute], &nothing).1, Some(Confidence::Possible));
    let hour = Item { ago: 3600 * SECOND, ..sagging };
    assert_eq!(says(&[hour], &nothing), UNKNOWN);
}

#[test]
fn a_damaged_tail_allows_no_more_than_possible() {
    let salvaged = Setting { is_salvaged: true, ..setting(Finding::Nothing) };
    let record = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    assert_eq!(says(&[record], &salvaged).1, Some(Confidence::Possible));
}

#[test]
fn where_lines_were_left_out_no_more_than_possible_is_said() {
    let short = |finding| Setting { is_cut_short: true, ..setting(finding) };
    let record = item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0);
    assert_eq!(says(&[record], &short(Finding::Nothing)).1, Some(Confidence::Possible));
    assert_eq!(says(&[request()], &short(Finding::Complete)).1, Some(Confidence::Possible));
    assert_eq!(says(&[], &short(Finding::Asleep)).1, Some(Confidence::Possible));
}

#[test]
fn lines_that_are_text_alone_are_worth_a_step_less() {
    let text = |finding| Setting { is_text_only: true, ..setting(finding) };
    let panic = by(Initiator::Kernel, item(Role::Terminal, Cause::KernelPanic, Strength::Proof, 0));
    let other = Item { is_text_only: true, ..item(Role::Precursor, Cause::PowerUndervoltage, Strength::Moderate, 1) };
    let nothing = setting(Finding::Nothing);
    assert_eq!(says(&[panic.clone(), other], &nothing), proven(Cause::KernelPanic, Initiator::Kernel));
    let panic = Item { is_text_only: true, ..panic };
    let decision = decide(&[panic], &nothing, &Weights::default());
    assert_eq!((decision.cause, decision.confidence), (Cause::KernelPanic, Some(Confidence::Likely)));
    assert_eq!(decision.downgrades.len(), 1);
    assert_eq!(says(&[request()], &text(Finding::Complete)), likely(Cause::RequestedApi, Initiator::ApiClient));
    let copied = Item { is_text_only: true, ..request() };
    assert_eq!(says(&[copied], &setting(Finding::Complete)), likely(Cause::RequestedApi, Initiator::ApiClient));
    let sagging = Item { is_text_only: true, ..item(Role::Precursor, Cause::PowerUndervoltage, Strength::Strong, 1) };
    assert_eq!(says(&[sagging], &nothing).1, Some(Confidence::Possible));
    assert_eq!(says(&[], &text(Finding::Asleep)).1, Some(Confidence::Possible));
    assert_eq!(says(&[], &text(Finding::Nothing)), UNKNOWN);
}

#[test]
fn sleep_is_never_more_than_likely() {
    let asleep = setting(Finding::Asleep);
    assert_eq!(says(&[], &asleep), likely(Cause::SleepNoResume, Initiator::Unknown));
    let low = item(Role::Precursor, Cause::PowerBatteryLow, Strength::Strong, 20);
    assert_eq!(says(&[low], &asleep), likely(Cause::SleepBatteryDied, Initiator::Unknown));
}

#[test]
fn a_virtual_machine_has_no_button_and_may_be_stopped() {
    let machine = Setting { machine: Machine::Virtual, ..setting(Finding::Nothing) };
    let decision = decide(&[], &machine, &Weights::default());
    assert!(decision.candidates.contains(&Cause::VmStop.into()));
    assert!(!decision.candidates.contains(&Cause::PowerButtonHold.into()));
}

#[test]
fn an_end_that_is_in_no_file_was_rotated_away_unless_its_file_cannot_be_read() {
    let level = (Some(Confidence::Undetermined), Some(Initiator::Unknown));
    let missing = setting(Finding::Missing(7));
    assert_eq!(says(&[], &missing), (Cause::NoneRotated, level.0, level.1));
    let unreadable = Setting { is_salvaged: true, ..missing };
    assert_eq!(says(&[], &unreadable), (Cause::NoneUnreadable, level.0, level.1));
}

#[test]
fn pid_1s_own_crash_goes_before_the_panic_that_it_brings_about() {
    let panic = Item {
        candidates: vec![Cause::Pid1Crash],
        ..by(Initiator::Kernel, item(Role::Terminal, Cause::KernelPanic, Strength::Proof, 0))
    };
    let crash = by(Initiator::Pid1Crash, item(Role::Precursor, Cause::Pid1Crash, Strength::Strong, 1));
    let nothing = setting(Finding::Nothing);
    assert_eq!(says(std::slice::from_ref(&panic), &nothing), proven(Cause::KernelPanic, Initiator::Kernel));
    assert_eq!(says(&[crash.clone(), panic], &nothing), proven(Cause::Pid1Crash, Initiator::Pid1Crash));
    let likely = (Cause::Pid1Crash, Some(Confidence::Likely), Some(Initiator::Pid1Crash));
    assert_eq!(says(std::slice::from_ref(&crash), &nothing), likely);
    let freeze = item(Role::Precursor, Cause::Pid1Freeze, Strength::Strong, 0);
    let frozen = (Cause::Pid1Freeze, Some(Confidence::Likely), Some(Initiator::Unknown));
    assert_eq!(says(&[crash, freeze], &nothing), frozen);
}

#[test]
fn what_may_be_of_another_end_proves_nothing_and_excludes_nothing() {
    let kept =
        Item { doubt: Some("it may be older"), ..item(Role::Record, Cause::WatchdogHardware, Strength::Proof, 0) };
    let decision = decide(std::slice::from_ref(&kept), &setting(Finding::Nothing), &Weights::default());
    assert_eq!((decision.cause, decision.confidence), (Cause::WatchdogHardware, Some(Confidence::Likely)));
    assert_eq!(decision.downgrades, ["likely, not proven: it may be older"]);
    let complete = decide(&[request(), kept.clone()], &setting(Finding::Complete), &Weights::default());
    assert!(!complete.is_hung);
    assert_eq!((complete.cause, complete.confidence), (Cause::RequestedApi, Some(Confidence::Proven)));
    let panic = by(Initiator::Kernel, item(Role::Terminal, Cause::KernelPanic, Strength::Proof, 0));
    assert_eq!(says(&[kept.clone(), panic], &setting(Finding::Nothing)), proven(Cause::KernelPanic, Initiator::Kernel));
    let excluding = Item { excludes: vec![Cause::PowerLoss], ..kept };
    let decision = decide(&[excluding], &setting(Finding::Nothing), &Weights::default());
    assert!(decision.candidates.contains(&Cause::PowerLoss.into()));
    let plan = Item { is_plan: true, ..item(Role::Request, Cause::RequestedScheduled, Strength::Proof, 300) };
    let plan = Item { doubt: Some("its time zone is not known"), ..plan };
    let planned = decide(&[request(), plan], &setting(Finding::Complete), &Weights::default());
    assert_eq!((planned.cause, planned.confidence), (Cause::RequestedScheduled, Some(Confidence::Likely)));
}
