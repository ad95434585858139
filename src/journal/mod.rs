//! Many files as one journal: which files there are, in which order their entries happened, and which boots they hold.
//!
//! These are facts; what they mean is for [`analysis`](crate) to say. Files that cannot be read are kept with the reason,
//! and the rest is read.

mod account;
mod among;
mod backwards;
mod between;
mod beyond;
mod boots;
mod clock;
mod counter;
mod discover;
mod extent;
mod fields;
mod group;
mod merge;
mod moments;
mod name;
mod namespaced;
mod numbers;
mod open;
mod order;
mod rank;
mod rename;
mod repeat;
mod rises;
mod rising;
mod twice;
mod walk;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::prelude::*;

pub use account::{Accounts, Damage};
pub use backwards::Backwards;
pub use between::Between;
pub use boots::{Boot, Numbers, SetAside, Share};
pub use clock::ran_on;
pub use counter::Counter;
pub use discover::{Found, discover, holds_journals, machine_directories};
pub use extent::Extent;
pub use fields::{Counted, Gathered};
pub use merge::Merge;
pub use name::{FileName, namespace};
pub use namespaced::names_namespace;
pub use order::{Order, Piece, Stretch};
pub use rising::Rising;
pub use twice::Twice;

use crate::check::Salvage;
use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::{JournalFile, Options, Reach};
use crate::format::Id128;

/// The place of an entry in a journal: which file, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The index of the file in [`Journal::files`].
    pub file: u32,
    /// The offset of the ENTRY object.
    pub at: crate::corrupt::Offset,
}

/// Journal files read as one.
#[derive(Debug)]
pub struct Journal {
    files: Vec<JournalFile>,
    /// By file.
    salvages: Vec<OnceLock<Box<Salvage>>>,
    failed: Vec<Error>,
    /// The indices of files that were left out, see [`Journal::of_extent`].
    left_out: Vec<usize>,
    /// Whether these are all files of their directories, see [`Journal::of_whole_directories`].
    is_whole: bool,
    order: OnceLock<Order>,
    unread: beyond::Unread,
}

impl Journal {
    /// Opens all journal files found at `paths`: files, directories of them, or trees of directories.
    ///
    /// Files that cannot be opened are in [`Journal::failed`]; it may be that none can.
    ///
    /// # Errors
    /// When there is no journal file at all.
    pub fn open<P: AsRef<Path>>(paths: &[P], options: Options) -> Result<Self, Error> {
        let found = discover(paths);
        let journal = Self::of_files(&found.files, found.failed, options);
        if journal.files.is_empty() && journal.failed.is_empty() {
            return Err(Error::NoJournals {
                path: paths.first().map_or_else(PathBuf::new, |path| path.as_ref().to_owned()),
            });
        }
        Ok(journal)
    }

    /// Opens exactly these files, in parallel; the order of `paths` breaks ties between equal entries.
    #[must_use]
    pub fn of_files(paths: &[PathBuf], failed: Vec<Error>, options: Options) -> Self {
        Self::collect(paths.par_iter().map(|path| open::open(path, options)).collect(), failed)
    }

    /// Opens of these files those that may hold any of the entries wanted.
    ///
    /// Closed files are left out whose headers and first entries tell that they hold none: a file of no entries stands
    /// in their place, until [`Journal::look_beyond`] opens them too. So nothing but those entries should be asked of
    /// this journal: not its boots, nor the values of its fields. All are opened where any of them turns out to be
    /// damaged, and where `options` ask for more than that.
    #[must_use]
    pub fn of_extent(paths: &[PathBuf], failed: Vec<Error>, options: Options, extent: &Extent) -> Self {
        let is_usual = options.reach == Reach::All && !options.thorough;
        let needs = if is_usual { extent::Needs::of(paths, extent) } else { extent::Needs::default() };
        if !needs.leaves_out() {
            return Self::of_files(paths, failed, options);
        }
        let open = |(index, path): (usize, &PathBuf)| match needs.left_out(index) {
            Some(begin) => Ok(open::left_out(path, begin, options)),
            None => open::open(path, options),
        };
        let opened: Vec<_> = paths.par_iter().enumerate().map(open).collect();
        let left_out = (0..paths.len()).filter(|index| needs.left_out(*index).is_some()).collect();
        let journal = Self { left_out, ..Self::collect(opened, Vec::new()) };
        if journal.failed.is_empty() && needs.are_met(&journal) {
            return Self { failed, ..journal };
        }
        Self::of_files(paths, failed, options)
    }

    fn collect(opened: Vec<Result<open::Opened, Error>>, mut failed: Vec<Error>) -> Self {
        let (mut files, mut salvages) = (Vec::with_capacity(opened.len()), Vec::with_capacity(opened.len()));
        for file in opened {
            match file {
                Ok(open::Opened { file, salvage }) => {
                    files.push(file);
                    salvages.push(salvage.map_or_else(OnceLock::new, OnceLock::from));
                }
                Err(error) => failed.push(error),
            }
        }
        Self { salvages, failed, ..Self::from_files(files) }
    }

    /// How many files were left out since nothing that is wanted can be in them.
    #[must_use]
    pub const fn left_out(&self) -> usize {
        self.left_out.len()
    }

    /// Takes files that are open already, with the entries that each gives by itself.
    #[must_use]
    pub fn from_files(files: Vec<JournalFile>) -> Self {
        let (salvages, failed, left_out) = (Vec::new(), Vec::new(), Vec::new());
        let (order, unread) = (OnceLock::new(), beyond::Unread::default());
        Self { files, salvages, failed, left_out, is_whole: false, order, unread }
    }

