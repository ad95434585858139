mod exchanged;
mod heads;
mod lost;
mod older;
mod remains;
mod restored;
mod sweeps;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Account, Salvage, restore_bytes};
use crate::file::{Entry, JournalFile, Options, Reach};
use crate::format::{EntryHead, Seqnum};

fn open(bytes: &[u8]) -> Option<JournalFile> {
    JournalFile::from_bytes(Path::new("wounded.journal"), bytes.to_vec(), Options::default()).ok()
}

/// The heads that a file gives with everything that is found in it.
fn heads(bytes: &[u8]) -> Vec<EntryHead> {
    let file = open(bytes).unwrap();
    let findings = Salvage::of(&file).findings(&file, Reach::All);
    findings.into_iter().for_each(|findings| file.adopt(findings));
    file.entries(0..file.slot_count()).map(|entry| *entry.unwrap().head()).collect()
}

/// The journals of a folder of test data.
fn testdata(folder: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata").join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending.to_string_lossy().starts_with("journal")));
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Head and payloads of an entry, without the items at some positions.
type Content = (EntryHead, Vec<Vec<u8>>);

fn content(entry: &Entry<'_>, without: &[usize]) -> Content {
    let kept = entry.fields().enumerate().filter(|(index, _)| !without.contains(index));
    let mut fields: Vec<_> =
        kept.map(|(_, field)| field.expect("what is kept can be read").payload().to_vec()).collect();
    fields.sort();
    (*entry.head(), fields)
}

/// A payload, with the bytes of its DATA that no link changes.
type Payload = (Vec<u8>, [(usize, usize); 2]);

/// A sound file and where the bytes of each entry lie.
struct Sound {
    bytes: Vec<u8>,
    /// The payloads of each entry, with the bytes of their DATA.
    payloads: BTreeMap<Seqnum, Vec<Payload>>,
    entries: BTreeMap<Seqnum, (Content, Vec<(usize, usize)>)>,
}

impl Sound {
    fn of(bytes: Vec<u8>) -> Self {
        let file = open(&bytes).unwrap();
        let payload = if file.header().layout() == crate::format::Layout::Compact { 72 } else { 64 };
        let (mut entries, mut payloads) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        for entry in file.entries(0..file.arrays().len()).map(Result::unwrap) {
            let at = entry.offset().0 as usize;
            let mut places = vec![(at, at + entry.size())];
            for (data, field) in entry.items().zip(entry.fields().map(Result::unwrap)) {
                // Links change while entries are added; type, size, hash and payload do not.
                let (at, size) = (data.0 as usize, file.data(data).unwrap().size(file.layout()));
                let needed = [(at, at + 24), (at + payload, at + size)];
                places.extend(needed);
                payloads.entry(entry.seqnum()).or_default().push((field.payload().to_vec(), needed));
            }
            entries.insert(entry.seqnum(), (content(&entry, &[]), places));
        }
        assert_eq!(entries.len(), file.arrays().len());
        Self { bytes, payloads, entries }
    }

    /// The entries of which no byte changed.
    fn untouched(&self, broken: &[u8]) -> Vec<Seqnum> {
        let same = |(from, to): &(usize, usize)| broken.get(*from..*to) == self.bytes.get(*from..*to);
        self.entries.iter().filter(|(_, (_, places))| places.iter().all(same)).map(|(seqnum, _)| *seqnum).collect()
    }

    /// Where nothing but zeros took the place of anything: asserts that an entry whose own bytes are whole keeps every
    /// payload that is.
    fn keeps(&self, broken: &[u8], seqnum: Seqnum, fields: &[Vec<u8>], what: &dyn std::fmt::Debug) {
        let same = |(from, to): &(usize, usize)| broken.get(*from..*to) == self.bytes.get(*from..*to);
        let (_, places) = &self.entries[&seqnum];
        if !same(&places[0]) || !self.bytes.iter().zip(broken).all(|(sound, byte)| byte == sound || *byte == 0) {
            return;
        }
        let owed = self.payloads[&seqnum].iter().filter(|(_, needed)| needed.iter().all(same));
        for (payload, _) in owed {
            assert!(fields.contains(payload), "{what:?}: entry {seqnum} lost {}", payload.escape_ascii());
        }
    }

    /// Reads a broken copy and asserts that every entry is the sound one or a part of it, that none is there twice, and
    /// that none is missing of which no byte changed.
    fn holds(&self, broken: &[u8], what: &dyn std::fmt::Debug) -> Account {
        let (file, salvage) = match open(broken).filter(super::header_fits) {
            Some(file) => {
                let salvage = Salvage::thorough(&file);
                assert_eq!(Salvage::of(&file).merged(&file), salvage.merged(&file), "{what:?}");
                (file, salvage)
            }
            None => match restore_bytes(Path::new("wounded.journal"), broken.to_vec(), Options::default(), &[]) {
                Some(restored) => (restored.file, restored.salvage),
                None => {
                    assert_eq!(self.untouched(broken), [], "{what:?}: nothing can be opened");
                    return Account::default();
                }
            },
        };
        let mut shown = BTreeMap::new();
        for at in salvage.merged(&file) {
            let entry = file.entry(at).unwrap();
            let lost = salvage.lost_items(at);
            let (head, fields) = content(&entry, lost.unwrap_or_default());
            let (sound, _) = self.entries.get(&entry.seqnum()).unwrap_or_else(|| panic!("{what:?} makes up {head:?}"));
            if !(lost.is_some() && is_torn(&head, &sound.0)) {
                assert_eq!(head, sound.0, "{what:?}: entry at {at}");
            }
            if lost.is_none() {
                assert_eq!(fields, sound.1, "{what:?}: entry {} at {at}", head.seqnum);
            }
            if let Some(field) = fields.iter().find(|field| !sound.1.contains(field)) {
                panic!("{what:?}: entry {} at {at} has {} without {lost:?}", head.seqnum, field.escape_ascii());
            }
            self.keeps(broken, entry.seqnum(), &fields, what);
            assert_eq!(shown.insert(entry.seqnum(), lost.is_none()), None, "{what:?}: entry {} twice", head.seqnum);
        }
        for seqnum in self.untouched(broken) {
            assert_eq!(shown.get(&seqnum), Some(&true), "{what:?}: entry {seqnum} is whole in the file");
        }
        let account = salvage.account.clone();
        add_up(&account, what);
        assert_eq!(account.entries.by_index + account.entries.salvaged, shown.len() as u64, "{what:?}");
        reads(&file, &salvage, what);
        account
    }
}

/// Lets the file take up what was found, and asserts that its slots give just that.
fn reads(file: &JournalFile, salvage: &Salvage, what: &dyn std::fmt::Debug) {
    let Some(findings) = salvage.findings(file, Reach::All) else { return };
    let merged = salvage.merged(file);
    file.adopt(findings);
    assert_eq!(file.slots(0..file.slot_count()).collect::<Vec<_>>(), merged, "{what:?}");
    assert_eq!(file.slots(0..file.slot_count()).rev().count(), merged.len());
    for (slot, at) in merged.iter().enumerate() {
        assert_eq!((file.slot_from(*at), file.entry_at(slot)), (slot, *at), "{what:?}");
    }
    for (at, lost) in salvage.incomplete() {
        let entry = file.entry(at).unwrap();
        assert_eq!(entry.fields().filter(Result::is_ok).count() + lost.len(), entry.items().len(), "{what:?}: {at}");
        assert_eq!(entry.is_cut_short(), lost.is_empty(), "{what:?}: {at}");
    }
    let salvaged = merged.iter().filter(|at| file.is_salvaged(**at)).count();
    assert_eq!(salvaged, salvage.entries.len(), "{what:?}");
}

/// Whether a head is the sound one up to where zeros begin, as where a page of an entry never reached the disk; or but
/// for its hash, which is its last word.
fn is_torn(head: &EntryHead, sound: &EntryHead) -> bool {
    if *sound == (EntryHead { xor_hash: sound.xor_hash, ..*head }) {
        return true;
    }
    let words =
        |head: &EntryHead| [head.realtime.0, head.monotonic.0, u64::from(!head.boot_id.is_null()), head.xor_hash];
    let (words, sound) = (words(head), words(sound));
    let zeros = words.iter().rev().take_while(|word| **word == 0).count();
    zeros > 0 && words[..words.len() - zeros] == sound[..words.len() - zeros]
}

/// Every byte is somewhere.
fn add_up(account: &Account, what: &dyn std::fmt::Debug) {
    let bytes = &account.bytes;
    let objects = [bytes.data, bytes.fields, bytes.entries, bytes.arrays, bytes.tables, bytes.tags, bytes.padding];
    let others = [bytes.header, bytes.damaged, bytes.unaccounted, bytes.blank, bytes.unwritten];
    assert_eq!(objects.iter().chain(&others).sum::<u64>(), bytes.file, "{what:?}: {account:#?}");
    assert!((0.0..=1.0).contains(&account.share()));
}
