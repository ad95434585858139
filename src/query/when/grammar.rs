//! What was said, before anyone asks when or where: no clock here, and no zone.

use std::iter::repeat;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use nom::branch::alt;
use nom::bytes::complete::{take_while_m_n, take_while1};
use nom::character::complete::{alpha1, alphanumeric1, char, digit1, one_of, space0, space1};
use nom::combinator::{cond, cut, eof, map_opt, not, opt, peek, verify};
use nom::error::{ContextError, ErrorKind, ParseError, context};
use nom::sequence::{preceded, terminated};
use nom::{Finish, IResult, Parser};

use super::point::{Clock, Day, Place, Point};
use super::span::span;

const WEEKDAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[rustfmt::skip]
const MONTHS: &[&str] = &[
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
];

/// What a text says about a time; spans in microseconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Said<'t> {
    /// So long after 1970 began.
    Epoch(u64),
    /// So long before now.
    Ago(u64),
    /// So long after now.
    Left(u64),
    /// A day, a time of day, or both.
    Point(Point<'t>),
}

pub(super) type Read<'t, T> = IResult<&'t str, T, Wanted<'t>>;

/// What should have come, and what was left there instead.
#[derive(Debug)]
pub(super) struct Wanted<'t> {
    pub(super) what: &'static str,
    pub(super) left: &'t str,
}

impl<'t> ParseError<&'t str> for Wanted<'t> {
    fn from_error_kind(left: &'t str, _: ErrorKind) -> Self {
        Self { what: "", left }
    }

    fn append(_: &'t str, _: ErrorKind, other: Self) -> Self {
        other
    }

    /// Of two attempts, the one that got further; of those, one that knows what it wanted.
    fn or(self, other: Self) -> Self {
        let further = other.left.len() < self.left.len();
        let clearer = other.left.len() == self.left.len() && self.what.is_empty();
        if further || clearer { other } else { self }
    }
}

impl<'t> ContextError<&'t str> for Wanted<'t> {
    /// The inner name stays: it is the more precise one.
    fn add_context(left: &'t str, what: &'static str, other: Self) -> Self {
        if other.what.is_empty() { Self { what, left } } else { other }
    }
}

impl Wanted<'_> {
    /// The sentence for `text`, of which `left` is the end.
    fn sentence(&self, text: &str) -> String {
        let left = self.left.trim_start();
        let at = text.chars().count() - left.chars().count() + 1;
        match left {
            "" => format!("expected {} at the end", self.what),
            left => format!("expected {} at character {at}, before {left:?}", self.what),
        }
    }
}

/// Reads all of `text`, or tells what was expected at which place.
pub(super) fn said(text: &str) -> Result<Said<'_>, String> {
    let length = || context("a time span such as 1h 30min", span);
    let signed = |sign| preceded(char(sign), cut(terminated(length(), end("a number or the end"))));
    let now = map_opt(alpha1, |word| (word == "now").then_some(Said::Left(0)));
    let any = alt((
        unix,
        signed('@').map(Said::Epoch),
        signed('+').map(Said::Left),
        signed('-').map(Said::Ago),
        preceded(not((digit1, one_of("-:"))), sided),
        terminated(now, end("the end")),
        point.map(Said::Point),
    ));
    let any = context("a time such as 2026-10-12 17:30, yesterday, 2h ago or @1767319445", any);
    preceded(space0, any).parse(text).finish().map(|(_, said)| said).map_err(|wanted| wanted.sentence(text))
}

fn end<'t>(what: &'static str) -> impl Parser<&'t str, Output = &'t str, Error = Wanted<'t>> {
    context(what, preceded(space0, eof))
}

/// The stamp of `short-unix`: ten digits, a point and six more.
fn unix(i: &str) -> Read<'_, Said<'_>> {
    let digits =
        |count| map_opt(digit1, move |digits: &str| digits.parse().ok().filter(|_: &u64| digits.len() == count));
    let (i, (seconds, micros)) = terminated((terminated(digits(10), char('.')), digits(6)), (space0, eof)).parse(i)?;
    Ok((i, Said::Epoch(u64::saturating_mul(seconds, 1_000_000).saturating_add(micros))))
}

