//! One JSON object per line: everything in an entry, all values as strings.
//!
//! A value that is not printable becomes an array of its bytes, a long one `null` unless all is wanted. A field that an
//! entry has several times becomes an array where it first stood.

use std::collections::HashMap;

use super::cache::{Cache, Mix};
use super::escape::{acts, character};
use super::meta::{self, BOOT_ID};
use super::name::split;
use super::number::decimal;
use super::printable::{Newline, all, is_printable, plain};
use super::{EntryFormat, LOST, Look, Render};
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::Entry;
use crate::format::Inflater;

/// Without [`Look::all`], payloads of this many bytes or more show as `null`.
const LONG: usize = 4096;

/// So many different names are remembered; no real journal has a tenth of it.
const NAMES: usize = 1 << 16;

/// The format `json`.
#[derive(Debug)]
pub(super) struct Json {
    look: Look,
}

impl Json {
    pub(super) const fn new(look: Look) -> Self {
        Self { look }
    }
}

impl EntryFormat for Json {
    fn worker(&self) -> Box<dyn Render + '_> {
        Box::new(Worker {
            look: &self.look,
            inflater: Inflater::default(),
            cache: Cache::new(),
            names: HashMap::with_hasher(Mix::new()),
            members: Members::default(),
        })
    }
}

#[derive(Debug)]
struct Worker<'a> {
    look: &'a Look,
    inflater: Inflater,
    cache: Cache<Note>,
    names: HashMap<Box<[u8]>, u32, Mix>,
    members: Members,
}

/// What is remembered of a rendered member: the number of its name, and where in it the value starts.
#[derive(Clone, Copy, Debug)]
struct Note {
    name: u32,
    value: u32,
}

impl Render for Worker<'_> {
    fn render(&mut self, entry: &Entry<'_>, _before: Option<&Entry<'_>>, out: &mut Vec<u8>, losses: &mut Losses) {
        self.cache.turn_to(entry.file());
        if self.names.len() > NAMES {
            self.cache.clear();
            self.names.clear();
        }
        meta::head(entry, &meta::JSON, out);
        self.members.begin(out.len());
        let mut lost = 0;
        for at in entry.items() {
            let note = match self.cache.get(at) {
                Some((member, note)) => {
                    out.extend_from_slice(member);
                    Ok(note)
                }
                None => self.item(entry, at, out),
            };
            match note {
                Ok(note) => self.members.add(note, out.len()),
                Err(damage) => {
                    losses.field(damage);
                    lost += 1;
                }
            }
        }
        self.members.group(out);
        if lost > 0 {
            open(LOST.as_bytes(), out);
            out.push(b'"');
            decimal(lost, out);
            out.push(b'"');
        }
        out.extend_from_slice(b"}\n");
    }
}

impl Worker<'_> {
    /// Appends the DATA at `at` as a member; nothing for the boot id, which the head has.
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<Note, Corrupt> {
        let stored = entry.file().stored(at)?;
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        let (name, text) = split(payload, at)?;
        let start = out.len();
        let mut note = Note { name: number(&mut self.names, name), value: 0 };
        if name != BOOT_ID {
            open(name, out);
            note.value = u32::try_from(out.len() - start).unwrap_or_default();
            value(payload.len(), text, self.look, out);
        }
        self.cache.keep(&stored, out.get(start..).unwrap_or_default(), note);
        Ok(note)
    }
}

/// The number of a name within this worker.
fn number(names: &mut HashMap<Box<[u8]>, u32, Mix>, name: &[u8]) -> u32 {
    names.get(name).copied().unwrap_or_else(|| {
        let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
        names.insert(name.into(), number);
        number
    })
}

/// The members of one entry as they were appended, so that repeated ones can be brought together.
#[derive(Debug, Default)]
struct Members {
    /// Counts entries, so that nothing needs to be cleared between them.
    entry: u64,
    /// By name: the entry that had it last, and its first place there.
    seen: Vec<(u64, u32)>,
    list: Vec<Member>,
    start: usize,
    repeated: bool,
    scratch: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Member {
    /// The place in the list of the first member of this name.
    first: u32,
    /// Where the value starts, counted from the start of the member.
    value: u32,
    /// Where the member ends in the output; it starts where the one before ends.
    end: usize,
}

impl Members {
    /// Begins an entry whose members start at `start`.
    fn begin(&mut self, start: usize) {
        self.entry += 1;
        self.list.clear();
        self.start = start;
        self.repeated = false;
    }

    /// Notes a member that ends at `end`; an empty one counts as none.
    #[inline]
    fn add(&mut self, note: Note, end: usize) {
        let here = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let name = note.name as usize;
        if self.seen.len() <= name {
            self.seen.resize(name + 1, (0, 0));
        }
        let mut first = here;
        if let Some(seen) = self.seen.get_mut(name) {
            if seen.0 == self.entry && note.value > 0 {
                first = seen.1;
                self.repeated = true;
            } else {
                *seen = (self.entry, here);
            }
        }
        self.list.push(Member { first, value: note.value, end });
    }

    /// Brings members of the same name together, each group where its first member stood.
    #[inline]
    fn group(&mut self, out: &mut Vec<u8>) {
        if self.repeated {
            self.regroup(out);
        }
    }

