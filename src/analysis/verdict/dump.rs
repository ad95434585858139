//! What a dump itself says, where the journal holds its text: why the kernel panicked.

use std::borrow::Cow;

use super::ids::Cause;
use super::item::{Item, Role};
use crate::analysis::report::Strength;
use crate::analysis::rules::{Observed, Rulebook};
use crate::analysis::source::Line;

/// The field with the text, which systemd-pstore writes where `Storage=journal`.
const TEXT: &str = "FILE";
/// How the kernel begins to say why it panicked.
const PANIC: &str = "Kernel panic - not syncing";

/// Why the kernel dumped its last lines, as a dump's own first line says it, `Panic#1 Part1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Occasion {
    /// It panicked.
    Panic,
    /// It had an oops, which it may have outlived.
    Oops,
    /// It restarted, halted or switched off, as it was told.
    Shutdown,
}

impl Occasion {
    /// The names that kernels have given these, old and new.
    fn of(text: &str) -> Option<Self> {
        let (name, behind) = text.lines().next()?.trim_start().split_once('#')?;
        match name {
            _ if !behind.contains(" Part") => None,
            "Panic" => Some(Self::Panic),
            "Oops" => Some(Self::Oops),
            "Emergency" | "Restart" | "Halt" | "Poweroff" | "Shutdown" => Some(Self::Shutdown),
            _ => None,
        }
    }
}

/// A dump's sign, which speaks for what its text names as the reason, if the text is there and names one; of a dump that
/// says that it is of no panic, it is no proof of one.
pub(super) fn with_reason(book: &Rulebook, item: Item, line: &Line) -> Item {
    let Some((said, reason)) = reason(book, line) else { return on_occasion(item, line) };
    let shows = format!("{}; it says: {said}", item.shows);
    let (causes, candidates, initiator) =
        (reason.rule.causes.clone(), reason.rule.candidates.clone(), reason.rule.initiator);
    Item { causes, candidates, initiator: initiator.or(item.initiator), shows, ..item }
}

fn on_occasion(item: Item, line: &Line) -> Item {
    let text = line.first(TEXT).map(String::from_utf8_lossy).unwrap_or_default();
    match Occasion::of(&text) {
        None | Some(Occasion::Panic) => item,
        Some(Occasion::Oops) => Item {
            strength: item.strength.min(Strength::Strong),
            causes: vec![Cause::KernelOops],
            candidates: vec![Cause::KernelPanic],
            shows: "the kernel had left a dump of its last lines; it says that it is of an oops".to_owned(),
            ..item
        },
        Some(Occasion::Shutdown) => Item {
            role: Role::Note,
            shows: "the kernel had left a dump of its last lines; it says that it is of a restart or power-off"
                .to_owned(),
            ..item
        },
    }
}

/// What the catalogue says of the panic in a dump's text, and the words; the most specific, where it says several things.
fn reason(book: &Rulebook, line: &Line) -> Option<(String, Observed)> {
    let text = String::from_utf8_lossy(line.first(TEXT)?);
    let said = text.lines().filter_map(kernels).find(|said| said.starts_with(PANIC))?.to_owned();
    let field = |name: &'static str, value: &str| (Cow::Borrowed(name), value.as_bytes().to_vec());
    let fields = vec![field("_TRANSPORT", "kernel"), field("SYSLOG_FACILITY", "0"), field("MESSAGE", &said)];
    let line = Line { fields, ..*line };
    let observed = book.observe(false, &line).into_iter();
    let named = observed.filter_map(|seen| Some((*seen.rule.causes.first()?, seen)));
    let (_, seen) = named.min_by_key(|(cause, _)| *cause == Cause::KernelPanic)?;
    Some((said, seen))
}

/// What the kernel itself said in a line of a dump, `<level>[time] text`; userspace's lines have higher numbers.
fn kernels(line: &str) -> Option<&str> {
    let (level, rest) = line.strip_prefix('<')?.split_once('>')?;
    level.parse::<u8>().ok().filter(|level| *level < 8)?;
    let rest = rest.trim_start();
    Some(rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")).map_or(rest, |(_, text)| text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_kernel_said_is_its_own() {
        assert_eq!(kernels("<0>[  123.456789] Kernel panic - not syncing: x"), Some("Kernel panic - not syncing: x"));
        assert_eq!(kernels("<0>Kernel panic - not syncing: x"), Some("Kernel panic - not syncing: x"));
        assert_eq!(kernels("<12>[    1.000000] Kernel panic - not syncing: x"), None);
        assert_eq!(kernels("Kernel panic - not syncing: x"), None);
        assert_eq!(kernels("<0"), None);
    }
}
