//! The catalogue's rules of what no single line shows, on the logs that they name.

use std::collections::{BTreeMap, BTreeSet};

use super::cases;
use super::log::Log;
use crate::analysis::rules::{Rulebook, Structural};
use crate::analysis::survey::Survey;
use crate::analysis::{Cause, Condition, Evidence, Source, judge, postmortem};

/// The rules of all signs that the verdicts on a log's boots rest on or mention.
fn shown(write: fn(&mut Log) -> &mut Log) -> BTreeSet<String> {
    let mut log = Log::new();
    write(&mut log);
    let source = log.listed();
    let survey = Survey::of(&source, Rulebook::builtin());
    let mut rules = BTreeSet::new();
    for boot in 0..source.boots().len() {
        rules.extend(survey.judge(boot).unwrap().items.into_iter().map(|item| item.rule));
        let report = postmortem::of(&survey, boot).unwrap();
        let contributing = report.contributing.into_iter().filter_map(|known| known.evidence);
        let all = report.evidence.into_iter().chain(report.against).chain(report.events).chain(contributing);
        rules.extend(all.map(|Evidence { rule, .. }| rule));
    }
    rules
}

#[test]
fn every_sign_that_code_finds_is_in_the_catalogue_and_nothing_else_is_there() {
    let book = Rulebook::builtin();
    let stated = book.rules().iter().filter(|rule| rule.sign.is_none()).map(|rule| rule.id.as_str());
    let found: BTreeSet<&str> = Structural::ALL.iter().map(|sign| sign.id()).collect();
    assert_eq!(stated.collect::<BTreeSet<_>>(), found);
}

#[test]
fn every_structural_rule_shows_in_the_logs_that_it_names_and_not_in_the_others() {
    let shown: BTreeMap<&str, BTreeSet<String>> = cases::ALL.iter().map(|(name, log)| (*name, shown(*log))).collect();
    assert_eq!(shown.len(), cases::ALL.len(), "names are unique");
    let (mut named, mut wrong) = (BTreeSet::new(), Vec::new());
    for rule in Rulebook::builtin().rules().iter().filter(|rule| rule.sign.is_none()) {
        for (list, wanted) in [(&rule.fires_in, true), (&rule.not_in, false)] {
            assert!(!list.is_empty(), "{}: a log for each", rule.id);
            for name in list {
                let rules = shown.get(name.as_str()).unwrap_or_else(|| panic!("{}: no log {name}", rule.id));
                named.insert(name.as_str());
                if rules.contains(&rule.id) != wanted {
                    wrong.push(format!("{} {} in {name}: {rules:?}", rule.id, if wanted { "not" } else { "is" }));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(named, shown.keys().copied().collect(), "every log is somebody's");
}

#[test]
fn every_sign_of_a_verdict_has_its_rule_in_the_catalogue() {
    let rules: BTreeSet<String> = cases::ALL.iter().flat_map(|(_, log)| shown(*log)).collect();
    assert!(rules.len() > Structural::ALL.len(), "{rules:?}");
    for rule in rules {
        assert!(Rulebook::builtin().rule(&rule).is_some(), "{rule} is in no rules file");
    }
}

#[test]
fn lack_of_memory_contributes_where_a_watchdog_is_on_record() {
    let of = |record: Option<&str>| {
        let mut log = Log::new();
        log.boot(0).life(9).kernel("Out of memory: Killed process 1844 (edge-app) total-vm:7391244kB").kernel_boot(60);
        if let Some(record) = record {
            log.kernel(record);
        }
        let ending = judge(&log.after(5).come_up().listed(), 0).unwrap().ending;
        (ending.cause, ending.contributing.contains(&Condition::Cause(Cause::MemoryThrash)))
    };
    let record = "x86/amd: Previous system reset reason [0x02000800]: hardware watchdog timer expired";
    assert_eq!(of(Some(record)), (Cause::WatchdogHardware, true));
    assert!(!of(None).1, "it is the suspect itself");
}

#[test]
fn a_watchdog_that_pid_1_closed_itself_or_holds_again_was_left_by_nobody() {
    let cause = |before: &str, behind: &str| {
        let mut log = Log::new();
        log.boot(0).life(9).pid1(before).kernel("watchdog: watchdog0: watchdog did not stop!");
        judge(&log.pid1(behind).after(50).kernel("usb 1-1: new").boot(60).listed(), 0).unwrap().ending.cause
    };
    let (quiet, held) = ("Reloading.", "Using hardware watchdog 'iTCO_wdt', version 6, device /dev/watchdog0");
    assert_eq!(cause(quiet, quiet), Cause::WatchdogForeignClose);
    for (before, behind) in [("Reexecuting.", held), ("Reexecuting.", quiet), (quiet, held)] {
        assert_eq!(cause(before, behind), Cause::UndeterminedAbrupt, "{before} {behind}");
    }
    assert_eq!(cause(held, quiet), Cause::WatchdogForeignClose, "what it held before, another may have closed");
}
