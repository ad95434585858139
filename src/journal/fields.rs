//! Field names and their values over all files.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Journal;
use crate::corrupt::Losses;
use crate::file::{JournalFile, Values};

/// What was found in the files, and what could not be read on the way.
#[derive(Debug)]
#[must_use]
pub struct Gathered<T> {
    /// What was found.
    pub found: T,
    /// What could not be read, per file with any, by index in [`Journal::files`].
    pub losses: Vec<(usize, Losses)>,
}

impl<T> Gathered<T> {
    /// The same with something else made of what was found.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Gathered<U> {
        Gathered { found: make(self.found), losses: self.losses }
    }
}

/// Values of a field, each with how many entries have it.
pub type Counted = Vec<(Vec<u8>, u64)>;

impl Journal {
    /// The names of all fields, by the files' indexes; no entry of a sound file is read.
    ///
    /// ```
    /// let journal = lastwords::Journal::open(&["testdata/demo"], Default::default())?;
    /// assert!(journal.field_names().found.contains(&b"MESSAGE"[..]));
    /// # Ok::<(), lastwords::Error>(())
    /// ```
    pub fn field_names(&self) -> Gathered<BTreeSet<Vec<u8>>> {
        self.gathered(JournalFile::field_names, |all, names| all.extend(names))
    }

    /// The values of the field `name` with how many entries have each, the most frequent first, then by value.
    ///
    /// They come from the files' indexes; no entry of a sound file is read. Each file counts for itself: an entry that
    /// several files hold counts in each of them.
    pub fn field_values<'j>(&'j self, name: &[u8]) -> Gathered<Values<'j>> {
        let read = |file: &'j JournalFile, values: &mut Values<'j>, losses: &mut Losses| {
            *values = file.listed_values(name, losses);
        };
        let Gathered { mut found, losses } = self.gathered(read, Values::append);
        found.sum();
        found.most_frequent_first();
        Gathered { found, losses }
    }

    /// Calls `visit` with the values of the field `name`, file by file and nothing kept of them; a value comes again where
    /// several files have it, or one is damaged. By index, what could not be read.
    pub fn each_value(&self, name: &[u8], mut visit: impl FnMut(&[u8])) -> Vec<(usize, Losses)> {
        let mut all = Vec::new();
        for (index, file) in self.files().iter().enumerate() {
            let mut losses = Losses::default();
            file.each_value(name, &mut losses, &mut visit);
            if !losses.is_empty() {
                all.push((index, losses));
            }
        }
        all
    }

    /// Reads the files in parallel, and brings together what each has.
    fn gathered<'j, T: Default + Send>(
        &'j self,
        read: impl Fn(&'j JournalFile, &mut T, &mut Losses) + Sync,
        mut join: impl FnMut(&mut T, T),
    ) -> Gathered<T> {
        let one = |file| {
            let (mut part, mut losses) = (T::default(), Losses::default());
            read(file, &mut part, &mut losses);
            (part, losses)
        };
        let parts: Vec<_> = self.files().par_iter().map(one).collect();
        let mut whole = Gathered { found: T::default(), losses: Vec::new() };
        for (file, (part, losses)) in parts.into_iter().enumerate() {
            join(&mut whole.found, part);
            if !losses.is_empty() {
                whole.losses.push((file, losses));
            }
        }
        whole
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::sample;

    #[test]
    fn values_are_counted_in_each_file_the_most_frequent_first() {
        let open = |records| JournalFile::from_bytes(Path::new("made"), sample(records).build(), Options::default());
        let journal = Journal::from_files(vec![open(9).unwrap(), open(4).unwrap()]);
        assert!(journal.field_names().found.contains(&b"BLOB"[..]));
        let Gathered { found, losses } = journal.field_values(b"PRIORITY");
        let found: Vec<(&str, u64)> =
            found.iter().map(|(value, count)| (std::str::from_utf8(value).unwrap(), count)).collect();
        // Records 1 to 9 and 1 to 4 have the priorities 1 to 7, 0, 1 and 1 to 4.
        assert_eq!(found, [("1", 3), ("2", 2), ("3", 2), ("4", 2), ("0", 1), ("5", 1), ("6", 1), ("7", 1)]);
        assert_eq!(losses, []);
        let mut each = Vec::new();
        assert_eq!(journal.each_value(b"PRIORITY", |value| each.push(value.to_vec())), []);
        assert_eq!(each.len(), 12, "eight of the first file, four of the second");
    }
}
