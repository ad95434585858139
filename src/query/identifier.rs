//! Syslog identifiers, as they stand or as shell patterns.

use super::Term;
use super::unit::{glob, is_pattern};
use crate::error::Error;

const FIELD: &str = "SYSLOG_IDENTIFIER";

/// How a name is meant that has `*`, `?` or `[` in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As it stands, as in journalctl up to 262.
    Literal,
    /// As a shell pattern for whole identifiers, or as it stands.
    Pattern,
}

impl Spelling {
    /// The pattern that a name is, as a regular expression.
    fn of(self, name: &str) -> Option<String> {
        (self == Self::Pattern && is_pattern(name)).then(|| format!("(?s)^{}$", glob(name)))
    }
}

/// Terms of which one must hold for `-t`: an identifier, or those that fit a pattern with `*`, `?` and `[…]`; one that is
/// spelt so itself counts too.
///
/// # Errors
/// When a pattern cannot be read.
pub fn is(name: &str, spelling: Spelling) -> Result<Vec<Term>, Error> {
    let mut terms = vec![Term::is(FIELD, name.as_bytes())];
    if let Some(pattern) = spelling.of(name) {
        terms.push(Term::like(FIELD, &pattern, true)?);
    }
    Ok(terms)
}

/// Terms all of which must hold for `-T`, the contrary.
///
/// # Errors
/// When a pattern cannot be read.
pub fn is_not(name: &str, spelling: Spelling) -> Result<Vec<Term>, Error> {
    let mut terms = vec![Term::is_not(FIELD, name.as_bytes())];
    if let Some(pattern) = spelling.of(name) {
        terms.push(Term::unlike(FIELD, &pattern, true)?);
    }
    Ok(terms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_for_whole_identifiers_and_for_the_one_that_is_spelt_so() {
        let cases = [("sud*", "sudo", true), ("sud*", "xsudo", false), ("sud?", "sud", false), ("a[1]", "a[1]", true)];
        for (name, identifier, fits) in cases.into_iter().chain([("a[1]", "a1", true), ("(sd-pam)", "(sd-pam)", true)])
        {
            let payload = format!("{FIELD}={identifier}").into_bytes();
            assert_eq!(
                is(name, Spelling::Pattern).unwrap().iter().any(|term| term.fits(&payload)),
                fits,
                "{name} {identifier}"
            );
        }
        let terms = |name, spelling| is_not(name, spelling).unwrap().len();
        assert_eq!((terms("sud*", Spelling::Pattern), terms("sudo", Spelling::Pattern)), (2, 1));
        assert_eq!(terms("sud*", Spelling::Literal), 1);
    }
}
