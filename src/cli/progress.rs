//! How far a long command has come, on a terminal that is not busy with the entries themselves.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{Scope, sleep};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget};

use super::interrupt::Interrupt;
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
}

/// Ends the watch when it is dropped.
#[derive(Debug)]
pub(super) struct Watched<'p>(&'p Progress);

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::Relaxed);
    }
}

impl Progress {
    /// Begins to watch; nothing is shown if stderr is no terminal, or if the entries themselves go to one.
    /// It ends when the value returned is dropped.
    pub(super) fn watch<'s>(&'s self, selection: &'s Selection<'_>, scope: &'s Scope<'s, '_>) -> Watched<'s> {
        if io::stderr().is_terminal() && !io::stdout().is_terminal() {
            scope.spawn(move || self.show(|| self.line(selection), None));
        }
        Watched(self)
    }

    /// Begins to watch what prints nothing before its end: shows what `line` says, if stderr is a terminal.
    pub(super) fn watch_line<'s>(
        &'s self,
        line: &'s (impl Fn() -> String + Sync),
        scope: &'s Scope<'s, '_>,
    ) -> Watched<'s> {
        if io::stderr().is_terminal() {
            let interrupt = Interrupt::install();
            scope.spawn(move || self.show(line, Some(&interrupt)));
        }
        Watched(self)
    }

    /// Does work that prints nothing before its end, and says meanwhile how long it has been at it.
    pub(super) fn during<T>(journal: &Journal, work: impl FnOnce() -> T) -> T {
        let entries: u64 = journal.files().iter().map(|file| file.slot_count() as u64).sum();
        let (progress, line) = (Self::default(), || format!("counting among {entries} entries"));
        std::thread::scope(|scope| {
            let _watched = progress.watch_line(&line, scope);
            work()
        })
    }

    pub(super) fn add(&self, entries: usize) {
        self.entries.fetch_add(entries, Ordering::Relaxed);
    }

    /// Shows the line; with an `interrupt` it is wiped out before that ends the process.
    fn show(&self, line: impl Fn() -> String, interrupt: Option<&Interrupt>) {
        let begun = Instant::now();
        let mut bar: Option<ProgressBar> = None;
        while !self.done.load(Ordering::Relaxed) && !interrupt.is_some_and(Interrupt::is_set) {
            sleep(STEP);
            if begun.elapsed() < QUIET {
                continue;
            }
            let bar = bar.get_or_insert_with(|| {
                interrupt.into_iter().for_each(Interrupt::writing);
                let style = indicatif::ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                bar.with_elapsed(begun.elapsed())
                    .with_style(style.unwrap_or_else(|_| indicatif::ProgressStyle::default_spinner()))
            });
            bar.set_message(line());
            bar.tick();
        }
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        interrupt.into_iter().for_each(Interrupt::free);
    }

    fn line(&self, selection: &Selection<'_>) -> String {
        let entries = self.entries.load(Ordering::Relaxed);
        match selection.searched() {
            (_, 0) => format!("{entries} entries written"),
            (searched, files) => format!("{entries} entries written, {searched} of {files} files searched"),
        }
    }
}
