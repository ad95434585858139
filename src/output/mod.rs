//! How entries look: one file per format, each a function of bytes that knows nothing of threads or terminals.
//!
//! A [`Format`] with a [`Look`] makes an [`EntryFormat`]; each thread asks that for a [`Render`] of its own, which keeps
//! caches (rendered DATA, the current day's text) and appends one entry at a time. The bytes are those of the newest
//! journalctl, with additions of ours: [`Look::safe`], [`Look::provenance`], and [`LOST`] on an entry that
//! could not be read as a whole.
//!
//! | names | file | shows |
//! |---|---|---|
//! | `short`, `short-…`, `with-unit` | `short.rs` | one line per entry, as syslog did |
//! | `verbose` | `verbose.rs` | everything, a line per field |
//! | `export` | `export.rs` | everything, for other journals |
//! | `json`, `json-…` | `json` | everything, an object per entry |
//! | `cat` | `cat.rs` | the message only |
//!
//! [`journal`] is no text: it writes entries into a journal file of their own.

pub mod accounts;
mod block;
pub mod boots;
mod cache;
mod cat;
pub mod catalog;
mod ellipsis;
mod escape;
mod export;
pub mod findings;
mod framing;
pub mod heading;
pub mod info;
pub mod journal;
mod json;
#[cfg(test)]
mod large;
mod line;
pub mod listing;
mod members;
mod meta;
mod name;
mod number;
mod palette;
mod pick;
mod printable;
mod provenance;
mod remark;
pub mod report;
pub mod rules;
mod short;
mod stamp;
pub mod stats;
mod strip;
mod verbose;
mod when;
mod width;

use std::ops::Range;
use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::corrupt::Losses;
use crate::file::Entry;
use crate::query::Term;

pub use catalog::Catalog;
pub use framing::Framing;
pub use palette::Palette;
pub use provenance::PROVENANCE;
pub use stamp::Stamp;
#[cfg(feature = "cli")]
pub(crate) use when::clock;

/// The member that `export`, `json` and `verbose` add to an entry with unreadable fields: how many were left out, at least.
pub const LOST: &str = "_LASTWORDS_LOST";

/// From so many bytes on an entry is passed on in parts, and buffers that were needed for it are given back.
const LARGE: usize = 4 << 20;

/// What a person may choose about the look of any format.
#[derive(Clone, Debug)]
pub struct Look {
    /// The zone of wall-clock times.
    pub zone: TimeZone,
    /// Makes control and bidirectional characters from the journal visible, as a terminal needs it; without it the
    /// bytes are journalctl's.
    pub safe: bool,
    /// The colours of messages, by priority.
    pub color: Palette,
    /// What is made conspicuous in coloured messages, where it is found first: a condition with a pattern.
    pub highlight: Option<Term>,
    /// Shows long and unprintable values in full.
    pub all: bool,
    /// Where whole entries are shown, only these fields, and in `cat` these in place of the message; without any, all.
    pub fields: Vec<String>,
    /// Leaves the host's name out of lines.
    pub no_hostname: bool,
    /// Shows only the first line of a message.
    pub first_line: bool,
    /// Cuts lines so that they fit this many columns, and long messages; `None` shows them in full.
    pub width: Option<usize>,
    /// Leaves out the lines that say that another boot begins.
    pub quiet: bool,
    /// Explains entries below them, as far as it knows their `MESSAGE_ID`.
    pub catalog: Option<Arc<Catalog>>,
    /// Says of each entry where it lies and how it was found, see [`PROVENANCE`].
    pub provenance: bool,
    /// Leaves out what is not ASCII in what we add ourselves: dots and marks before explanations.
    pub ascii: bool,
}

impl Default for Look {
    /// UTC, and the bytes as journalctl writes them into a pipe.
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            safe: false,
            color: Palette::None,
            highlight: None,
            all: false,
            fields: Vec::new(),
            no_hostname: false,
            first_line: false,
            width: None,
            quiet: false,
            catalog: None,
            provenance: false,
            ascii: false,
        }
    }
}

impl Look {
    /// Whether fields of this name are shown.
    fn shows(&self, name: &[u8]) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|field| field.as_bytes() == name)
    }

    /// Where a message that is shown in this colour has what is to be made conspicuous.
    fn conspicuous(&self, message: &[u8], ink: palette::Ink) -> Option<Range<usize>> {
        // As in journalctl: what has no colour has nothing that stands out from it.
        let highlight = self.highlight.as_ref().filter(|_| !ink.is_empty())?;
        highlight.found_in(message).filter(|found| !found.is_empty())
    }

    /// Appends text of a journal, made harmless if that is wanted.
    fn text(&self, text: &[u8], lines: escape::Lines, out: &mut Vec<u8>) {
        if self.safe {
            escape::visible(text, lines, out);
        } else {
            out.extend_from_slice(text);
        }
    }
}

/// How reports and tables look.
#[derive(Clone, Debug)]
pub struct Style {
    /// Columns that lines should fit.
    pub width: usize,
    /// Whether to use colours.
    pub color: bool,
    /// The zone of wall-clock times.
    pub zone: TimeZone,
}

impl Style {
    /// A colour, where colours are wanted; what it paints stands between `{paint}` and `{paint:#}`.
    #[must_use]
    pub const fn paint(&self, paint: anstyle::Style) -> anstyle::Style {
        if self.color { paint } else { anstyle::Style::new() }
    }
}

