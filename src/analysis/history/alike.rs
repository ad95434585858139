//! What abrupt ends of several machines have in common.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{FirstFailure, change};
use crate::analysis::report::Orderliness;
use crate::analysis::source::{Source, Wanted};
use crate::format::Id128;

/// So many abrupt ends are looked at, the newest.
const LOOKED_AT: usize = 500;

/// Something that abrupt ends of several machines share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alike {
    /// What they share, as a phrase: `kernel 6.1.0` and `last line "x"`, or a change before the first failure.
    pub what: String,
    /// The boots, oldest first.
    pub boots: Vec<usize>,
    /// How many machines they ran on.
    pub machines: usize,
}

/// Abrupt ends of several machines under one kernel with one last message, numbers aside; and the same change before
/// the first failure of several machines.
pub(super) fn of(source: &dyn Source, ends: &[Orderliness], first: &[FirstFailure]) -> Vec<Alike> {
    let mut shared: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    let abrupt = ends.iter().enumerate().rev().filter(|(_, end)| **end == Orderliness::Abrupt);
    for (boot, _) in abrupt.take(LOOKED_AT) {
        let Some(last) = source.tail(boot, 1, 0, Wanted::ALL).pop() else { continue };
        let Some(kernel) = change::versions(source, boot).kernel else { continue };
        let what = format!("kernel {kernel} and the last line \"{}\"", template(&last.message()));
        shared.entry(what).or_default().insert(boot);
    }
    for failure in first {
        for change in &failure.changes {
            shared.entry(format!("before the first failure: {}", change)).or_default().insert(failure.boot);
        }
    }
    shared.into_iter().filter_map(|(what, boots)| alike(source, what, boots)).collect()
}

fn alike(source: &dyn Source, what: String, boots: BTreeSet<usize>) -> Option<Alike> {
    let machine = |boot: &usize| source.boots().get(*boot).map(|facts| facts.machine);
    let machines: BTreeSet<Id128> = boots.iter().filter_map(machine).collect();
    (machines.len() > 1).then(|| Alike { what, boots: boots.into_iter().collect(), machines: machines.len() })
}

/// A message without its numbers, and not too long.
fn template(message: &str) -> String {
    let mut text = String::new();
    for letter in message.chars().take(120) {
        match letter {
            '0'..='9' if text.ends_with('#') => {}
            '0'..='9' => text.push('#'),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_has_no_numbers_and_no_control_characters() {
        assert_eq!(template("eth0: link 1000 Mbps\x1b[31m"), "eth#: link # Mbps [#m");
    }
}
