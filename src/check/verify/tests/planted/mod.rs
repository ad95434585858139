//! One file for each rule: the rule is found, at the place where it is broken, and no fault without need.

mod header;
mod links;
mod made;
mod objects;
#[cfg(feature = "seal")]
mod seals;

use super::*;
use crate::testkit::synth::{Layout, Record, Synth};
use crate::testkit::wound::{flip_bit, loop_chain, put_u32, put_u64, zero, zero_array_item};

/// What is planted: the rule, other rules that cannot be kept by such a file, and the wound, which returns its place.
type Plant = (Rule, &'static [Rule], fn(&mut Vec<u8>, &Layout) -> u64);

/// A file that breaks a rule.
struct Case {
    rule: Rule,
    /// Faults that cannot be avoided in such a file.
    others: &'static [Rule],
    bytes: Vec<u8>,
    at: u64,
    #[cfg(feature = "seal")]
    key: Option<super::super::Key>,
}

impl Case {
    fn new(rule: Rule, others: &'static [Rule], bytes: Vec<u8>, at: u64) -> Self {
        Self {
            rule,
            others,
            bytes,
            at,
            #[cfg(feature = "seal")]
            key: None,
        }
    }

    fn check(&self, threads: usize) -> Findings {
        let options = Options {
            threads,
            #[cfg(feature = "seal")]
            key: self.key.as_ref(),
            ..Options::default()
        };
        verify(&file(self.bytes.clone()), &options).findings
    }
}

fn read(bytes: &[u8], at: u64) -> u64 {
    u64::from_le_bytes(bytes[at as usize..at as usize + 8].try_into().unwrap())
}

fn write(bytes: &mut [u8], at: u64, value: u64) -> u64 {
    put_u64(bytes, at, value);
    at
}

/// A value that many entries have.
fn shared<'a>(layout: &'a Layout, payload: &str) -> &'a crate::testkit::synth::DataAt {
    layout.find_data(payload.as_bytes()).unwrap()
}

/// The file that gets the wounds.
pub(super) fn plain() -> (Vec<u8>, Layout) {
    let synth = sample(60).padding(4096);
    (synth.build(), synth.layout())
}

fn cases() -> Vec<Case> {
    let wounds = header::WOUNDS.iter().chain(objects::WOUNDS).chain(links::WOUNDS).chain(made::WOUNDS);
    let wounded = wounds.map(|(rule, others, wound)| {
        let (mut bytes, layout) = plain();
        let at = wound(&mut bytes, &layout);
        Case::new(*rule, others, bytes, at)
    });
    let cases = wounded.chain(made::cases());
    #[cfg(feature = "seal")]
    let cases = cases.chain(seals::cases());
    cases.collect()
}

#[test]
fn each_rule_is_found_where_it_was_broken_and_no_other_without_need() {
    let mut wrong = Vec::new();
    for (index, case) in cases().iter().enumerate() {
        for threads in [1, 4] {
            let findings = case.check(threads);
            let is_found = findings.iter().any(|found| found.rule == case.rule && found.damage.at.0 == case.at);
            let faults = faults(&findings);
            if !is_found || faults.iter().any(|(found, _)| *found != case.rule && !case.others.contains(found)) {
                wrong.push(format!("{index} {:?} at {:#x}, {threads} threads: {findings:x?}", case.rule, case.at));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[cfg(all(feature = "seal", feature = "zstd"))]
fn every_rule_has_a_file_that_breaks_it() {
    let planted: Vec<Rule> = cases().iter().map(|case| case.rule).collect();
    let missing: Vec<&Rule> = Rule::ALL.iter().filter(|rule| !planted.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
