//! What lines a source is asked for, where an index alone cannot tell them.

use std::fmt;

pub use super::glance::Glance;
use super::source::Line;

/// Which lines of a stretch are asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Each has at least one of the fields that these terms ask for; without a term, any will do.
    pub terms: &'a [&'a str],
    /// And each passes this.
    pub keep: &'a dyn Fn(&Line) -> bool,
    /// What each that passes that passes as well, and costs less to ask.
    pub glance: Option<Glance<'a>>,
}

impl Wanted<'_> {
    /// All lines.
    pub const ALL: Self = Self { terms: &[], keep: &|_| true, glance: None };
}

impl fmt::Debug for Wanted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wanted").field("terms", &self.terms).finish_non_exhaustive()
    }
}

/// Which lines are asked for by what they say and who says it.
///
/// A voice is some writers, who are listened to for the same words; it is a bit. A line is heard where a voice that its
/// message is of interest from is one that its fields tell.
#[derive(Clone, Copy)]
pub struct Heard<'a> {
    /// Terms that tell who wrote a line, each with the voices of these.
    pub voices: &'a [(String, u64)],
    /// Those of the voices given that a message is of interest from; there may be others among them.
    pub speaks: &'a (dyn Fn(&[u8], u64) -> u64 + Sync),
}

impl fmt::Debug for Heard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Heard").field("voices", &self.voices).finish_non_exhaustive()
    }
}
