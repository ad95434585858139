//! Chunks rendered in parallel and written in order.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::ScopedJoinHandle;

use super::gate::{AHEAD, BUFFER_KEPT, FOUND, Gate, Panicking};
use super::{Chunk, Selection};

/// From so many bytes on a chunk is passed on in parts.
const FULL: usize = 4 << 20;

/// How rendering ended.
#[derive(Debug)]
pub enum Outcome<W> {
    /// Everything was written; what each worker was left with.
    Done(Vec<W>),
    /// The writer asked to stop.
    Stopped(Vec<W>),
}

/// One rendered chunk, or the beginning of one, with its number.
struct Rendered {
    number: usize,
    is_whole: bool,
    bytes: Vec<u8>,
}

/// Where what is rendered goes.
pub struct Sink<'s> {
    bytes: Vec<u8>,
    relieve: &'s mut dyn FnMut(&mut Vec<u8>) -> bool,
    was_relieved: bool,
}

impl std::fmt::Debug for Sink<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sink").field("bytes", &self.bytes.len()).finish_non_exhaustive()
    }
}

impl Sink<'_> {
    /// What has been rendered and not been passed on.
    pub const fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// What has been rendered and not been passed on, and what to call between the parts of one large entry, as
    /// [`Sink::relieve`] is between entries.
    pub fn parts(&mut self) -> (&mut Vec<u8>, impl FnMut(&mut Vec<u8>) -> bool) {
        let Self { bytes, relieve, was_relieved } = self;
        (bytes, |bytes: &mut Vec<u8>| {
            bytes.len() < FULL || {
                *was_relieved = true;
                relieve(bytes)
            }
        })
    }

    /// Passes on what there is, where that is much, once everything before it is written; `false` when nothing more is
    /// wanted. To be called between entries, so that a chunk of large ones takes no more memory than one of them.
    #[inline]
    pub fn relieve(&mut self) -> bool {
        self.bytes.len() < FULL || {
            self.was_relieved = true;
            (self.relieve)(&mut self.bytes)
        }
    }

    /// Whether a part of the chunk is gone already.
    #[must_use]
    pub const fn was_relieved(&self) -> bool {
        self.was_relieved
    }
}

/// Renders the entries of a selection with several workers and passes the bytes on in order.
///
/// `worker` makes the state of one worker, `render` appends a chunk to a buffer, `write` gets the buffers one by one and
/// returns `false` to stop. At most a few chunks per worker are rendered ahead, whatever the length of the result.
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
    render_parts(
        walk,
        threads,
        worker,
        |state, chunk, sink| render(state, chunk, sink.bytes()),
        |_, bytes| write(bytes),
    )
}

