//! How far a long command has come, on a terminal, as long as that is not busy with the entries themselves.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Scope, Thread, park_timeout};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

use super::interrupt::Interrupt;
use super::loss::counted;
use crate::journal::Journal;
use crate::query::Selection;

/// What takes no longer is not worth a word.
const QUIET: Duration = Duration::from_secs(1);

const STEP: Duration = Duration::from_millis(100);

/// Counts what is written, and shows it from time to time.
#[derive(Debug, Default)]
pub(super) struct Progress {
    entries: AtomicUsize,
    done: AtomicBool,
    shown: Mutex<Shown>,
}

/// What stands on the terminal.
#[derive(Debug, Default)]
struct Shown {
    bar: Option<ProgressBar>,
    /// Whether entries are being written.
    is_writing: bool,
    /// Whether the line belongs to the entries from now on.
    is_over: bool,
}

impl Shown {
    fn wipe(&mut self) {
        self.bar.take().into_iter().for_each(|bar| bar.finish_and_clear());
    }
}

/// Ends the watch when it is dropped.
#[derive(Debug)]
pub(super) struct Watched<'p>(&'p Progress, Option<Thread>);

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Release);
        // Nobody waits for the end of its sleep.
        self.1.iter().for_each(Thread::unpark);
    }
}

impl Progress {
    /// Begins to watch; nothing is shown if stderr is no terminal, and if the entries themselves go to one only until
    /// [`Progress::give_way`]. It ends when the value returned is dropped.
    pub(super) fn watch<'s>(
        &'s self,
        selection: &'s Selection<'_>,
        interrupt: Option<&'s Interrupt>,
        scope: &'s Scope<'s, '_>,
    ) -> Watched<'s> {
        let watch = || scope.spawn(move || self.show(|| self.line(selection), interrupt)).thread().clone();
        Watched(self, io::stderr().is_terminal().then(watch))
    }

    /// Begins to watch what prints nothing before its end: shows what `line` says, if stderr is a terminal.
    pub(super) fn watch_line<'s>(
        &'s self,
        line: &'s (impl Fn() -> String + Sync),
        scope: &'s Scope<'s, '_>,
    ) -> Watched<'s> {
        let watch = || {
            let interrupt = Interrupt::install();
            scope.spawn(move || self.show(line, Some(&interrupt))).thread().clone()
        };
        Watched(self, io::stderr().is_terminal().then(watch))
    }

    /// Does work that prints nothing before its end, and says meanwhile what it is `doing` with the entries, for how long.
    pub(super) fn during<T>(doing: &str, journal: &Journal, work: impl FnOnce() -> T) -> T {
        let entries: u64 = journal.files().iter().map(|file| file.slot_count() as u64).sum();
        let (progress, line) = (Self::default(), || format!("{doing} {entries} entries"));
        std::thread::scope(|scope| {
            let _watched = progress.watch_line(&line, scope);
            work()
        })
    }

    /// Opens so many files, and says meanwhile for how long. A signal ends that as it ends what has not begun.
    pub(super) fn opening<T>(files: usize, work: impl FnOnce() -> T) -> T {
        let (progress, line) = (Self::default(), || format!("reading {}", counted(files as u64, "file", "files")));
        std::thread::scope(|scope| {
            let watch = || scope.spawn(|| progress.show(line, None)).thread().clone();
            let _watched = Watched(&progress, io::stderr().is_terminal().then(watch));
            work()
        })
    }

    /// Says that entries are written from now on, and leaves the terminal to them if they go to one.
    pub(super) fn give_way(&self) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.is_writing = true;
        if io::stdout().is_terminal() {
            shown.is_over = true;
            shown.wipe();
        }
    }

    pub(super) fn add(&self, entries: usize) {
        self.entries.fetch_add(entries, Ordering::Relaxed);
    }

    /// Shows the line; with an `interrupt` it is wiped out before that ends the process, unless entries are being written:
    /// then who writes them ends behind a whole one.
    fn show(&self, line: impl Fn() -> String, interrupt: Option<&Interrupt>) {
        let begun = Instant::now();
        while !self.done.load(Ordering::Acquire) && !interrupt.is_some_and(Interrupt::is_set) {
            park_timeout(STEP);
            if begun.elapsed() < QUIET {
                continue;
            }
            let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
            if shown.is_over {
                break;
            }
            let unwritten = interrupt.filter(|_| !shown.is_writing);
            let bar = shown.bar.get_or_insert_with(|| {
                unwritten.into_iter().for_each(Interrupt::writing);
                let style = indicatif::ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                bar.with_elapsed(begun.elapsed())
                    .with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner()))
            });
            bar.set_message(line());
            bar.tick();
        }
        // Held to the end, so that no entry is begun.
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.wipe();
        interrupt.filter(|_| !shown.is_writing).into_iter().for_each(Interrupt::free);
    }

    fn line(&self, selection: &Selection<'_>) -> String {
        let entries = self.entries.load(Ordering::Relaxed);
        match selection.searched() {
            (_, 0) => format!("{entries} entries written"),
            (searched, files) => format!("{entries} entries written, {searched} of {files} files searched"),
        }
    }
}
