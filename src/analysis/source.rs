//! What the judgement asks of a journal: boots, files, and lines by boot.
//!
//! It knows nothing of files on disk. A journal answers through its indexes, so [`Source::having`] is asked for terms
//! that few lines of a boot have, and whole stretches are read only at a boot's two ends.

use std::borrow::Cow;

pub use super::asked::{Glance, Heard, Wanted};
use super::chronology::Jump;
use crate::corrupt::Offset;
use crate::file::Cursor;
use crate::format::{Id128, Monotonic, Realtime, Seqnum};
use crate::journal::{Numbers, Place, SetAside};

/// The fields that a judgement looks at; a source need not give lines any others.
pub(super) const READ: [&str; 35] = [
    "MESSAGE",
    "MESSAGE_ID",
    "PRIORITY",
    "UNIT",
    "UNIT_RESULT",
    "USER_ID",
    "CLASS",
    "USER_UNIT",
    "JOB_TYPE",
    "JOB_RESULT",
    "SLEEP",
    "MONOTONIC_USEC",
    "REALTIME_USEC",
    "SHUTDOWN",
    "ACTION",
    "CONTAINER_NAME",
    "FILE",
    "N_RESTARTS",
    "OPERATOR",
    "SESSION_ID",
    "SYSLOG_FACILITY",
    "SYSLOG_IDENTIFIER",
    "SYSLOG_PID",
    "_AUDIT_TYPE",
    "_AUDIT_TYPE_NAME",
    "_COMM",
    "_EXE",
    "_MACHINE_ID",
    "_PID",
    "_SOURCE_MONOTONIC_TIMESTAMP",
    "_SYSTEMD_CGROUP",
    "_SYSTEMD_UNIT",
    "_SYSTEMD_USER_UNIT",
    "_TRANSPORT",
    "_UID",
];

/// Answers what a judgement asks of a journal.
///
/// A term is `FIELD=value`, or `FIELD=beginning*` for all values that begin so.
pub trait Source: Sync {
    /// All boots, oldest first; those of one machine in their true order.
    fn boots(&self) -> &[BootFacts];

    /// The files that the boots lie in; [`Line::file`] and [`BootFacts::files`] count from here.
    fn files(&self) -> &[FileFacts];

    /// The end of a boot, oldest line first: its last `window_us` by the monotonic clock, and at least `at_least` lines.
    ///
    /// Of these, those that are `wanted`.
    fn tail(&self, boot: usize, at_least: usize, window_us: u64, wanted: Wanted<'_>) -> Vec<Line>;

    /// The first `at_most` lines of a boot, in order, as far as they were written until `until_us` of the monotonic
    /// clock; of these, those that are `wanted`.
    fn head(&self, boot: usize, at_most: usize, until_us: u64, wanted: Wanted<'_>) -> Vec<Line>;

    /// The lines of a boot that have at least one of the fields `terms`, each `FIELD=value`, in order.
    fn having(&self, boot: usize, terms: &[&str]) -> Vec<Line>;

    /// Of these lines, those that pass a glance.
    ///
    /// A source may give others, too.
    fn having_seen(&self, boot: usize, terms: &[&str], glance: Glance<'_>) -> Vec<Line> {
        let mut lines = self.having(boot, terms);
        lines.retain(glance.passes);
        lines
    }

    /// The numbers that a boot's entries have in all counts together, as ranges that ascend and lie apart.
    ///
    /// What a damaged file may have lost between its entries is taken for there, and so may be what lies outside of
    /// `within`, both ends included; the journals of namespaces do not count.
    fn numbers(&self, boot: usize, within: (u64, u64)) -> Vec<(u64, u64)>;

    /// The line that an entry is.
    fn line(&self, place: Place) -> Option<Line>;

    /// Where a boot's wall clock moved against its monotonic clock by more than `over_us`, in order.
    ///
    /// A source may look at few entries; moves in both directions that are undone soon are missed then.
    fn jumps(&self, boot: usize, over_us: u64) -> Vec<Jump>;

    /// All values that a field has in a boot, each once, in no order.
    fn values(&self, boot: usize, field: &str) -> Vec<Vec<u8>>;

    /// Whether lines of a machine's boots were left out by now, since reading more of their files would cost too much;
    /// what they might have said is not known. Users' journals do not count.
    fn is_cut_short(&self, machine: Id128) -> bool {
        let _ = machine;
        false
    }

    /// Gives `each` the lines of all boots that are `heard`, with the boot; boot by boot, in order.
    ///
    /// A journal looks at each different message once, and may give more lines than were asked for.
    fn hear(&self, heard: Heard<'_>, each: &mut dyn FnMut(usize, &Line)) {
        let keep = |line: &Line| {
            let said = line.first("MESSAGE").map_or(0, |message| (heard.speaks)(message, u64::MAX));
            heard.voices.iter().any(|(term, voices)| voices & said != 0 && line.has(&[term]))
        };
        for boot in 0..self.boots().len() {
            let wanted = Wanted { keep: &keep, ..Wanted::ALL };
            self.head(boot, usize::MAX, u64::MAX, wanted).iter().for_each(|line| each(boot, line));
        }
    }
}

/// A moment as one entry states it, by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Moment {
    /// By the wall clock, right or wrong.
    pub realtime: Realtime,
    /// Since the boot began.
    pub monotonic: Monotonic,
}

/// An entry's number, which is comparable only within one `seqnum_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Numbered {
    /// The id of the count.
    pub seqnum_id: Id128,
    /// The number.
    pub seqnum: Seqnum,
}

