//! What asked for an end for another reason than the verdict's: it is no evidence for that, though a shutdown had begun.

use super::believed::{is_of_manager, is_one_request};
use super::confidence::explains;
use super::decision::Decision;
use super::ids::Cause;
use super::item::{Item, Role};
use super::setting::Setting;

/// Whether a sign names another reason for the shutdown than the verdict does, where the verdict names what set it going.
///
/// That logind or PID 1 was asked is no other reason, and neither is what brings the cause about or follows from it, nor
/// a signal of the container's manager, whatever it means elsewhere.
pub(in crate::analysis) fn asks(item: &Item, (items, setting): (&[Item], &Setting), decision: &Decision) -> bool {
    let cause = decision.cause;
    let is_set_going = cause.sets_off() && cause != Cause::PolicyJobTimeout;
    let is_plain = |other: &Cause| *other == Cause::RequestedApi || explains(cause, *other) || explains(*other, cause);
    let own = items.iter().filter(|own| own.role == Role::Request && own.speaks_for(cause));
    let mut own = own.map(|own| (own.causes.as_slice(), own.candidates.as_slice()));
    let is_another = !item.speaks_for(cause) && !item.causes.is_empty() && !item.causes.iter().any(is_plain);
    item.role == Role::Request
        && is_set_going
        && is_another
        && !is_of_manager(item, setting)
        && !own.any(|own| is_one_request(own, (&item.causes, &item.candidates)))
}

/// The same sign, which says if it came when the shutdown was under way.
pub(in crate::analysis) fn told(item: &Item, setting: &Setting) -> Item {
    let is_late = !item.is_plan && setting.began.is_some_and(|began| item.ago < began);
    let when = if is_late { ", after the shutdown had begun" } else { "" };
    Item { shows: format!("{}{when}", item.shows), ..item.clone() }
}
