//! What contributed to an end, or went on beside it: a list of its own, however loud.

use super::ids::{Cause, Condition, Only};
use super::item::{Item, Role};
use crate::analysis::report::Side;

/// A condition with the sign that shows it best.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Contribution<'i> {
    pub(in crate::analysis) condition: Condition,
    /// The latest sign of it; none where no line shows it.
    pub(in crate::analysis) item: Option<&'i Item>,
    /// How many signs there are.
    pub(in crate::analysis) count: usize,
}

/// The conditions that signs show beside the cause, the latest first.
pub(in crate::analysis) fn beside(items: &[Item], cause: Cause, is_hung: bool) -> Vec<Contribution<'_>> {
    let own = items.iter().filter(|item| item.side == Side::This);
    let mut signs: Vec<(&Item, Condition)> =
        own.filter_map(|item| Some((item, condition(item)?))).filter(|(_, shown)| !is_said_by(cause, *shown)).collect();
    signs.sort_by_key(|(item, _)| item.ago);
    let mut found: Vec<Contribution<'_>> = Vec::new();
    for (item, condition) in signs {
        match found.iter_mut().find(|known| known.condition == condition) {
            Some(known) => known.count += 1,
            None => found.push(Contribution { condition, item: Some(item), count: 1 }),
        }
    }
    let hang = Condition::Only(Only::ShutdownHang);
    if is_hung && found.iter().all(|known| known.condition != hang) {
        found.push(Contribution { condition: hang, item: None, count: 0 });
    }
    found
}

/// Whether a cause says what a condition says: of a machine that died in its sleep all know that it slept.
fn is_said_by(cause: Cause, shown: Condition) -> bool {
    let died_asleep = [Cause::SleepNoResume, Cause::SleepBatteryDied].contains(&cause);
    shown == cause.into() || (died_asleep && shown == Cause::SleepNoResume.into())
}

/// What a sign shows that is no mere request.
fn condition(item: &Item) -> Option<Condition> {
    let last_words = || item.cause().filter(|_| item.role == Role::Terminal).map(Condition::from);
    item.condition().or_else(last_words)
}
