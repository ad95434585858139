//! One entry and its fields.

use std::borrow::Cow;

use super::findings::marked;
use super::{Cursor, JournalFile};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{EntryHead, Id128, Inflater, Items, Monotonic, Realtime, Seqnum, Stored};

/// A longer value is not shown where it is damaged.
const DAMAGED_MOST: usize = 1 << 16;

/// One entry of one file: its head decoded, its fields read on demand.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'data> {
    file: &'data JournalFile,
    at: Offset,
    head: EntryHead,
    items: Items<'data>,
    /// Positions of items whose payload is gone; there may be none in an entry that is known not to be whole.
    lost: Option<&'data [usize]>,
}

/// One field of an entry: borrowed from the file where it is stored plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldValue<'data> {
    payload: Cow<'data, [u8]>,
    equals: usize,
}

impl FieldValue<'_> {
    /// The name, what stands before the first `=`.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.payload.get(..self.equals).unwrap_or_default()
    }

    /// The value, any bytes.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        self.payload.get(self.equals.saturating_add(1)..).unwrap_or_default()
    }

    /// Name and value as stored, `NAME=value`.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// Splits a payload at its first `=`.
///
/// # Errors
/// [`Fault::Name`] when there is none, or nothing before it.
#[inline]
fn split(payload: &[u8], at: Offset) -> Result<usize, Corrupt> {
    match memchr::memchr(b'=', payload) {
        Some(equals) if equals > 0 => Ok(equals),
        _ => Err(Corrupt::new(at, "data payload", Fault::Name)),
    }
}

impl JournalFile {
    /// The entry at `at`, of the boot that a check found where its head states another.
    ///
    /// # Errors
    /// When no sound ENTRY object lies there, or it ends where no other object begins.
    #[inline]
    pub fn entry(&self, at: Offset) -> Result<Entry<'_>, Corrupt> {
        let mut entry = self.entry_as_stated(at)?;
        self.check_entry_end(at, entry.size())?;
        if let Some(boot) = self.boot_instead(at) {
            entry.head.boot_id = boot;
        }
        Ok(entry)
    }

    /// The entry at `at` with the head and as many items as its bytes say, for a check, which has other means to tell
    /// whether that is so.
    ///
    /// # Errors
    /// When no sound ENTRY object lies there.
    #[inline]
    pub fn entry_as_stated(&self, at: Offset) -> Result<Entry<'_>, Corrupt> {
        let (head, items) = EntryHead::read(self.image(), at, self.layout())?;
        Ok(Entry { file: self, at, head, items, lost: self.lost_items(at) })
    }

    /// Looks at the bytes of entries that are going to be read one by one: a look waits for memory as a reader does, but
    /// none of these waits for another.
    pub fn bring_near(&self, entries: &[Offset]) {
        /// The head, and the items of nearly all entries, by what memory gives at once.
        const LINES: [usize; 4] = [0, 64, 128, 192];
        let look = |at: &Offset| {
            let bytes = self.image().from(*at);
            LINES.iter().fold(0, |seen, line| seen ^ bytes.get(*line).copied().unwrap_or_default())
        };
        std::hint::black_box(entries.iter().fold(0, |seen, at| seen ^ look(at)));
    }

    /// Name and value of the DATA at `at`.
    #[inline]
    pub(super) fn named<'a>(&'a self, at: Offset, inflater: &'a mut Inflater) -> Result<(&'a [u8], &'a [u8]), Corrupt> {
        self.named_in(&self.stored(at)?, inflater)
    }

    #[inline]
    fn named_in<'a>(&self, stored: &Stored<'a>, inflater: &'a mut Inflater) -> Result<(&'a [u8], &'a [u8]), Corrupt> {
        let payload = self.plain(stored, inflater)?;
        let equals = split(payload, stored.at)?;
        let (name, value) = payload.split_at_checked(equals).unwrap_or_default();
        Ok((name, value.get(1..).unwrap_or_default()))
    }
}

