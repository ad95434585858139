//! Machines and their files: which boots lie in which file, and in which state the file was left.

use std::fs::{File, create_dir_all};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use lastwords::testkit::jenkins::jenkins64;
use lastwords::testkit::synth::{Record, Synth};
use lastwords::testkit::wound::truncate_at;

use super::boot::{Boot, SECOND};

/// How a file was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Rotated: ARCHIVED, named by its first entry.
    Archived,
    /// Set aside by the next journald, `~`, still ONLINE.
    Torn,
    /// Open for writing when it was copied.
    Online,
}

/// One journal file.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    pub(crate) left: Left,
    pub(crate) records: Vec<Record>,
    pub(crate) seqnum_id: [u8; 16],
    /// How many of a hundred bytes are there.
    pub(crate) percent: u64,
}

impl Journal {
    /// Whether an entry says just this.
    pub(crate) fn says(&self, message: &str) -> bool {
        let wanted = format!("MESSAGE={message}").into_bytes();
        self.records.iter().any(|record| record.fields.contains(&wanted))
    }
}

/// One machine: its files in the order of writing, its boots in their true order.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// As the table of expectations names it, where there are several.
    pub(crate) name: &'static str,
    pub(crate) host: &'static str,
    pub(crate) files: Vec<Journal>,
    pub(crate) boots: Vec<[u8; 16]>,
    seqnum: u64,
    series: u8,
}

impl Machine {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, host: "", files: Vec::new(), boots: Vec::new(), seqnum: 0, series: 1 }
    }

    /// A file that was rotated after these boots.
    pub(crate) fn archived(self, boots: &[&Boot]) -> Self {
        self.file(Left::Archived, boots.iter().flat_map(|boot| boot.records()), boots)
    }

    /// A file that the next boot found ONLINE and set aside.
    pub(crate) fn torn(self, boots: &[&Boot]) -> Self {
        self.file(Left::Torn, boots.iter().flat_map(|boot| boot.records()), boots)
    }

    /// The newest file.
    pub(crate) fn online(self, boots: &[&Boot]) -> Self {
        self.file(Left::Online, boots.iter().flat_map(|boot| boot.records()), boots)
    }

    /// A file of a part of a boot.
    pub(crate) fn part(self, left: Left, boot: &Boot, range: std::ops::Range<usize>) -> Self {
        self.file(left, boot.records()[range].iter(), &[boot])
    }

    /// Numbers start anew, as after an unclean end before systemd 252 and at each boot of 254.
    pub(crate) fn new_series(mut self) -> Self {
        (self.series, self.seqnum) = (self.series + 1, 0);
        self
    }

    /// The last file is cut short.
    pub(crate) fn cut_to(mut self, percent: u64) -> Self {
        self.files.last_mut().unwrap().percent = percent;
        self
    }

    fn file<'a>(mut self, left: Left, records: impl Iterator<Item = &'a Record>, boots: &[&Boot]) -> Self {
        let mut numbered = Vec::new();
        for record in records {
            self.seqnum += 1;
            numbered.push(Record { seqnum: self.seqnum, ..record.clone() });
        }
        for boot in boots {
            self.host = boot.host.name;
            if !self.boots.contains(&boot.id) {
                self.boots.push(boot.id);
            }
        }
        let seqnum_id = self.id("series", u64::from(self.series));
        self.files.push(Journal { left, records: numbered, seqnum_id, percent: 100 });
        self
    }

    pub(crate) fn machine_id(&self) -> [u8; 16] {
        self.id("machine", 0)
    }

    fn id(&self, what: &str, number: u64) -> [u8; 16] {
        let half = |side: &str| jenkins64(format!("{what} {} {} {number} {side}", self.name, self.host).as_bytes());
        [half("left"), half("right")].map(u64::to_be_bytes).concat().try_into().unwrap()
    }

    /// Writes the files as a copy of `/var/log/journal` has them, made 20 s after the last entry.
    pub(crate) fn write(&self, below: &Path) {
        let folder = below.join(hex(self.machine_id()));
        create_dir_all(&folder).unwrap();
        let newest = self.files.iter().flat_map(|file| &file.records).map(|record| record.realtime).max().unwrap();
        for at in 0..self.files.len() {
            let path = folder.join(self.file_name(at));
            std::fs::write(&path, self.bytes(at)).unwrap();
            let copied = UNIX_EPOCH + Duration::from_micros(newest + 20 * SECOND);
            File::options().write(true).open(&path).unwrap().set_modified(copied).unwrap();
        }
    }

    pub(crate) fn file_name(&self, at: usize) -> String {
        let file = &self.files[at];
        match file.left {
            Left::Online => "system.journal".to_owned(),
            Left::Archived => {
                let head = &file.records[0];
                format!("system@{}-{:016x}-{:016x}.journal", hex(file.seqnum_id), head.seqnum, head.realtime)
            }
            Left::Torn => format!("system@{:016x}-{:016x}.journal~", self.renamed_at(at), jenkins64(&[at as u8])),
        }
    }

    /// When the next journald set a file aside, by its own clock.
    fn renamed_at(&self, at: usize) -> u64 {
        let after = &self.files[at + 1].records;
        let says = |record: &&Record| record.fields.iter().any(|field| field.ends_with(b"renaming and replacing."));
        after.iter().find(says).expect("a torn file is followed by the line of its renaming").realtime
    }

    /// The journal that a file was before it was cut.
    pub(crate) fn synth(&self, at: usize) -> Synth {
        let file = &self.files[at];
        let state = if file.left == Left::Archived { 2 } else { 1 };
        let own = [format!("_MACHINE_ID={}", hex(self.machine_id())), format!("_HOSTNAME={}", self.host)];
        let synth = Synth::new().state(state).machine_id(self.machine_id()).seqnum_id(file.seqnum_id);
        let synth = synth.file_id(self.id("file", at as u64)).buckets(1021, 61);
        file.records.iter().fold(synth, |synth, record| {
            let record = own.iter().fold(record.clone(), |record, field| record.field(field));
            synth.entry(record)
        })
    }

    /// The bytes of a file, and so how many there are.
    pub(crate) fn bytes(&self, at: usize) -> Vec<u8> {
        let mut bytes = self.synth(at).build();
        let whole = bytes.len() as u64;
        truncate_at(&mut bytes, whole * self.files[at].percent / 100);
        bytes
    }
}

pub(crate) fn hex(id: [u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
