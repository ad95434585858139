//! The verdict: initiator, cause, confidence, and what contributed.
//!
//! Signs become items: a rule's strength and causes with a place in time. Which of them decide depends on what the end
//! comes down to, and the order is strict: a record that the next boot found goes before the kernel's last words, those
//! before what asked for the end, that before what went wrong earlier, and all before what files and clocks suggest.
//! Only a sign that settles its facet alone makes a cause proven, and only where it is certainly of this boot.

mod abrupt;
pub(super) mod advice;
pub(super) mod armed;
pub(super) mod believed;
mod broken_off;
mod cards;
pub(super) mod circumstances;
pub(super) mod confidence;
pub(super) mod contributing;
pub(super) mod decision;
mod drives;
mod dump;
pub(super) mod dumps;
pub(super) mod emergency;
pub(super) mod force;
pub(super) mod habit;
mod ids;
pub(super) mod item;
pub(super) mod later;
mod logins;
pub(super) mod machine;
pub(super) mod noise;
pub(super) mod observe;
pub(super) mod orderly;
pub(super) mod otherwise;
mod outage;
pub(super) mod phrase;
mod points;
pub(super) mod precedence;
mod relayed;
mod requests;
mod restart;
mod sessions;
pub(super) mod setting;
pub(super) mod signs;
pub(super) mod structure;
#[cfg(test)]
mod tests;
mod unfed;
mod usual;
pub(super) mod whole;

pub use ids::{Cause, Condition, Confidence, Initiator, Only, UnknownWord};
pub use points::Points;
