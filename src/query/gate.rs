//! What holds back those who render ahead of the writer.

use std::sync::{Condvar, Mutex, PoisonError};

/// So many chunks for each worker may be found before they are rendered. Where that takes as long as rendering, as in a
/// merge, the system may give one of the threads some milliseconds at a time: the others have work meanwhile.
pub(super) const FOUND: usize = 32;

/// So many for each worker may be rendered before they are written: the bound on memory.
const RENDERED: usize = 4;
/// Of many workers fewer for each: no more than so many in all, or half as many again as there are workers.
const RENDERED_ALL: usize = 16;

/// Parts of a chunk wait until the writer has taken those before, from so many bytes on.
pub(super) const AHEAD: usize = 8 << 20;

/// A rendered buffer beyond this is given back to the system instead of being used again.
pub(super) const BUFFER_KEPT: usize = 4 << 20;

/// Opens the gate when its thread panics: the others would wait for ever for what it does not finish.
pub(super) struct Panicking<'g>(pub(super) &'g Gate);

impl Drop for Panicking<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

/// Holds back chunks that are too far ahead, and keeps the buffers that have been written.
pub(super) struct Gate {
    state: Mutex<State>,
    moved: Condvar,
    threads: usize,
}

struct State {
    written: usize,
    /// Bytes of parts that were handed over and are not written.
    ahead: usize,
    closed: bool,
    buffers: Vec<Vec<u8>>,
}

impl Gate {
    /// For so many workers.
    pub(super) const fn new(threads: usize) -> Self {
        let state = State { written: 0, ahead: 0, closed: false, buffers: Vec::new() };
        Self { state: Mutex::new(state), moved: Condvar::new(), threads }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until chunk `number` may be found; `false` when nothing more is wanted.
    pub(super) fn wait(&self, number: usize) -> bool {
        let mut state = self.lock();
        while !state.closed && number >= state.written + self.threads * FOUND {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }

    /// Waits until chunk `number` may be rendered. Chunks are taken in order, so that those before it are written without
    /// it.
    pub(super) fn room(&self, number: usize) {
        let mut state = self.lock();
        let most = (self.threads * RENDERED).min(RENDERED_ALL.max(self.threads + self.threads / 2));
        while !state.closed && number >= state.written + most {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until everything before chunk `number` is written; `false` when nothing more is wanted.
    pub(super) fn turn(&self, number: usize) -> bool {
        let mut state = self.lock();
        while !state.closed && state.written < number {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }

    /// Waits until a part of so many bytes may be handed over: there is no bound on their number, and one may be as large
    /// as a payload.
    pub(super) fn part(&self, bytes: usize) -> bool {
        let mut state = self.lock();
        while !state.closed && state.ahead > 0 && state.ahead.saturating_add(bytes) > AHEAD {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.ahead = state.ahead.saturating_add(bytes);
        !state.closed
    }

    pub(super) fn part_written(&self, buffer: Vec<u8>) {
        let bytes = buffer.len();
        self.give_back(buffer);
        let mut state = self.lock();
        state.ahead = state.ahead.saturating_sub(bytes);
        drop(state);
        self.moved.notify_all();
    }

    pub(super) fn written(&self, chunks: usize, buffer: Vec<u8>) {
        self.give_back(buffer);
        self.lock().written = chunks;
        self.moved.notify_all();
    }

    fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        if buffer.capacity() <= BUFFER_KEPT {
            self.lock().buffers.push(buffer);
        }
    }

    pub(super) fn buffer(&self) -> Vec<u8> {
        self.lock().buffers.pop().unwrap_or_default()
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_all();
    }
}
