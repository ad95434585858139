//! The entries between tags, and the proof that grows from tag to tag.

use crate::check::verify::proof::{Break, Proof};
use crate::check::verify::scan::Seal;
use crate::check::{Piece, Walk};
use crate::corrupt::Offset;
use crate::file::JournalFile;
use crate::format::{EntryHead, Realtime, Seqnum, entry};

/// The entries between two tags.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stretch {
    pub(super) entries: u64,
    pub(super) first: Option<(Seqnum, Realtime)>,
    pub(super) last: Option<(Seqnum, Realtime)>,
    pub(super) oldest: Option<Realtime>,
    pub(super) newest: Option<Realtime>,
}

impl Stretch {
    fn push(&mut self, head: &EntryHead) {
        let one = Some((head.seqnum, head.realtime));
        self.entries = self.entries.saturating_add(1);
        self.first = self.first.or(one);
        self.last = one;
        self.oldest = Some(self.oldest.map_or(head.realtime, |oldest| oldest.min(head.realtime)));
        self.newest = self.newest.max(Some(head.realtime));
    }
}

/// The entries before each tag and behind the one before it, and at last those behind the last tag.
///
/// Where objects do not follow one another (`is_broken`), they are looked for.
pub(super) fn stretches(file: &JournalFile, tags: &[Seal], is_broken: bool) -> Vec<Stretch> {
    if is_broken {
        return scattered(file, tags);
    }
    let mut stretches = Vec::with_capacity(tags.len().saturating_add(1));
    let mut from = file.objects_from();
    let ends = tags.iter().map(|tag| tag.at).chain([Offset(file.image().len())]);
    for to in ends {
        let mut stretch = Stretch::default();
        for raw in file.objects(&(from..to)).flatten().filter(|raw| raw.kind == entry::TYPE) {
            if let Ok(head) = EntryHead::decode(raw) {
                stretch.push(&head);
            }
        }
        stretches.push(stretch);
        from = to;
    }
    stretches
}

/// The same, wherever there is an entry.
fn scattered(file: &JournalFile, tags: &[Seal]) -> Vec<Stretch> {
    let mut stretches = vec![Stretch::default(); tags.len().saturating_add(1)];
    for piece in Walk::frugal(file) {
        let (Piece::Sound(raw) | Piece::Doubtful(raw, _)) = piece else { continue };
        let stretch = stretches.get_mut(tags.partition_point(|tag| tag.at < raw.at));
        if let (entry::TYPE, Some(stretch), Ok(head)) = (raw.kind, stretch, EntryHead::decode(raw)) {
            stretch.push(&head);
        }
    }
    stretches
}

/// What was proven so far.
#[derive(Debug, Default)]
pub(super) struct Growing {
    pub(super) proof: Proof,
    /// The newest entry so far.
    pub(super) newest: Option<Realtime>,
    /// The epoch of the last tag.
    pub(super) epoch: Option<u64>,
}

impl Growing {
    /// Takes the next tag, whose epoch ends at `until`; whether its seal is right, and proves what lies before it.
    pub(super) fn push(&mut self, tag: &Seal, until: Realtime, within: &Stretch, (is_right, proves): (bool, bool)) {
        self.newest = self.newest.max(within.newest);
        self.epoch = Some(tag.epoch);
        let proof = &mut self.proof;
        proof.tags = proof.tags.saturating_add(1);
        proof.right = proof.right.saturating_add(u64::from(is_right));
        let Stretch { entries, first, last, .. } = *within;
        if !proves && proof.broken.is_none() {
            proof.broken = Some(Break { at: tag.at.0, tag: tag.seqnum, epoch: tag.epoch, entries, first, last });
        }
        if proof.broken.is_none() {
            proof.entries = proof.entries.saturating_add(entries);
            proof.first = proof.first.or(first);
            proof.last = last.or(proof.last);
            proof.until = Some(until);
        }
    }
}
