//! Work that is done again where it comes upon damage in files that were taken by their index alone.

use super::Stop;
use crate::corrupt::Losses;
use crate::journal::Journal;

/// How one round of a command's work went.
pub(super) enum Round<T> {
    /// It is done.
    Done(T),
    /// Nothing was written, or nothing that would have to be taken back: these files are to be walked first.
    Damaged(Vec<usize>),
}

/// Does the work; as long as it comes upon damage that a walk may find a way round, walks those files and does it again.
///
/// Each round walks files that were not walked before, so that there is an end.
///
/// # Errors
/// What the work says.
pub(super) fn until_done<T>(
    journal: &mut Journal,
    mut work: impl FnMut(&Journal) -> Result<Round<T>, Stop>,
) -> Result<T, Stop> {
    loop {
        match work(journal)? {
            Round::Done(done) => return Ok(done),
            Round::Damaged(files) => journal.look_beyond(&files),
        }
    }
}

/// The files with damage that are to be walked before an answer is given.
pub(super) fn first_walk(journal: &Journal, losses: &[(usize, Losses)]) -> Vec<usize> {
    journal.worth_a_walk(losses.iter().map(|(file, losses)| (*file, losses)))
}
