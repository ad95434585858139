//! `show -o journal`: entries written into a journal file of their own.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, Args, Command, ValueEnum};

use super::loss::{counted, say, visible};
use super::progress::Progress;
use super::{Stop, rescue};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::JournalFile;
use crate::format::Layout;
use crate::journal::{Journal, Place, Rising};
use crate::output::journal::{Copier, Reader};
use crate::query::{CHUNK, Chunk, JoinedChunk, Outcome, Selection, render_chunks};
use crate::write::{Options, Report, Seqnums};

/// The format that is a file.
pub(super) const NAME: &str = "journal";

/// How a file's name says that it is to be one.
pub(super) const SUFFIX: &str = ".journal";

/// Where a journal is written to, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "How they look")]
pub(super) struct Target {
    /// With -o journal: the file to write, which must not exist yet
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// With -o journal: the layout of the file; systemd before 252 reads only regular ones
    #[arg(long, value_enum, default_value_t = Form::Compact, value_name = "LAYOUT")]
    layout: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Compact,
    Regular,
}

/// The values of -o: names of formats, and names of files to be written.
#[derive(Clone)]
pub(super) struct Formats(PossibleValuesParser);

impl Formats {
    pub(super) fn of(names: PossibleValuesParser) -> Self {
        Self(names)
    }
}

impl TypedValueParser for Formats {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        match value.to_str() {
            Some(name) if name.ends_with(SUFFIX) => Ok(name.to_owned()),
            Some(name) if command.get_name() == "salvage" && rescue::directory(name).is_some() => {
                rescue::mistyped(name).map_or_else(|| Ok(name.to_owned()), |why| Err(refused(command, &why)))
            }
            _ => self.0.parse_ref(command, arg, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        self.0.possible_values()
    }
}

/// What is said of a value that cannot be meant so.
fn refused(command: &Command, why: &str) -> clap::Error {
    let why = format!("{}\n", visible(why));
    clap::Error::raw(clap::error::ErrorKind::InvalidValue, why).with_cmd(command)
}

/// A file to be written.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    options: Options,
    quiet: bool,
}

/// What is left of the work: what could not be read by file, the last entry, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Left {
    pub(super) losses: BTreeMap<u32, Losses>,
    pub(super) last: Option<Place>,
    pub(super) count: usize,
    /// The files that are to be walked first, for which nothing was written.
    pub(super) damaged: Vec<usize>,
    rising: Rising,
}

impl Target {
    /// The file that is to be written, if one is.
    ///
    /// # Errors
    /// When a file is named without the format, twice, or not at all.
    pub(super) fn file(&self, output: &str, quiet: bool) -> Result<Option<File>, Error> {
        let bad =
            |what, input: &str, why: &str| Err(Error::BadQuery { what, input: input.to_owned(), why: why.to_owned() });
        let path = match &self.to {
            Some(_) if output.ends_with(SUFFIX) => return bad("--output", output, "--to names the file already"),
            Some(path) if output == NAME => path.clone(),
            Some(path) => return bad("--to", &path.display().to_string(), "it goes with -o journal"),
            None if output == NAME => {
                return bad("--output", NAME, "say where to: --to FILE, or --output FILE.journal at once");
            }
            None if output.ends_with(SUFFIX) => PathBuf::from(output),
            None => return Ok(None),
        };
        Ok(Some(File { path, options: self.options(), quiet }))
    }

    /// How files are written.
    pub(super) fn options(&self) -> Options {
        let layout = if self.layout == Form::Compact { Layout::Compact } else { Layout::Regular };
        Options { layout, ..Options::default() }
    }
}

impl File {
    /// Writes the entries, the oldest first whatever the order asked for.
    ///
    /// # Errors
    /// When the file cannot be written; then there is none.
    pub(super) fn write(
        &self,
        journal: &Journal,
        selection: &Selection<'_>,
        (reverse, fields, threads): (bool, &[String], usize),
        chunks: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool) + Send,
    ) -> Result<Left, Stop> {
        let options = Options { expected_fields: fields_of(journal), ..self.options };
        let mut copier = Copier::create(&self.path, &options)?.with_fields(fields);
        let (readers, progress, mut failed) = (copier.readers(), Progress::default(), None);
        let outcome = std::thread::scope(|scope| {
            let _watched = progress.watch(selection, None, scope);
            render_chunks(
                |take| if reverse { turned(chunks, take) } else { chunks(take) },
                threads,
                || (readers.reader(), Left::default()),
                |(reader, left), chunk, batch| {
                    copied(journal, &chunk.chunk, reader, left, batch);
                    progress.add(chunk.chunk.places.len());
                },
                |batch| {
                    failed = copier.take(batch).err();
                    failed.is_none()
                },
            )
        });
        let (Outcome::Done(workers) | Outcome::Stopped(workers)) = outcome;
        let mut all = Left::default();
        workers.into_iter().for_each(|(_, left)| all.add(left));
        all.damaged = worth_a_walk(journal, &all.losses);
        match failed {
            Some(error) => return Err(error.into()),
            None if all.damaged.is_empty() => tell_all(&copier.finish()?, self.quiet),
            None => {}
        }
        Ok(all)
    }
}

