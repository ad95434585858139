//! Records that tell of no end since they come whatever happened: what firmware, clocks and controllers show at every
//! boot.

use super::item::{Item, Role};
use super::machine;
use crate::analysis::ending::Finding;
use crate::analysis::report::{Action, Strength, Witness};
use crate::analysis::sender::Sender;
use crate::analysis::survey::Survey;
use crate::analysis::twins::successor;

/// The rules of records that firmware may show at every boot.
const BERT: &str = "bert.";
/// So many orderly restarts are asked at most, the nearest first.
const ASKED: usize = 32;
/// So many of these must show the same.
const LEAST: usize = 2;
const ONCE: &str = "the kernel found the same after an orderly restart, when nothing had been cut off";
const KEPT: &str = "the boot's own kernel had found the same when it began, which may have been kept from before";
pub(super) const KEPT_OR_HUNG: &str = "the boot's own kernel had found the same record when it began, though other orderly restarts leave \
                                       none: it may have been kept from before, or this restart hung too";
const UNSEEN: &str = "whether this boot's own kernel had found the same record is not in the log";

/// Takes records out of account, or into doubt, that the machine shows at other boots as well.
pub(super) fn drop(survey: &Survey<'_>, boot: usize, next: usize, items: &mut [Item]) {
    drop_firmwares(survey, boot, next, items);
    drop_repeated(survey, boot, next, items);
}

/// What another boot of the machine found in the same words is of no end; where none but the next boot tells what it
/// found, that may be so.
fn drop_firmwares(survey: &Survey<'_>, boot: usize, next: usize, items: &mut [Item]) {
    let may_be = |item: &Item| item.role == Role::Record && item.rule.starts_with(BERT);
    if !items.iter().any(may_be) {
        return;
    }
    let found = survey.firmware(next);
    let of_machine = survey.source.boots().get(next).map(|facts| facts.machine);
    let others = || {
        let boots = survey.source.boots().iter().enumerate();
        boots.filter(|(at, facts)| *at != next && Some(facts.machine) == of_machine).map(|(at, _)| at)
    };
    let is_usual = others().any(|at| survey.firmware(at) == found);
    let is_told = |at: usize| machine::has_beginning(survey.source, at);
    let is_unseen = !is_usual && !is_told(boot) && !others().any(is_told);
    for item in items.iter_mut().filter(|item| may_be(item)) {
        if is_usual {
            item.role = Role::Note;
        } else if is_unseen {
            item.doubt = Some(UNSEEN);
        }
    }
}

/// What the kernel says in the same words after most orderly restarts, when nothing was cut off or reset, says nothing
/// of an end that was not orderly. One restart shows no habit, since it may have hung on its way: it makes a doubt of what
/// is no proof. What the kernel of a boot that ran its course had itself found when it began may have been kept from before.
fn drop_repeated(survey: &Survey<'_>, boot: usize, next: usize, items: &mut [Item]) {
    // The processor's register and dumps are asked for by what they themselves tell.
    let is_asked = |item: &&mut Item| {
        let apart = item.rule.contains(".amd-") || item.rule.starts_with(BERT) || item.rule.starts_with("pstore.");
        item.role == Role::Record && !apart
    };
    let ran_its_course = survey.boots.get(boot).is_some_and(|read| read.finding == Some(Finding::Complete));
    let mut restarts: Option<Vec<usize>> = None;
    for item in items.iter_mut().filter(is_asked) {
        let Witness::Line(place) = &item.witness else { continue };
        let after = restarts.get_or_insert_with(|| after_restarts(survey, next));
        let term = format!("MESSAGE={}", place.message);
        let says = |at: &&usize| survey.source.having(**at, &[&term]).iter().any(|line| Sender::Kernel.wrote(line));
        let shown = after.iter().filter(says).count();
        let is_most = shown.saturating_mul(2) > after.len();
        if is_most && shown < LEAST && item.strength < Strength::Proof {
            item.doubt = Some(ONCE);
        } else if is_most && shown >= LEAST {
            (item.role, item.is_noise) = (Role::Note, true);
            item.shows.push_str(", as it does after this machine's orderly restarts");
        } else if ran_its_course && says(&&boot) {
            item.doubt = Some(if shown == 0 && !after.is_empty() { KEPT_OR_HUNG } else { KEPT });
        }
    }
}

/// The boots of the machine that follow an orderly restart, but for `next`.
fn after_restarts(survey: &Survey<'_>, next: usize) -> Vec<usize> {
    let of_machine = survey.source.boots().get(next).map(|facts| facts.machine);
    let is_restart = |boot: usize| {
        let Some(read) = survey.boots.get(boot).filter(|read| read.finding == Some(Finding::Complete)) else {
            return false;
        };
        matches!(read.sequence.action(), Some(Action::Reboot | Action::Kexec))
    };
    let boots = survey.source.boots().iter().enumerate();
    let own = boots.filter(|(boot, facts)| Some(facts.machine) == of_machine && is_restart(*boot));
    let mut after: Vec<usize> =
        own.filter_map(|(boot, _)| successor(survey.source, &survey.chronology, boot)).collect();
    after.retain(|at| *at != next);
    after.sort_by_key(|at| at.abs_diff(next));
    after.truncate(ASKED);
    after
}
