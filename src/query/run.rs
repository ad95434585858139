//! Chunks rendered in parallel and written in order.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use super::{Chunk, Selection};

/// Chunks that may be under way for each worker, rendered or not: the bound on memory.
const WINDOW: usize = 4;

/// A rendered buffer beyond this is given back to the system instead of being used again.
const BUFFER_KEPT: usize = 4 << 20;

/// How rendering ended.
#[derive(Debug)]
pub enum Outcome<W> {
    /// Everything was written; what each worker was left with.
    Done(Vec<W>),
    /// The writer asked to stop.
    Stopped(Vec<W>),
}

/// One rendered chunk, with its number.
type Rendered = (usize, Vec<u8>);

/// Renders the entries of a selection with several workers and passes the bytes on in order.
///
/// `worker` makes the state of one worker, `render` appends a chunk to a buffer, `write` gets the buffers one by one and
/// returns `false` to stop. At most a few chunks per worker are under way at once, whatever the length of the result.
pub fn render<W: Send>(
    selection: &Selection<'_>,
    threads: usize,
    worker: impl Fn() -> W + Sync,
    render: impl Fn(&mut W, &Chunk, &mut Vec<u8>) + Sync,
    write: impl FnMut(&[u8]) -> bool,
) -> Outcome<W> {
    render_chunks(|take| selection.walk(take), threads, worker, render, write)
}

/// Renders chunks of any kind as [`render`] does; `walk` gives them one by one, until it is told `false`.
pub fn render_chunks<C: Send, W: Send>(
    walk: impl FnOnce(&mut dyn FnMut(C) -> bool) + Send,
    threads: usize,
    worker: impl Fn() -> W + Sync,
    render: impl Fn(&mut W, &C, &mut Vec<u8>) + Sync,
    mut write: impl FnMut(&[u8]) -> bool,
) -> Outcome<W> {
    if threads <= 1 {
        let mut state = worker();
        let (mut buffer, mut going) = (Vec::new(), true);
        walk(&mut |chunk| {
            buffer.clear();
            render(&mut state, &chunk, &mut buffer);
            going = write(&buffer);
            buffer.shrink_to(BUFFER_KEPT);
            going
        });
        return if going { Outcome::Done(vec![state]) } else { Outcome::Stopped(vec![state]) };
    }
    let gate = Gate::new(threads * WINDOW);
    // The gate lets no more chunks in than this channel holds, so handing one over never waits.
    let (chunks, work) = sync_channel::<(usize, C)>(threads * WINDOW);
    let work = Mutex::new(work);
    std::thread::scope(|scope| {
        let (done, rendered) = sync_channel::<Rendered>(threads * WINDOW);
        let (gate, work, worker, render) = (&gate, &work, &worker, &render);
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let done = done.clone();
                scope.spawn(move || labour(worker(), work, &done, gate, render))
            })
            .collect();
        drop(done);
        scope.spawn(move || feed(walk, &chunks, gate));
        let going = in_order(&rendered, gate, &mut write);
        gate.close();
        // A worker that waits to hand over its buffer learns that nobody takes it.
        drop(rendered);
        let join = |worker: ScopedJoinHandle<'_, W>| worker.join().unwrap_or_else(|panic| resume_unwind(panic));
        let states = workers.into_iter().map(join).collect();
        if going { Outcome::Done(states) } else { Outcome::Stopped(states) }
    })
}

/// Passes chunks on; one starts only when it is near enough to what has been written.
fn feed<C>(walk: impl FnOnce(&mut dyn FnMut(C) -> bool), chunks: &SyncSender<(usize, C)>, gate: &Gate) {
    let mut number = 0;
    walk(&mut |chunk| {
        let going = gate.wait(number) && chunks.send((number, chunk)).is_ok();
        number += 1;
        going
    });
}

/// One worker: takes chunks until there is none.
fn labour<C, W>(
    mut state: W,
    work: &Mutex<Receiver<(usize, C)>>,
    done: &SyncSender<Rendered>,
    gate: &Gate,
    render: impl Fn(&mut W, &C, &mut Vec<u8>),
) -> W {
    let _guard = Panicking(gate);
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, chunk)) = next else { return state };
        let mut buffer = gate.buffer();
        render(&mut state, &chunk, &mut buffer);
        if done.send((number, buffer)).is_err() {
            return state;
        }
    }
}

/// Writes the rendered chunks by their numbers; `false` when the writer asked to stop.
fn in_order(rendered: &Receiver<Rendered>, gate: &Gate, write: &mut impl FnMut(&[u8]) -> bool) -> bool {
    let mut early: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let mut next = 0;
    for (number, buffer) in rendered {
        early.insert(number, buffer);
        while let Some(buffer) = early.remove(&next) {
            if !write(&buffer) {
                return false;
            }
            next += 1;
            gate.written(next, buffer);
        }
    }
    true
}

/// Opens the gate when its thread panics: the others would wait for ever for what it does not finish.
struct Panicking<'g>(&'g Gate);

impl Drop for Panicking<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

/// Holds back chunks that are too far ahead, and keeps the buffers that have been written.
struct Gate {
    state: Mutex<State>,
    moved: Condvar,
    window: usize,
}

struct State {
    written: usize,
    closed: bool,
    buffers: Vec<Vec<u8>>,
}

impl Gate {
    const fn new(window: usize) -> Self {
        let state = State { written: 0, closed: false, buffers: Vec::new() };
        Self { state: Mutex::new(state), moved: Condvar::new(), window }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until chunk `number` may start; `false` when nothing more is wanted.
    fn wait(&self, number: usize) -> bool {
        let mut state = self.lock();
        while !state.closed && number >= state.written + self.window {
            state = self.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.closed
    }

    fn written(&self, chunks: usize, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut state = self.lock();
        state.written = chunks;
        if buffer.capacity() <= BUFFER_KEPT {
            state.buffers.push(buffer);
        }
        drop(state);
        self.moved.notify_all();
    }

    fn buffer(&self) -> Vec<u8> {
        self.lock().buffers.pop().unwrap_or_default()
    }

    fn close(&self) {
        self.lock().closed = true;
        self.moved.notify_all();
    }
}
