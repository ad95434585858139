//! `verify`: whether files are whole, and where not, what suffers.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use rayon::prelude::*;

use super::args::{Common, Form};
use super::chosen::threads;
use super::loss::Tally;
use super::progress::Progress;
use super::{Status, Stop, Terminal};
#[cfg(feature = "seal")]
use crate::check::verify::{Key, NotAKey};
use crate::check::verify::{Options, Report, Soundness, verify};
#[cfg(feature = "seal")]
use crate::error::Error;
use crate::file::JournalFile;
use crate::output::findings::{Verdict, text};
use crate::output::{Style, document};

const ABOUT: &str = "\
Every rule that a sound journal keeps is checked to the end of each file, and
the hash of every value. A fault says that the file is not what a writer leaves
behind; a remark, that an append was cut short or that some systemd judges
otherwise.

Exit status: 0 all sound, 1 faults found, 3 something could not be read.";

/// The options of `verify`.
#[derive(Debug, Args)]
// All values are checked here in any case.
#[command(after_help = ABOUT, mut_arg("thorough", |arg| arg.hide(true)))]
pub(super) struct Verify {
    #[command(flatten)]
    common: Common,
    /// Check seals with this key, as journalctl --setup-keys prints it, or with the one in this file
    #[cfg(feature = "seal")]
    #[arg(long, value_name = "KEY|FILE")]
    verify_key: Option<String>,
    /// List every finding that is kept, not only the first few of each rule
    #[arg(short, long, help_heading = "How they look")]
    all: bool,
    /// Print nothing: the exit status tells
    #[arg(short, long, help_heading = "How they look")]
    quiet: bool,
    /// How many threads work (all cores without it)
    #[arg(long, value_name = "N", help_heading = "Other options", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(super) fn run(args: &Verify, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let threads = threads(args.threads);
    let journal = args.common.inputs.open(&args.common.paths)?;
    #[cfg(feature = "seal")]
    let key = args.verify_key.as_deref().map(key).transpose()?;
    let options = Options {
        threads,
        #[cfg(feature = "seal")]
        key: key.as_ref(),
        ..Options::default()
    };
    let reports = all(journal.files(), &options);
    let name = |file: &JournalFile| file.path().display().to_string();
    // A file that was cut meanwhile is not known to be faulty.
    let checked: Vec<_> = journal.files().iter().zip(&reports).filter(|(file, _)| !file.has_vanished()).collect();
    let gone = Tally::gone(&journal);
    let verdicts: Vec<_> = checked.iter().map(|(file, report)| Verdict::of(name(file), report)).collect();
    match args.common.output {
        _ if args.quiet => {}
        Form::Json => document(&verdicts, terminal.interactive, out)?,
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: args.common.zone.zone(&journal)? };
            text(&verdicts, args.all, &style, out)?;
        }
    }
    let is_faulty = checked.iter().any(|(_, report)| report.soundness() == Soundness::Faulty);
    let status = if is_faulty { Status::Negative } else { Status::Done };
    let is_lossy = gone > 0 || checked.iter().any(|(_, report)| report.unread > 0);
    let status = if is_lossy { Status::Lossy } else { status };
    Ok(Tally::default().failures(&journal, status))
}

/// The key that was typed, or that stands in the file of this name.
///
/// # Errors
/// When it is neither.
#[cfg(feature = "seal")]
fn key(typed: &str) -> Result<Key, Error> {
    let text = match typed.parse() {
        Ok(key) => return Ok(key),
        Err(why) => std::fs::read_to_string(typed).map_err(|_| why),
    };
    // What was typed may be a secret with one letter wrong.
    let bad = |why: NotAKey| Error::BadQuery {
        what: "--verify-key",
        input: "…".to_owned(),
        why: format!("neither a key nor a file with one: {why}"),
    };
    text.and_then(|text| text.parse()).map_err(bad)
}

/// Files up to this size are checked side by side, larger ones one after the other by all threads.
const SMALL: u64 = 32 << 20;

/// Checks all files; on a terminal it says how far it has come.
fn all(files: &[JournalFile], options: &Options<'_>) -> Vec<Report> {
    let done = AtomicU64::new(0);
    let whole = files.iter().fold(0_u64, |sum, file| sum.saturating_add(file.image().len()));
    let progress = Progress::default();
    let line = || {
        let percent = done.load(Ordering::Relaxed).saturating_mul(100).checked_div(whole).unwrap_or_default();
        format!("{} MiB, {}% checked", whole >> 20, percent.min(100))
    };
    std::thread::scope(|scope| {
        let _watched = progress.watch_line(&line, scope);
        let one = |file: &JournalFile, threads| verify(file, &Options { threads, done: Some(&done), ..*options });
        let is_small = |file: &JournalFile| file.image().len() <= SMALL;
        let small = |file: &JournalFile| is_small(file).then(|| one(file, 1));
        let mut reports: Vec<Option<Report>> =
            if files.len() > 1 { files.par_iter().map(small).collect() } else { vec![None; files.len()] };
        let large =
            |(file, report): (&JournalFile, Option<Report>)| report.unwrap_or_else(|| one(file, options.threads));
        files.iter().zip(reports.drain(..)).map(large).collect()
    })
}
