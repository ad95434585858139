//! Which entries a command is about, for all commands but `show`, in the same words.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Arg, Args};
use jiff::tz::TimeZone;

use super::containers::OfContainers;
use super::explain;
use super::filters::Filters;
use super::invocation::Invocation;
use super::nothing;
use super::zone::Present;
use crate::error::Error;
use crate::format::Realtime;
use crate::journal::Journal;
use crate::query::{Matches, Query, Selection, find_boot, moments};

/// Conditions on entries other than the boot.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Which entries")]
pub(super) struct Conditions {
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    invocation: Invocation,
    #[command(flatten)]
    containers: OfContainers,
    /// Only entries received at or after this time, see show --help
    #[arg(short = 'S', long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    since: Option<String>,
    /// Only entries received at or before this time
    #[arg(short = 'U', long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Time")]
    until: Option<String>,
    #[command(flatten)]
    present: Present,
    /// Find what fits the conditions by reading every entry, not by the index of each file
    #[arg(long, help_heading = "Other options")]
    no_index: bool,
}

/// How many threads work.
#[derive(Debug, Args)]
pub(super) struct Threads {
    /// How many threads work (all cores without it)
    #[arg(long, value_name = "N", help_heading = "Other options", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Threads {
    /// Lets them work, to be called before anything is opened; how many they are.
    pub(super) fn start(&self) -> usize {
        threads(self.threads)
    }
}

/// Conditions on entries.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Which entries")]
pub(super) struct Chosen {
    /// Only this boot: 0 the newest (also without a value), -1 the one before, 1 the oldest, an id or its beginning, or
    /// ID-1
    #[arg(short, long, value_name = "BOOT", num_args = 0..=1, default_missing_value = "0", help_heading = "Time")]
    boot: Option<String>,
    #[command(flatten)]
    conditions: Conditions,
    /// Say on stderr how the entries are found
    #[arg(long, help_heading = "Other options")]
    explain: bool,
    /// Whether it was said.
    #[arg(skip)]
    explained: AtomicBool,
}

impl Conditions {
    /// The entries of a boot that all of the conditions and the typed terms pick; `None` when there is no condition.
    ///
    /// # Errors
    /// When a value cannot be read.
    pub(super) fn query(
        &self,
        journal: &Journal,
        of_user: bool,
        zone: TimeZone,
        terms: &[Vec<u8>],
        boot: Option<usize>,
    ) -> Result<Option<Query>, Error> {
        let is_asked = self.since.is_some() || self.until.is_some();
        let now = self.present.now(journal, zone, is_asked)?;
        let [since, until] = moments([self.since.as_deref(), self.until.as_deref()], &now)?;
        let mut matches = Matches::default();
        let of_run = self.invocation.apply((&self.filters, of_user, false), boot, journal, &mut matches)?;
        self.filters.apply(journal, of_run.is_none(), of_user, &mut matches)?;
        self.containers.apply(&mut matches)?;
        matches.read_more(terms)?;
        let lost = of_run.unwrap_or_default();
        let query = Query { since, until, matches, no_index: self.no_index, lost, ..Query::default() };
        in_order(query.since, query.until, self.until.as_deref())?;
        let restricts = !query.matches.is_empty() || query.since.is_some() || query.until.is_some();
        Ok(restricts.then_some(query))
    }
}

impl Chosen {
    /// The entries that the conditions, the boot and the typed terms pick; `None` when that is all of them.
    ///
    /// # Errors
    /// When a value cannot be read, or there is no such boot.
    pub(super) fn query(
        &self,
        journal: &Journal,
        of_user: bool,
        zone: TimeZone,
        terms: &[Vec<u8>],
    ) -> Result<Option<Query>, Error> {
        let boot = self.boot.as_deref().filter(|boot| *boot != "all");
        let boot = boot.map(|boot| find_boot(journal, boot)).transpose()?;
        let query = self.conditions.query(journal, of_user, zone, terms, boot)?;
        Ok(match (query, boot) {
            (Some(query), boot) => Some(Query { boot, ..query }),
            (None, Some(_)) => Some(Query { boot, no_index: self.is_without_index(), ..Query::default() }),
            (None, None) => None,
        })
    }
}

impl Chosen {
    /// Whether no index may be asked.
    pub(super) const fn is_without_index(&self) -> bool {
        self.conditions.no_index
    }

    /// Says why nothing was found of what `query` and the typed terms ask for.
    pub(super) fn explain_nothing(
        &self,
        journal: &Journal,
        query: &Query,
        terms: &[Vec<u8>],
        (of_user, zone): (bool, &TimeZone),
    ) {
        let Conditions { filters, containers, .. } = &self.conditions;
        let [units, users, identifiers] = filters.names(of_user);
        nothing::explain(journal, query, &[units, users, identifiers, containers.names()], terms, zone);
    }

    /// Says where that was asked for how the selected entries are found, or `otherwise` what is done with all.
    pub(super) fn explain(&self, journal: &Journal, selection: Option<&Selection<'_>>, otherwise: &str) {
        match (self.explain, self.explained.swap(true, Ordering::Relaxed)) {
            (true, false) => explain::plan(journal, selection, otherwise),
            (true, true) => explain::again(),
            (false, _) => {}
        }
    }

    /// Says where that was asked for how they were found.
    pub(super) fn explain_after(&self, journal: &Journal, selection: &Selection<'_>) {
        if self.explain {
            explain::read(journal, selection);
        }
    }
}

/// Refuses a range of times that ends before it begins.
///
/// # Errors
/// When `until`, which was typed so, lies before `since`.
pub(super) fn in_order(since: Option<Realtime>, until: Option<Realtime>, typed: Option<&str>) -> Result<(), Error> {
    if since.zip(until).is_none_or(|(since, until)| since <= until) {
        return Ok(());
    }
    let input = typed.unwrap_or_default().to_owned();
    Err(Error::BadQuery { what: "--until", input, why: "this lies before --since".to_owned() })
}

/// Places and terms told apart: what has an operator and is no file that exists was meant as a term, and is refused as
/// one if it is none.
pub(super) fn sorted(typed: &[impl AsRef<OsStr>]) -> (Vec<PathBuf>, Vec<Vec<u8>>) {
    let is_term = |arg: &&OsStr| {
        let bytes = arg.as_encoded_bytes();
        bytes == b"+" || (bytes.iter().any(|byte| b"=<>".contains(byte)) && !Path::new(arg).exists())
    };
    let (terms, paths): (Vec<&OsStr>, Vec<&OsStr>) = typed.iter().map(AsRef::as_ref).partition(is_term);
    let terms = terms.into_iter().map(|term| term.as_encoded_bytes().to_vec()).collect();
    (paths.into_iter().map(PathBuf::from).collect(), terms)
}

/// Says that an argument takes terms beside places.
pub(super) fn with_terms(paths: Arg) -> Arg {
    paths.value_name("PATH|TERM").help("Where the journals are, and terms as show takes them")
}

/// Lets so many threads work, all cores when nobody says; to be called before anything is opened. How many that are.
pub(super) fn threads(typed: Option<u16>) -> usize {
    if let Some(typed) = typed {
        // It fails only where the threads are running already, which is harmless.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(typed.into()).build_global();
    }
    rayon::current_num_threads()
}
