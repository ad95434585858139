//! Words of rules files for values that are spelled by `serde` only.

use super::super::report::{Action, Stage, Strength};

fn named<T: Copy>(word: &str, known: &[(&str, T)]) -> Result<T, String> {
    let found = known.iter().find(|(name, _)| *name == word).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        format!("`{word}` is not one of {}", names.join(", "))
    })
}

const ACTIONS: [(&str, Action); 7] = [
    ("reboot", Action::Reboot),
    ("poweroff", Action::Poweroff),
    ("halt", Action::Halt),
    ("kexec", Action::Kexec),
    ("reset", Action::Reset),
    ("power-cut", Action::PowerCut),
    ("unknown", Action::Unknown),
];

const STRENGTHS: [(&str, Strength); 5] = [
    ("proof", Strength::Proof),
    ("strong", Strength::Strong),
    ("moderate", Strength::Moderate),
    ("weak", Strength::Weak),
    ("context", Strength::Ctx),
];

const STAGES: [(&str, Stage); 4] = [("S0", Stage::S0), ("S1", Stage::S1), ("S2", Stage::S2), ("S3", Stage::S3)];

pub(super) fn action(word: &str) -> Result<Action, String> {
    named(word, &ACTIONS)
}

pub(super) fn strength(word: &str) -> Result<Strength, String> {
    named(word, &STRENGTHS)
}

pub(super) fn stage(word: &str) -> Result<Stage, String> {
    named(word, &STAGES)
}
