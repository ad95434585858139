//! The files of a copy that takes several.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::corrupt::Offset;
use crate::error::Error;
use crate::file::{JournalFile, Options};
use crate::format::{Id128, Inflater, Seqnum, limits};
use crate::write::{DataId, Draft, Report, Seqnums, Writer};

/// A field that a reader has numbered: in the file that is being written, or only in an earlier one, where it lies in
/// steps of 8. Nearly every item of an entry asks for one, so that they are kept small.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sent {
    Here(DataId),
    There { part: u16, place: u32 },
}

const _: () = assert!(size_of::<Sent>() == 8);

impl Sent {
    /// A field that no file has.
    pub(super) const NOWHERE: Self = Self::There { part: u16::MAX, place: 0 };

    /// A field that an earlier file has.
    pub(super) fn there(part: usize, at: Offset) -> Self {
        match (u16::try_from(part), u32::try_from(at.0 / 8)) {
            (Ok(part), Ok(place)) => Self::There { part, place },
            _ => Self::NOWHERE,
        }
    }
}

/// A file that was ended: what it holds, itself, and that it is a draft.
type Part = (Report, JournalFile, Draft);

/// The files that were ended so far; gone when they are dropped before [`Parts::end`].
#[derive(Debug, Default)]
pub(super) struct Parts {
    done: Vec<Part>,
}

impl Parts {
    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.done.len()
    }

    /// Takes a file that was ended.
    pub(super) fn push(&mut self, (report, draft): (Report, Draft)) -> Result<(), Error> {
        let opened =
            JournalFile::open(&report.path, Options { payload_limit: limits::PAYLOAD_MOST, ..Options::default() });
        self.done.push((report, opened?, draft));
        Ok(())
    }

    /// Copies a field of an earlier file.
    pub(super) fn copy(
        &self,
        (part, place): (u16, u32),
        writer: &mut Writer,
        inflater: &mut Inflater,
    ) -> Result<Option<DataId>, Error> {
        let Some((report, file, _)) = self.done.get(usize::from(part)) else { return Ok(None) };
        let stored = file.stored(Offset(u64::from(place) * 8));
        let payload = stored.and_then(|stored| file.plain(&stored, inflater));
        writer.data(payload.map_err(|damage| Error::Corrupt { path: report.path.clone(), damage })?)
    }

    /// All files; their entries are in the order of their numbers.
    pub(super) fn end(mut self) -> Result<Vec<(Report, Draft)>, Error> {
        let (first, others) = (self.done.iter(), self.done.iter().skip(1));
        if !first.zip(others).all(|((before, ..), (report, ..))| goes_on(before, report)) {
            self.renumber()?;
        }
        Ok(self.done.into_iter().map(|(report, _, draft)| (report, draft)).collect())
    }

    /// Numbers all entries anew from 1, in one series: readers that meet a clock that goes back from one file to the next
    /// have nothing else to order them by.
    fn renumber(&mut self) -> Result<(), Error> {
        let Some((_, last, _)) = self.done.last() else { return Ok(()) };
        let (series, mut next) = (last.header().file_id, Seqnum(1));
        let why = self.done.iter().map(|(report, ..)| report.seqnums).find(|seqnums| *seqnums != Seqnums::Kept);
        for (report, file, _) in &mut self.done {
            let failed = |source| Error::Io { path: report.path.clone(), source };
            numbered(file, &report.path, series, next).map_err(failed)?;
            report.seqnums = why.unwrap_or(Seqnums::OfSeveral);
            (report.seqnum_id, report.head_seqnum) = (series, next);
            next = Seqnum(next.0.saturating_add(report.entries));
            report.tail_seqnum = Seqnum(next.0.saturating_sub(1));
        }
        Ok(())
    }
}

/// Whether the numbers of a file go on where those of the one before end.
fn goes_on(before: &Report, report: &Report) -> bool {
    let are_kept = before.seqnums == Seqnums::Kept && report.seqnums == Seqnums::Kept;
    are_kept && before.seqnum_id == report.seqnum_id && before.tail_seqnum < report.head_seqnum
}

/// Gives the entries of a file other numbers.
fn numbered(file: &JournalFile, path: &Path, series: Id128, first: Seqnum) -> io::Result<()> {
    let mut out = fs::OpenOptions::new().write(true).open(path)?;
    let mut put = |at: u64, bytes: &[u8]| out.seek(SeekFrom::Start(at)).and_then(|_| out.write_all(bytes));
    let mut last = first;
    for (at, number) in file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len()).zip(first.0..) {
        put(at.0.saturating_add(16), &number.to_le_bytes())?;
        last = Seqnum(number);
    }
    put(72, &series.0)?;
    put(160, &last.0.to_le_bytes())?;
    put(168, &first.0.to_le_bytes())?;
    out.sync_all()
}

/// The name of the file with this number, from 2: `NAME-2.journal`.
pub(super) fn name(first: &Path, number: usize) -> PathBuf {
    let mut name = first.file_stem().map_or_else(OsString::new, ToOwned::to_owned);
    name.push(format!("-{number}"));
    if let Some(extension) = first.extension() {
        name.push(".");
        name.push(extension);
    }
    first.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_copy_are_named_alike() {
        assert_eq!(name(Path::new("a/b.c.journal"), 2), Path::new("a/b.c-2.journal"));
        assert_eq!(name(Path::new("plain"), 13), Path::new("plain-13"));
    }
}