/// A span and on which side of now it lies: `5min ago`, `2 days left`.
fn sided(i: &str) -> Read<'_, Said<'_>> {
    let (i, span) = span(i)?;
    let side = map_opt(alpha1, |word| match word {
        "ago" => Some(Said::Ago(span)),
        "left" => Some(Said::Left(span)),
        _ => None,
    });
    terminated(context("\" ago\" or \" left\"", preceded(space1, side)), end("the end")).parse(i)
}

fn point(i: &str) -> Read<'_, Point<'_>> {
    let weekday = map_opt(named(WEEKDAYS), |day| Weekday::from_monday_one_offset(day).ok());
    let (i, weekday) = opt(weekday).parse(i)?;
    let (i, (day, clock)) = match weekday {
        Some(_) => context("a date or a time of day", preceded(space1, dated_or_timed)).parse(i)?,
        None => dated_or_timed(i)?,
    };
    let (i, place) = opt(alt((affixed, apart))).parse(i)?;
    let (i, _) = end(match (clock, place) {
        (None, None) => "a time of day, a zone or the end",
        (Some(_), None) => "a zone or the end",
        (_, Some(_)) => "the end",
    })
    .parse(i)?;
    Ok((i, Point { weekday, day, clock: clock.unwrap_or_default(), place: place.unwrap_or(Place::Here) }))
}

fn dated_or_timed(i: &str) -> Read<'_, (Day, Option<Clock>)> {
    alt((dated, timed)).parse(i)
}

/// A day, and perhaps a time of day.
fn dated(i: &str) -> Read<'_, (Day, Option<Clock>)> {
    let joined = preceded(char('T'), cut(clock));
    let spaced = preceded((space1, peek(digit1)), cut(clock));
    (alt((date, yearless, beside)), opt(alt((joined, spaced)))).parse(i)
}

/// A time of today.
fn timed(i: &str) -> Read<'_, (Day, Option<Clock>)> {
    let (i, clock) = preceded(peek((digit1, char(':'))), cut(clock)).parse(i)?;
    Ok((i, (Day::Beside(0), Some(clock))))
}

/// `2026-10-12`, `26-10-12`.
fn date(i: &str) -> Read<'_, Day> {
    let (i, _) = peek((digit1, char('-'))).parse(i)?;
    let (i, year) = context("a year of two or four digits", cut(map_opt(digit1, year))).parse(i)?;
    let (i, month) = cut(preceded(dash, number("a month from 1 to 12", 1..=12))).parse(i)?;
    let date = |day| Date::new(year, month, day).ok().map(Day::Date);
    let day = map_opt(number("a day of that month", 1..=31), date);
    cut(preceded(dash, context("a day of that month", day))).parse(i)
}

fn dash(i: &str) -> Read<'_, char> {
    context("\"-\"", char('-')).parse(i)
}

fn colon(i: &str) -> Read<'_, char> {
    context("\":\"", char(':')).parse(i)
}

/// The last years of the 20th century need no more than two digits either.
fn year(digits: &str) -> Option<i16> {
    let year = digits.parse().ok()?;
    match digits.len() {
        1 | 2 if year < 69 => Some(2000 + year),
        1 | 2 => Some(1900 + year),
        4 => Some(year),
        _ => None,
    }
}

/// `Oct 12`, as syslog has it.
fn yearless(i: &str) -> Read<'_, Day> {
    let (i, month) = named(MONTHS).parse(i)?;
    let wanted = "a day of that month";
    // A leap year, for any year may be meant.
    let fits = |day: &i8| Date::new(2000, month, *day).is_ok();
    let day = verify(number(wanted, 1..=31), fits);
    let (i, day) = context(wanted, cut(preceded(space1, day))).parse(i)?;
    Ok((i, Day::Yearless { month, day }))
}