/// Writes a value as indented JSON and a newline; `safe` spells out what acts on a terminal, which JSON reads back.
///
/// # Errors
/// What the writer says.
pub fn document(value: &impl serde::Serialize, safe: bool, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    if safe {
        let mut shown = Vec::with_capacity(text.len());
        for c in String::from_utf8_lossy(&text).chars() {
            if c == '\x7f' || escape::acts(c) {
                escape::character(c, &mut shown);
            } else {
                shown.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        text = shown;
    }
    out.write_all(&text)
}

/// Appends one value from a journal; `safe` makes what acts on a terminal visible.
pub fn value(text: &[u8], safe: bool, out: &mut Vec<u8>) {
    if safe {
        escape::visible(text, escape::Lines::One, out);
    } else {
        out.extend_from_slice(text);
    }
}

/// Appends how often something is there, as the first column of a list.
pub fn count_cell(count: u64, out: &mut Vec<u8>) {
    number::padded(count, 9, b' ', out);
    out.extend_from_slice(b"  ");
}

/// How entries look.
pub trait EntryFormat: Sync {
    /// A renderer for one worker thread, with its own caches.
    fn worker(&self) -> Box<dyn Render + '_>;
}

/// One worker's renderer.
pub trait Render: Send {
    /// Begins a chunk of entries somewhere in the selection; `shown` is the last entry before it that has a message.
    ///
    /// Without it, the chunk follows what this renderer was given last.
    fn resume(&mut self, shown: Option<&Entry<'_>>) {
        let _ = shown;
    }

    /// Appends `entry` to `out`; `before` is the entry shown just before it, for boot lines and differences.
    ///
    /// A field that cannot be read is left out and counted in `losses`.
    fn render(&mut self, entry: &Entry<'_>, before: Option<&Entry<'_>>, out: &mut Vec<u8>, losses: &mut Losses) {
        self.render_in_parts(entry, before, out, losses, &mut |_| true);
    }

    /// As [`Render::render`], for entries that may be too large to be held whole: `relieve` is called between fields and
    /// may take away what `out` has; `false` from it says that no more is wanted.
    ///
    /// A format that never shows more than a few fields in full appends the entry at once.
    fn render_in_parts(
        &mut self,
        entry: &Entry<'_>,
        before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    );

    /// Appends entries that are the parts of one message as that message, told when and by whom as the first is.
    ///
    /// A format that shows whole entries shows each; a message beyond 16 MiB becomes several.
    fn render_joined(
        &mut self,
        parts: &[Entry<'_>],
        before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
    ) {
        let mut before = before;
        for part in parts {
            self.render(part, before, out, losses);
            before = Some(part);
        }
    }
}

/// The formats by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One line per entry, beginning with a time stamp.
    Short(Stamp),
    /// `short-full` with the unit's name in place of the identifier.
    WithUnit,
    /// The journal export format.
    Export,
    /// A line per field, below a line with time and cursor.
    Verbose,
    /// A JSON object per entry.
    Json(Framing),
    /// Messages only.
    Cat,
}

const FORMATS: [(&str, Format); Format::NAMES.len()] = [
    ("short", Format::Short(Stamp::Short)),
    ("short-precise", Format::Short(Stamp::Precise)),
    ("short-iso", Format::Short(Stamp::Iso)),
    ("short-iso-precise", Format::Short(Stamp::IsoPrecise)),
    ("short-full", Format::Short(Stamp::Full)),
    ("short-monotonic", Format::Short(Stamp::Monotonic)),
    ("short-delta", Format::Short(Stamp::Delta)),
    ("short-unix", Format::Short(Stamp::Unix)),
    ("with-unit", Format::WithUnit),
    ("verbose", Format::Verbose),
    ("export", Format::Export),
    ("json", Format::Json(Framing::Line)),
    ("json-pretty", Format::Json(Framing::Pretty)),
    ("json-sse", Format::Json(Framing::Events)),
    ("json-seq", Format::Json(Framing::Sequence)),
    ("cat", Format::Cat),
];

impl Format {
    /// The names that [`Format::named`] knows.
    pub const NAMES: [&'static str; 16] = [
        "short",
        "short-precise",
        "short-iso",
        "short-iso-precise",
        "short-full",
        "short-monotonic",
        "short-delta",
        "short-unix",
        "with-unit",
        "verbose",
        "export",
        "json",
        "json-pretty",
        "json-sse",
        "json-seq",
        "cat",
    ];

    /// The format of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        FORMATS.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
    }

    /// Whether lines that are no entries may stand among the entries: boots, and that there is none.
    #[must_use]
    pub const fn has_remarks(self) -> bool {
        matches!(self, Self::Short(_) | Self::WithUnit | Self::Verbose)
    }

    /// The format with a look, ready for workers.
    #[must_use]
    pub fn with(self, look: Look) -> Box<dyn EntryFormat> {
        match self {
            Self::Short(stamp) => Box::new(short::Short::new(stamp, look)),
            Self::WithUnit => Box::new(short::Short::with_unit(look)),
            Self::Export => Box::new(export::Export::new(look)),
            Self::Verbose => Box::new(verbose::Verbose::new(look)),
            Self::Json(framing) => Box::new(json::Json::new(framing, look)),
            Self::Cat => Box::new(cat::Cat::new(look)),
        }
    }
}

#[cfg(test)]
mod tests;
