//! Everything in an entry, a line per field, below a line with its time and cursor.

use super::block::Block;
use super::cache::Cache;
use super::meta::Head;
use super::name::split;
use super::palette::{Ink, off};
use super::printable::{Newline, is_printable};
use super::short::realtime;
use super::stamp::{Clock, Moment};
use super::{EntryFormat, LARGE, LOST, Look, Render, Stamp, number};
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::Entry;
use crate::format::{Inflater, Realtime};

/// When lines are cut, payloads of this many bytes or more show their size only.
const LONG: usize = 300;

/// The field in which a source says when it logged.
const SOURCE: &[u8] = b"_SOURCE_REALTIME_TIMESTAMP";

/// What stands before a field.
const MARGIN: &[u8] = b"    ";

/// The format `verbose`.
#[derive(Debug)]
pub(super) struct Verbose {
    look: Look,
}

impl Verbose {
    pub(super) const fn new(look: Look) -> Self {
        Self { look }
    }
}

impl EntryFormat for Verbose {
    fn worker(&self) -> Box<dyn Render + '_> {
        let clock = Clock::new(Stamp::FullPrecise, &self.look.zone);
        Box::new(Worker {
            look: &self.look,
            first: FirstLine { look: &self.look, clock, head: Head::default() },
            inflater: Inflater::default(),
            cache: Cache::new(),
            fields: Vec::new(),
        })
    }
}

#[derive(Debug)]
struct Worker<'a> {
    look: &'a Look,
    first: FirstLine<'a>,
    inflater: Inflater,
    /// What fields look like, each with the time that it says its source took.
    cache: Cache<Option<Realtime>>,
    /// The fields of the current entry, which stand below the time that one of them may tell.
    fields: Vec<u8>,
}

impl Render for Worker<'_> {
    fn render_in_parts(
        &mut self,
        entry: &Entry<'_>,
        before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) {
        self.cache.turn_to(entry.file());
        self.look.boot(entry, before, out);
        let fields = std::mem::take(&mut self.fields);
        let mut page = Page { out, fields, is_begun: false, source: None };
        let (mut items, mut lost) = (entry.items(), u64::from(entry.is_cut_short()));
        while let Some(at) = items.next() {
            let kept = self.cache.append(at, page.room());
            match kept.map_or_else(|| self.item(entry, at, &mut page, items.clone()), Ok) {
                Ok(time) => page.source = page.source.or(time),
                Err(damage) => {
                    losses.field(damage);
                    lost += 1;
                }
            }
            if page.room().len() < LARGE {
                continue;
            }
            self.inflater.relax();
            self.first.begin(entry, &mut page, items.clone());
            if !relieve(page.out) {
                return;
            }
        }
        self.first.begin(entry, &mut page, items);
        let Page { out, mut fields, .. } = page;
        fields.clear();
        fields.shrink_to(LARGE);
        self.fields = fields;
        if lost > 0 {
            for part in [MARGIN, LOST.as_bytes(), b"="] {
                out.extend_from_slice(part);
            }
            number::decimal(lost, out);
            out.push(b'\n');
        }
        self.look.members(entry, [MARGIN, b"=", b"\n"], out);
        self.look.explain(entry, out);
    }
}

/// What is shown of an entry, so far.
struct Page<'o> {
    out: &'o mut Vec<u8>,
    /// The fields before the first line is written, for which one of them may tell the time.
    fields: Vec<u8>,
    is_begun: bool,
    source: Option<Realtime>,
}

impl Page<'_> {
    /// Where the next field belongs.
    const fn room(&mut self) -> &mut Vec<u8> {
        if self.is_begun { self.out } else { &mut self.fields }
    }
}

impl Worker<'_> {
    /// Appends the DATA at `at` if it is wanted; returns the time of the source if that is what it tells. What is large
    /// stands below the first line at once, so that it is not held twice.
    fn item(
        &mut self,
        entry: &Entry<'_>,
        at: Offset,
        page: &mut Page<'_>,
        rest: impl IntoIterator<Item = Offset>,
    ) -> Result<Option<Realtime>, Corrupt> {
        let stored = entry.stored(at)?;
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        let (name, value) = split(payload, at)?;
        if payload.len() >= LARGE {
            self.first.begin(entry, page, rest);
        }
        let room = page.room();
        let start = room.len();
        if self.look.shows(name) {
            field(payload, name, value, self.look, room);
        }
        let source = if name == SOURCE { realtime(value) } else { None };
        self.cache.keep(&stored, room.get(start..).unwrap_or_default(), source);
        Ok(source)
    }
}

/// What writes the line with time and cursor.
#[derive(Debug)]
struct FirstLine<'a> {
    look: &'a Look,
    clock: Clock<'a>,
    head: Head,
}

