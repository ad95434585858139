//! Ctrl-C while entries are printed: the output ends behind a whole entry, and the exit status says so.

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

    /// Says that output begins, so that from now on it must not end within an entry.
    pub(super) fn writing(&self) {
        self.at_once.store(self.stop.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    pub(super) fn is_set(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }
}
