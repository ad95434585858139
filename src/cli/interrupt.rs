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
    /// Takes the signal over. Where that is not possible it ends the process as it always did.
    pub(super) fn install() -> Self {
        let interrupt = Self { stop: Arc::default(), at_once: Arc::new(AtomicBool::new(true)) };
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

    pub(super) fn is_set(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}

#[cfg(unix)]
mod ending {
    use std::sync::mpsc::{Sender, channel};
    use std::thread::Builder;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::{emulate_default_handler, exit};

    use crate::bytes::signal::is_ignored;
    use crate::cli::Status;
    use crate::write::abandon;

    /// Begins to watch for signals on a thread of its own, where more may be done than in a handler. Where that is not
    /// possible they end the process as they always did.
    pub(super) fn watch() {
        let (ready, is_ready) = channel();
        if Builder::new().name("signals".to_owned()).spawn(|| take(ready)).is_ok() {
            // No file is begun before; an error says that there is no watch.
            let _ = is_ready.recv();
        }
    }

    fn take(ready: Sender<()>) {
        let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
        let Ok(mut signals) = Signals::new(wanted.collect::<Vec<_>>()) else { return };
        drop(ready);
        let Some(signal) = signals.forever().next() else { return };
        let nothing_left = abandon();
        if signal == SIGINT {
            exit(Status::Interrupted as i32);
        }
        // Who waits for the process is to see which signal it was.
        let _ = emulate_default_handler(signal);
        drop(nothing_left);
    }
}
