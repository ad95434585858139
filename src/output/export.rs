//! The journal export format: everything in an entry, for other journals.

use super::cache::Cache;
use super::escape::{Lines, visible_since};
use super::meta::{self, BOOT_ID, Head};
use super::name::split;
use super::number::decimal;
use super::printable::{Newline, is_printable};
use super::{EntryFormat, LARGE, LOST, Look, Render};
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::Entry;
use crate::format::Inflater;

/// The format `export`.
#[derive(Debug)]
pub(super) struct Export {
    look: Look,
}

impl Export {
    pub(super) const fn new(look: Look) -> Self {
        Self { look }
    }
}

impl EntryFormat for Export {
    fn worker(&self) -> Box<dyn Render + '_> {
        Box::new(Worker { look: &self.look, inflater: Inflater::default(), cache: Cache::new(), head: Head::default() })
    }
}

#[derive(Debug)]
struct Worker<'a> {
    look: &'a Look,
    inflater: Inflater,
    cache: Cache<()>,
    head: Head,
}

impl Render for Worker<'_> {
    fn render_in_parts(
        &mut self,
        entry: &Entry<'_>,
        _before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) {
        self.cache.turn_to(entry.file());
        self.head.write(entry, &meta::EXPORT, out);
        let mut lost = u64::from(entry.is_cut_short());
        for at in entry.items() {
            if self.cache.append(at, out).is_none()
                && let Err(damage) = self.item(entry, at, out)
            {
                losses.field(damage);
                lost += 1;
            }
            if out.len() >= LARGE {
                self.inflater.relax();
                if !relieve(out) {
                    return;
                }
            }
        }
        if lost > 0 {
            out.extend_from_slice(LOST.as_bytes());
            out.push(b'=');
            decimal(lost, out);
            out.push(b'\n');
        }
        self.look.members(entry, [b"", b"=", b"\n"], out);
        out.push(b'\n');
    }
}

impl Worker<'_> {
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<(), Corrupt> {
        let stored = entry.stored(at)?;
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        let (name, value) = split(payload, at)?;
        let start = out.len();
        if name != BOOT_ID && self.look.shows(name) {
            field(payload, name, value, out);
        }
        if self.look.safe {
            visible_since(start, Lines::Many, out);
        }
        self.cache.keep(&stored, out.get(start..).unwrap_or_default(), ());
        Ok(())
    }
}

/// Appends a field: a line, or where that cannot be, the name, the length and the bytes.
fn field(payload: &[u8], name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    if is_printable(payload, Newline::Control) {
        out.extend_from_slice(payload);
    } else {
        out.extend_from_slice(name);
        out.push(b'\n');
        out.extend_from_slice(&(value.len() as u64).to_le_bytes());
        out.extend_from_slice(value);
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(payload: &[u8]) -> Vec<u8> {
        let (name, value) = split(payload, Offset(8)).unwrap();
        let mut out = Vec::new();
        field(payload, name, value, &mut out);
        out
    }

    #[test]
    fn a_printable_field_is_a_line() {
        assert_eq!(line(b"MESSAGE=tab\there"), b"MESSAGE=tab\there\n");
        assert_eq!(line("MESSAGE=é".as_bytes()), "MESSAGE=é\n".as_bytes());
        assert_eq!(line(b"EMPTY="), b"EMPTY=\n");
    }

    #[test]
    fn any_other_field_has_its_length_in_front() {
        assert_eq!(line(b"MESSAGE=a\nb"), b"MESSAGE\n\x03\0\0\0\0\0\0\0a\nb\n");
        assert_eq!(line(b"BLOB=\xff\0"), b"BLOB\n\x02\0\0\0\0\0\0\0\xff\0\n");
    }
}
