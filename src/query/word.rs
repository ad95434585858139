//! Priorities and facilities by the names people know them by.

use super::Term;
use crate::error::Error;

/// The names of the priorities, by their numbers.
pub const PRIORITIES: [&str; 8] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/// The names of the syslog facilities, by their numbers; those without a name have the number for one.
pub const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "12", "13",
    "14", "15", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
];

/// Facilities have numbers below this, as many as the protocol's seven bits tell apart.
const MOST: usize = 128;

/// Terms for `-p`: one priority means it and all that are more urgent, `A..B` a range either way round.
///
/// # Errors
/// When a priority is neither a name nor a number from 0 to 7.
pub fn priorities(text: &str) -> Result<Vec<Term>, Error> {
    let why = "a priority is emerg, alert, crit, err, warning, notice, info, debug or 0 to 7";
    let one = |text: &str| number(&PRIORITIES, text).ok_or_else(|| bad("priority", text, why));
    let (from, to) = match text.split_once("..") {
        Some((from, to)) => (one(from)?, one(to)?),
        None => (0, one(text)?),
    };
    let range = from.min(to)..=from.max(to);
    Ok(range.map(|priority| Term::is("PRIORITY", priority.to_string().as_bytes())).collect())
}

/// Terms for `--facility`: names or numbers, separated by commas.
///
/// # Errors
/// When a facility is neither a name nor a number.
pub fn facilities(text: &str) -> Result<Vec<Term>, Error> {
    let why = "a facility is kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, local0 to \
               local7 or a number";
    let one = |text: &str| {
        let number = number(&FACILITIES, text).or_else(|| text.parse().ok().filter(|number| *number < MOST));
        number.ok_or_else(|| bad("facility", text, why))
    };
    let term = |number: usize| Term::is("SYSLOG_FACILITY", number.to_string().as_bytes());
    text.split(',').filter(|part| !part.is_empty()).map(|part| one(part).map(term)).collect()
}

/// The name of a priority as stored, `3` for example.
#[must_use]
pub fn priority(digit: &str) -> Option<&'static str> {
    digit.parse().ok().filter(|_| digit.len() == 1).and_then(|digit: usize| PRIORITIES.get(digit).copied())
}

fn number(names: &[&str], text: &str) -> Option<usize> {
    let named = names.iter().position(|name| *name == text);
    named.or_else(|| text.parse().ok().filter(|number| *number < names.len()))
}

fn bad(what: &'static str, input: &str, why: &str) -> Error {
    Error::BadQuery { what, input: input.to_owned(), why: why.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(terms: &[Term], field: &str, most: usize) -> Vec<usize> {
        let holds = |n: &usize| terms.iter().any(|term| term.fits(format!("{field}={n}").as_bytes()));
        (0..most).filter(holds).collect()
    }

    #[test]
    fn one_priority_means_it_and_what_is_more_urgent() {
        for (text, wanted) in
            [("err", vec![0, 1, 2, 3]), ("0", vec![0]), ("warning..2", vec![2, 3, 4]), ("6..7", vec![6, 7])]
        {
            assert_eq!(fits(&priorities(text).unwrap(), "PRIORITY", 9), wanted, "{text}");
        }
        for bad in ["", "8", "errr", "1..", "-1"] {
            assert!(priorities(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn facilities_are_names_or_numbers() {
        assert_eq!(fits(&facilities("kern,local0,12").unwrap(), "SYSLOG_FACILITY", 30), [0, 12, 16]);
        assert!(facilities("127").is_ok());
        for bad in ["kernel", "128", "-1"] {
            assert!(facilities(bad).is_err(), "{bad}");
        }
    }
}
