//! The bytes of a journal that is being written: objects appended at the end, numbers stored in place.

/// A growing file and the objects appended to it so far.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) bytes: Vec<u8>,
    pub(super) objects: Vec<u64>,
    /// How many objects of each type, by type number.
    pub(super) counts: [u64; 8],
    compact: bool,
}

impl Image {
    pub(super) fn new(header_size: u64, compact: bool) -> Self {
        Self { bytes: vec![0; header_size as usize], objects: Vec::new(), counts: [0; 8], compact }
    }

    /// The offset just after the last object and its padding.
    pub(super) fn end(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Appends an object of zeros behind its header and returns its offset.
    pub(super) fn append(&mut self, kind: u8, flags: u8, size: u64) -> u64 {
        let at = self.end();
        self.bytes.resize((at + size.next_multiple_of(8)) as usize, 0);
        self.put(at, &[kind, flags]);
        self.put_u64(at + 8, size);
        self.objects.push(at);
        self.counts[usize::from(kind)] += 1;
        at
    }

    pub(super) fn put(&mut self, at: u64, bytes: &[u8]) {
        let at = at as usize;
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub(super) fn put_u64(&mut self, at: u64, value: u64) {
        self.put(at, &value.to_le_bytes());
    }

    pub(super) fn put_u32(&mut self, at: u64, value: u32) {
        self.put(at, &value.to_le_bytes());
    }

    /// The size of an array's item: an offset of 4 bytes in compact files, of 8 in others.
    pub(super) fn item_size(&self) -> u64 {
        if self.compact { 4 } else { 8 }
    }

    /// Stores an offset in the width of an array's item.
    pub(super) fn put_item(&mut self, at: u64, value: u64) {
        if self.compact { self.put_u32(at, value as u32) } else { self.put_u64(at, value) }
    }
}