/// Renders chunks that may be large as [`render`] does: `render` may pass on a part of a chunk, and `write` gets the
/// number of the chunk with each part.
pub fn render_parts<C: Send, W: Send>(
    walk: impl FnOnce(&mut dyn FnMut(C) -> bool) + Send,
    threads: usize,
    worker: impl Fn() -> W + Sync,
    render: impl Fn(&mut W, &C, &mut Sink<'_>) + Sync,
    mut write: impl FnMut(usize, &[u8]) -> bool,
) -> Outcome<W> {
    if threads <= 1 {
        return alone(walk, worker(), &render, &mut write);
    }
    let gate = Gate::new(threads);
    // The gate lets no more chunks in than this channel holds, so handing one over never waits.
    let (chunks, work) = sync_channel::<(usize, C)>(threads * FOUND);
    let work = Mutex::new(work);
    std::thread::scope(|scope| {
        let (done, rendered) = sync_channel::<Rendered>(threads * FOUND);
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

/// Renders and writes in one thread.
fn alone<C, W>(
    walk: impl FnOnce(&mut dyn FnMut(C) -> bool),
    mut state: W,
    render: impl Fn(&mut W, &C, &mut Sink<'_>),
    write: &mut impl FnMut(usize, &[u8]) -> bool,
) -> Outcome<W> {
    let (mut buffer, mut going, mut number) = (Vec::new(), true, 0);
    walk(&mut |chunk| {
        let mut relieve = |bytes: &mut Vec<u8>| {
            going = going && write(number, bytes);
            bytes.clear();
            bytes.shrink_to(BUFFER_KEPT);
            going
        };
        let mut sink = Sink { bytes: std::mem::take(&mut buffer), relieve: &mut relieve, was_relieved: false };
        render(&mut state, &chunk, &mut sink);
        buffer = sink.bytes;
        going = going && write(number, &buffer);
        buffer.clear();
        buffer.shrink_to(BUFFER_KEPT);
        number += 1;
        going
    });
    if going { Outcome::Done(vec![state]) } else { Outcome::Stopped(vec![state]) }
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
    render: impl Fn(&mut W, &C, &mut Sink<'_>),
) -> W {
    let _guard = Panicking(gate);
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, chunk)) = next else { return state };
        gate.room(number);
        // What is passed on before its turn would wait in memory.
        let mut relieve = |bytes: &mut Vec<u8>| {
            let part = |bytes| Rendered { number, is_whole: false, bytes };
            let len = bytes.len();
            gate.turn(number)
                && gate.part(len)
                && done.send(part(std::mem::replace(bytes, gate.buffer()))).is_ok()
                // What comes next may be as large, and is not begun before this one is gone.
                && (len <= AHEAD || gate.part(0))
        };
        let mut sink = Sink { bytes: gate.buffer(), relieve: &mut relieve, was_relieved: false };
        render(&mut state, &chunk, &mut sink);
        if done.send(Rendered { number, is_whole: true, bytes: sink.bytes }).is_err() {
            return state;
        }
    }
}

/// Writes the rendered chunks by their numbers; `false` when the writer asked to stop.
fn in_order(rendered: &Receiver<Rendered>, gate: &Gate, write: &mut impl FnMut(usize, &[u8]) -> bool) -> bool {
    let mut early: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
    let mut next = 0;
    for Rendered { number, is_whole, bytes } in rendered {
        if !is_whole {
            // It waited for its turn.
            if !write(number, &bytes) {
                return false;
            }
            gate.part_written(bytes);
            continue;
        }
        early.insert(number, bytes);
        while let Some(buffer) = early.remove(&next) {
            if !write(next, &buffer) {
                return false;
            }
            next += 1;
            gate.written(next, buffer);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `threads` write of chunks of some large pieces, and how much a sink held at most.
    fn written(threads: usize, until: usize) -> (Vec<u8>, usize) {
        let (mut all, most) = (Vec::new(), Mutex::new(0));
        let walk = |take: &mut dyn FnMut(u8) -> bool| {
            let _: bool = (0..12).all(take);
        };
        let render = |(): &mut (), chunk: &u8, sink: &mut Sink<'_>| {
            for _ in 0..u64::from(*chunk % 3) * 4 {
                sink.bytes().extend(vec![*chunk; FULL / 2]);
                let mut most = most.lock().unwrap();
                *most = sink.bytes.len().max(*most);
                drop(most);
                if !sink.relieve() {
                    return;
                }
            }
        };
        let outcome = render_parts(
            walk,
            threads,
            || (),
            render,
            |number, bytes| {
                let ends = [bytes.first(), bytes.last()];
                assert!(
                    ends.into_iter().flatten().all(|byte| usize::from(*byte) == number),
                    "a part goes with its chunk"
                );
                all.extend(bytes.iter().step_by(FULL / 4));
                number < until
            },
        );
        assert_eq!(matches!(outcome, Outcome::Stopped(_)), until < 12);
        (all, most.into_inner().unwrap())
    }

    #[test]
    fn large_chunks_are_passed_on_in_parts_and_in_order() {
        let (alone, most) = written(1, 12);
        assert!(alone.is_sorted() && alone.len() > 80);
        assert_eq!(most, FULL);
        for threads in [2, 3, 8] {
            assert_eq!(written(threads, 12), (alone.clone(), FULL), "{threads} threads");
        }
    }

    #[test]
    fn parts_of_a_chunk_wait_for_a_slow_writer() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        let (held, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let render = |(): &mut (), _: &(), sink: &mut Sink<'_>| {
            let (bytes, mut relieve) = sink.parts();
            for _ in 0..20 {
                bytes.resize(FULL + 1, 7);
                most.fetch_max(held.fetch_add(bytes.len(), SeqCst) + bytes.len(), SeqCst);
                assert!(relieve(bytes));
            }
        };
        let write = |_, bytes: &[u8]| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            held.fetch_sub(bytes.len(), SeqCst);
            true
        };
        let walk = |take: &mut dyn FnMut(()) -> bool| assert!(take(()) && take(()));
        assert!(matches!(render_parts(walk, 2, || (), render, write), Outcome::Done(_)));
        // One that waits for its turn, one that waits for the writer, and what is ahead.
        assert!(most.into_inner() <= AHEAD + 2 * (FULL + 1));
        assert_eq!(held.into_inner(), 0);
    }

    #[test]
    fn workers_that_wait_for_their_turn_end_with_the_writer() {
        for threads in [1, 2, 8] {
            let (some, _) = written(threads, 5);
            assert!(some.iter().all(|byte| *byte <= 5), "{threads} threads");
        }
    }
}
