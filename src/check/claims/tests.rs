//! Tests: what headers claim beside the entries that are there.

use super::fields::ENTRY_LEAST;
use super::*;
use crate::bytes::Image;
use crate::testkit::synth::sample;

/// What a header with these fields claims beside entries with these seqnums, in a file of 64 KiB.
fn claims(fields: &[(usize, u64)], found: impl IntoIterator<Item = u64>) -> Claims {
    beside(0, fields, found)
}

/// The same, where the main array names so many entries that cannot be read.
fn beside(unreadable: u64, fields: &[(usize, u64)], found: impl IntoIterator<Item = u64>) -> Claims {
    let mut bytes = sample(1).state(2).build();
    let usual = [(96, (1_u64 << 16) - 272), (144, 900), (152, 300), (160, 400), (168, 101)];
    for (at, value) in usual.iter().chain(fields) {
        bytes[*at..*at + 8].copy_from_slice(&value.to_le_bytes());
    }
    let header = Header::read(Image::new(&bytes)).unwrap();
    let seqnums: Vec<Seqnum> = found.into_iter().map(Seqnum).collect();
    let count = seqnums.len() as u64;
    Claims::of(&header, 1 << 16, &Seqnums::of(seqnums), (count, unreadable))
}

fn told(claims: &Claims) -> [u64; 5] {
    [claims.entries, claims.absent, claims.before, claims.behind, claims.lost]
}

#[test]
fn what_lies_before_the_first_and_behind_the_last_is_lost_too() {
    assert_eq!(told(&claims(&[], 101..=400)), [300, 0, 0, 0, 0]);
    assert_eq!(told(&claims(&[], 101..=230)), [300, 170, 0, 170, 170]);
    assert_eq!(told(&claims(&[], (151..=200).chain(221..=350))), [300, 120, 50, 50, 120]);
    assert_eq!(told(&claims(&[], [])), [300, 300, 0, 300, 300]);
    assert!(claims(&[], 101..=230).contradictions.is_empty());
}

#[test]
fn what_cannot_be_read_is_lost_though_the_header_claims_nothing() {
    let of_new_file = [(152, 0), (160, 0), (168, 0)];
    assert_eq!(beside(6, &of_new_file, 101..=110).lost, 6);
    // Four of them are those between.
    let between = beside(6, &of_new_file, (101..=110).chain(115..=120));
    assert_eq!((between.lost, between.unplaced), (6, 2));
    assert_eq!(told(&beside(6, &[], 101..=390)), [300, 10, 0, 10, 10]);
}

#[test]
fn numbers_that_other_files_have_are_not_lost() {
    // 30 entries among 300 numbers, as in a user's journal.
    let sparse = (101..=391).step_by(10);
    assert_eq!(told(&claims(&[(152, 30), (160, 391)], sparse.clone())), [30, 0, 0, 0, 0]);
    assert_eq!(told(&claims(&[(152, 30), (160, 391)], sparse.take(20))), [30, 10, 0, 10, 10]);
}

#[test]
fn a_flipped_field_claims_no_more_than_the_others_allow_and_is_named() {
    let names = |claims: &Claims| claims.contradictions.iter().map(|one| one.what).collect::<Vec<_>>();
    for (at, value, named) in [(152, 300 | 1 << 60, 1), (160, 400 | 1 << 50, 0), (168, 1, 0), (144, 1 << 40, 0)] {
        let flipped = claims(&[(at, value)], 101..=230);
        assert_eq!(flipped.entries, 300, "{at}");
        assert!((170..=300).contains(&flipped.lost), "{at}: {flipped:?}");
        assert_eq!(names(&flipped).len(), named, "{at}: {flipped:?}");
        let whole = claims(&[(at, value)], 101..=400);
        assert_eq!(whole.lost, 0, "{at}: {whole:?}");
    }
    // One that is too small is contradicted by what is there, even by one entry where the file was closed.
    for (stated, found, lost) in [(4, 101..=230, 170), (299, 101..=400, 0)] {
        let small = claims(&[(152, stated)], found);
        assert_eq!((small.lost, names(&small)), (lost, vec!["n_entries"]));
    }
    let crossed = claims(&[(168, 401)], 101..=230);
    assert_eq!((crossed.lost, names(&crossed)), (170, vec!["tail_entry_seqnum"]));
    // The range is too small: the count may be right.
    for (at, value) in [(160, 400 ^ 256), (168, 101 | 128)] {
        let narrow = claims(&[(at, value)], 101..=230);
        assert_eq!((narrow.lost, names(&narrow)), (170, vec!["n_entries"]), "{at}");
        assert_eq!(claims(&[(at, value)], 101..=400).lost, 0, "{at}");
    }
    // The count may be too great: where both ends of the range are there, it is.
    let great = claims(&[(152, 300 | 512)], 101..=230);
    assert!(names(&great) == ["n_entries"] && (170..=900).contains(&great.lost), "{great:?}");
    assert_eq!(claims(&[(152, 300 | 512)], 101..=400).lost, 0);
    // Where all agree on nonsense, the size of the file does not.
    let wild = 0x3030_3030_3030_3030;
    let absurd = claims(&[(96, 0), (144, wild), (152, wild), (160, wild), (168, 1)], 101..=230);
    assert!(absurd.lost <= (1 << 16) / ENTRY_LEAST, "{absurd:?}");
}

#[test]
fn the_entry_that_was_being_written_is_claimed_by_its_number_alone() {
    let open = |found| told(&claims(&[(16, 1), (160, 401)], found));
    assert_eq!(open(101..=400), [300, 1, 0, 1, 1]);
    assert_eq!(open(101..=401), [300, 0, 0, 0, 0]);
    assert!(claims(&[(16, 1), (160, 401)], 101..=401).contradictions.is_empty());
    assert_eq!(told(&claims(&[(160, 401)], 101..=400)), [300, 0, 0, 0, 0], "a closed file counts all of its entries");
}

#[test]
fn an_older_header_claims_by_its_numbers_alone_and_an_empty_file_nothing() {
    let older = claims(&[(152, 100), (160, 200)], (101..=190).chain(201..=300));
    assert_eq!(told(&older), [100, 10, 0, 0, 10]);
    assert_eq!(told(&claims(&[(152, 0), (168, 0)], [])), [0, 0, 0, 0, 0]);
}
