//! What a UPS told before an end without a shutdown: the mains had gone, and its battery may have run out.

use super::ids::{Cause, Condition};
use super::item::{Item, Role};
use crate::analysis::report::Strength;

/// Lets a UPS that ran on its battery to the end speak for a loss of power, where nobody shut the machine down.
pub(super) fn settle(items: &mut [Item]) {
    let of_mains = Some(Condition::Cause(Cause::PowerLoss));
    let ran_on = |item: &&mut Item| {
        item.role == Role::Request && item.cause() == Some(Cause::PowerUps) && item.contributing == of_mains
    };
    for item in items.iter_mut().filter(ran_on) {
        item.role = Role::Precursor;
        // That the UPS tells of the mains is no proof that they were what failed in the end.
        item.strength = item.strength.min(Strength::Strong);
        item.initiator = None;
        item.candidates.extend(std::mem::replace(&mut item.causes, vec![Cause::PowerLoss]));
    }
}
