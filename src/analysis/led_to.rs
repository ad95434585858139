//! The values that a file's entries lead to, by name: what there is to ask where an index cannot be trusted.

use std::collections::HashMap;

use super::marks::is;
use crate::check::Starts;
use crate::corrupt::Offset;
use crate::file::JournalFile;
use crate::format::Inflater;

/// So many names are told apart; a file made to have more costs no more memory for that.
const NAMES: usize = 4096;

/// The DATA of a file that its entries lead to, each list ascending.
#[derive(Debug, Default)]
pub(super) struct LedTo {
    by_name: HashMap<Box<[u8]>, Vec<Offset>>,
    /// Those of names beyond that.
    others: Vec<Offset>,
}

impl LedTo {
    /// Reads all entries of a file, and of each DATA its name.
    pub(super) fn of(file: &JournalFile, inflater: &mut Inflater) -> Self {
        let mut all = Starts::of(file.image().len());
        file.entries(0..file.slot_count()).flatten().for_each(|entry| {
            entry.items().for_each(|at| _ = all.insert(at));
        });
        let mut found = Self::default();
        for at in all.iter() {
            let Some(stored) = file.glance_at(at) else { continue };
            // What a name begins is asked in full later, where it fits.
            let payload = if stored.flags & 7 == 0 { Ok(stored.bytes) } else { file.plain(&stored, inflater) };
            let name = payload.ok().and_then(|payload| payload.get(..memchr::memchr(b'=', payload)?));
            name.into_iter().for_each(|name| found.add(name, at));
        }
        found
    }

    fn add(&mut self, name: &[u8], at: Offset) {
        if let Some(known) = self.by_name.get_mut(name) {
            known.push(at);
        } else if self.by_name.len() < NAMES {
            self.by_name.insert(name.into(), vec![at]);
        } else {
            self.others.push(at);
        }
    }

    /// Those that fit one of the terms, ascending. Only values with the names of the terms are looked at.
    pub(super) fn fitting(&self, file: &JournalFile, terms: &[&str], inflater: &mut Inflater) -> Vec<Offset> {
        let has_name = |term: &str, name: &[u8]| match term.split_once('=') {
            Some((own, _)) => own.as_bytes() == name,
            // The beginning of names.
            None => true,
        };
        let lists = self.by_name.iter().filter(|(name, _)| terms.iter().any(|term| has_name(term, name)));
        let lists = lists.map(|(_, list)| list).chain([&self.others]);
        let mut found: Vec<Offset> = lists.flatten().copied().filter(|at| is(file, *at, terms, inflater)).collect();
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::{Codec, Record, Synth};

    #[test]
    fn what_fits_is_found_among_as_many_names_as_there_are_and_compressed_too() {
        let count = NAMES as u64 + 40;
        let record =
            |n| Record::new(n).field(format!("NAME{n}=value")).field(format!("MESSAGE={}", "long ".repeat(200)));
        let synth = (1..=count).fold(Synth::new().codec(Codec::Lz4), |synth, n| synth.entry(record(n)));
        let (layout, bytes) = (synth.layout(), synth.build());
        let file = JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap();
        let mut inflater = Inflater::default();
        let led_to = LedTo::of(&file, &mut inflater);
        assert!(led_to.by_name.len() == NAMES && led_to.others.len() > 40);
        let place = |payload: String| Offset(layout.find_data(payload.as_bytes()).unwrap().offset);
        for n in [1, 2000, count] {
            let term = format!("NAME{n}=value");
            assert_eq!(led_to.fitting(&file, &[&term, "NAME=value"], &mut inflater), [place(term.clone())]);
        }
        assert_eq!(led_to.fitting(&file, &["MESSAGE=long l*", "NAME7=v*"], &mut inflater).len(), 2);
        assert_eq!(led_to.fitting(&file, &["MESSAGE=short*"], &mut inflater), []);
    }
}
