//! One JSON object per entry: everything in it, all values as strings.
//!
//! A value that is not printable becomes an array of its bytes, a long one `null` unless all is wanted. A field that an
//! entry has several times becomes an array where it first stood.

use std::collections::HashMap;

use super::cache::Cache;
use super::framing::Parts;
use super::members::{self, Members};
use super::meta::{BOOT_ID, Head};
use super::name::split;
use super::number::decimal;
use super::{EntryFormat, Framing, LARGE, LOST, Look, PROVENANCE, Render, provenance};
use crate::bytes::Mix;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::file::Entry;
use crate::format::{Budget, Inflater, Stored};

mod value;

use value::{bytes, printable, string, value};

/// Without [`Look::all`], payloads of this many bytes or more show as `null`.
const LONG: usize = 4096;

/// The number of a member that is too large to be held whole.
const HUGE: u32 = u32::MAX;

/// So many different names are remembered; no real journal has a tenth of it.
const NAMES: usize = 1 << 15;

/// The formats `json` and `json-…`.
#[derive(Debug)]
pub(super) struct Json {
    framing: Framing,
    look: Look,
}

impl Json {
    pub(super) const fn new(framing: Framing, look: Look) -> Self {
        Self { framing, look }
    }
}

impl EntryFormat for Json {
    fn worker(&self) -> Box<dyn Render + '_> {
        Box::new(Worker {
            look: &self.look,
            parts: self.framing.parts(),
            inflater: Inflater::default(),
            cache: Cache::new(),
            head: Head::default(),
            names: HashMap::with_hasher(Mix::new()),
            members: Members::default(),
            budgets: HashMap::new(),
        })
    }
}

#[derive(Debug)]
struct Worker<'a> {
    look: &'a Look,
    parts: &'static Parts,
    inflater: Inflater,
    cache: Cache<u16>,
    head: Head,
    /// A number for each name; that of the boot id is 0, and stands for fields that are not shown.
    names: HashMap<Box<[u8]>, u32, Mix>,
    members: Members,
    /// What may be inflated of each file for values of which nothing but `null` is shown; by where the file is held.
    budgets: HashMap<usize, Budget>,
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
        self.bound_names();
        self.cache.turn_to(entry.file());
        let parts = self.parts;
        self.head.write(entry, &parts.head, out);
        self.members.begin(out.len());
        let (mut lost, start) = (u64::from(entry.is_cut_short()), out.len());
        let mut large = None;
        for (nth, at) in (1..).zip(entry.items()) {
            let kept = self.cache.append(at, out).map(u32::from);
            match kept.map_or_else(|| self.item(entry, at, out), Ok) {
                Ok(0) => {}
                Ok(HUGE) => {
                    large = Some(nth);
                    break;
                }
                Ok(name) => self.members.add(name, out.len()),
                Err(damage) => {
                    losses.field(damage);
                    lost += 1;
                }
            }
            if out.len() - start >= LARGE {
                large = Some(nth);
                break;
            }
        }
        if let Some(seen) = large {
            out.truncate(start);
            self.members.begin(start);
            match self.large(entry, seen, out, losses, relieve) {
                Some(more) => lost += more,
                None => return,
            }
        }
        self.members.group(&parts.values, out, |member| value_at(member, parts));
        if lost > 0 {
            open(LOST.as_bytes(), parts, out);
            out.push(b'"');
            decimal(lost, out);
            out.push(b'"');
        }
        if self.look.provenance {
            for (member, name) in PROVENANCE.iter().enumerate() {
                open(name.as_bytes(), parts, out);
                let mut text = Vec::new();
                provenance::value(entry, member, &mut text);
                value(&text, true, self.look.safe, &parts.values, out);
            }
        }
        out.extend_from_slice(parts.end);
    }
}

