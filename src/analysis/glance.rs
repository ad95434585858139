//! A first look at an entry, at a fraction of what reading it costs.
//!
//! Most lines of a boot's two ends are looked at and dropped, for what a few of their fields say. Of the others nine of
//! ten are values that many entries share, which are looked at once.

use std::borrow::Cow;
use std::fmt;

use super::source::Line;
use crate::bytes::Lately;
use crate::file::Entry;
use crate::format::Id128;

/// So many DATA are remembered while entries are looked at.
const KNOWN: usize = 1024;
/// An entry with more fields is read.
const ITEMS_MOST: usize = 256;
/// Of longer values a line has only a part.
const VALUE_MOST: usize = 4096;

/// What a few fields must say for a line to be of interest.
#[derive(Clone, Copy)]
pub struct Glance<'a> {
    /// The fields.
    pub fields: &'a [Cow<'static, str>],
    /// Whether a line may be of interest, by these of its fields alone; that others are missing must not speak against it.
    pub passes: &'a dyn Fn(&Line) -> bool,
}

impl<'a> Glance<'a> {
    /// By the message alone.
    pub(super) const fn at_message(passes: &'a dyn Fn(&Line) -> bool) -> Self {
        Self { fields: &[Cow::Borrowed("MESSAGE")], passes }
    }
}

impl fmt::Debug for Glance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Glance").field("fields", &self.fields).finish_non_exhaustive()
    }
}

/// What was seen of one file.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The DATA met last that are sound and no field asked for.
    others: Lately<(), KNOWN>,
    /// The boot of which these are.
    boot: Id128,
}

impl Seen {
    /// Whether an entry has to be read: its line may be of interest, or reading it finds damage or has a cost that counts.
    ///
    /// `line` gets the fields that are asked for; values are written into `room` where there is.
    pub(super) fn may_be(
        &mut self,
        entry: &Entry<'_>,
        glance: Glance<'_>,
        room: &mut Vec<Vec<u8>>,
        line: &mut Line,
    ) -> bool {
        room.extend(line.fields.drain(..).map(|(_, value)| value));
        let items = entry.items();
        if items.len() > ITEMS_MOST {
            return true;
        }
        if self.boot != entry.boot_id() {
            self.others.clear();
            self.boot = entry.boot_id();
        }
        for at in items {
            if self.others.find(at.0).is_some() {
                continue;
            }
            let payload = entry.file().glance_at(at).and_then(|stored| entry.file().undoubted(&stored));
            let Some((name, value)) = payload.and_then(split) else { return true };
            if let Some(name) = glance.fields.iter().find(|field| field.as_bytes() == name) {
                if value.len() > VALUE_MOST {
                    return true;
                }
                let mut kept = room.pop().unwrap_or_default();
                kept.clear();
                kept.extend_from_slice(value);
                line.fields.push((name.clone(), kept));
            } else if name == b"_BOOT_ID" && value != self.boot.hex() {
                return true;
            } else {
                self.others.keep(at.0, ());
            }
        }
        (glance.passes)(line)
    }
}

/// Name and value of a payload, where it has a name.
fn split(payload: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = memchr::memchr(b'=', payload).filter(|equals| *equals > 0)?;
    let (name, value) = payload.split_at_checked(equals)?;
    Some((name, value.get(1..)?))
}
