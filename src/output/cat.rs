//! Messages only, as they were logged.

use super::escape::{Lines, visible};
use super::{EntryFormat, Look, Render};
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::Entry;
use crate::format::Inflater;

/// The format `cat`.
#[derive(Debug)]
pub(super) struct Cat {
    look: Look,
}

impl Cat {
    pub(super) const fn new(look: Look) -> Self {
        Self { look }
    }
}

impl EntryFormat for Cat {
    fn worker(&self) -> Box<dyn Render + '_> {
        Box::new(Worker { safe: self.look.safe, inflater: Inflater::default() })
    }
}

#[derive(Debug)]
struct Worker {
    safe: bool,
    inflater: Inflater,
}

impl Render for Worker {
    /// Appends the first message of the entry, or nothing.
    fn render(&mut self, entry: &Entry<'_>, _before: Option<&Entry<'_>>, out: &mut Vec<u8>, losses: &mut Losses) {
        for at in entry.items() {
            match self.item(entry, at, out) {
                Ok(true) => return,
                Ok(false) => {}
                Err(damage) => losses.field(damage),
            }
        }
    }
}

impl Worker {
    /// Appends the value of the DATA at `at` if that is a message.
    #[inline]
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<bool, Corrupt> {
        let stored = entry.file().stored(at)?;
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        let Some(message) = payload.strip_prefix(b"MESSAGE=") else { return Ok(false) };
        if self.safe {
            visible(message, Lines::Many, out);
        } else {
            out.extend_from_slice(message);
        }
        out.push(b'\n');
        Ok(true)
    }
}
