//! One sign of a report: what it shows, how much it weighs, and where it can be seen.

use serde::Serialize;

use crate::format::{Monotonic, Realtime, Seqnum};

/// One sign, and what it shows.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// The rule that it comes from.
    pub rule: String,
    /// What it shows, as a sentence without a full stop.
    pub shows: String,
    /// How much it weighs.
    pub strength: Strength,
    /// Which boot says so.
    pub side: Side,
    /// Where to see it.
    #[serde(flatten)]
    pub witness: Witness,
}

/// How much a sign weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Context only.
    #[serde(rename = "context")]
    Ctx,
    /// A hint.
    Weak,
    /// Makes it plausible.
    Moderate,
    /// Hard to explain otherwise.
    Strong,
    /// Settles the facet alone.
    Proof,
}

/// Which boot a sign lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The boot that ended.
    This,
    /// The boot after it.
    Next,
}

/// Where a sign can be seen.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Witness {
    /// In an entry.
    Line(Place),
    /// In a file's name or header.
    File(String),
}

/// An entry: where it stands and what it says.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// The cursor.
    pub cursor: String,
    /// The file's name.
    pub file: String,
    /// Where the entry starts in the file, in bytes.
    pub offset: u64,
    /// The entry's number.
    pub seqnum: Seqnum,
    /// When it was written, by the wall clock.
    pub realtime: Realtime,
    /// When it was written, since the boot began.
    pub monotonic: Monotonic,
    /// The unit that it is about or comes from, else the name that its writer gave itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The message; bytes that are no text are replaced.
    pub message: String,
}
