//! Entries that several files hold, told apart from entries that only look alike.

use std::collections::HashMap;

use crate::format::{EntryHead, Id128, limits};

/// How many entries of one moment are compared one by one; more go into a map.
const FEW: usize = 32;

/// Boot, monotonic, realtime and hash: what a copy keeps.
pub(super) type Identity = (Id128, u64, u64, u64);

/// What tells an entry from others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    pub(super) identity: Identity,
    pub(super) strand: Id128,
    pub(super) seqnum: u64,
    pub(super) file: u32,
    /// Nobody knows what it is, so that it repeats and contradicts no other.
    pub(super) is_unread: bool,
}

impl Seen {
    pub(super) const fn of(head: &EntryHead, strand: Id128, file: u32) -> Self {
        let identity = (head.boot_id, head.monotonic.0, head.realtime.0, head.xor_hash);
        Self { identity, strand, seqnum: head.seqnum.0, file, is_unread: false }
    }

    /// An entry that cannot be read, of which a neighbour or a list tells when it was.
    pub(super) const fn unread(head: &EntryHead, strand: Id128, file: u32) -> Self {
        let mut seen = Self::of(head, strand, file);
        seen.is_unread = true;
        seen
    }

    /// Whether two files give different entries under one number; `other` is a neighbour in the strand.
    pub(super) fn conflicts(&self, other: &Self) -> bool {
        other.seqnum == self.seqnum && other.file != self.file && other.identity != self.identity
    }
}

/// The entries of one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Repeats {
    moment: Option<u64>,
    few: Vec<Seen>,
    many: HashMap<Identity, Vec<Seen>>,
}

impl Repeats {
    /// Whether another file has given the same entry in the same moment.
    pub(super) fn is_repeat(&mut self, moment: u64, seen: Seen) -> bool {
        if seen.is_unread {
            return false;
        }
        if self.moment != Some(moment) {
            self.moment = Some(moment);
            self.few.clear();
            self.many.clear();
        }
        let same = |other: &Seen| {
            other.identity == seen.identity
                && other.file != seen.file
                && (other.strand != seen.strand || other.seqnum == seen.seqnum)
        };
        let repeat = if self.many.is_empty() {
            self.few.iter().any(same)
        } else {
            self.many.get(&seen.identity).is_some_and(|others| others.iter().any(same))
        };
        if !repeat {
            self.keep(seen);
        }
        repeat
    }

    fn keep(&mut self, seen: Seen) {
        if self.many.is_empty() && self.few.len() < FEW {
            return self.few.push(seen);
        }
        for seen in self.few.drain(..).chain([seen]) {
            let others = self.many.entry(seen.identity).or_default();
            if others.len() < limits::REPEATS_KEPT {
                others.push(seen);
            }
        }
    }
}
