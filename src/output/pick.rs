//! Finds the few fields of an entry that a line shows, looking at the first bytes of each payload.

use super::LARGE;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::file::{Entry, JournalFile};
use crate::format::Inflater;

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
            /// What this is a payload of.
            #[inline(always)]
            fn of(payload: &[u8]) -> Kind {
                let Some(start) = payload.first_chunk() else { return Kind::Short };
                let start = u32::from_le_bytes(*start);
                $(if start == const { first_bytes($name) } {
                    if payload.starts_with($name) {
                        return Kind::Wanted(Self::$field);
                    } else if $name.starts_with(payload) {
                        return Kind::Short;
                    }
                })+
                Kind::Other
            }
        }
    };
}

/// What a payload is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Wanted(Wanted),
    /// Perhaps a wanted field without the end of its name, which no writer stores.
    Short,
    Other,
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

/// So much is held of what stands before the message; a value that is longer than a third of this is not shown there.
const BEFORE: usize = 1024;

/// Looks through entries, one at a time.
#[derive(Debug, Default)]
pub(super) struct Picker {
    inflater: Inflater,
    /// Wanted payloads that were compressed.
    held: [Vec<u8>; NAMES.len()],
    /// Whether any value is shown, however long.
    all: bool,
}

impl Picker {
    /// One for lines that show values of any length, if `all`.
    pub(super) fn new(all: bool) -> Self {
        Self { all, ..Self::default() }
    }

    /// The wanted fields of `entry`; one that cannot be read is counted.
    #[inline]
    pub(super) fn pick<'a>(&'a mut self, entry: &Entry<'a>, losses: &mut Losses) -> Picked<'a> {
        let mut held: Vec<Wanted> = Vec::new();
        let mut picked = Picked::default();
        let file = entry.file();
        for at in entry.items() {
            let Some(stored) = file.glance_at(at).filter(|stored| stored.flags & 7 == 0) else {
                match self.hold(file, at) {
                    Ok(found) => held.extend(found),
                    Err(damage) => losses.field(damage),
                }
                continue;
            };
            let kind = Wanted::of(stored.bytes);
            if kind == Kind::Other {
                // One whose name is gone may have been any.
                if !stored.bytes.first().is_some_and(u8::is_ascii_graphic) {
                    losses.field(Corrupt::new(at, "data payload", Fault::Name));
                }
                continue;
            }
            match (file.whole(&stored), kind) {
                (Ok(payload), Kind::Wanted(wanted)) => {
                    picked.set(wanted, payload);
                    if !held.is_empty() {
                        held.retain(|other| *other != wanted);
                    }
                }
                (Ok(_), _) => {}
                (Err(damage), _) => losses.field(damage),
            }
        }
        for wanted in held {
            picked.set(wanted, &self.held[wanted as usize]);
        }
        picked
    }

    /// Holds a compressed payload if it is wanted, in place of an earlier one.
    #[inline(never)]
    fn hold(&mut self, file: &JournalFile, at: Offset) -> Result<Option<Wanted>, Corrupt> {
        let payload = file.plain(&file.stored(at)?, &mut self.inflater)?;
        let Kind::Wanted(wanted) = Wanted::of(payload) else { return Ok(None) };
        let most = if self.all || wanted == Wanted::Message { usize::MAX } else { BEFORE };
        let held = &mut self.held[wanted as usize];
        held.clear();
        held.shrink_to(LARGE);
        held.extend_from_slice(payload.get(..most).unwrap_or(payload));
        self.inflater.relax();
        Ok(Some(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_wanted() {
        for payload in NAMES {
            let Kind::Wanted(wanted) = Wanted::of(payload) else { panic!("{payload:?}") };
            assert_eq!(NAMES[wanted as usize], *payload);
        }
        assert_eq!(Wanted::of(b"SYSLOG_PID=1"), Kind::Wanted(Wanted::SyslogPid));
        for payload in [&b"MESSAGE_ID=1"[..], b"_SYSTEMD_UNIT_X=1", b"ABC="] {
            assert_eq!(Wanted::of(payload), Kind::Other, "{payload:?}");
        }
        for payload in [&b"_PI"[..], b"", b"MESSAGE", b"_SYSTEMD"] {
            assert_eq!(Wanted::of(payload), Kind::Short, "{payload:?}");
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
