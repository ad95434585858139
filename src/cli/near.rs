//! Words that were meant as another one.

/// The word among `words` that someone may have meant who typed another one: one letter is missing, added, changed or
/// exchanged with the next, or two of a longer word, or the case differs.
pub(super) fn meant<'a>(typed: &str, words: &[&'a str]) -> Option<&'a str> {
    let edits = |word: &str| if word.len() > 4 { 2 } else { 1 };
    (0..=2).find_map(|most: u32| {
        let mut words = words.iter().copied();
        words.find(|word| most <= edits(word) && is_near(typed.as_bytes(), word.as_bytes(), most))
    })
}

/// Whether so many edits make one word the other.
fn is_near(typed: &[u8], word: &[u8], edits: u32) -> bool {
    let ([x, typed_rest @ ..], [y, word_rest @ ..]) = (typed, word) else {
        return typed.len().abs_diff(word.len()) <= edits as usize;
    };
    if x.eq_ignore_ascii_case(y) && is_near(typed_rest, word_rest, edits) {
        return true;
    }
    let Some(edits) = edits.checked_sub(1) else { return false };
    let is_exchanged = match (typed, word) {
        ([a, b, typed_rest @ ..], [c, d, word_rest @ ..]) => (a, b) == (d, c) && is_near(typed_rest, word_rest, edits),
        _ => false,
    };
    is_exchanged
        || is_near(typed_rest, word_rest, edits)
        || is_near(typed_rest, word, edits)
        || is_near(typed, word_rest, edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_another_word() {
        let words = ["short", "export", "json", "json-sse", "cat"];
        for (typed, wanted) in [
            ("exprot", Some("export")),
            ("exports", Some("export")),
            ("expt", Some("export")),
            ("JSON", Some("json")),
            ("jsn", Some("json")),
            ("json_sse", Some("json-sse")),
            ("chat", Some("cat")),
            ("out", None),
            ("car-wash", None),
            ("rescued", None),
            ("sorted", None),
            ("j", None),
            ("", None),
        ] {
            assert_eq!(meant(typed, &words), wanted, "{typed}");
        }
        assert_eq!(meant(&"x".repeat(100_000), &words), None);
    }
}