/// What is known of a boot without reading its lines.
#[derive(Clone, Debug)]
pub struct BootFacts {
    /// The boot id.
    pub id: Id128,
    /// Its place among all boots: 0 is the newest, -1 the one before.
    pub index: i64,
    /// The machine.
    pub machine: Id128,
    /// How many entries it has.
    pub entries: u64,
    /// When its first entry was written.
    pub first: Moment,
    /// When its last entry was written.
    pub last: Moment,
    /// The number of its first entry.
    pub head: Numbered,
    /// The number of its last entry.
    pub tail: Numbered,
    /// The files that hold its entries.
    pub files: Vec<usize>,
    /// Its last entry in each of these files.
    pub ends: Vec<FileEnd>,
    /// The numbers that the counter may have jumped to, since a file already had those below from another boot.
    pub jumps: Vec<u64>,
    /// The series that only its journals of users and namespaces have, ascending.
    pub users: Vec<Id128>,
    /// The series that only its journals of namespaces have, which have counters of their own; ascending.
    pub namespaces: Vec<Id128>,
    /// The numbers of its entries in each count, ascending by the id of the count.
    pub numbers: Vec<Numbers>,
    /// The boots that set its files aside, and so came after it.
    pub set_aside: Vec<SetAside>,
    /// Other machines that never hear the kernel and whose entries carry its id, as containers' do that see their host's;
    /// those entries are left out. An initrd with a machine id of its own is none of them.
    pub guests: Vec<Id128>,
}

/// The last entry of a boot in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileEnd {
    /// The file, counted in [`Source::files`].
    pub file: usize,
    /// When it was written.
    pub moment: Moment,
    /// Its number.
    pub seqnum: Seqnum,
    /// Where it starts in the file.
    pub at: Offset,
}

/// What a file says of itself.
#[derive(Clone, Debug)]
pub struct FileFacts {
    /// Its path as the user knows it.
    pub name: String,
    /// The state in its header.
    pub state: FileState,
    /// Whether it is a user's journal, `user-*.journal`, or one of a namespace beside those of the system itself: neither
    /// tells of the machine's end.
    pub is_user: bool,
    /// Whether it is one of a namespace beside those of the system itself.
    pub is_namespaced: bool,
    /// Whether journald set it aside as unclean: its name ends in `~`.
    pub is_disposed: bool,
    /// Whether part of it could not be read.
    pub damaged: bool,
    /// How many entries are lost of it at most.
    pub lost: u64,
    /// What it held behind its last entry that can be read, where its header claims more.
    pub lost_end: Option<LostEnd>,
}

/// The entries that a file's header claims behind the last one that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostEnd {
    /// The number of the last entry that can be read; 0 where none can.
    pub after: Seqnum,
    /// At most so many followed.
    pub entries: u64,
    /// When the last of them was written, by the header and the wall clock as it was.
    pub until: Realtime,
}

/// The state that a file's header claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FileState {
    /// Closed, or at rest since the last sync.
    Offline,
    /// Open for writing when it was copied or left.
    Online,
    /// Closed for good.
    Archived,
}

/// One entry, with its place and its fields.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What names it in every copy of it.
    pub cursor: Cursor,
    /// The file, counted in [`Source::files`].
    pub file: usize,
    /// Where the entry starts in the file, in bytes.
    pub offset: u64,
    /// The entry's number.
    pub seqnum: Seqnum,
    /// When it was written, by the wall clock.
    pub realtime: Realtime,
    /// When it was written, since the boot began.
    pub monotonic: Monotonic,
    /// The boot that it belongs to.
    pub boot: Id128,
    /// Names and values, of those that rules ask for at least; a name may come more than once.
    pub fields: Vec<(Cow<'static, str>, Vec<u8>)>,
    /// Whether it lost no field and lies in a sound file without any field by which journald tells who wrote a line.
    pub is_text_only: bool,
}

impl Line {
    /// The first value of a field.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_slice())
    }

    /// The first value of a field, where it is text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.first(name).and_then(|value| std::str::from_utf8(value).ok())
    }

    /// Whether a field has this value, also where it comes more than once.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(field, bytes)| field == name && bytes == value.as_bytes())
    }

    /// Whether it has at least one of the fields that terms ask for; where there is none, it has.
    pub(super) fn has(&self, terms: &[&str]) -> bool {
        let has = |term: &&str| {
            let Some((name, value)) = term.split_once('=') else { return false };
            self.fields.iter().any(|(field, bytes)| field == name && fits(value, bytes))
        };
        terms.is_empty() || terms.iter().any(has)
    }

    /// The message; bytes that are no text are replaced.
    #[must_use]
    pub fn message(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self.first("MESSAGE").unwrap_or_default())
    }

    /// Both clocks of the entry.
    #[must_use]
    pub const fn moment(&self) -> Moment {
        Moment { realtime: self.realtime, monotonic: self.monotonic }
    }
}

/// Whether a field, `FIELD=value`, is what a term asks for.
pub(super) fn fits(term: &str, payload: &[u8]) -> bool {
    match term.strip_suffix('*') {
        Some(beginning) => payload.starts_with(beginning.as_bytes()),
        None => payload == term.as_bytes(),
    }
}

/// Counts the boots from the newest, as `-b` does: 0, -1, -2, …
pub(super) fn number(boots: &mut [BootFacts]) {
    for (boot, index) in boots.iter_mut().rev().zip(0..) {
        boot.index = -index;
    }
}

/// Whether a line lies in a user's journal, which says nothing of the machine's end.
pub(super) fn is_users(source: &dyn Source, line: &Line) -> bool {
    source.files().get(line.file).is_some_and(|file| file.is_user)
}