impl Worker<'_> {
    /// Forgets all names when there are too many, and what is kept under their numbers; gives the boot id its number.
    fn bound_names(&mut self) {
        if self.names.is_empty() || self.names.len() > NAMES {
            self.cache.clear();
            self.names.clear();
            number(&mut self.names, BOOT_ID);
        }
    }

    /// Appends the members of an entry that is too large to be held whole; all names are looked at first, since a repeated
    /// one has all its values where it first stood.
    ///
    /// What could not be read of the first `seen` items has been counted; returns how many of the others there are, or
    /// `None` when no more is wanted.
    #[cold]
    fn large(
        &mut self,
        entry: &Entry<'_>,
        seen: usize,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) -> Option<u64> {
        let (mut lost, mut firsts, mut members) = (0, HashMap::new(), Vec::new());
        for (nth, at) in entry.items().enumerate() {
            match self.number_of(entry, at) {
                Ok(0) => {}
                Ok(name) => members.push((*firsts.entry(name).or_insert(nth), at)),
                Err(damage) if nth >= seen => {
                    losses.field(damage);
                    lost += 1;
                }
                Err(_) => {}
            }
        }
        members.sort_by_key(|(first, _)| *first);
        let (parts, mut member) = (self.parts, Vec::new());
        for group in members.chunk_by(|one, two| one.0 == two.0) {
            for (nth, (_, at)) in group.iter().enumerate() {
                member.clear();
                if group.len() == 1 {
                    self.in_parts(entry, *at, out, relieve)?;
                } else {
                    let mut is_begun = false;
                    let mut pass = |member: &mut Vec<u8>, out: &mut Vec<u8>| {
                        if std::mem::replace(&mut is_begun, true) {
                            members::append_more(member, &parts.values, out);
                        } else {
                            members::append_nth(nth, member, &parts.values, out, |member| value_at(member, parts));
                        }
                        member.clear();
                    };
                    self.in_parts(entry, *at, &mut member, &mut |member| {
                        pass(member, out);
                        out.len() < LARGE || relieve(out)
                    })?;
                    pass(&mut member, out);
                }
                self.inflater.relax();
                member.shrink_to(LARGE);
                if out.len() >= LARGE && !relieve(out) {
                    return None;
                }
            }
            out.extend_from_slice(if group.len() > 1 { parts.values.close } else { b"" });
        }
        Some(lost)
    }

    /// The number of the name of the DATA at `at`; 0 for what is not shown.
    fn number_of(&mut self, entry: &Entry<'_>, at: Offset) -> Result<u32, Corrupt> {
        let (name, _) = entry.field_at(at, &mut self.inflater)?;
        let is_shown = name != BOOT_ID && self.look.shows(name);
        Ok(if is_shown { number(&mut self.names, name) } else { 0 })
    }

    /// Appends the DATA at `at`, which was read a moment ago, as a member; `None` when no more is wanted.
    fn in_parts(
        &mut self,
        entry: &Entry<'_>,
        at: Offset,
        out: &mut Vec<u8>,
        relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) -> Option<()> {
        let Ok(stored) = entry.stored(at) else { return Some(()) };
        let Ok(payload) = entry.file().plain(&stored, &mut self.inflater) else { return Some(()) };
        let Ok((name, text)) = split(payload, at) else { return Some(()) };
        let (full, values) = (payload.len() < LONG || self.look.all, &self.parts.values);
        open(name, self.parts, out);
        let is_passed = match printable(text) {
            _ if !full => {
                value(text, full, self.look.safe, values, out);
                true
            }
            Some(text) => string(text, self.look.safe, out, relieve),
            None => bytes(text, values, out, relieve),
        };
        is_passed.then_some(())
    }

    /// Appends the DATA at `at` as a member and returns the number of its name; appends nothing and returns 0 for the
    /// boot id, which the head has, and for fields that are not wanted, and [`HUGE`] for what is too large to be held whole.
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<u32, Corrupt> {
        let stored = entry.stored(at)?;
        if stored.flags & 7 != 0 && !self.look.all {
            let place = std::ptr::from_ref(entry.file()).addr();
            self.inflater.pay_from(self.budgets.entry(place).or_insert_with(|| entry.file().budget()));
        }
        let payload = match entry.file().plain(&stored, &mut self.inflater) {
            // Its beginning says its name, and whether it is long.
            Err(Corrupt { fault: Fault::Spent { .. }, .. }) => beginning(&stored, &mut self.inflater)?,
            payload => payload?,
        };
        let (name, text) = split(payload, at)?;
        let start = out.len();
        let wanted = name != BOOT_ID && self.look.shows(name);
        if wanted && self.look.all && payload.len() >= LARGE {
            return Ok(HUGE);
        }
        let number = if wanted { number(&mut self.names, name) } else { 0 };
        if wanted {
            open(name, self.parts, out);
            value(text, payload.len() < LONG || self.look.all, self.look.safe, &self.parts.values, out);
        }
        if let Ok(number) = number.try_into() {
            self.cache.keep(&stored, out.get(start..).unwrap_or_default(), number);
        }
        Ok(number)
    }
}

/// As much of a compressed payload as tells what is shown of it, where only short values are shown.
fn beginning<'a>(stored: &Stored<'_>, inflater: &'a mut Inflater) -> Result<&'a [u8], Corrupt> {
    let faulty = |fault| Corrupt::new(stored.at, "data payload", fault);
    let codec = stored.codec()?.ok_or_else(|| faulty(Fault::Malformed))?;
    inflater.beginning(codec, stored.bytes, LONG).map_err(faulty)
}

/// The number of a name within this worker.
fn number(names: &mut HashMap<Box<[u8]>, u32, Mix>, name: &[u8]) -> u32 {
    names.get(name).copied().unwrap_or_else(|| {
        let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
        names.insert(name.into(), number);
        number
    })
}

/// Appends what stands before a value.
#[inline]
fn open(name: &[u8], parts: &Parts, out: &mut Vec<u8>) {
    let [before, after] = parts.member;
    out.extend_from_slice(before);
    out.extend_from_slice(name);
    out.extend_from_slice(after);
}

/// Where in a member the value starts: names have no quotes in them.
fn value_at(member: &[u8], parts: &Parts) -> usize {
    let [before, after] = parts.member;
    let name = member.get(before.len()..).unwrap_or_default();
    memchr::memchr(b'"', name).map_or(0, |at| before.len() + at + after.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_starts_after_its_name() {
        for framing in [Framing::Line, Framing::Pretty] {
            let mut out = Vec::new();
            open(b"NAME", framing.parts(), &mut out);
            assert_eq!(value_at(&[&out[..], b"\"a\":\"b\""].concat(), framing.parts()), out.len());
        }
    }
}
