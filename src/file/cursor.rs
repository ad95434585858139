//! The text that names an entry in every copy of it.

use std::fmt;
use std::str::FromStr;

use nom::bytes::complete::{tag, take_till};
use nom::multi::separated_list1;
use nom::{IResult, Parser};

use super::Entry;
use crate::format::{Id128, Monotonic, Realtime, Seqnum};

/// A place in a journal, as far as it is given; written as journalctl writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// `s=`, the namespace of the seqnum.
    pub seqnum_id: Option<Id128>,
    /// `i=`
    pub seqnum: Option<Seqnum>,
    /// `b=`
    pub boot_id: Option<Id128>,
    /// `m=`
    pub monotonic: Option<Monotonic>,
    /// `t=`
    pub realtime: Option<Realtime>,
    /// `x=`
    pub xor_hash: Option<u64>,
}

impl Cursor {
    /// Whether `entry` agrees with every part that is given.
    #[must_use]
    pub fn names(&self, entry: &Entry<'_>) -> bool {
        let other = entry.cursor();
        agrees(self.seqnum_id, other.seqnum_id)
            && agrees(self.seqnum, other.seqnum)
            && agrees(self.boot_id, other.boot_id)
            && agrees(self.monotonic, other.monotonic)
            && agrees(self.realtime, other.realtime)
            && agrees(self.xor_hash, other.xor_hash)
    }

    /// Appends the text to `out`, without allocating for its parts.
    pub fn write(&self, out: &mut Vec<u8>) {
        let start = out.len();
        let mut part = |name: &[u8], value: &[u8]| {
            if out.len() > start {
                out.push(b';');
            }
            out.extend_from_slice(name);
            out.extend_from_slice(value);
        };
        let mut digits = [0; 16];
        if let Some(id) = self.seqnum_id {
            part(b"s=", &id.hex());
        }
        if let Some(seqnum) = self.seqnum {
            part(b"i=", hex(seqnum.0, &mut digits));
        }
        if let Some(id) = self.boot_id {
            part(b"b=", &id.hex());
        }
        if let Some(monotonic) = self.monotonic {
            part(b"m=", hex(monotonic.0, &mut digits));
        }
        if let Some(realtime) = self.realtime {
            part(b"t=", hex(realtime.0, &mut digits));
        }
        if let Some(hash) = self.xor_hash {
            part(b"x=", hex(hash, &mut digits));
        }
    }
}

fn agrees<T: PartialEq>(wanted: Option<T>, found: Option<T>) -> bool {
    wanted.is_none() || wanted == found
}

/// A number in lower-case hex without leading zeros.
fn hex(mut number: u64, digits: &mut [u8; 16]) -> &[u8] {
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        *digit = b"0123456789abcdef".get(usize::from(number.to_le_bytes()[0] & 15)).copied().unwrap_or_default();
        number >>= 4;
        used = usize::saturating_add(used, 1);
        if number == 0 {
            break;
        }
    }
    digits.get(usize::saturating_sub(16, used)..).unwrap_or_default()
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(160);
        self.write(&mut text);
        f.write_str(&String::from_utf8_lossy(&text))
    }
}

/// The text is not a cursor: it needs `s` and `i`, or `b` and `m`, or `t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cursor reads s=ID;i=SEQNUM;b=BOOT;m=MONOTONIC;t=REALTIME;x=HASH and needs s and i, or b and m, or t")]
pub struct NotACursor;

fn parts(i: &str) -> IResult<&str, Vec<(&str, &str)>> {
    let part =
        (take_till(|c| c == '=' || c == ';'), tag("="), take_till(|c| c == ';')).map(|(name, _, value)| (name, value));
    separated_list1(tag(";"), part).parse(i)
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (rest, parts) = parts(text).map_err(|_| NotACursor)?;
        if !rest.is_empty() {
            return Err(NotACursor);
        }
        let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => u64::from_str_radix(text, 16).map_err(|_| NotACursor),
            false => Err(NotACursor),
        };
        let id = |text: &str| text.parse::<Id128>().map_err(|_| NotACursor);
        let mut cursor = Self::default();
        for (name, value) in parts {
            match name {
                "s" => cursor.seqnum_id = Some(id(value)?),
                "i" => cursor.seqnum = Some(Seqnum(number(value)?)),
                "b" => cursor.boot_id = Some(id(value)?),
                "m" => cursor.monotonic = Some(Monotonic(number(value)?)),
                "t" => cursor.realtime = Some(Realtime(number(value)?)),
                "x" => cursor.xor_hash = Some(number(value)?),
                // Older writers add parts such as `p=`.
                _ => {}
            }
        }
        let by_seqnum = cursor.seqnum_id.is_some() && cursor.seqnum.is_some();
        let by_boot = cursor.boot_id.is_some() && cursor.monotonic.is_some();
        if by_seqnum || by_boot || cursor.realtime.is_some() { Ok(cursor) } else { Err(NotACursor) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_what_it_writes() {
        let text = "s=0123456789abcdef0123456789abcdef;i=1f;b=fedcba9876543210fedcba9876543210;m=0;t=5ebbfd4385848;x=ffffffffffffffff";
        let cursor: Cursor = text.parse().unwrap();
        assert_eq!(cursor.to_string(), text);
        assert_eq!(cursor.seqnum, Some(Seqnum(31)));
        assert_eq!(cursor.xor_hash, Some(u64::MAX));
    }

    #[test]
    fn a_cursor_may_have_gaps_but_must_name_a_place() {
        assert_eq!("t=10;p=x".parse::<Cursor>().unwrap().realtime, Some(Realtime(16)));
        for bad in ["", "i=1", "s=12;i=1", "t=", "t=1;", "b=fedcba9876543210fedcba9876543210", "t=g"] {
            assert_eq!(bad.parse::<Cursor>(), Err(NotACursor), "{bad}");
        }
    }
}
