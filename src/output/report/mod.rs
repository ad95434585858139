//! A post-mortem, rendered.
//!
//! [`text`] is for a terminal. As JSON a [`Postmortem`](crate::analysis::Postmortem) needs no rendering: it is its own
//! schema.

mod end;
pub(super) mod page;
#[cfg(test)]
mod tests;
pub mod text;
mod timeline;
mod weighed;
