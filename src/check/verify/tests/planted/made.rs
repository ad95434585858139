//! Files that are made with a broken rule, and wounds that are no faults.

use super::*;

pub(super) const WOUNDS: &[Plant] = &[
    (Rule::Padding, &[], |bytes, layout| {
        let data = shared(layout, "PRIORITY=3");
        let at = data.stored + data.stored_len;
        bytes[at as usize] = 1;
        at
    }),
    (Rule::ChainDepth, &[], |bytes, _| write(bytes, 240, 60)),
    // The last entry's message knows no entry.
    (Rule::Unused, &[], |bytes, layout| {
        let at = layout.find_data(b"MESSAGE=record 60 of unit 0").unwrap().offset;
        put_u64(bytes, at + 40, 0);
        write(bytes, at + 56, 0);
        at
    }),
    (Rule::LastUnlisted, &[], |bytes, layout| {
        let data = shared(layout, "PRIORITY=4");
        let (last, count) = (data.arrays.last().unwrap(), data.entries.len() as u64);
        zero_array_item(bytes, last.offset, last.used - 1);
        put_u64(bytes, data.offset + 56, count - 1);
        put_u32(bytes, data.offset + 68, last.used as u32 - 1);
        layout.entries[59]
    }),
];

pub(super) fn cases() -> Vec<Case> {
    vec![
        header_size(),
        item_hash(),
        data_name(),
        Case::new(Rule::NewerFlags, &[], sample(9).compatible_flags(2).build(), 8),
        item_twice(),
        #[cfg(feature = "zstd")]
        unchecked(),
    ]
}

/// A size that no header has, where the objects begin behind the smallest one.
fn header_size() -> Case {
    let mut bytes = sample(60).header_size(208).build();
    let at = write(&mut bytes, 88, 204);
    Case::new(Rule::HeaderSize, &[], bytes, at)
}

fn item_hash() -> Case {
    let synth = sample(60).compact(false);
    let (mut bytes, at) = (synth.build(), synth.layout().entries[9]);
    flip_bit(&mut bytes, at + 64 + 8, 0);
    Case::new(Rule::EntryItemHash, &[], bytes, at)
}

/// The payload's hash is right.
fn data_name() -> Case {
    let synth = Synth::new().entry(Record::new(1).field("no name here").field("MESSAGE=x"));
    let at = synth.layout().find_data(b"no name here").unwrap().offset;
    Case::new(Rule::DataName, &[], synth.build(), at)
}

/// As systemd 247 wrote it: the value that the first entry with a repeated item repeats.
fn item_twice() -> Case {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/small/sd247-value-twice.journal");
    let bytes = std::fs::read(path).unwrap();
    let mut at = read(&bytes, 88);
    let twice = loop {
        let size = read(&bytes, at + 8);
        let items: Vec<u64> = (at + 64..at + size).step_by(16).map(|item| read(&bytes, item)).collect();
        let repeated = items.iter().find(|item| items.iter().filter(|other| other == item).count() > 1);
        match repeated.filter(|_| bytes[at as usize] == 3) {
            Some(repeated) => break *repeated,
            None => at += size.next_multiple_of(8),
        }
    };
    Case::new(Rule::ItemTwice, &[], bytes, twice)
}

/// A payload that is larger than what is read here.
#[cfg(feature = "zstd")]
fn unchecked() -> Case {
    let long = [b"LONG=".as_slice(), &[b'x'; 1 << 17]].concat();
    let synth = Synth::new().codec(Codec::Zstd).threshold(512).entry(Record::new(1).field(&long));
    let at = synth.layout().find_data(&long).unwrap().offset;
    Case::new(Rule::Unchecked, &[], synth.build(), at)
}
