//! Properties that hold for any bytes, as functions: fuzz targets and unit tests call the same ones.
//!
//! | function | what it is given | what must hold |
//! | --- | --- | --- |
//! | [`object()`] | bytes in which objects may lie anywhere | what decodes lies in them; fast and slow decoders agree; no payload beyond its limit |
//! | [`file()`] | the bytes of one file | both ways agree; counts are bounded by the size; spans are disjoint |
//! | [`journal()`] | files read as one | order, boots and selections agree both ways; no file's own order is broken |
//! | [`walk()`] | fuzzer input | the walk without an index covers the file, every byte is accounted for, no entry is there twice |
//! | [`verify()`] | fuzzer input | a check by all rules ends, and says the same with one thread and with several |
//! | [`open`] | fuzzer input | one of the two above, or a synthetic journal with wounds against its unharmed twin |
//!
//! They return nothing and panic where a property fails. Unlike the rest of the testkit, they use the library itself.

#[cfg(test)]
mod attacks;
mod file;
#[cfg(test)]
mod hostile;
mod journal;
mod object;
#[cfg(test)]
mod tests;
mod verify;
mod walk;

pub use file::file;
pub use journal::{journal, same_as_scanned};
pub use object::object;
pub use verify::verify;
pub use walk::walk;

use super::synth::{Codec, Record, Synth, sample};
use super::wound::Wound;
use crate::journal::Journal;

/// Reads fuzzer input: a flag byte, then either a whole file (even flag) or a shape, a count and wounds (odd flag).
pub fn open(input: &[u8]) {
    match input {
        [flag, rest @ ..] if flag % 2 == 0 => {
            let files = [file(rest.to_vec()), file(twin(9).build())];
            journal(&Journal::from_files(files.into_iter().flatten().collect()));
        }
        [_, shape, count, rest @ ..] => wounded(*shape, *count, &Wound::list(rest)),
        _ => {}
    }
}

/// A synthetic journal of this shape, wounded, alone and together with the same journal unharmed.
pub fn wounded(shape: u8, count: u8, wounds: &[Wound]) {
    let synth = shaped(shape, u64::from(count % 32));
    let mut bytes = synth.build();
    for wound in wounds {
        wound.apply(&mut bytes);
    }
    let alone = file(bytes.clone());
    let alone = Journal::from_files(alone.into_iter().collect());
    journal(&alone);
    if wounds.is_empty() {
        same_as_scanned(&alone);
    }
    let unharmed = file(synth.build());
    let both = Journal::from_files(file(bytes).into_iter().chain(unharmed).collect());
    journal(&both);
    journal::holds_all_of_last(&both);
}

/// A sample journal whose layout, hash, codec and header follow from the bits of `shape`.
fn shaped(shape: u8, count: u64) -> Synth {
    let codec = [Codec::None, Codec::Zstd, Codec::Lz4, Codec::Xz][usize::from(shape >> 2) % 4];
    let header = [272, 264, 256, 208][usize::from(shape >> 4) % 4];
    let synth = sample(count).compact(shape & 1 == 0).keyed(shape & 2 == 0);
    synth.codec(codec).header_size(header).padding(u64::from(shape >> 6) * 96)
}

/// A journal that shares boots and seqnums with samples, so that whatever is read beside it is merged.
fn twin(count: u64) -> Synth {
    (1..=count).fold(Synth::new(), |synth, seqnum| {
        synth.entry(Record::new(seqnum).boot((seqnum % 3) as u8).field(format!("MESSAGE=twin {seqnum}")))
    })
}
