//! What an entry says of the message that it is a part of, as the journald drivers of container engines write it.
//!
//! A line longer than the driver's buffer (16 KiB with moby, 8 KiB with conmon) becomes several entries:
//!
//! | field | moby | conmon, old moby |
//! |---|---|---|
//! | `CONTAINER_PARTIAL_MESSAGE=true` | all parts but the last | all parts but the last |
//! | `CONTAINER_PARTIAL_ID` | the same in all parts | – |
//! | `CONTAINER_PARTIAL_ORDINAL` | 1, 2, 3, … | – |
//! | `CONTAINER_PARTIAL_LAST` | `true` in the last, else `false` | – |
//!
//! Without an id, a message goes on in the next entry of the same container and priority, which stands for the stream.
//! A part that a `<N>` gave another priority stands alone then: rather two pieces than a wrong whole.

use crate::file::Entry;
use crate::format::{Id128, Inflater};

/// Longer values tell no container and no message.
const VALUE_MOST: usize = 256;

/// Which message an entry belongs to, among those of its boot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// That with this id.
    Id(Id128, Vec<u8>),
    /// What this container is writing with this priority.
    Stream(Id128, Vec<u8>, Vec<u8>),
}

/// An entry of a container as a part of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) key: Key,
    /// Its number among the parts, from 1, if it has one.
    pub(super) ordinal: Option<u64>,
    /// Whether the message goes on after it.
    pub(super) goes_on: bool,
}

impl Part {
    /// What `entry` is a part of; `None` for one that no container wrote or that has no message.
    ///
    /// An entry that is a message of its own looks the same as the last part of one that has no id.
    pub(super) fn of(entry: &Entry<'_>, inflater: &mut Inflater) -> Option<Self> {
        let (mut message, mut goes_on, mut last, mut ordinal) = (false, false, None, None);
        let (mut id, mut container, mut priority) = (None, None, Vec::new());
        for at in entry.items() {
            let Ok((name, value)) = entry.field_at(at, inflater) else { continue };
            if name == b"MESSAGE" {
                message = true;
            }
            if value.len() > VALUE_MOST {
                continue;
            }
            match name {
                b"PRIORITY" => priority = value.to_vec(),
                b"CONTAINER_PARTIAL_MESSAGE" => goes_on = value == b"true",
                b"CONTAINER_PARTIAL_LAST" => last = Some(value == b"true"),
                b"CONTAINER_PARTIAL_ORDINAL" => ordinal = std::str::from_utf8(value).ok().and_then(|n| n.parse().ok()),
                b"CONTAINER_PARTIAL_ID" => id = Some(value.to_vec()),
                b"CONTAINER_ID_FULL" => container = Some(value.to_vec()),
                b"CONTAINER_ID" | b"CONTAINER_NAME" => container = container.or_else(|| Some(value.to_vec())),
                _ => {}
            }
        }
        let (container, boot) = (container.filter(|_| message)?, entry.boot_id());
        Some(match id {
            Some(id) => Self { key: Key::Id(boot, id), ordinal, goes_on: !last.unwrap_or(!goes_on) },
            None => Self { key: Key::Stream(boot, container, priority), ordinal: None, goes_on },
        })
    }

    /// Whether it is known to be the first part.
    pub(super) fn is_first(&self) -> bool {
        self.ordinal == Some(1)
    }

    /// Whether it can be the part right after `before`, which has the same key.
    pub(super) fn follows(&self, before: &Self) -> bool {
        let numbered = match (before.ordinal, self.ordinal) {
            (Some(before), Some(this)) => before.checked_add(1) == Some(this),
            (before, this) => before.is_none() && this.is_none(),
        };
        before.goes_on && numbered
    }
}
