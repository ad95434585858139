//! What is damaged and yet read on, and what is no damage.

use super::*;
use crate::testkit::wound::{lie_size, put_u64, truncate_at};

#[test]
fn a_cut_file_and_one_with_a_wrong_size_are_read_on_to_their_end() {
    let (mut bytes, layout) = planted::plain();
    lie_size(&mut bytes, layout.entries[20], 1 << 40);
    let cut = report(bytes, 2);
    assert!(cut.findings.has(Rule::Gap) && cut.objects.entries == 59, "{:?}", cut.objects);
    let (mut bytes, layout) = planted::plain();
    truncate_at(&mut bytes, layout.entries[40] + 10);
    let cut = report(bytes, 2);
    assert!(cut.findings.has(Rule::Arena) && cut.objects.entries == 40, "{:?}", cut.objects);
}

#[test]
fn a_header_of_no_size_is_a_fault_and_the_objects_are_found() {
    let (mut bytes, _) = planted::plain();
    put_u64(&mut bytes, 88, 0);
    let report = report(bytes, 2);
    assert!(report.findings.has(Rule::HeaderSize) && report.objects.entries == 60, "{:?}", report.objects);
}

#[test]
fn what_other_systemds_judge_otherwise_is_a_remark() {
    let newer = report(sample(9).compatible_flags(2).build(), 1).findings;
    assert_eq!((faults(&newer), newer.has(Rule::NewerFlags)), (vec![], true));
    let twice = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small/sd247-value-twice.journal");
    let file = JournalFile::open(&twice, crate::file::Options::default()).unwrap();
    let twice = verify(&file, &Options::default()).findings;
    assert_eq!((faults(&twice), twice.has(Rule::ItemTwice)), (vec![], true));
    let (mut bytes, _) = planted::plain();
    put_u64(&mut bytes, 240, 60);
    let depth = report(bytes, 1).findings;
    assert_eq!((faults(&depth), depth.has(Rule::ChainDepth)), (vec![], true));
}

#[test]
fn an_append_that_was_cut_short_is_told_from_damage() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/broken/killed-in-mid-write.journal");
    let report = verify(&JournalFile::open(&path, crate::file::Options::default()).unwrap(), &Options::default());
    let rules: Vec<Rule> = faults(&report.findings).into_iter().map(|(rule, _)| rule).collect();
    // The writer was killed between the entry and its place in the main array.
    assert_eq!(rules, [Rule::Count, Rule::EntryUnlinked]);
}