/// No DATA object is smaller.
const LEAST_DATA: u64 = 64;

/// How many different fields the files have by their headers, as far as there is room for them.
fn fields_of(journal: &Journal) -> u64 {
    let of = |file: &JournalFile| file.header().n_data.unwrap_or_default().min(file.image().len() / LEAST_DATA);
    journal.files().iter().map(of).fold(0, u64::saturating_add)
}

/// Says what was written into the files of one copy.
pub(super) fn tell_all(reports: &[Report], quiet: bool) {
    reports.iter().for_each(|report| tell(report, quiet));
    if reports.len() > 1 && !quiet {
        say(&format!(
            "{} files: a new one begins where the clock of a boot goes back, and before one exceeds 4 GiB",
            reports.len()
        ));
    }
}

/// Says what was written into a file.
fn tell(report: &Report, quiet: bool) {
    let seqnums = match report.seqnums {
        Seqnums::Kept => "sequence numbers kept",
        Seqnums::OfSeveral => "numbered anew, since they come from several series",
        Seqnums::Disordered => "numbered anew, since their numbers do not grow",
    };
    let (entries, boots) = (counted(report.entries, "entry", "entries"), counted(report.boots, "boot", "boots"));
    if !quiet {
        say(&visible(&format!("{}: {entries} of {boots}, {seqnums}", report.path.display())));
    }
    tell_refused(report);
    if report.backwards > 0 && !quiet {
        let times = counted(report.backwards, "time", "times");
        say(&format!("the clock of a boot goes back {times}; journalctl --verify will fault that"));
    }
}

/// Says what could not be written.
pub(super) fn tell_refused(report: &Report) {
    if report.refused > 0 {
        let refused = counted(report.refused, "entry", "entries");
        say(&format!("{refused} left out: without a field, without a boot, or with a time that no journal can hold"));
    }
}

impl Left {
    fn add(&mut self, other: Self) {
        for (file, losses) in other.losses {
            self.losses.entry(file).or_default().add(losses);
        }
        if other.count > self.count {
            (self.last, self.count) = (other.last, other.count);
        }
    }
}

/// The files with damage that a walk may find a way round.
fn worth_a_walk(journal: &Journal, losses: &BTreeMap<u32, Losses>) -> Vec<usize> {
    journal.worth_a_walk(losses.iter().map(|(file, losses)| (*file as usize, losses)))
}

/// Reads a chunk into a batch.
fn copied(journal: &Journal, chunk: &Chunk, reader: &mut Reader, left: &mut Left, batch: &mut Vec<u8>) {
    reader.begin(batch);
    for place in &chunk.places {
        let mut lost = Losses::default();
        match journal.entry(*place) {
            Ok(entry) => {
                left.rising.see(*place, &entry).unwrap_or_else(|damage| lost.structure(damage));
                reader.entry(&entry, batch, &mut lost);
            }
            Err(damage) => lost.entry(damage),
        }
        if !lost.is_empty() {
            left.losses.entry(place.file).or_default().add(lost);
        }
    }
    (left.last, left.count) = (chunk.places.last().copied(), chunk.first + chunk.places.len());
}

/// Gives chunks of the same entries the other way round.
fn turned(chunks: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool), take: &mut dyn FnMut(JoinedChunk) -> bool) {
    let mut held: Vec<Place> = Vec::new();
    chunks(&mut |chunk| {
        held.extend(chunk.chunk.places);
        true
    });
    held.reverse();
    let mut first = 0;
    for places in held.chunks(CHUNK) {
        if !take(Chunk { places: places.to_vec(), first, ..Chunk::default() }.into()) {
            return;
        }
        first += places.len();
    }
}
