//! Regular expressions over values, as `-g` and `FIELD~=` take them.
//!
//! journalctl's patterns are PCRE2's. What such a pattern shares with automata runs as one, in time proportional to the
//! value. Look-around, back-references and the like take backtracking: its turns are counted and end at a limit, the
//! sooner the longer the value is, since parts of the pattern may read all of it in each turn. How often the limit was
//! reached is told, since the value was not judged then.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

/// How often the search in a value up to a length may turn back: a second or two at the worst, and all turns that a
/// search from each place of a value of up to 32 KiB takes.
const TURNS: [(usize, usize); 4] = [(1 << 10, 1 << 20), (1 << 15, 1 << 16), (1 << 20, 1 << 11), (usize::MAX, 1 << 4)];

/// Parts of a pattern that others call are written out, so that a short one may become a long program.
const LONGEST: usize = 100_000;

/// A pattern that is compiled.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// An automaton.
    Plain(Regex),
    /// One that needs backtracking; clones count together how often it was given up.
    Backtracking(Arc<Backtracking>),
}

impl Pattern {
    /// Reads a pattern; `ignore_case` makes lower and upper case the same.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(super) fn read(source: &[u8], ignore_case: bool) -> Result<Self, String> {
        let source = std::str::from_utf8(source).map_err(|_| "a pattern is UTF-8".to_owned())?;
        let signs = Signs::of(source);
        let source = signs.source.as_ref();
        let backtracking = || Backtracking::read(source, ignore_case).map(|pattern| Self::Backtracking(pattern.into()));
        if let Some(pattern) = signs.is_possessive.then(|| backtracking().ok()).flatten() {
            return Ok(pattern);
        }
        let error = match RegexBuilder::new(source).case_insensitive(ignore_case).build() {
            Ok(regex) => return Ok(Self::Plain(regex)),
            Err(error) => error.to_string(),
        };
        if signs.has_blanks {
            return Err(r"\h and \H are not supported here; [ \t] stands for blanks".to_owned());
        }
        // The lines before draw a picture of the place.
        let error = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
        // What an automaton cannot do in any case says nothing about what is wrong.
        let is_beyond = error.ends_with("not supported") || error == "unrecognized flag";
        backtracking().map_err(|other| if is_beyond { other } else { error.to_owned() })
    }

    /// The pattern, with escapes that say nothing left out.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Plain(regex) => regex.as_str(),
            Self::Backtracking(pattern) => &pattern.source,
        }
    }

    /// Whether the value fits; one on which the search was given up does not.
    pub(super) fn is_match(&self, value: &[u8]) -> bool {
        match self {
            Self::Plain(regex) => regex.is_match(value),
            Self::Backtracking(pattern) => pattern.is_match(value),
        }
    }

    /// Where the pattern is found first; backtracking tells it only of text.
    pub(super) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        match self {
            Self::Plain(regex) => regex.find(value).map(|found| found.range()),
            Self::Backtracking(pattern) => {
                let text = std::str::from_utf8(value).ok()?;
                pattern.within(text.len())?.find(text).ok()?.map(|found| found.start()..found.end())
            }
        }
    }

    /// How often the search in a value was given up.
    pub(super) fn given_up(&self) -> u64 {
        match self {
            Self::Plain(_) => 0,
            Self::Backtracking(pattern) => pattern.given_up.load(Ordering::Relaxed),
        }
    }
}

/// A pattern that is searched for by backtracking.
#[derive(Debug)]
pub(super) struct Backtracking {
    source: String,
    ignore_case: bool,
    /// Compiled for each length of values, once one is met.
    by_length: [OnceLock<Option<fancy_regex::Regex>>; TURNS.len()],
    given_up: AtomicU64,
}

impl Backtracking {
    fn read(source: &str, ignore_case: bool) -> Result<Self, String> {
        let found = Self {
            source: source.to_owned(),
            ignore_case,
            by_length: Default::default(),
            given_up: AtomicU64::default(),
        };
        let shortest = found.compiled(TURNS.first().map_or(1, |(_, turns)| *turns)).map_err(|error| match error {
            fancy_regex::Error::ParseError(at, error) => format!("{error} at byte {at}"),
            other => other.to_string(),
        })?;
        let [first, ..] = &found.by_length;
        let _ = first.set(Some(shortest));
        Ok(found)
    }

    fn compiled(&self, turns: usize) -> Result<fancy_regex::Regex, fancy_regex::Error> {
        let mut builder = fancy_regex::RegexBuilder::new(&self.source);
        builder.case_insensitive(self.ignore_case).backtrack_limit(turns).max_prog_size(LONGEST).build()
    }