fn beside(i: &str) -> Read<'_, Day> {
    let days = |word| match word {
        "yesterday" => Some(-1),
        "today" => Some(0),
        "tomorrow" => Some(1),
        _ => None,
    };
    // A `Z` behind it is a zone.
    let word = take_while1(|c: char| c.is_ascii_lowercase());
    map_opt(word, days).map(Day::Beside).parse(i)
}

/// `17:30`, `17:30:15`, `17:30:15.123456`.
fn clock(i: &str) -> Read<'_, Clock> {
    let (i, hour) = number("an hour from 0 to 23", 0..=23).parse(i)?;
    let (i, minute) = preceded(colon, number("a minute from 0 to 59", 0..=59)).parse(i)?;
    let mut seconds = opt(preceded(char(':'), cut(number("a second from 0 to 60", 0..=60))));
    let (i, second) = seconds.parse(i)?;
    let decimals = preceded(char('.'), cut(context("a digit", digit1)));
    let (i, decimals) = cond(second.is_some(), opt(decimals)).parse(i)?;
    let micros = decimals.flatten().map_or(0, micros);
    Ok((i, Clock { hour, minute, second: second.unwrap_or(0), micros }))
}

/// Decimals of a second, rounded.
fn micros(decimals: &str) -> u32 {
    let tenths = decimals.bytes().chain(repeat(b'0')).take(7).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    (tenths + 5) / 10
}

/// One or two digits.
fn number<'t>(what: &'static str, values: RangeInclusive<i8>) -> impl Parser<&'t str, Output = i8, Error = Wanted<'t>> {
    let value = move |digits: &str| match digits.len() {
        1 | 2 => digits.parse().ok().filter(|number| values.contains(number)),
        _ => None,
    };
    context(what, map_opt(digit1, value))
}

/// Whose time it is, right after the time or the day.
fn affixed(i: &str) -> Read<'_, Place<'_>> {
    let zulu = terminated(char('Z'), not(alphanumeric1)).map(|_| Place::Offset(Offset::UTC));
    alt((zulu, offset)).parse(i)
}

fn apart(i: &str) -> Read<'_, Place<'_>> {
    let name = take_while1(|c: char| c.is_ascii_alphanumeric() || "_+-/".contains(c));
    let name = map_opt(name, |name: &str| match name {
        "Z" | "UTC" => Some(Place::Offset(Offset::UTC)),
        name => name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(Place::Named(name)),
    });
    preceded(space1, alt((offset, name))).parse(i)
}

/// `+02`, `+0200`, `+02:00`.
pub(super) fn offset(i: &str) -> Read<'_, Place<'_>> {
    let (i, sign) = one_of("+-").parse(i)?;
    let minutes = opt(preceded(opt(char(':')), verify(two_digits, |minutes| *minutes < 60)));
    let (i, (hours, minutes)) = context("an offset such as +02:00", cut((two_digits, minutes))).parse(i)?;
    let seconds = hours * 3_600 + minutes.unwrap_or(0) * 60;
    match Offset::from_seconds(if sign == '-' { -seconds } else { seconds }) {
        Ok(offset) => Ok((i, Place::Offset(offset))),
        Err(_) => Err(nom::Err::Failure(Wanted { what: "an offset such as +02:00", left: i })),
    }
}

fn two_digits(i: &str) -> Read<'_, i32> {
    map_opt(take_while_m_n(2, 2, |c: char| c.is_ascii_digit()), |digits: &str| digits.parse().ok()).parse(i)
}

/// One of these words, in full or its first three letters, in any case; yields its number, from 1.
fn named<'t>(words: &'static [&'static str]) -> impl Parser<&'t str, Output = i8, Error = Wanted<'t>> {
    map_opt(alpha1, move |typed: &str| {
        let fits = |word: &&str| typed.eq_ignore_ascii_case(word) || typed.eq_ignore_ascii_case(&word[..3]);
        (1..).zip(words).find(|(_, word)| fits(word)).map(|(number, _)| number)
    })
}
