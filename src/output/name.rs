//! Where a payload's name ends, and whether any writer could have stored it.

use crate::corrupt::{Corrupt, Fault, Offset};

/// The longest field name that writers accept.
const LONGEST: usize = 64;

/// The name and the value of a payload.
///
/// # Errors
/// [`Fault::Name`] without `=` or with a name that no writer stores: not of `A-Z`, `0-9` and `_`, longer than 64 bytes,
/// beginning with a digit, or with the `__` that stands for an entry's own head in the formats.
#[inline]
pub(super) fn split(payload: &[u8], at: Offset) -> Result<(&[u8], &[u8]), Corrupt> {
    let length = payload.iter().take(LONGEST + 1).take_while(|byte| is_name_byte(**byte)).count();
    match payload.split_at_checked(length) {
        Some((name, [b'=', value @ ..])) if is_name(name) => Ok((name, value)),
        _ => Err(Corrupt::new(at, "data payload", Fault::Name)),
    }
}

const fn is_name_byte(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')
}

const fn is_name(name: &[u8]) -> bool {
    name.len() <= LONGEST && !matches!(name, [] | [b'0'..=b'9', ..] | [b'_', b'_', ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_splits_at_its_first_equals_sign() {
        assert_eq!(split(b"A_1=b=c", Offset(8)), Ok((&b"A_1"[..], &b"b=c"[..])));
        assert_eq!(split(b"_PID=", Offset(8)), Ok((&b"_PID"[..], &b""[..])));
    }

    #[test]
    fn a_name_that_no_writer_stores_is_damage() {
        let long = [b'A'; 65];
        for payload in [&b""[..], b"=", b"=a", b"NAME", b"name=a", b"1A=a", b"__CURSOR=a", b"A B=a", b"\xff=a", &long] {
            assert_eq!(split(payload, Offset(8)).unwrap_err().fault, Fault::Name, "{payload:?}");
        }
        assert!(split(&[&long[..64], b"=x"].concat(), Offset(8)).is_ok());
        assert!(split(&[&long[..], b"=x"].concat(), Offset(8)).is_err());
    }
}