    /// Says that these are all files of their directories, so that [`Journal::between`] can tell which are missing.
    #[must_use]
    pub fn of_whole_directories(self) -> Self {
        Self { is_whole: true, ..self }
    }

    /// The open files, by path.
    #[must_use]
    pub fn files(&self) -> &[JournalFile] {
        &self.files
    }

    /// Files and directories that could not be read, each with the reason.
    #[must_use]
    pub fn failed(&self) -> &[Error] {
        &self.failed
    }

    /// What a walk through the file at `index` found, if there was reason for one.
    #[must_use]
    pub fn salvage(&self, index: usize) -> Option<&Salvage> {
        self.salvages.get(index)?.get().map(Box::as_ref)
    }

    /// How many entries of each boot no index reaches, as far as files were walked; boots without any are not in it.
    #[must_use]
    pub fn salvaged(&self) -> HashMap<Id128, u64> {
        let found = (0..self.files.len()).filter_map(|index| self.salvage(index)).flat_map(|salvage| &salvage.entries);
        let mut by_boot = HashMap::new();
        found.for_each(|found| *by_boot.entry(found.boot_id).or_default() += 1);
        by_boot
    }

    /// The order of all entries, worked out at the first call.
    pub fn order(&self) -> &Order {
        // Made outside the cell: its parallel parts may take up work that asks for the order itself.
        match self.order.get() {
            Some(order) => order,
            None => {
                let made = Order::of(&self.files, &self.salvages);
                self.order.get_or_init(|| made)
            }
        }
    }

    /// All boots that have an entry, oldest first.
    #[must_use]
    pub fn boots(&self) -> &[Boot] {
        self.order().boots()
    }

    /// How many entries the boot at `index` of [`Journal::boots`] has; an entry that several files hold counts once.
    ///
    /// Cost: the first question merges what overlaps, which is linear in entries; files that follow one another cost
    /// nothing.
    #[must_use]
    pub fn entry_count(&self, index: usize) -> u64 {
        self.order().entries(&self.files).get(index).copied().unwrap_or_default()
    }

    /// Whether nothing names the boot at `index` but the head of one entry, of which no field is left: a head that damage
    /// made would name one too.
    #[must_use]
    pub fn is_by_head_alone(&self, index: usize) -> bool {
        let Some(boot) = self.boots().get(index).filter(|boot| boot.slots == 1) else { return false };
        let stretch = boot.stretches.first().and_then(|stretch| self.order().stretches().get(*stretch));
        let file = stretch.and_then(|stretch| Some((stretch, self.files.get(stretch.file as usize)?)));
        let Some((stretch, file)) = file.filter(|(_, file)| file.findings().is_some()) else { return false };
        let entry = file.entry(file.entry_at(stretch.slots.start));
        entry.is_ok_and(|entry| entry.fields().all(|field| field.is_err()))
    }

    /// The entry at a place.
    ///
    /// # Errors
    /// When it cannot be read, which is noted for [`Journal::unread`].
    pub fn entry(&self, place: Place) -> Result<crate::file::Entry<'_>, crate::corrupt::Corrupt> {
        match self.files.get(place.file as usize) {
            Some(file) => file.entry(place.at).inspect_err(|damage| {
                self.unread.note(place.file as usize, damage, Losses::entry);
            }),
            None => Err(crate::corrupt::Corrupt::new(place.at, "entry", crate::corrupt::Fault::Malformed)),
        }
    }

    /// The boot that an entry belongs to, by index in [`Journal::boots`]; `None` when it is in no readable stretch.
    ///
    /// It goes by the entry's place, so that an entry that lost its own id is found too. Costs two bisections.
    #[must_use]
    pub fn boot_of(&self, place: Place) -> Option<usize> {
        let file = self.files.get(place.file as usize)?;
        let slot = file.slot_from(place.at);
        // Stretches are listed by file and slot.
        let stretches = self.order().stretches();
        let before = |stretch: &Stretch| (stretch.file, stretch.slots.end) <= (place.file, slot);
        let stretch = stretches.get(stretches.partition_point(before))?;
        let holds = stretch.file == place.file && stretch.slots.contains(&slot) && file.entry_at(slot) == place.at;
        holds.then_some(stretch.boot)
    }

    /// Whether opening, a check or ordering found anything unreadable in the file at `index`, so that its index may lie.
    #[must_use]
    pub fn is_damaged(&self, index: usize) -> bool {
        let opened = self.files.get(index).is_some_and(|file| !file.losses().is_empty() || file.findings().is_some());
        let checked = || self.salvage(index).is_some_and(|found| !found.losses.is_empty());
        opened || checked() || self.order().losses().get(index).is_some_and(|losses| !losses.is_empty())
    }

    /// What opening and ordering found unreadable, per file with any.
    #[must_use]
    pub fn losses(&self) -> Vec<(usize, Losses)> {
        let ordered = self.order.get();
        let of = |(index, file): (usize, &JournalFile)| {
            let mut losses = file.losses().clone();
            if let Some(salvage) = self.salvage(index) {
                losses.add(salvage.losses.clone());
            }
            if let Some(more) = ordered.and_then(|order| order.losses().get(index)) {
                losses.add(more.clone());
            }
            (!losses.is_empty()).then_some((index, losses))
        };
        self.files.iter().enumerate().filter_map(of).collect()
    }
}
