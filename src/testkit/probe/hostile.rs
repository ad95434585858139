//! Bytes of a file whose links are put by hand.

use crate::format::hash::jenkins64;

const HEADER: usize = 272;

/// A regular, unkeyed file under construction; links are put by hand.
pub(super) struct Hostile(pub(super) Vec<u8>);

impl Hostile {
    /// A header and two hash tables of one bucket: fields at 288, data at 320.
    pub(super) fn new() -> Self {
        let mut file = Self(vec![0; HEADER]);
        file.0[..8].copy_from_slice(b"LPKSHHRH");
        file.0[12] = 8;
        file.put(88, HEADER);
        for (kind, link) in [(5, 120), (4, 104)] {
            let table = file.object(kind, 0, 16);
            file.put(link, table + 16);
            file.put(link + 8, 16);
        }
        file
    }

    pub(super) fn put(&mut self, at: usize, value: usize) {
        self.0[at..at + 8].copy_from_slice(&(value as u64).to_le_bytes());
    }

    /// Appends an object with `len` zero bytes behind its header.
    pub(super) fn object(&mut self, kind: u8, flags: u8, len: usize) -> usize {
        let at = self.0.len().next_multiple_of(8);
        self.0.resize(at + 16 + len, 0);
        self.0[at] = kind;
        self.0[at + 1] = flags;
        self.put(at + 8, 16 + len);
        at
    }

    pub(super) fn entry(&mut self, seqnum: usize, boot: [u8; 16], items: &[usize]) -> usize {
        let at = self.object(3, 0, 48 + 16 * items.len());
        for (part, value) in [(16, seqnum), (24, 1_700_000_000_000_000 + seqnum), (32, 5)] {
            self.put(at + part, value);
        }
        self.0[at + 40..at + 56].copy_from_slice(&boot);
        for (index, item) in items.iter().enumerate() {
            self.put(at + 64 + 16 * index, *item);
        }
        at
    }

    pub(super) fn data(&mut self, flags: u8, payload: &[u8]) -> usize {
        let at = self.object(1, flags, 48 + payload.len());
        self.0[at + 64..].copy_from_slice(payload);
        at
    }

    /// A field and the list of its data, each linked to the one before.
    pub(super) fn field(&mut self, name: &[u8], data: &[usize]) -> usize {
        let at = self.object(2, 0, 24 + name.len());
        self.0[at + 40..].copy_from_slice(name);
        let hash = jenkins64(name) as usize;
        self.put(at + 16, hash);
        for pair in data.windows(2) {
            self.put(pair[1] + 32, pair[0]);
        }
        self.put(at + 32, data.last().copied().unwrap_or_default());
        self.put(288, at);
        at
    }

    /// The main array.
    pub(super) fn array(&mut self, entries: impl ExactSizeIterator<Item = usize>) {
        let n = entries.len();
        let at = self.object(6, 0, 8 + 8 * n);
        for (index, entry) in entries.enumerate() {
            self.put(at + 24 + 8 * index, entry);
        }
        self.put(176, at);
        self.put(152, n);
    }
}

/// 2 KiB that inflate to 8 MiB.
#[cfg(feature = "zstd")]
pub(super) fn bomb(start: &[u8]) -> Vec<u8> {
    let mut plain = start.to_vec();
    plain.resize(8 << 20, b'x');
    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
    encoder.include_contentsize(false).unwrap();
    std::io::Write::write_all(&mut encoder, &plain).unwrap();
    encoder.finish().unwrap()
}
