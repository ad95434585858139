//! Ctrl-C: while entries are printed, the output ends behind a whole one; while files are written, those that are not
//! whole go, as with the other signals that end a process. The exit status says so.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use super::Status;

/// Whether the user has asked to stop.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    stop: Arc<AtomicBool>,
    /// Whether the signal ends the process at once: before anything is written, and when it comes again.
    at_once: Arc<AtomicBool>,
}

impl Interrupt {
    /// Takes the signal over. Where that is not possible it ends the process as it always did; where it is ignored from
    /// the start, as in the background of a script, it stays so.
    pub(super) fn install() -> Self {
        let interrupt = Self { stop: Arc::default(), at_once: Arc::new(AtomicBool::new(true)) };
        #[cfg(unix)]
        if crate::bytes::signal::is_ignored(SIGINT) {
            return interrupt;
        }
        // In this order: the flag that the second signal looks at is set by the first.
        let _ = flag::register_conditional_shutdown(SIGINT, Status::Interrupted as i32, interrupt.at_once.clone());
        let _ = flag::register(SIGINT, interrupt.stop.clone());
        let _ = flag::register(SIGINT, interrupt.at_once.clone());
        interrupt
    }

    /// The same for a command that writes files: no signal leaves anything behind that is not whole.
    pub(super) fn of_files() -> Self {
        #[cfg(unix)]
        ending::watch();
        Self { stop: Arc::default(), at_once: Arc::default() }
    }

    /// Says that output begins, so that from now on it must not end within an entry.
    pub(super) fn writing(&self) {
        self.at_once.store(self.stop.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Says that nothing is in the way of an end any longer, and ends the process if that was asked for.
    pub(super) fn free(&self) {
        self.at_once.store(true, Ordering::SeqCst);
        if self.is_set() {
            signal_hook::low_level::exit(Status::Interrupted as i32);
        }
    }

    pub(super) fn is_set(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

#[cfg(unix)]
mod ending {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::{Sender, channel};
    use std::thread::Builder;

    use signal_hook::consts::{
        SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGXCPU, SIGXFSZ,
    };
    use signal_hook::flag;
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::{emulate_default_handler, exit};

    use crate::bytes::signal::is_ignored;
    use crate::cli::Status;
    use crate::write::abandon;

    /// The signals that somebody or the system ends a process with, and that may be taken.
    const ENDING: [i32; 9] = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGVTALRM, SIGXCPU, SIGUSR1, SIGUSR2];

    /// Begins to watch for signals on a thread of its own, where more may be done than in a handler. Where that is not
    /// possible they end the process as they always did.
    pub(super) fn watch() {
        // A file that may not grow further then gives an error, which is told and cleaned up as any other.
        let _ = flag::register(SIGXFSZ, Arc::default());
        let (ready, is_ready) = channel();
        if Builder::new().name("signals".to_owned()).spawn(|| take(ready)).is_ok() {
            // No file is begun before; an error says that there is no watch.
            let _ = is_ready.recv();
        }
    }

    fn take(ready: Sender<()>) {
        let wanted: Vec<i32> = ENDING.into_iter().filter(|signal| !is_ignored(*signal)).collect();
        let is_ending = Arc::new(AtomicBool::new(false));
        for signal in &wanted {
            // A second one ends the process at once, should removing what is not whole never end.
            let _ = flag::register_conditional_default(*signal, Arc::clone(&is_ending));
        }
        let Ok(mut signals) = Signals::new(wanted) else { return };
        drop(ready);
        let Some(signal) = signals.forever().next() else { return };
        is_ending.store(true, Ordering::SeqCst);
        let nothing_left = abandon();
        if signal == SIGINT {
            exit(Status::Interrupted as i32);
        }
        // Who waits for the process is to see which signal it was.
        let _ = emulate_default_handler(signal);
        drop(nothing_left);
    }
}
