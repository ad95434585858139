//! What goes into a synthetic journal: records, and a sample of them.

use super::Synth;

/// One entry to be written: its stamps and its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The sequence number.
    pub seqnum: u64,
    /// Wall clock time, in microseconds since 1970.
    pub realtime: u64,
    /// Time since boot, in microseconds.
    pub monotonic: u64,
    /// The boot that it belongs to.
    pub boot_id: [u8; 16],
    /// Whole payloads, `NAME=value`, in the order of submission.
    pub fields: Vec<Vec<u8>>,
    /// Whether the fields are all there is, so that the builder adds no `_BOOT_ID=`.
    pub bare: bool,
}

impl Record {
    /// Starts a record whose stamps follow from its sequence number: one second apart, in boot `0b0b…`.
    #[must_use]
    pub fn new(seqnum: u64) -> Self {
        let monotonic = seqnum.saturating_mul(1_000_000);
        Self {
            seqnum,
            realtime: monotonic.saturating_add(1_700_000_000_000_000),
            monotonic,
            boot_id: [0x0b; 16],
            fields: Vec::new(),
            bare: false,
        }
    }

    /// Adds a field, given as `NAME=value`.
    #[must_use]
    pub fn field(mut self, payload: impl AsRef<[u8]>) -> Self {
        self.fields.push(payload.as_ref().to_vec());
        self
    }

    /// Sets the boot id to 16 times this byte.
    #[must_use]
    pub fn boot(mut self, byte: u8) -> Self {
        self.boot_id = [byte; 16];
        self
    }

    /// Sets both clocks.
    #[must_use]
    pub fn at(mut self, realtime: u64, monotonic: u64) -> Self {
        self.realtime = realtime;
        self.monotonic = monotonic;
        self
    }

    /// Keeps the builder from adding a `_BOOT_ID=` field.
    #[must_use]
    pub fn bare(mut self) -> Self {
        self.bare = true;
        self
    }

    /// The payloads as they are submitted: the fields, then `_BOOT_ID=` unless it is there or unwanted.
    pub(super) fn payloads(&self) -> Vec<Vec<u8>> {
        let mut payloads = self.fields.clone();
        if !self.bare && !payloads.iter().any(|payload| payload.starts_with(b"_BOOT_ID=")) {
            let hex: String = self.boot_id.iter().map(|byte| format!("{byte:02x}")).collect();
            payloads.push(format!("_BOOT_ID={hex}").into_bytes());
        }
        payloads
    }
}

/// Starts a journal of `n` records over two boots, `0101…` and `0202…`, with a bit of everything in their fields.
///
/// Each has MESSAGE (unlike all others), PRIORITY, `_SYSTEMD_UNIT` (one of five), SYSLOG_IDENTIFIER, TAG twice, BLOB
/// (bytes that are no text) and NOTE (300 bytes that compress well).
#[must_use]
pub fn sample(n: u64) -> Synth {
    (1..=n).fold(Synth::new(), |synth, seqnum| synth.entry(sample_record(seqnum, n.div_ceil(2))))
}

fn sample_record(seqnum: u64, first_boot: u64) -> Record {
    let record = Record::new(seqnum);
    let record = match seqnum.checked_sub(first_boot) {
        None | Some(0) => record.boot(1),
        Some(since) => {
            let realtime = record.realtime;
            record.boot(2).at(realtime, since * 1_000_000)
        }
    };
    let (unit, last) = (seqnum % 5, (seqnum % 16) as u8);
    record
        .field(format!("MESSAGE=record {seqnum} of unit {unit}"))
        .field(format!("PRIORITY={}", seqnum % 8))
        .field(format!("_SYSTEMD_UNIT=unit{unit}.service"))
        .field(format!("SYSLOG_IDENTIFIER=unit{unit}"))
        .field(format!("TAG=odd{}", seqnum % 2))
        .field(format!("TAG=third{}", seqnum % 3))
        .field([b"BLOB=\x00\xff=\n\x80".as_slice(), &[last]].concat())
        .field(format!("NOTE={:->295}", seqnum % 10))
}
