//! How a boot ended, as a judgement that shows its evidence.
//!
//! It asks a [`Source`] for facts and lines and knows nothing of files: a journal is one source, a hand-made [`Listed`]
//! another.

mod listed;
mod source;

pub use listed::Listed;
pub use source::{BootFacts, FileFacts, FileState, Line, Moment, Numbered, Source};
