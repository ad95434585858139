//! Lengths of time: `1h 30min`, `1.5h`, `90`.

use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{char, digit1, space0};
use nom::combinator::{cut, opt};
use nom::error::context;
use nom::multi::fold_many1;
use nom::sequence::preceded;
use nom::{Err, Parser};

use super::grammar::{Read, Wanted};

const SECOND: u64 = 1_000_000;
const DAY: u64 = 86_400 * SECOND;

/// The units of systemd.time(7), in microseconds. A year has 365.25 days and twelve months, so that a month has 30.4375
/// (which the manual rounds to 30.44).
const UNITS: [(&[&str], u64); 9] = [
    (&["us", "usec", "\u{b5}s", "\u{3bc}s"], 1),
    (&["ms", "msec"], 1_000),
    (&["s", "sec", "second", "seconds"], SECOND),
    (&["m", "min", "minute", "minutes"], 60 * SECOND),
    (&["h", "hr", "hour", "hours"], 3_600 * SECOND),
    (&["d", "day", "days"], DAY),
    (&["w", "week", "weeks"], 7 * DAY),
    (&["M", "month", "months"], 2_629_800 * SECOND),
    (&["y", "year", "years"], 31_557_600 * SECOND),
];

/// Numbers with units, added up; in microseconds. What exceeds a `u64` becomes its maximum.
pub(super) fn span(i: &str) -> Read<'_, u64> {
    fold_many1(preceded(space0, part), || 0, u64::saturating_add).parse(i)
}

/// A number without a unit is in seconds.
fn part(i: &str) -> Read<'_, u64> {
    let (i, (whole, decimals)) = number(i)?;
    let (i, unit) = opt(preceded(space0, unit)).parse(i)?;
    let unit = unit.unwrap_or(SECOND);
    let whole = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u64::MAX) };
    Ok((i, u64::saturating_mul(whole, unit).saturating_add(fraction(decimals, unit))))
}

/// The digits before and after the point.
fn number(i: &str) -> Read<'_, (&str, &str)> {
    let decimals = || preceded(char('.'), cut(context("a digit", digit1)));
    let whole = (digit1, opt(decimals()).map(Option::unwrap_or_default));
    alt((whole, decimals().map(|decimals| ("", decimals)))).parse(i)
}

/// So many decimals of a unit, rounded down to microseconds; decimals beyond the 18th are too small to count.
fn fraction(decimals: &str, unit: u64) -> u64 {
    let decimals = decimals.get(..18).unwrap_or(decimals);
    let numerator: u128 = decimals.parse().unwrap_or(0);
    let micros = numerator * u128::from(unit) / 10_u128.pow(decimals.len() as u32);
    u64::try_from(micros).unwrap_or(u64::MAX)
}

fn unit(i: &str) -> Read<'_, u64> {
    let (left, word) = take_while1(char::is_alphabetic).parse(i)?;
    let found = UNITS.iter().find(|(names, _)| names.contains(&word));
    let wanted = Wanted { what: "a unit (us ms s min h d w M y)", left: i };
    match found {
        Some((_, micros)) => Ok((left, *micros)),
        None if ["ago", "left"].contains(&word) => Err(Err::Error(wanted)),
        None => Err(Err::Failure(wanted)),
    }
}
