//! The verdict: initiator, cause, confidence, and what contributed.

mod ids;

pub use ids::{Cause, Condition, Confidence, Initiator, Only, UnknownWord};
