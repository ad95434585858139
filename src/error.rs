//! What a caller sees when something could not be done.

use std::path::PathBuf;

use crate::corrupt::Corrupt;

/// Why a file, a directory or a query could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is something else; `looks_like` names it where its first bytes tell.
    #[error("{}: not a journal{}", path.display(), looks_like.map(|it| format!(": looks like {it}")).unwrap_or_default())]
    NotAJournal {
        /// The file.
        path: PathBuf,
        /// What its first bytes look like.
        looks_like: Option<&'static str>,
    },
    /// The file's header is unusable.
    #[error("{}: {damage}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        damage: Corrupt,
    },
    /// The file uses format features that nobody here knows.
    #[error("{}: unsupported incompatible flags {bits:#x}: the file needs a newer reader", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The unknown bits of `incompatible_flags`.
        bits: u32,
    },
    /// A file that is being written would become longer than a journal can be.
    #[error("{}: the journal would have more than {limit} bytes: select less", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most bytes it may have.
        limit: u64,
    },
    /// What a person typed cannot be understood.
    #[error("{what}: {input:?}: {why}")]
    BadQuery {
        /// Which option or term.
        what: &'static str,
        /// What was typed.
        input: String,
        /// What is wrong with it.
        why: String,
    },
    /// What a person typed lacks something.
    #[error("{what} needs {needs}")]
    Incomplete {
        /// Which option or term.
        what: &'static str,
        /// What else must be typed.
        needs: &'static str,
    },
    /// Nothing readable was found where the caller looked.
    #[error("{}: no journal files here", path.display())]
    NoJournals {
        /// Where they were expected.
        path: PathBuf,
    },
    /// The journal lacks what was asked for, such as a boot.
    #[error("{what} not found: {input}")]
    NotFound {
        /// The kind of thing.
        what: &'static str,
        /// What was asked for.
        input: String,
    },
}
