//! Which payloads a journal can hold.

/// The longest field name that writers accept.
const LONGEST: usize = 64;

/// The name in front of a payload's first `=`; `None` where that is no name that a journal may have.
///
/// Names consist of 1 to 64 of `A-Z`, `0-9` and `_`, and begin neither with a digit nor with `__`.
#[must_use]
#[inline]
pub fn field_name(payload: &[u8]) -> Option<&[u8]> {
    let length = payload.iter().take(LONGEST + 1).take_while(|byte| is_of_a_name(**byte)).count();
    match payload.split_at_checked(length) {
        Some(([] | [b'0'..=b'9', ..] | [b'_', b'_', ..], _)) => None,
        Some((name, [b'=', ..])) if length <= LONGEST => Some(name),
        _ => None,
    }
}

const fn is_of_a_name(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_journald_accepts_is_a_name() {
        let long = [b'A'; 65];
        for (payload, name) in [
            (&b"MESSAGE=a=b"[..], Some(&b"MESSAGE"[..])),
            (b"_PID=", Some(b"_PID")),
            (b"A1=\xff\0\n", Some(b"A1")),
            (b"__CURSOR=x", None),
            (b"1A=x", None),
            (b"=x", None),
            (b"a=x", None),
            (b"NAME", None),
            (b"", None),
            (&long, None),
        ] {
            assert_eq!(field_name(payload), name, "{}", payload.escape_ascii());
        }
        assert_eq!(field_name(&[&long[..64], b"=x"].concat()), Some(&long[..64]));
        assert_eq!(field_name(&[&long[..], b"=x"].concat()), None);
    }
}
