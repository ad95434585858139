//! Finds the few fields of an entry that a line shows, looking at the first bytes of each payload.

use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::Entry;
use crate::format::Inflater;

macro_rules! wanted {
    ($($(#[$doc:meta])* $field:ident = $name:literal),+ $(,)?) => {
        /// The fields that a line may show, by their name in the journal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Wanted {
            $($(#[$doc])* $field),+
        }

        /// How many there are.
        const WANTED: usize = [$(stringify!($field)),+].len();

        impl Wanted {
            /// The wanted field of a payload and its value.
            #[inline]
            fn of(payload: &[u8]) -> Option<(Self, &[u8])> {
                let start = *payload.first_chunk()?;
                $(if start == first_bytes($name) && let Some(value) = payload.strip_prefix($name) {
                    return Some((Self::$field, value));
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
const fn first_bytes(name: &[u8]) -> [u8; 4] {
    match name {
        [a, b, c, d, ..] => [*a, *b, *c, *d],
        _ => [0; 4],
    }
}

/// The wanted fields of one entry; of a repeated field, the last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Picked<'a>([Option<&'a [u8]>; WANTED]);

impl<'a> Picked<'a> {
    /// The value of a field, if the entry has it.
    #[inline]
    pub(super) fn get(&self, wanted: Wanted) -> Option<&'a [u8]> {
        self.0.get(wanted as usize).copied().flatten()
    }

    /// Adds a value, in place of an earlier one.
    #[inline]
    pub(super) fn set(&mut self, wanted: Wanted, value: &'a [u8]) {
        if let Some(slot) = self.0.get_mut(wanted as usize) {
            *slot = Some(value);
        }
    }
}

/// Looks through entries, one at a time.
#[derive(Debug, Default)]
pub(super) struct Picker {
    inflater: Inflater,
    /// Wanted values that were compressed, one after the other.
    held: Vec<u8>,
}

/// A wanted value in [`Picker::held`].
type Held = (Wanted, usize, usize);

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
                    if let Some((wanted, value)) = Wanted::of(stored.bytes) {
                        picked.set(wanted, value);
                        held.retain(|(other, ..)| *other != wanted);
                    }
                }
                Ok(_) => match self.inflate(entry, at) {
                    Ok(found) => held.extend(found),
                    Err(damage) => losses.field(damage),
                },
                Err(damage) => losses.field(damage),
            }
        }
        for (wanted, start, end) in held {
            picked.set(wanted, self.held.get(start..end).unwrap_or_default());
        }
        picked
    }

    /// Holds the value of a compressed DATA if it is wanted.
    fn inflate(&mut self, entry: &Entry<'_>, at: Offset) -> Result<Option<Held>, Corrupt> {
        let stored = entry.file().stored(at)?;
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        Ok(Wanted::of(payload).map(|(wanted, value)| {
            let start = self.held.len();
            self.held.extend_from_slice(value);
            (wanted, start, self.held.len())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_wanted() {
        assert_eq!(Wanted::of(b"MESSAGE=hello"), Some((Wanted::Message, &b"hello"[..])));
        assert_eq!(Wanted::of(b"_PID="), Some((Wanted::Pid, &b""[..])));
        assert_eq!(Wanted::of(b"SYSLOG_PID=1"), Some((Wanted::SyslogPid, &b"1"[..])));
        for payload in [&b"MESSAGE_ID=1"[..], b"_SYSTEMD_UNIT_X=1", b"_PI", b"", b"MESSAGE"] {
            assert_eq!(Wanted::of(payload), None, "{payload:?}");
        }
    }

    #[test]
    fn the_last_of_a_repeated_field_counts() {
        let mut picked = Picked::default();
        picked.set(Wanted::Message, b"first");
        picked.set(Wanted::Message, b"last");
        assert_eq!(picked.get(Wanted::Message), Some(&b"last"[..]));
        assert_eq!(picked.get(Wanted::Comm), None);
    }
}
