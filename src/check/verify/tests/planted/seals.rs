//! Seals that are broken, missing, or of another time; on files that real journalds sealed.

use super::super::sealed::{objects, sealed};
use super::*;

pub(super) fn cases() -> Vec<Case> {
    vec![tag_seal(), tag_epoch(), tag_again(), tag_time(), unsealed(), no_key()]
}

fn case(rule: Rule, others: &'static [Rule], (bytes, key): (Vec<u8>, super::super::super::Key), at: u64) -> Case {
    Case { key: Some(key), ..Case::new(rule, others, bytes, at) }
}

fn tag_seal() -> Case {
    let (mut bytes, key) = sealed(252);
    let (at, _) = objects(&bytes, 7)[2];
    flip_bit(&mut bytes, at + 40, 0);
    case(Rule::TagSeal, &[], (bytes, key), at)
}

/// The number of the epoch goes into the seal.
fn tag_epoch() -> Case {
    let (mut bytes, key) = sealed(252);
    let (at, _) = objects(&bytes, 7)[4];
    put_u64(&mut bytes, at + 24, 0);
    case(Rule::TagEpoch, &[Rule::TagSeal, Rule::TagTime], (bytes, key), at)
}

fn tag_again() -> Case {
    let (mut bytes, key) = sealed(257);
    let (at, _) = objects(&bytes, 7)[2];
    let epoch = read(&bytes, at + 24);
    put_u64(&mut bytes, at + 24, epoch - 1);
    case(Rule::TagAgain, &[Rule::TagSeal, Rule::TagEpoch, Rule::TagTime], (bytes, key), at)
}

/// The same seed with epochs that begin one earlier: every seal is right, and every entry too late for its own.
fn tag_time() -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small/state-sealed-252.key");
    let text = std::fs::read_to_string(path).unwrap();
    let (seed, times) = text.trim().split_once('/').unwrap();
    let (start, interval) = times.split_once('-').unwrap();
    let earlier = u64::from_str_radix(start, 16).unwrap() - 1;
    let key = format!("{seed}/{earlier:x}-{interval}").parse().unwrap();
    let (bytes, _) = sealed(252);
    let first = objects(&bytes, 3)[0].0;
    let (at, _) = objects(&bytes, 7).into_iter().find(|(at, _)| *at > first).unwrap();
    case(Rule::TagTime, &[], (bytes, key), at)
}

/// The last tag was never written.
fn unsealed() -> Case {
    let (mut bytes, key) = sealed(252);
    let tags = objects(&bytes, 7);
    let ((before, _), (last, size)) = (tags[3], tags[4]);
    let is_last = |(at, _): &(u64, u64)| *at < last;
    let tail = (1..=7).flat_map(|kind| objects(&bytes, kind)).filter(is_last).max().unwrap().0;
    zero(&mut bytes, last..last + size);
    put_u64(&mut bytes, 136, tail);
    for count in [144, 224] {
        let n = read(&bytes, count);
        put_u64(&mut bytes, count, n - 1);
    }
    case(Rule::Unsealed, &[], (bytes, key), before)
}

fn no_key() -> Case {
    Case::new(Rule::NoKey, &[], sealed(252).0, 8)
}
