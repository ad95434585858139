//! Bytes on their way to the file while the next ones are gathered.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use crate::bytes::disk;

/// So many buffers wait at most; one more is being written, and one being filled.
const WAITING: usize = 2;

/// From so many bytes on a file has its place on the disk before it is written, and at most so many more.
const RESERVED_FROM: u64 = 4 << 20;
const RESERVED_MOST: u64 = 128 << 20;

/// Writes buffers one after the other, on a thread of its own.
#[derive(Debug)]
pub(super) struct Behind {
    full: SyncSender<Vec<u8>>,
    written: Receiver<Vec<u8>>,
    thread: JoinHandle<io::Result<()>>,
    /// How many buffers have not come back.
    away: usize,
    /// What a buffer may have to be used again.
    kept: usize,
}

impl Behind {
    /// A thread that goes on where `file` is; buffers that come back have no more than `kept` bytes.
    ///
    /// # Errors
    /// When the system has no thread or no handle for it.
    pub(super) fn of(file: &File, kept: usize) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (full, waiting) = sync_channel(WAITING);
        let (done, written) = channel();
        let thread =
            std::thread::Builder::new().name("writer".to_owned()).spawn(move || labour(file, &waiting, &done, kept))?;
        Ok(Self { full, written, thread, away: 0, kept })
    }

    /// Hands over what is in `buffer` and leaves an empty one; `false` when nothing more can be written, for the reason
    /// that [`Behind::end`] gives.
    ///
    /// Waits for the disk where it is far behind, and for every byte of a buffer that is too large to have several.
    pub(super) fn write(&mut self, buffer: &mut Vec<u8>) -> bool {
        let is_large = buffer.len() > self.kept;
        let next = match self.written.try_recv() {
            Ok(empty) => {
                self.away = self.away.saturating_sub(1);
                empty
            }
            Err(_) => Vec::with_capacity(if is_large { 0 } else { buffer.capacity() }),
        };
        if self.full.send(std::mem::replace(buffer, next)).is_err() {
            return false;
        }
        self.away = self.away.saturating_add(1);
        while is_large && self.away > 0 {
            if self.written.recv().is_err() {
                return false;
            }
            self.away = self.away.saturating_sub(1);
        }
        true
    }

    /// Waits until the system has everything.
    ///
    /// # Errors
    /// When something could not be written.
    pub(super) fn end(self) -> io::Result<()> {
        drop(self.full);
        self.thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// Writes what comes until nothing more does, or until that fails.
fn labour(mut file: File, waiting: &Receiver<Vec<u8>>, done: &Sender<Vec<u8>>, kept: usize) -> io::Result<()> {
    let (mut end, mut reserved) = (file.stream_position()?, RESERVED_FROM);
    for mut buffer in waiting {
        end = end.saturating_add(buffer.len() as u64);
        if end > reserved {
            // As much again as there is: large files take few steps, and none much more than it has.
            let more = end.saturating_add(end.min(RESERVED_MOST));
            disk::reserve(&file, reserved..more);
            reserved = more;
        }
        file.write_all(&buffer)?;
        buffer.clear();
        buffer.shrink_to(kept);
        // Whoever filled it may have ended.
        let _ = done.send(buffer);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_written_in_order_whatever_their_size() {
        let path = std::env::temp_dir().join(format!("lastwords-behind-{}", std::process::id()));
        let mut file = File::create(&path).unwrap();
        file.write_all(b"begun;").unwrap();
        let (mut behind, mut buffer, mut wanted) = (Behind::of(&file, 100).unwrap(), Vec::new(), b"begun;".to_vec());
        for number in 0..1000_usize {
            let bytes = vec![number as u8; number % 130];
            buffer.extend_from_slice(&bytes);
            wanted.extend_from_slice(&bytes);
            assert!(behind.write(&mut buffer));
            assert!(buffer.is_empty() && buffer.capacity() <= 130, "{}", buffer.capacity());
            assert!(behind.away <= WAITING + 2 && (bytes.len() <= 100 || behind.away == 0), "{}", behind.away);
        }
        behind.end().unwrap();
        let found = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(found == wanted);
    }

    #[test]
    fn what_fails_is_told_at_the_end() {
        let path = std::env::temp_dir().join(format!("lastwords-behind-read-{}", std::process::id()));
        std::fs::write(&path, b"").unwrap();
        // A file that was opened for reading takes nothing.
        let mut behind = Behind::of(&File::open(&path).unwrap(), 100).unwrap();
        std::fs::remove_file(&path).unwrap();
        while behind.write(&mut b"more".to_vec()) {}
        assert!(behind.end().is_err());
    }
}
