//! Cards that went away: which of them held no disk of the system's, or were back at once.

use super::item::{Item, Role};
use crate::analysis::disks::{self, System};
use crate::analysis::ending::Case;
use crate::analysis::rules::Observed;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::{HEAD_LINES, HEAD_WINDOW, TAIL_LINES, TAIL_WINDOW};
use crate::analysis::source::{Glance, Line, Wanted};

/// The rule of cards that went away.
const REMOVED: &str = "storage.removed";
/// Without its disk a machine writes no more; what was on its way takes less.
const OUTLIVES: u64 = 2_000_000;

/// What the kernel says of the slots for cards.
struct Slots {
    /// While the boot began.
    first: Vec<Line>,
    /// At its end.
    last: Vec<Line>,
    /// What holds the system.
    system: Option<System>,
}

/// Takes the weight from cards that were not the system's.
pub(super) fn settle(case: &Case<'_>, items: &mut [Item], observed: &[Observed]) {
    let is_removal = |item: &Item| item.rule == REMOVED && item.role == Role::Precursor;
    if !items.iter().any(is_removal) {
        return;
    }
    let slots = Slots::of(case);
    let of_storage = |item: &Item| item.cause().is_some_and(|cause| cause.id().starts_with("storage."));
    let errors = items.iter().filter(|item| of_storage(item) && item.rule != REMOVED);
    let errors: Vec<u64> = errors.map(|item| item.ago).collect();
    for (item, seen) in items.iter_mut().zip(observed).filter(|(item, _)| is_removal(item)) {
        // Who misses its disk says so.
        let is_missed = errors.iter().any(|ago| *ago <= item.ago);
        if slots.held_no_disk(&seen.line) || (item.ago > OUTLIVES && !is_missed) {
            item.contributing = item.condition();
            item.role = Role::Note;
        }
    }
}

impl Slots {
    fn of(case: &Case<'_>) -> Self {
        let says = |line: &Line| line.message().starts_with("mmc");
        let keep = |line: &Line| Sender::Kernel.wrote(line) && says(line);
        let glance = Some(Glance::at_message(&says));
        let wanted = || Wanted { terms: Sender::Kernel.marks(), keep: &keep, glance };
        Self {
            first: case.source.head(case.boot, HEAD_LINES, HEAD_WINDOW, wanted()),
            last: case.source.tail(case.boot, TAIL_LINES, TAIL_WINDOW, wanted()),
            system: disks::of_root(case.source, case.boot),
        }
    }

    /// Whether the card whose removal a line tells is back, is a chip that is no disk, or is none of the system's.
    fn held_no_disk(&self, removal: &Line) -> bool {
        let message = removal.message();
        let Some((slot, rest)) = message.split_once(": card ") else { return false };
        let card = rest.split(' ').next().unwrap_or_default();
        let found = |line: &&Line| {
            let message = line.message();
            let found = message.strip_prefix(slot).and_then(|rest| rest.strip_prefix(": new "));
            found.is_some_and(|found| found.ends_with(&format!("card at address {card}")))
        };
        let is_back = self.last.iter().filter(found).any(|line| line.monotonic > removal.monotonic);
        let is_chip = self.first.iter().filter(found).any(|line| line.message().contains(" SDIO card "));
        is_back || is_chip || self.is_of_another(slot)
    }

    /// Whether the system's disk is in another slot: the kernel names the slot with the disk.
    fn is_of_another(&self, slot: &str) -> bool {
        let Some(system) = self.system.as_ref().and_then(System::card) else { return false };
        let mut named = self.first.iter().filter_map(|line| {
            let message = line.message();
            let (named, _) = message.strip_prefix(system)?.strip_prefix(": ")?.split_once(':')?;
            Some(named != slot)
        });
        named.next().unwrap_or(false)
    }
}
