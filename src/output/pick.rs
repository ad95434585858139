//! Finds the few fields of an entry that a line shows, looking at the first bytes of each payload.

use std::ops::Range;

use crate::corrupt::{Corrupt, Losses};
use crate::file::{Entry, JournalFile};
use crate::format::{Inflater, Stored};

macro_rules! wanted {
    ($($field:ident = $name:literal),+ $(,)?) => {
        /// The fields that a line may show, by their name in the journal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Wanted {
            $($field),+
        }

        /// What their payloads begin with.
        const NAMES: &[&[u8]] = &[$($name),+];

        impl Wanted {
            /// The wanted field that this is a payload of.
            #[inline(always)]
            fn of(payload: &[u8]) -> Option<Self> {
                let start = u32::from_le_bytes(*payload.first_chunk()?);
                $(if start == const { first_bytes($name) } && payload.starts_with($name) {
                    return Some(Self::$field);
                })+
                None
            }
        }
    };
}

wanted! {
    Message = b"MESSAGE=",
    Priority = b"PRIORITY=",
    Hostname = b"_HOSTNAME=",
    Identifier = b"SYSLOG_IDENTIFIER=",
    Comm = b"_COMM=",
    Pid = b"_PID=",
    SyslogPid = b"SYSLOG_PID=",
    Source = b"_SOURCE_REALTIME_TIMESTAMP=",
    Unit = b"_SYSTEMD_UNIT=",
    UserUnit = b"_SYSTEMD_USER_UNIT=",
    Transport = b"_TRANSPORT=",
}

/// The bytes that are compared before anything else.
const fn first_bytes(name: &[u8]) -> u32 {
    match name {
        [a, b, c, d, ..] => u32::from_le_bytes([*a, *b, *c, *d]),
        _ => 0,
    }
}

/// The wanted fields of one entry; of a repeated field, the last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Picked<'a>([&'a [u8]; NAMES.len()]);

impl<'a> Picked<'a> {
    /// The value of a field, if the entry has it.
    #[inline]
    pub(super) fn get(&self, wanted: Wanted) -> Option<&'a [u8]> {
        self.0[wanted as usize].get(NAMES[wanted as usize].len()..)
    }

    /// Adds a payload, in place of an earlier one.
    #[inline]
    pub(super) const fn set(&mut self, wanted: Wanted, payload: &'a [u8]) {
        self.0[wanted as usize] = payload;
    }
}

/// Looks through entries, one at a time.
#[derive(Debug, Default)]
pub(super) struct Picker {
    inflater: Inflater,
    /// Wanted payloads that were compressed, one after the other.
    held: Vec<u8>,
}

/// Where a wanted payload lies in [`Picker::held`].
type Held = (Wanted, Range<usize>);

impl Picker {
    /// The wanted fields of `entry`; one that cannot be read is counted.
    #[inline]
    pub(super) fn pick<'a>(&'a mut self, entry: &Entry<'a>, losses: &mut Losses) -> Picked<'a> {
        self.held.clear();
        let mut held: Vec<Held> = Vec::new();
        let mut picked = Picked::default();
        let file = entry.file();
        for at in entry.items() {
            match file.stored(at) {
                Ok(stored) if stored.flags & 7 == 0 => {
                    if let Some(wanted) = Wanted::of(stored.bytes) {
                        picked.set(wanted, stored.bytes);
                        if !held.is_empty() {
                            held.retain(|(other, _)| *other != wanted);
                        }
                    }
                }
                Ok(stored) => match self.hold(file, &stored) {
                    Ok(found) => held.extend(found),
                    Err(damage) => losses.field(damage),
                },
                Err(damage) => losses.field(damage),
            }
        }
        for (wanted, range) in held {
            picked.set(wanted, self.held.get(range).unwrap_or_default());
        }
        picked
    }

    /// Holds a compressed payload if it is wanted.
    fn hold(&mut self, file: &JournalFile, stored: &Stored<'_>) -> Result<Option<Held>, Corrupt> {
        let payload = file.plain(stored, &mut self.inflater)?;
        Ok(Wanted::of(payload).map(|wanted| {
            let start = self.held.len();
            self.held.extend_from_slice(payload);
            (wanted, start..self.held.len())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_wanted() {
        for payload in NAMES {
            assert_eq!(NAMES[Wanted::of(payload).unwrap() as usize], *payload);
        }
        assert_eq!(Wanted::of(b"SYSLOG_PID=1"), Some(Wanted::SyslogPid));
        for payload in [&b"MESSAGE_ID=1"[..], b"_SYSTEMD_UNIT_X=1", b"_PI", b"", b"MESSAGE"] {
            assert_eq!(Wanted::of(payload), None, "{payload:?}");
        }
    }

    #[test]
    fn the_last_of_a_repeated_field_counts() {
        let mut picked = Picked::default();
        picked.set(Wanted::Message, b"MESSAGE=first");
        picked.set(Wanted::Message, b"MESSAGE=");
        assert_eq!(picked.get(Wanted::Message), Some(&b""[..]));
        assert_eq!(picked.get(Wanted::Comm), None);
    }
}