    /// The pattern for values of a length.
    fn within(&self, length: usize) -> Option<&fancy_regex::Regex> {
        let limits = TURNS.iter().zip(&self.by_length);
        let ((_, turns), found) = limits.into_iter().find(|((most, _), _)| length <= *most)?;
        found.get_or_init(|| self.compiled(*turns).ok()).as_ref()
    }

    fn is_match(&self, value: &[u8]) -> bool {
        // It steps over characters: bytes that are none become some.
        let text = String::from_utf8_lossy(value);
        let answer = self.within(text.len()).and_then(|regex| regex.is_match(&*text).ok());
        answer.unwrap_or_else(|| {
            self.given_up.fetch_add(1, Ordering::Relaxed);
            false
        })
    }
}

/// What tells PCRE2's patterns from those of automata, by their text.
struct Signs<'source> {
    /// Whether something is repeated and gives nothing back: to an automaton `a++` is `(a+)+`.
    is_possessive: bool,
    /// Whether `\h` or `\H` occurs: hexadecimal digits to one engine, blanks to PCRE2.
    has_blanks: bool,
    /// The pattern without the backslash of `\<` and `\>`: edges of words to both engines, just signs to PCRE2.
    source: Cow<'source, str>,
}

impl<'source> Signs<'source> {
    fn of(source: &'source str) -> Self {
        let mut found = Self { is_possessive: false, has_blanks: false, source: Cow::Borrowed(source) };
        let mut plain = String::with_capacity(source.len());
        let (mut is_class, mut before) = (false, '\0');
        let mut letters = source.chars();
        while let Some(letter) = letters.next() {
            let escaped = if letter == '\\' { letters.next() } else { None };
            found.has_blanks |= matches!(escaped, Some('h' | 'H'));
            match (escaped, letter) {
                (None, '[') => is_class = true,
                (None, ']') => is_class = false,
                (None, '+') => found.is_possessive |= !is_class && matches!(before, '+' | '*' | '?' | '}'),
                _ => {}
            }
            if !matches!(escaped, Some('<' | '>')) {
                plain.push(letter);
            }
            plain.extend(escaped);
            // An escaped sign repeats nothing.
            before = if escaped.is_some() { '\0' } else { letter };
        }
        if plain.len() < source.len() {
            found.source = Cow::Owned(plain);
        }
        found
    }
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
    fn a_long_value_ends_the_search_sooner() {
        // Each place of the value reads the whole rest.
        let pattern = Pattern::read(br"(?=.*one)(?=.*two)", false).unwrap();
        let long = "x".repeat(1 << 16);
        assert!(!pattern.is_match(long.as_bytes()));
        assert_eq!(pattern.given_up(), 1);
        assert!(!pattern.is_match(&long.as_bytes()[..8 << 10]));
        assert!(pattern.is_match(format!("one two {long}").as_bytes()), "what is found at once is found");
        assert_eq!(pattern.given_up(), 1, "8 KiB are searched whole");
    }

    #[test]
    fn signs_mean_what_they_mean_to_journalctl() {
        let fits = |text: &str, value: &str| Pattern::read(text.as_bytes(), false).unwrap().is_match(value.as_bytes());
        // Seen with journalctl 252: these are no edges of words.
        for text in [r"\<a\>", r"(?=.)\<a\>", r"[\<]a\>"] {
            assert!(fits(text, "x <a>") && !fits(text, "a"), "{text}");
        }
        assert!(fits(r"\\<a", r"\<a") && !fits(r"\\<a", "<a"));
        for text in [r"[*+]x", r"\++x", r"[?+]x", r"a\?+"] {
            assert!(is_plain(text), "{text}");
        }
        assert!(!is_plain(r"[x]*+y") && !is_plain("a{2}+"));
    }

    #[test]
    fn what_nobody_understands_is_refused_with_a_reason() {
        let blanks = r"\h and \H are not supported here; [ \t] stands for blanks";
        for (text, why) in [
            ("(", "unclosed group"),
            (r"(?=(", "Opening parenthesis without closing parenthesis at byte 4"),
            (r"(?=a)\h", blanks),
            (r"\h", blanks),
        ] {
            assert_eq!(Pattern::read(text.as_bytes(), false).unwrap_err(), why, "{text}");
        }
        assert!(Pattern::read(br"(?=a)\\h", false).is_ok());
        assert!(Pattern::read(b"\xff", false).is_err());
    }
}