impl FirstLine<'_> {
    /// Puts the line with time, the source's if one of the fields so far or of the `rest` tells it, and cursor before the
    /// fields, if it is not there yet.
    fn begin(&mut self, entry: &Entry<'_>, page: &mut Page<'_>, rest: impl IntoIterator<Item = Offset>) {
        if std::mem::replace(&mut page.is_begun, true) {
            return;
        }
        let source = page.source.or_else(|| rest.into_iter().find_map(|at| source(entry, at)));
        self.write(entry, source, page.out);
        page.out.append(&mut page.fields);
    }

    /// Appends the line with time, the source's if that is known, and cursor.
    fn write(&mut self, entry: &Entry<'_>, source: Option<Realtime>, out: &mut Vec<u8>) {
        let realtime = source.unwrap_or_else(|| entry.realtime());
        let moment = Moment { realtime, monotonic: entry.monotonic(), boot: entry.boot_id() };
        let (line, grey) = (self.look.color.underlined(), self.look.color.cursor());
        out.extend_from_slice(line);
        self.clock.write(&moment, None, out);
        for part in [off(line), b" ", grey, b"["] {
            out.extend_from_slice(part);
        }
        self.head.cursor(entry, out);
        for part in [b"]", off(grey), b"\n"] {
            out.extend_from_slice(part);
        }
    }
}

/// The time of the source, if that is what the DATA at `at` tells; one so short is not compressed.
fn source(entry: &Entry<'_>, at: Offset) -> Option<Realtime> {
    let stored = entry.file().stored(at).ok().filter(|stored| stored.flags & 7 == 0)?;
    let (name, value) = split(entry.file().whole(&stored).ok()?, at).ok()?;
    if name == SOURCE { realtime(value) } else { None }
}

/// Appends a field; one that cannot be shown by its size.
fn field(payload: &[u8], name: &[u8], value: &[u8], look: &Look, out: &mut Vec<u8>) {
    let ink = ink(name, look);
    for part in [MARGIN, ink, name, b"="] {
        out.extend_from_slice(part);
    }
    let fits = payload.len() < LONG || look.width.is_none();
    if look.all || (fits && is_printable(payload, Newline::Text)) {
        let indent = MARGIN.len() + name.len() + 1;
        Block { look, indent, ink: b"", mark: None, width: None }.write(value, out);
        out.extend_from_slice(off(ink));
    } else {
        out.push(b'[');
        number::size(value.len() as u64, out);
        for part in [b" blob data]", off(ink), b"\n"] {
            out.extend_from_slice(part);
        }
    }
}

/// The colour of a field: the message stands out, and what the journal itself vouches for can be told.
fn ink(name: &[u8], look: &Look) -> Ink {
    match name {
        b"MESSAGE" => look.color.bold(),
        [b'_', ..] => look.color.green(),
        _ => b"",
    }
}

#[cfg(test)]
mod tests {
    use super::super::Palette;
    use super::*;

    fn shown(payload: &[u8], look: &Look) -> String {
        let (name, value) = split(payload, Offset(8)).unwrap();
        let mut out = Vec::new();
        field(payload, name, value, look, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_field_has_its_further_lines_below_its_value() {
        let look = Look::default();
        assert_eq!(shown(b"A=one\ntwo\n", &look), "    A=one\n      two\n");
        assert_eq!(shown(b"EMPTY=", &look), "    EMPTY=\n");
        assert_eq!(shown(b"A=tab\there", &look), "    A=tab\there\n");
    }

    #[test]
    fn what_cannot_be_shown_has_its_size() {
        let look = Look::default();
        assert_eq!(shown(b"A=\x1b[0m", &look), "    A=[4B blob data]\n");
        assert_eq!(shown(b"A=\x1b[0m", &Look { all: true, ..look.clone() }), "    A=\x1b[0m\n");
        let long = [b"FLD=".to_vec(), vec![b'x'; 296]].concat();
        assert_eq!(shown(&long, &look).len(), 305);
        let look = Look { width: Some(80), ..look };
        assert_eq!(shown(&long, &look), "    FLD=[296B blob data]\n");
        assert_eq!(shown(&long[..299], &look).len(), 304);
    }

    #[test]
    fn the_message_and_what_the_journal_vouches_for_stand_out() {
        let look = Look { color: Palette::Many, ..Look::default() };
        assert_eq!(shown(b"MESSAGE=a\nb", &look), "    \x1b[0;1;39mMESSAGE=a\n            b\n\x1b[0m");
        assert_eq!(shown(b"_A=\x01", &look), "    \x1b[0;32m_A=[1B blob data]\x1b[0m\n");
        assert_eq!(shown(b"A=a", &look), "    A=a\n");
    }
}
