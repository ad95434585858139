//! Journal files made from records, byte for byte as systemd's writer lays them out.
//!
//! ```text
//! header · FIELD_HASH_TABLE · DATA_HASH_TABLE · (DATA · FIELD? ·)* ENTRY · ENTRY_ARRAY* · … · padding
//! ```
//!
//! Each new payload becomes a DATA object, with the FIELD object of its name behind it if that is new too; then comes
//! the ENTRY, and then the arrays that had to be added to list it. What `build` returns is a whole journal: `journalctl`
//! reads and verifies it. Sealed files (TAG objects) are not made here.
//!
//! ```
//! use lastwords::testkit::synth::{Record, Synth};
//!
//! let journal = Synth::new().entry(Record::new(1).field("MESSAGE=hello"));
//! assert_eq!(journal.build()[..8], *b"LPKSHHRH");
//! ```

mod chain;
mod codec;
mod image;
mod layout;
#[cfg(test)]
mod oracle;
mod record;
mod table;
#[cfg(test)]
mod tests;
mod writer;

pub use codec::Codec;
pub use layout::{ArrayAt, DataAt, FieldAt, Layout};
pub use record::{Record, sample};

/// A journal to be built: how it is laid out, and the records that go in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synth {
    compact: bool,
    keyed: bool,
    header_size: u64,
    codec: Codec,
    threshold: usize,
    announce_codec: bool,
    state: u8,
    file_id: [u8; 16],
    machine_id: [u8; 16],
    seqnum_id: [u8; 16],
    compatible_flags: u32,
    incompatible_extra: u32,
    data_buckets: u64,
    field_buckets: u64,
    padding: u64,
    entries: Vec<Record>,
}

impl Default for Synth {
    fn default() -> Self {
        Self::new()
    }
}

impl Synth {
    /// Starts an empty, archived journal: compact, keyed, without compression, with a header of 272 bytes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            compact: true,
            keyed: true,
            header_size: 272,
            codec: Codec::None,
            threshold: 64,
            announce_codec: true,
            state: 2,
            file_id: [0xf1; 16],
            machine_id: [0x3a; 16],
            seqnum_id: [0x5e; 16],
            compatible_flags: 0,
            incompatible_extra: 0,
            data_buckets: 37,
            field_buckets: 11,
            padding: 0,
            entries: Vec::new(),
        }
    }

    /// Chooses between offsets of 32 bits (compact) and of 64.
    #[must_use]
    pub fn compact(mut self, compact: bool) -> Self {
        self.compact = compact;
        self
    }

    /// Chooses between SipHash keyed with the file id (keyed) and Jenkins' hash.
    #[must_use]
    pub fn keyed(mut self, keyed: bool) -> Self {
        self.keyed = keyed;
        self
    }

    /// Sets the size of the header: at least 208, rounded up to a multiple of 8; zeros follow the first 272 bytes.
    #[must_use]
    pub fn header_size(mut self, size: u64) -> Self {
        self.header_size = size.max(208).next_multiple_of(8);
        self
    }

    /// Sets the codec for payloads that reach the threshold.
    #[must_use]
    pub fn codec(mut self, codec: Codec) -> Self {
        self.codec = codec;
        self
    }

    /// Sets the payload length in bytes from which the codec is tried; 64 unless told.
    #[must_use]
    pub fn threshold(mut self, len: usize) -> Self {
        self.threshold = len;
        self
    }

    /// Sets whether the header names the codec, which it does unless told.
    #[must_use]
    pub fn announce_codec(mut self, announce: bool) -> Self {
        self.announce_codec = announce;
        self
    }

    /// Sets the state byte: 0 offline, 1 online, 2 archived.
    #[must_use]
    pub fn state(mut self, state: u8) -> Self {
        self.state = state;
        self
    }

    /// Sets the file id, which is also the key of the keyed hash.
    #[must_use]
    pub fn file_id(mut self, id: [u8; 16]) -> Self {
        self.file_id = id;
        self
    }

    /// Sets the machine id.
    #[must_use]
    pub fn machine_id(mut self, id: [u8; 16]) -> Self {
        self.machine_id = id;
        self
    }

    /// Sets the id of the series that the sequence numbers belong to.
    #[must_use]
    pub fn seqnum_id(mut self, id: [u8; 16]) -> Self {
        self.seqnum_id = id;
        self
    }

    /// Sets the compatible flags, 0 unless told; systemd 252 verifies no file that has bits other than 0.
    #[must_use]
    pub fn compatible_flags(mut self, flags: u32) -> Self {
        self.compatible_flags = flags;
        self
    }

    /// Sets bits of the incompatible flags beyond those that the layout asks for.
    #[must_use]
    pub fn incompatible_extra(mut self, flags: u32) -> Self {
        self.incompatible_extra = flags;
        self
    }

    /// Sets the number of buckets of both hash tables, each at least 1.
    #[must_use]
    pub fn buckets(mut self, data: u64, field: u64) -> Self {
        self.data_buckets = data.max(1);
        self.field_buckets = field.max(1);
        self
    }

    /// Sets how many zero bytes follow the tail object inside the arena.
    #[must_use]
    pub fn padding(mut self, len: u64) -> Self {
        self.padding = len;
        self
    }

    /// Adds an entry behind those already there.
    #[must_use]
    pub fn entry(mut self, record: Record) -> Self {
        self.entries.push(record);
        self
    }

    /// Returns the bytes of the file.
    #[must_use]
    pub fn build(&self) -> Vec<u8> {
        writer::write(self).0
    }

    /// Returns the places of what `build` writes.
    #[must_use]
    pub fn layout(&self) -> Layout {
        writer::write(self).1
    }

    /// The records, in the order of the file.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.entries
    }
}