    #[cold]
    fn regroup(&mut self, out: &mut Vec<u8>) {
        self.scratch.clear();
        self.scratch.extend_from_slice(out.get(self.start..).unwrap_or_default());
        out.truncate(self.start);
        let starts = std::iter::once(self.start).chain(self.list.iter().map(|member| member.end));
        let mut parts: Vec<_> = self.list.iter().zip(starts).collect();
        parts.sort_by_key(|(member, _)| member.first);
        for group in parts.chunk_by(|(one, _), (two, _)| one.first == two.first) {
            for (nth, (member, start)) in group.iter().enumerate() {
                let member_bytes = self.scratch.get(start - self.start..member.end - self.start).unwrap_or_default();
                let (name, value) = member_bytes.split_at_checked(member.value as usize).unwrap_or_default();
                match nth {
                    0 if group.len() > 1 => [name, b"[", value].iter().for_each(|part| out.extend_from_slice(part)),
                    0 => out.extend_from_slice(member_bytes),
                    _ => [b",", value].iter().for_each(|part| out.extend_from_slice(part)),
                }
            }
            if group.len() > 1 {
                out.push(b']');
            }
        }
    }
}

/// Appends what stands before a value.
#[inline]
fn open(name: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name);
    out.extend_from_slice(b"\":");
}

/// Appends a value; `payload` is the length of name and value together.
fn value(payload: usize, value: &[u8], look: &Look, out: &mut Vec<u8>) {
    let bare = |byte: u8| plain(byte) & (byte != b'"') & (byte != b'\\');
    if payload >= LONG && !look.all {
        out.extend_from_slice(b"null");
    } else if all(value, bare) {
        out.push(b'"');
        out.extend_from_slice(value);
        out.push(b'"');
    } else if let Some(text) = printable(value) {
        out.push(b'"');
        escaped(text, look.safe, out);
        out.push(b'"');
    } else {
        bytes(value, out);
    }
}

fn printable(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().filter(|_| is_printable(value, Newline::Text))
}

/// Appends printable text with JSON's escapes.
fn escaped(text: &str, safe: bool, out: &mut Vec<u8>) {
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let short = match c {
            '"' | '\\' => c as u8,
            '\n' => b'n',
            '\t' => b't',
            _ if safe && acts(c) => 0,
            _ => continue,
        };
        out.extend_from_slice(text.get(done..at).unwrap_or_default().as_bytes());
        match short {
            0 => character(c, out),
            short => out.extend([b'\\', short]),
        }
        done = at + c.len_utf8();
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default().as_bytes());
}

/// Appends an array of byte values.
fn bytes(value: &[u8], out: &mut Vec<u8>) {
    out.reserve(value.len() * 4 + 2);
    for (nth, byte) in value.iter().enumerate() {
        out.push(if nth == 0 { b'[' } else { b',' });
        decimal(u64::from(*byte), out);
    }
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &[u8], look: &Look) -> String {
        let mut out = Vec::new();
        value(text.len() + 8, text, look, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_printable_value_is_a_string() {
        let look = Look::default();
        for (text, said) in [
            ("", r#""""#),
            ("plain text of some length", r#""plain text of some length""#),
            ("a/b \"c\" \\ é", r#""a/b \"c\" \\ é""#),
            ("line\n\tline", r#""line\n\tline""#),
            ("rtl \u{202e}", "\"rtl \u{202e}\""),
        ] {
            assert_eq!(shown(text.as_bytes(), &look), said);
        }
        assert_eq!(shown("rtl \u{202e}".as_bytes(), &Look { safe: true, ..look }), r#""rtl \u202e""#);
    }

    #[test]
    fn any_other_value_is_an_array_of_bytes() {
        assert_eq!(shown(b"\x1b[0m", &Look::default()), "[27,91,48,109]");
        assert_eq!(shown(b"\xff\0", &Look::default()), "[255,0]");
    }

    #[test]
    fn a_long_value_is_null_unless_all_is_wanted() {
        let long = "x".repeat(4088);
        assert_eq!(shown(&long.as_bytes()[1..], &Look::default()).len(), 4089);
        assert_eq!(shown(long.as_bytes(), &Look::default()), "null");
        assert_eq!(shown(long.as_bytes(), &Look { all: true, ..Look::default() }).len(), 4090);
    }

    #[test]
    fn repeated_members_become_an_array_at_their_first_place() {
        let (mut members, mut out) = (Members::default(), Vec::new());
        for _ in 0..2 {
            out = b"{\"head\":1".to_vec();
            members.begin(out.len());
            for (name, text) in [(0, "a"), (1, "b"), (0, "c"), (2, "\x01"), (0, "\x02")] {
                let start = out.len();
                open(format!("N{name}").as_bytes(), &mut out);
                let at = out.len() - start;
                value(9, text.as_bytes(), &Look::default(), &mut out);
                members.add(Note { name, value: u32::try_from(at).unwrap() }, out.len());
            }
            members.group(&mut out);
        }
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"head":1,"N0":["a","c",[2]],"N1":"b","N2":[1]"#);
    }
}