impl<'data> Entry<'data> {
    /// The file it lies in.
    #[must_use]
    pub const fn file(&self) -> &'data JournalFile {
        self.file
    }

    /// Where it lies in its file.
    #[must_use]
    pub const fn offset(&self) -> Offset {
        self.at
    }

    /// Seqnum, clocks, boot and hash together.
    #[must_use]
    pub const fn head(&self) -> &EntryHead {
        &self.head
    }

    /// Its number within its `seqnum_id`.
    #[must_use]
    pub const fn seqnum(&self) -> Seqnum {
        self.head.seqnum
    }

    /// Wall-clock time of reception.
    #[must_use]
    pub const fn realtime(&self) -> Realtime {
        self.head.realtime
    }

    /// Time since boot of reception.
    #[must_use]
    pub const fn monotonic(&self) -> Monotonic {
        self.head.monotonic
    }

    /// The boot it was logged in.
    #[must_use]
    pub const fn boot_id(&self) -> Id128 {
        self.head.boot_id
    }

    /// Whether its end never reached the disk: the last item is empty, or the hash, which is written before the items.
    #[must_use]
    pub fn is_torn(&self) -> bool {
        self.head.xor_hash == 0 || self.items.iter().last().is_none_or(|at| !at.is_some())
    }

    /// The text that names this entry in every copy of it.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor {
            seqnum_id: Some(self.file.header().seqnum_id),
            seqnum: Some(self.head.seqnum),
            boot_id: Some(self.head.boot_id),
            monotonic: Some(self.head.monotonic),
            realtime: Some(self.head.realtime),
            xor_hash: Some(self.head.xor_hash),
        }
    }

    /// The offsets of its DATA, in the order on disk; in place of one whose payload is known to be gone, one that cannot
    /// be read.
    #[inline]
    pub fn items(&self) -> impl ExactSizeIterator<Item = Offset> + Clone + use<'data> {
        let lost = self.lost;
        self.items.iter().enumerate().map(move |(position, at)| marked(position, at, lost))
    }

    /// Gives what [`Entry::items`] does, with one look at the layout for all items.
    #[inline(always)]
    pub fn each_item(&self, mut take: impl FnMut(Offset)) {
        match self.lost {
            None => self.items.each(|at, _| take(at)),
            Some(_) => self.items().for_each(take),
        }
    }

    /// How many bytes the object has.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.items.end()
    }

    /// Whether it is known to have had other or more fields, and not which: its hash says so.
    #[must_use]
    pub const fn is_cut_short(&self) -> bool {
        matches!(self.lost, Some([]))
    }

    /// The value that lies in place of a field that a check left out since its hash does not fit; only in a DATA that names
    /// this entry as the one it was written with, so that no other object lies there by now, and none so long that its
    /// size is rather what is wrong. It is damaged, and to be shown as that.
    #[must_use]
    #[cold]
    pub fn damaged(&self, name: &str, inflater: &mut Inflater) -> Option<Vec<u8>> {
        let lost = self.lost?;
        let items = self.items.iter().enumerate().filter(|(position, _)| lost.binary_search(position).is_ok());
        items.into_iter().find_map(|(_, at)| {
            if self.file.data(at).ok()?.entry != self.at {
                return None;
            }
            let stored = self.file.stored(at).ok()?;
            let plain = match stored.codec().ok()? {
                Some(codec) => inflater.inflate(codec, stored.bytes, DAMAGED_MOST as u64).ok()?,
                None => stored.bytes,
            };
            self.file.check_length(&stored, plain).ok()?;
            let value = plain.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
            (value.len() <= DAMAGED_MOST).then(|| value.to_vec())
        })
    }

    /// Its items as stored.
    #[must_use]
    pub const fn stored_items(&self) -> &Items<'data> {
        &self.items
    }

    /// Name and value of the DATA at `at`; the hot path, which allocates nothing.
    ///
    /// # Errors
    /// When the DATA cannot be read or has no name.
    #[inline]
    pub fn field_at<'a>(&self, at: Offset, inflater: &'a mut Inflater) -> Result<(&'a [u8], &'a [u8]), Corrupt>
    where
        'data: 'a,
    {
        self.file.named_in(&self.stored(at)?, inflater)
    }

    /// Its fields in the order on disk; one that cannot be read is an `Err`, and the next follows.
    pub fn fields(&self) -> impl Iterator<Item = Result<FieldValue<'data>, Corrupt>> + use<'data> {
        let (entry, file) = (*self, self.file);
        let mut inflater = Inflater::default();
        self.items().map(move |at| {
            let stored = entry.stored(at)?;
            let payload = match stored.codec()? {
                None => Cow::Borrowed(file.whole(&stored)?),
                Some(_) => Cow::Owned(file.plain(&stored, &mut inflater)?.to_vec()),
            };
            let equals = split(&payload, at)?;
            Ok(FieldValue { payload, equals })
        })
    }

    /// The value of the first field of this name that can be read.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'data, [u8]>> {
        self.fields().flatten().find(|field| field.name() == name.as_bytes()).map(|field| match field.payload {
            Cow::Borrowed(payload) => Cow::Borrowed(payload.get(field.equals.saturating_add(1)..).unwrap_or_default()),
            Cow::Owned(payload) => {
                Cow::Owned(payload.get(field.equals.saturating_add(1)..).unwrap_or_default().to_vec())
            }
        })
    }
}
