//! What seals prove of a file, and where the proof ends.

use serde::Serialize;

use crate::format::{Realtime, Seqnum};

/// What the seals of a file prove, with a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// How many tags there are.
    pub tags: u64,
    /// How many of them are the seals of what lies before them, whatever their times and their order say.
    pub right: u64,
    /// Entries that lie before the first tag that proves nothing, and are proven without a gap.
    pub entries: u64,
    /// The first proven entry.
    pub first: Option<(Seqnum, Realtime)>,
    /// The last proven entry.
    pub last: Option<(Seqnum, Realtime)>,
    /// The end of the epoch of the last tag before that one: later entries would have another seal.
    pub until: Option<Realtime>,
    /// The first tag that is wrong, or whose time or number contradicts the entries or the tag before.
    pub broken: Option<Break>,
    /// Entries behind the last tag, which nothing seals.
    pub unsealed: u64,
}

/// Where the proof ends: a tag that proves nothing, and the entries that it should seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// Where the tag lies.
    pub at: u64,
    /// Its number.
    pub tag: u64,
    /// Its epoch.
    pub epoch: u64,
    /// How many entries lie between it and the tag before.
    pub entries: u64,
    /// The first of them.
    pub first: Option<(Seqnum, Realtime)>,
    /// The last of them.
    pub last: Option<(Seqnum, Realtime)>,
}
