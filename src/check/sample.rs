//! What the objects of a file tell of its layout and its hash.

use crate::bytes::Image;
use crate::corrupt::Offset;
use crate::format::hash::FileHash;
use crate::format::header::incompatible;
use crate::format::{Codec, Data, Id128, Inflater, Layout, RawObject, Table, entry, field};

/// Some DATA objects by their looks, in the order of their places.
pub(super) struct Samples<'data> {
    data: Vec<RawObject<'data>>,
    /// The first ENTRY by its looks.
    pub(super) first_entry: Option<Offset>,
    inflater: Inflater,
}

/// Payloads that are looked at have at most this length.
const SIZE_MOST: u64 = 1 << 16;

/// A payload that a million keys are tried on has at most this length, which some payload of any real file is below:
/// below a tenth of a second.
const PROBE_MOST: usize = 64;

/// So many links of a hash table are looked at, which lie in its first page or two.
const LINKS: u64 = 64;

impl<'data> Samples<'data> {
    /// The first `most` DATA objects by their looks, in both layouts, from a place on.
    pub(super) fn from(image: Image<'data>, from: Offset, most: usize) -> Self {
        let inflater = Inflater::bounded(image.len().max(1 << 24));
        let mut found = Self { data: Vec::new(), first_entry: None, inflater };
        let mut at = from;
        while found.data.len() < most || found.first_entry.is_none() {
            let Some(head) = image.from(at).first_chunk::<16>() else { break };
            at = match found.look(image, at, head) {
                Some(size) => Offset(at.0.saturating_add(size.checked_next_multiple_of(8).unwrap_or(size))),
                None => {
                    let next = at.0.saturating_add(8);
                    Offset(next.saturating_add(super::walk::leading_zeros(image.from(Offset(next))) & !7))
                }
            };
        }
        found
    }

    /// Takes what lies at `at`; returns the size of what is an object beyond doubt.
    fn look(&mut self, image: Image<'data>, at: Offset, head: &[u8; 16]) -> Option<u64> {
        let [kind, flags, reserved @ .., _, _, _, _, _, _, _, _] = *head;
        if !(1..=7).contains(&kind) || reserved != [0; 6] || (kind != 1 && flags != 0) {
            return None;
        }
        let raw = RawObject::read(image, at, "object").ok()?;
        let size = raw.bytes.len() as u64;
        match kind {
            1 if size <= SIZE_MOST => {
                let is_data = [Layout::Regular, Layout::Compact]
                    .into_iter()
                    .any(|layout| plain(raw, layout, &mut self.inflater).is_some());
                self.data.extend(is_data.then_some(raw));
                is_data.then_some(size)
            }
            4 | 5 => is_table(raw, image.len()).then_some(size),
            entry::TYPE => {
                self.first_entry = self.first_entry.or(Some(at));
                None
            }
            _ => None,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The layout in which most payloads begin with a name; `stated` where none does more than the other.
    ///
    /// What is a name 8 bytes further on may be one from the start; the other way round there are numbers.
    pub(super) fn layout(&self, stated: Layout) -> Layout {
        let mut inflater = Inflater::default();
        let regular = self.data.iter().filter(|raw| plain(**raw, Layout::Regular, &mut inflater).is_some()).count();
        let compact = self.data.len().saturating_sub(regular);
        match regular.cmp(&compact) {
            std::cmp::Ordering::Greater => Layout::Regular,
            std::cmp::Ordering::Less => Layout::Compact,
            std::cmp::Ordering::Equal => stated,
        }
    }

    /// How many payloads have the hash that `hash` gives.
    pub(super) fn fit(&self, layout: Layout, hash: FileHash) -> usize {
        self.hashed(layout).filter(|(stored, plain)| hash.of(plain) == *stored).count()
    }

    fn hashed(&self, layout: Layout) -> impl Iterator<Item = (u64, Vec<u8>)> + '_ {
        let mut inflater = Inflater::default();
        self.data
            .iter()
            .filter_map(move |raw| Some((Data::decode(*raw, layout).ok()?.hash, plain(*raw, layout, &mut inflater)?)))
    }

    /// Whether payloads have the hash without a key: more than have that of the best of `keys`, or where none of these
    /// fits any and the key may be lost, most of all. A page of another file may lie among them.
    pub(super) fn is_unkeyed(&self, layout: Layout, keys: impl Iterator<Item = Id128>) -> bool {
        let (all, unkeyed) = (self.hashed(layout).count(), self.fit(layout, FileHash::Jenkins));
        match keys.map(|key| self.fit(layout, FileHash::Keyed(key))).max().unwrap_or_default() {
            0 => unkeyed.saturating_mul(2) > all,
            keyed => unkeyed > keyed,
        }
    }

    /// The codecs that payloads have, as the header's flags name them.
    pub(super) fn codecs(&self) -> u32 {
        let codec = |raw: &RawObject<'_>| match raw.flags & 7 {
            1 => incompatible::XZ,
            2 => incompatible::LZ4,
            4 => incompatible::ZSTD,
            _ => 0,
        };
        self.data.iter().map(codec).fold(0, |flags, flag| flags | flag)
    }

    /// The key with which payloads have their hash: one of `candidates`, or `torn` with one or two bytes put right.
    pub(super) fn key(&self, layout: Layout, torn: Id128, candidates: impl Iterator<Item = Id128>) -> Option<Id128> {
        let mut probes: Vec<_> = self.hashed(layout).collect();
        probes.sort_by_key(|(_, plain)| plain.len());
        let fits = |id: Id128, least: usize| {
            let hash = FileHash::Keyed(id);
            probes.iter().filter(|(stored, plain)| hash.of(plain) == *stored).take(least).count() == least
        };
        let least = probes.len().clamp(1, 2);
        candidates.into_iter().find(|id| fits(*id, 1)).or_else(|| {
            let (stored, plain) = probes.first()?;
            let is_likely = |id: &Id128| FileHash::Keyed(*id).of(plain) == *stored && fits(*id, least);
            let is_worth_it = !torn.is_null() && plain.len() <= PROBE_MOST;
            is_worth_it.then(|| near(torn).find(is_likely)).flatten()
        })
    }
}

/// Whether an object is a hash table, by its size and its first links: in what half a header left over another, they lead
/// nowhere.
fn is_table(raw: RawObject<'_>, end: u64) -> bool {
    let is_link = |head: Offset| head.is_aligned() && head.0 < end;
    Table::decode(raw).is_ok_and(|table| (0..LINKS).all(|index| is_link(table.bucket(index).0)))
}

/// All ids that differ in two neighbouring bytes, or in one.
fn near(id: Id128) -> impl Iterator<Item = Id128> {
    let id = u128::from_le_bytes(id.0);
    (0..15_u32).flat_map(move |place| {
        let shift = place.saturating_mul(8);
        (0..=u128::from(u16::MAX)).map(move |two| {
            let rest = id & !(u128::from(u16::MAX) << shift);
            Id128((rest | two << shift).to_le_bytes())
        })
    })
}

/// The payload of a DATA object in a layout, if it is one by its name.
fn plain(raw: RawObject<'_>, layout: Layout, inflater: &mut Inflater) -> Option<Vec<u8>> {
    let data = Data::decode(raw, layout).ok()?;
    let codec: Option<Codec> = data.stored.codec().ok()?;
    let plain = match codec {
        None => data.stored.bytes,
        Some(codec) => inflater.inflate(codec, data.stored.bytes, SIZE_MOST).ok()?,
    };
    let end = memchr::memchr(b'=', plain.get(..65.min(plain.len()))?)?;
    field::is_name(plain.get(..end)?).then(|| plain.to_vec())
}
