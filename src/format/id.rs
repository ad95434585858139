use std::fmt;
use std::str::FromStr;

/// A 128-bit id (machine, boot, file, seqnum), written as 32 lower-case hex digits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id128(pub [u8; 16]);

impl Id128 {
    /// The id of these two halves, in the order on disk.
    #[inline]
    pub(super) const fn from_halves(first: [u8; 8], second: [u8; 8]) -> Self {
        let (first, second) = (u64::from_le_bytes(first) as u128, u64::from_le_bytes(second) as u128);
        Self((first | second << 64).to_le_bytes())
    }

    /// The two halves, in the order on disk.
    #[inline]
    pub(crate) const fn halves(self) -> [[u8; 8]; 2] {
        let id = u128::from_le_bytes(self.0);
        [(id as u64).to_le_bytes(), ((id >> 64) as u64).to_le_bytes()]
    }

    /// Whether all bits are zero, which journals use for "not known".
    #[must_use]
    pub const fn is_null(self) -> bool {
        u128::from_le_bytes(self.0) == 0
    }

    /// The 32 hex digits as ASCII bytes, without allocating.
    #[must_use]
    pub fn hex(self) -> [u8; 32] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            if let [high, low] = pair {
                *high = DIGITS.get(usize::from(byte >> 4)).copied().unwrap_or_default();
                *low = DIGITS.get(usize::from(byte & 15)).copied().unwrap_or_default();
            }
        }
        text
    }
}

impl fmt::Display for Id128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Id128 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id has 32 hex digits")]
pub struct NotAnId;

impl FromStr for Id128 {
    type Err = NotAnId;

    /// Reads 32 hex digits, or the UUID form with four dashes.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits: String = match text.len() {
            32 => text.to_owned(),
            36 if text.matches('-').count() == 4 => text.replace('-', ""),
            _ => return Err(NotAnId),
        };
        if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NotAnId);
        }
        // Two halves, for arithmetic on 128 bits is slow.
        let half = |digits: Option<&str>| digits.and_then(|digits| u64::from_str_radix(digits, 16).ok()).ok_or(NotAnId);
        let (first, second) = (half(digits.get(..16))?, half(digits.get(16..))?);
        Ok(Self::from_halves(first.to_be_bytes(), second.to_be_bytes()))
    }
}

impl serde::Serialize for Id128 {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes() {
        let text = "0123456789abcdef0123456789abcdef";
        let id: Id128 = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!("01234567-89ab-cdef-0123-456789abcdef".parse(), Ok(id));
        for bad in ["", "0123", "0123456789abcdef0123456789abcdeg", "+123456789abcdef0123456789abcdef"] {
            assert_eq!(bad.parse::<Id128>(), Err(NotAnId), "{bad}");
        }
    }
}
