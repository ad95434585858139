//! What stands around and between the parts of a JSON object.

use super::members::Brackets;
use super::meta::Frame;

/// How JSON objects are set apart from one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// One per line.
    Line,
    /// Over several lines, for people.
    Pretty,
    /// As server-sent events.
    Events,
    /// As a JSON text sequence (RFC 7464).
    Sequence,
}

/// The parts of a framing.
#[derive(Debug)]
pub(super) struct Parts {
    /// The head of an entry as members, with what stands before the object.
    pub(super) head: Frame,
    /// What stands before a further member's name, and between name and value.
    pub(super) member: [&'static [u8]; 2],
    /// An array of several values.
    pub(super) values: Brackets,
    /// What ends the object, with what stands after it.
    pub(super) end: &'static [u8],
}

/// The head after what stands before it, as members on one line.
macro_rules! head {
    ($open:literal) => {
        [
            concat!($open, "{\"__CURSOR\":\"").as_bytes(),
            b"\",\"__REALTIME_TIMESTAMP\":\"",
            b"\",\"__MONOTONIC_TIMESTAMP\":\"",
            b"\",\"__SEQNUM\":\"",
            b"\",\"__SEQNUM_ID\":\"",
            b"\",\"_BOOT_ID\":\"",
            b"\"",
        ]
    };
}

const MEMBER: [&[u8]; 2] = [b",\"", b"\":"];
const VALUES: Brackets = Brackets { open: b"[", comma: b",", close: b"]", deepen: false };

static LINE: Parts = Parts { head: head!(""), member: MEMBER, values: VALUES, end: b"}\n" };
static EVENTS: Parts = Parts { head: head!("data: "), member: MEMBER, values: VALUES, end: b"}\n\n" };
static SEQUENCE: Parts = Parts { head: head!("\x1e"), member: MEMBER, values: VALUES, end: b"}\n" };
static PRETTY: Parts = Parts {
    head: [
        b"{\n\t\"__CURSOR\" : \"",
        b"\",\n\t\"__REALTIME_TIMESTAMP\" : \"",
        b"\",\n\t\"__MONOTONIC_TIMESTAMP\" : \"",
        b"\",\n\t\"__SEQNUM\" : \"",
        b"\",\n\t\"__SEQNUM_ID\" : \"",
        b"\",\n\t\"_BOOT_ID\" : \"",
        b"\"",
    ],
    member: [b",\n\t\"", b"\" : "],
    values: Brackets { open: b"[\n\t\t", comma: b",\n\t\t", close: b"\n\t]", deepen: true },
    end: b"\n}\n",
};

impl Framing {
    pub(super) const fn parts(self) -> &'static Parts {
        match self {
            Self::Line => &LINE,
            Self::Pretty => &PRETTY,
            Self::Events => &EVENTS,
            Self::Sequence => &SEQUENCE,
        }
    }
}
