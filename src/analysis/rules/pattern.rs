//! A regular expression over messages, bounded, with the literal that every match contains.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

/// So long may an expression be.
const LONGEST: usize = 2000;
/// So much memory may one take when it is compiled, in bytes.
const SIZE: usize = 512 << 10;
/// And so much while it runs, in bytes.
const CACHE: usize = 1 << 20;
/// So deep may its groups be nested.
const NESTING: u32 = 50;
/// A capture is cut here, in characters.
const CAPTURE: usize = 200;

/// A pattern; only messages that contain one of its literals are held against it.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The expression.
    pub expression: String,
    /// What a message must contain, one of these.
    pub literals: Vec<String>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern that is compiled when it is first asked.
    #[must_use]
    pub const fn new(expression: String, literals: Vec<String>) -> Self {
        Self { expression, literals, compiled: OnceLock::new() }
    }

    /// Compiles it now.
    ///
    /// # Errors
    /// When it is no expression, or one that would take too much memory.
    pub fn check(&self) -> Result<(), String> {
        let compiled = build(&self.expression)?;
        // Set already where it has been asked before.
        let _ = self.compiled.set(Some(compiled));
        Ok(())
    }

    /// The named captures where it fits a message.
    #[must_use]
    pub fn captures(&self, message: &str) -> Option<Vec<(String, String)>> {
        if !self.literals.iter().any(|literal| message.contains(literal.as_str())) {
            return None;
        }
        let regex = self.compiled.get_or_init(|| build(&self.expression).ok()).as_ref()?;
        let found = regex.captures(message)?;
        let named = regex.capture_names().flatten();
        let value = |name| Some(found.name(name)?.as_str().chars().take(CAPTURE).collect());
        Some(named.filter_map(|name| Some((name.to_owned(), value(name)?))).collect())
    }

    /// The names of its captures.
    pub(super) fn names(&self) -> Vec<String> {
        let regex = self.compiled.get_or_init(|| build(&self.expression).ok()).as_ref();
        regex.map(|regex| regex.capture_names().flatten().map(str::to_owned).collect()).unwrap_or_default()
    }
}

fn build(expression: &str) -> Result<Regex, String> {
    if expression.len() > LONGEST {
        return Err(format!("this has {} bytes; {LONGEST} are allowed", expression.len()));
    }
    let mut builder = RegexBuilder::new(expression);
    builder.size_limit(SIZE).dfa_size_limit(CACHE).nest_limit(NESTING);
    builder.build().map_err(|error| match error {
        regex::Error::CompiledTooBig(limit) => format!("this takes more than {limit} bytes of memory"),
        // The picture of the place takes several lines; the last says what is wrong.
        error => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}
