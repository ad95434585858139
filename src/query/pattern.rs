//! Regular expressions over values, as `-g` and `FIELD~=` take them.
//!
//! journalctl's patterns are PCRE2's. What such a pattern shares with automata runs as one, in time proportional to the
//! value. Look-around, back-references and the like take backtracking: its steps are counted and end at a limit, and how
//! often they did is told, since the value was not judged then.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use regex::bytes::{Regex, RegexBuilder};

/// So often may the search in one value turn back: some ten milliseconds.
const STEPS: usize = 1_000_000;

/// Parts of a pattern that others call are written out, so that a short one may become a long program.
const LONGEST: usize = 100_000;

/// A pattern that is compiled.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// An automaton.
    Plain(Regex),
    /// One that needs backtracking, and how often that was given up; clones count together.
    Backtracking(Arc<fancy_regex::Regex>, Arc<AtomicU64>),
}

impl Pattern {
    /// Reads a pattern; `ignore_case` makes lower and upper case the same.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn read(source: &[u8], ignore_case: bool) -> Result<Self, String> {
        let source = std::str::from_utf8(source).map_err(|_| "a pattern is UTF-8".to_owned())?;
        // To the automaton `a++` is `(a+)+`; to PCRE2 it gives nothing back.
        let possessive = ["++", "*+", "?+", "}+"].iter().any(|sign| source.contains(sign));
        let backtracking =
            || backtracking(source, ignore_case).map(|regex| Self::Backtracking(regex.into(), Arc::default()));
        if let Some(pattern) = possessive.then(backtracking).flatten() {
            return Ok(pattern);
        }
        let error = match RegexBuilder::new(source).case_insensitive(ignore_case).build() {
            Ok(regex) => return Ok(Self::Plain(regex)),
            Err(error) => error.to_string(),
        };
        if let Some(pattern) = backtracking() {
            return Ok(pattern);
        }
        // The lines before draw a picture of the place.
        Err(error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned())
    }

    /// The pattern as it was typed.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Plain(regex) => regex.as_str(),
            Self::Backtracking(regex, _) => regex.as_str(),
        }
    }

    /// Whether the value fits; one on which the search was given up does not.
    pub(super) fn is_match(&self, value: &[u8]) -> bool {
        match self {
            Self::Plain(regex) => regex.is_match(value),
            // It steps over characters: bytes that are none become some.
            Self::Backtracking(regex, given_up) => {
                regex.is_match(&*String::from_utf8_lossy(value)).unwrap_or_else(|_| {
                    given_up.fetch_add(1, Ordering::Relaxed);
                    false
                })
            }
        }
    }

    /// Where the pattern is found first; backtracking tells it only of text.
    pub(super) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        match self {
            Self::Plain(regex) => regex.find(value).map(|found| found.range()),
            Self::Backtracking(regex, _) => {
                regex.find(std::str::from_utf8(value).ok()?).ok()?.map(|found| found.start()..found.end())
            }
        }
    }

    /// How often the search in a value was given up.
    pub(super) fn given_up(&self) -> u64 {
        match self {
            Self::Plain(_) => 0,
            Self::Backtracking(_, given_up) => given_up.load(Ordering::Relaxed),
        }
    }
}

/// The pattern for the other engine; `None` if that does not understand it, or understands it otherwise than PCRE2.
fn backtracking(source: &str, ignore_case: bool) -> Option<fancy_regex::Regex> {
    if has_digit_class(source) {
        return None;
    }
    let mut builder = fancy_regex::RegexBuilder::new(source);
    builder.case_insensitive(ignore_case).backtrack_limit(STEPS).max_prog_size(LONGEST).build().ok()
}

/// Whether `\h` or `\H` is in a pattern: hexadecimal digits to one engine, blanks to PCRE2.
fn has_digit_class(source: &str) -> bool {
    let mut bytes = source.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'\\' && bytes.next().is_some_and(|next| matches!(next, b'h' | b'H')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_plain(text: &str) -> bool {
        matches!(Pattern::read(text.as_bytes(), false).unwrap(), Pattern::Plain(_))
    }

    #[test]
    fn look_around_and_back_references_are_understood() {
        for (text, fits, other) in [
            (r"job(?= done)", "job done", "job failed"),
            (r"job(?! done)", "job failed", "job done"),
            (r"(?<=pid )42", "pid 42", "uid 42"),
            (r"(?<!pid )42", "uid 42", "pid 42"),
            (r"(\w+) \1", "on on", "on off"),
            (r"(?<q>['°])x\k<q>", "°x°", "°x'"),
            (r"(?>a+)b", "aab", "aac"),
            (r"x++[xy]", "xxy", "xxx"),
            (r"^(?=.*one)(?=.*two)", "two one", "two"),
        ] {
            assert!(!is_plain(text), "{text}");
            let pattern = Pattern::read(text.as_bytes(), false).unwrap();
            assert_eq!(
                (pattern.is_match(fits.as_bytes()), pattern.is_match(other.as_bytes())),
                (true, false),
                "{text}"
            );
            assert_eq!((pattern.as_str(), pattern.given_up()), (text, 0));
        }
        assert!(is_plain(r"a.*\bb{2,3}$"));
    }

    #[test]
    fn bytes_that_are_no_text_are_searched_too() {
        let pattern = Pattern::read(br"(?<=B)C", true).unwrap();
        assert!(pattern.is_match(b"\xff\xfebc\xff") && pattern.is_match(b"abc"));
        assert_eq!((pattern.find(b"\xffbc"), pattern.find("°bc".as_bytes())), (None, Some(3..4)));
        let strict = Pattern::read(b"(?<=B)C", false).unwrap();
        assert!(!strict.is_match(b"\xffbc") && !strict.is_match(b"abc"));
    }

    #[test]
    fn a_search_without_end_is_given_up_and_counted() {
        let pattern = Pattern::read(br"^(?=a)(a|a)+\1$", false).unwrap();
        let twin = pattern.clone();
        assert!(!twin.is_match(&[[b'a'; 40].as_slice(), b"b"].concat()));
        assert_eq!(pattern.given_up(), 1);
        assert!(pattern.is_match(b"aa"));
        assert_eq!(pattern.given_up(), 1);
    }

    #[test]
    fn what_nobody_understands_is_refused_with_a_reason() {
        for (text, why) in [
            ("(", "unclosed group"),
            (r"(?=(", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(?=a)\h", "look-around, including look-ahead and look-behind, is not supported"),
            (r"\h", "unrecognized escape sequence"),
        ] {
            assert_eq!(Pattern::read(text.as_bytes(), false).unwrap_err(), why, "{text}");
        }
        assert!(Pattern::read(br"(?=a)\\h", false).is_ok());
        assert!(Pattern::read(b"\xff", false).is_err());
    }
}
