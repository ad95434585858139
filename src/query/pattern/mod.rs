//! Regular expressions over values, as `-g` and `FIELD~=` take them.
//!
//! journalctl's patterns are PCRE2's. What such a pattern shares with automata runs as one, in time proportional to the
//! value. Look-around, back-references and the like take backtracking: its turns are counted and end at a limit, the
//! sooner the longer the value is, since parts of the pattern may read all of it in each turn. How often the limit was
//! reached is told, since the value was not judged then.

mod class;
mod perl;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use perl::{End, Translated};
use regex::bytes::{Regex, RegexBuilder};

/// How often the search in a value up to a length may turn back: a second or two at the worst, and all turns that a
/// search from each place of a value of up to 32 KiB takes.
const TURNS: [(usize, usize); 4] = [(1 << 10, 1 << 20), (1 << 15, 1 << 16), (1 << 20, 1 << 11), (usize::MAX, 1 << 4)];

/// Values up to this are looked at as text where they are none; longer ones hold data rather than words, and a copy of
/// them would take three times their memory.
const AS_TEXT: usize = 1 << 20;

/// Parts of a pattern that others call are written out, so that a short one may become a long program.
const LONGEST: usize = 100_000;

/// A pattern that is compiled.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    source: Arc<str>,
    engine: Engine,
    /// Whether something in it may fit bytes that are no character.
    takes_any: bool,
    /// Whether it is only looked for in text.
    is_of_text: bool,
    /// Whether what is found may end with a newline that `$` only stands before.
    has_end: bool,
}

#[derive(Clone, Debug)]
enum Engine {
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
        let Translated { text, is_hard, takes_any, is_of_text, has_end } = Translated::of(source, End::Taken)?;
        let of = |engine, has_end| Self { source: source.into(), engine, takes_any, is_of_text, has_end };
        let backtracking = || {
            let text = Translated::of(source, End::Seen)?.text;
            Ok(of(Engine::Backtracking(Backtracking::read(&text, ignore_case)?.into()), false))
        };
        if is_hard {
            return backtracking();
        }
        match RegexBuilder::new(&text).case_insensitive(ignore_case).build() {
            Ok(regex) => Ok(of(Engine::Plain(regex), has_end)),
            Err(error) => backtracking().map_err(|_: String| {
                // The lines before draw a picture of the place.
                let error = error.to_string();
                error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
            }),
        }
    }

    /// The pattern as it was typed.
    pub(super) fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether the value fits; one on which the search was given up does not. In a value above 1 MiB that is no text,
    /// what fits any character fits no byte that is none.
    pub(super) fn is_match(&self, value: &[u8]) -> bool {
        match &self.engine {
            Engine::Plain(regex) if self.is_of_text && value.len() <= AS_TEXT => regex.is_match(text(value).as_bytes()),
            Engine::Plain(regex) if regex.is_match(value) => true,
            Engine::Plain(_) if !self.takes_any || value.len() > AS_TEXT => false,
            Engine::Plain(regex) => match text(value) {
                Cow::Borrowed(_) => false,
                Cow::Owned(text) => regex.is_match(text.as_bytes()),
            },
            Engine::Backtracking(pattern) => pattern.is_match(&text(value)),
        }
    }

    /// Where the pattern is found first.
    pub(super) fn find(&self, value: &[u8]) -> Option<Range<usize>> {
        let text = text(value);
        let found = match &self.engine {
            Engine::Plain(regex) => regex.find(text.as_bytes())?.range(),
            Engine::Backtracking(pattern) => {
                let found = pattern.within(text.len())?.find(&*text).ok()??;
                found.start()..found.end()
            }
        };
        let found = if text.len() == value.len() { found } else { place(value, found.start)..place(value, found.end) };
        let has_newline = self.has_end && found.end == value.len() && value.ends_with(b"\n") && found.start < found.end;
        Some(found.start..found.end.saturating_sub(usize::from(has_newline)))
    }

    /// How often the search in a value was given up.
    pub(super) fn given_up(&self) -> u64 {
        match &self.engine {
            Engine::Plain(_) => 0,
            Engine::Backtracking(pattern) => pattern.given_up.load(Ordering::Relaxed),
        }
    }
}

/// A value as characters: each byte that belongs to none becomes one that is no letter, digit or blank.
fn text(value: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(value) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(value.len());
    for chunk in value.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text)
}

/// Where in the value the characters begin that stand at `at` of its text.
fn place(value: &[u8], at: usize) -> usize {
    let (mut in_text, mut in_value) = (0_usize, 0_usize);
    for chunk in value.utf8_chunks() {
        let steps = [(chunk.valid().len(), 1), (chunk.invalid().len(), char::REPLACEMENT_CHARACTER.len_utf8())];
        for (bytes, width) in steps {
            let left = at.saturating_sub(in_text);
            let taken = bytes.min(left.checked_div(width).unwrap_or_default());
            in_text = in_text.saturating_add(taken.saturating_mul(width));
            in_value = in_value.saturating_add(taken);
            if taken < bytes {
                return in_value;
            }
        }
    }
    in_value
}

/// A pattern that is searched for by backtracking.
#[derive(Debug)]
struct Backtracking {
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

    fn is_match(&self, text: &str) -> bool {
        let answer = self.within(text.len()).and_then(|regex| regex.is_match(text).ok());
        answer.unwrap_or_else(|| {
            self.given_up.fetch_add(1, Ordering::Relaxed);
            false
        })
    }
}

#[cfg(test)]
mod tests;
