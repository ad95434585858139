//! A header that is older than the objects behind it, with a page lost besides: no key tells whose those are.

use super::*;
use crate::testkit::synth::{Record, Synth};
use crate::testkit::wound::{PAGE, Wound};

/// Two boots of a small device, the first 45 of 90 entries of the one.
fn log(entries: u64) -> Synth {
    (1..=entries).fold(Synth::new().keyed(false).state(1), |synth, n| {
        let record = Record::new(n).boot(if n <= 45 { 7 } else { 8 }).field(format!("MESSAGE=what was said as {n}"));
        let record = record.field(format!("PRIORITY={}", n % 8)).field(format!("_SYSTEMD_UNIT=unit-{}.service", n / 9));
        synth.entry(record.field(format!("_PID={}", n % 5)))
    })
}

/// The file of 90 entries behind the header that it had with `known` of them.
fn behind_old_header(known: u64, compact: bool) -> (Sound, Vec<u8>) {
    let (grown, before) = (log(90).compact(compact).build(), log(known).compact(compact).build());
    let mut bytes = grown.clone();
    bytes[96..272].copy_from_slice(&before[96..272]);
    (Sound::of(grown), bytes)
}

/// The first and the last page behind the hash tables.
fn pages(sound: &Sound) -> std::ops::Range<u64> {
    let first = sound.payloads.values().flatten().map(|(_, [(at, _), _])| *at as u64).min().unwrap();
    let end = sound.bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64;
    first / PAGE + 1..end / PAGE + 1
}

#[test]
fn an_entry_behind_an_old_header_is_shown_without_the_page_that_was_lost() {
    for compact in [false, true] {
        for known in [10, 44, 60] {
            let (sound, bytes) = behind_old_header(known, compact);
            for page in pages(&sound) {
                let mut broken = bytes.clone();
                Wound::Zero { from: page * PAGE, len: PAGE }.apply(&mut broken);
                let what = format!("compact {compact}, {known} known, page {page}");
                sound.holds(&broken, &what);
                let file = open(&broken).unwrap();
                let salvage = Salvage::thorough(&file);
                let shown: Vec<_> = salvage.merged(&file).iter().map(|at| at.0 as usize).collect();
                let places = sound.entries.values().map(|(_, places)| places[0]);
                let mut owed = places.filter(|(from, to)| broken[*from..*to] == sound.bytes[*from..*to]);
                assert_eq!(owed.find(|(from, _)| !shown.contains(from)), None, "{what}");
                assert_eq!(salvage.foreign, [], "{what}");
            }
        }
    }
}

#[test]
fn what_the_hash_table_leads_to_is_this_files_own_behind_a_header_from_before_the_first_entry() {
    for compact in [false, true] {
        let made = |entries: u64| log(entries).compact(compact).buckets(1024, 64).build();
        let (grown, before) = (made(90), made(0));
        let sound = Sound::of(grown.clone());
        let first = sound.entries.values().map(|(_, places)| places[0].0 as u64).min().unwrap() / PAGE * PAGE;
        let mut broken = grown;
        broken[96..272].copy_from_slice(&before[96..272]);
        Wound::Zero { from: first, len: PAGE }.apply(&mut broken);
        sound.holds(&broken, &format!("compact {compact}"));
        let salvage = Salvage::thorough(&open(&broken).unwrap());
        assert!(salvage.entries.len() > 60 && salvage.foreign.is_empty(), "compact {compact}: {:?}", salvage.account);
    }
}
