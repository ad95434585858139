//! Expectations without a remark are what `systemd-analyze timestamp` of systemd 252 says under the same TZ and clock.

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::*;

/// 2026-03-29 12:00 in UTC, a day on which Berlin's clocks went forward.
const NOON: u64 = 1_774_785_600_000_000;
const HOUR: u64 = 3_600_000_000;

fn now(zone: &str, realtime: u64) -> Now {
    Now { realtime: Realtime(realtime), zone: TimeZone::get(zone).unwrap(), newest: None }
}

/// What `text` comes to in UTC; this has room for all of 9999, unlike a timestamp.
fn utc(text: &str, now: &Now) -> String {
    let micros = moment(text, now).unwrap_or_else(|why| panic!("{why}")).0;
    (DateTime::constant(1970, 1, 1, 0, 0, 0, 0) + SignedDuration::from_micros(micros as i64)).to_string()
}

/// What is wrong with `text`, seen at noon in Berlin.
fn wrong(text: &str) -> String {
    match moment(text, &now("Europe/Berlin", NOON - 2 * HOUR)).unwrap_err() {
        Error::BadQuery { what: "time", input, why } if input == text => why,
        other => panic!("{text}: {other:?}"),
    }
}

fn all(zone: &str, realtime: u64, cases: &[(&str, &str)]) {
    let now = now(zone, realtime);
    for (text, expected) in cases {
        assert_eq!(utc(text, &now), *expected, "{text} in {zone}");
    }
}

#[test]
fn days_and_times_of_day_are_those_of_the_zone() {
    let cases = [
        ("now", "2026-03-29T10:00:00"),
        ("today", "2026-03-28T23:00:00"),
        ("yesterday", "2026-03-27T23:00:00"),
        ("tomorrow", "2026-03-29T22:00:00"),
        ("today UTC", "2026-03-29T00:00:00"),
        ("2026-03-28", "2026-03-27T23:00:00"),
        ("26-03-28", "2026-03-27T23:00:00"),
        ("26-3-8", "2026-03-07T23:00:00"),
        ("99-12-31", "1999-12-30T23:00:00"),
        ("68-01-01", "2067-12-31T23:00:00"),
        ("2028-02-29", "2028-02-28T23:00:00"),
        ("10:00", "2026-03-29T08:00:00"),
        ("1:2:3", "2026-03-29T00:02:03"),
        ("23:59:59.999", "2026-03-29T21:59:59.999"),
        ("Sun 10:00", "2026-03-29T08:00:00"),
        ("Sunday 2026-03-29 10:00", "2026-03-29T08:00:00"),
        ("wed 2026-07-01 10:00:00", "2026-07-01T08:00:00"),
        ("2026-07-01 10:00:00.5", "2026-07-01T08:00:00.5"),
        ("2026-07-01 10:00:00.1234567", "2026-07-01T08:00:00.123457"),
        ("2026-07-01 10:00:00.9999999", "2026-07-01T08:00:01"),
        ("2026-07-01 10:00:60", "2026-07-01T08:01:00"),
        ("2026-07-01  10:00", "2026-07-01T08:00:00"),
        ("2026-07-01 10:00 UTC", "2026-07-01T10:00:00"),
        ("Wed 2026-07-01 10:00:00.25 UTC", "2026-07-01T10:00:00.25"),
        ("Wed 2026-07-01 10:00:00 CEST", "2026-07-01T08:00:00"),
        ("2026-01-01 10:00 CEST", "2026-01-01T08:00:00"),
        ("2026-07-01 UTC", "2026-07-01T00:00:00"),
        ("23:30 UTC", "2026-03-29T23:30:00"),
        ("1970-01-01 UTC", "1970-01-01T00:00:00"),
        ("9999-12-31", "9999-12-30T23:00:00"),
    ];
    all("Europe/Berlin", NOON - 2 * HOUR, &cases);
    let early = [
        ("today", "2026-03-28T18:30:00"),
        ("today UTC", "2026-03-28T00:00:00"),
        ("00:30 UTC", "2026-03-28T00:30:00"),
        ("2026-07-01", "2026-06-30T18:30:00"),
    ];
    all("Asia/Kolkata", 1_774_733_400_000_000, &early);
    // Its clocks were 44 minutes and 30 seconds behind.
    all("Africa/Monrovia", 44_585_080_000_000, &[("today", "1971-06-01T00:44:30"), ("10:00", "1971-06-01T10:44:30")]);
}

#[test]
fn spans_add_up_from_now_or_from_1970() {
    let cases = [
        ("@0", "1970-01-01T00:00:00"),
        ("@1767319445", "2026-01-02T02:04:05"),
        ("@1767319445.25", "2026-01-02T02:04:05.25"),
        ("@.5", "1970-01-01T00:00:00.5"),
        ("@1h30min", "1970-01-01T01:30:00"),
        ("@5min", "1970-01-01T00:05:00"),
        ("@1w 2d", "1970-01-10T00:00:00"),
        ("@1 2 3", "1970-01-01T00:00:06"),
        ("@1us 1ms", "1970-01-01T00:00:00.001001"),
        ("@1y 12month", "1972-01-01T12:00:00"),
        ("@55s500ms", "1970-01-01T00:00:55.5"),
        ("@300ms20s 5day", "1970-01-06T00:00:20.3"),
        ("@1.5M 3.25w", "1970-03-10T09:45:00"),
        ("@1.9999999s", "1970-01-01T00:00:01.999999"),
        ("@0.1month", "1970-01-04T01:03:00"),
        ("+5", "2026-03-29T12:00:05"),
        ("-5s", "2026-03-29T11:59:55"),
        ("+ 5min", "2026-03-29T12:05:00"),
        ("- 5 min", "2026-03-29T11:55:00"),
        ("+3h30min", "2026-03-29T15:30:00"),
        ("-1h 30", "2026-03-29T10:59:30"),
        ("-1.5h", "2026-03-29T10:30:00"),
        ("-0.25d", "2026-03-29T06:00:00"),
        ("5min ago", "2026-03-29T11:55:00"),
        ("5min  ago", "2026-03-29T11:55:00"),
        ("2 weeks ago", "2026-03-15T12:00:00"),
        ("11min ago", "2026-03-29T11:49:00"),
        ("1 week 2 days left", "2026-04-07T12:00:00"),
        ("5 ago", "2026-03-29T11:59:55"),
        ("5 left", "2026-03-29T12:00:05"),
        ("1h 30 ago", "2026-03-29T10:59:30"),
        (".5h ago", "2026-03-29T11:30:00"),
        ("2 months 5 days ago", "2026-01-22T15:00:00"),
        ("+100y", "2126-03-30T12:00:00"),
    ];
    all("UTC", NOON, &cases);
}

#[test]
fn every_unit_has_its_names() {
    let units = [
        ("us usec µs μs", 1),
        ("ms msec", 1_000),
        ("s sec second seconds", 1_000_000),
        ("m min minute minutes", 60_000_000),
        ("h hr hour hours", HOUR),
        ("d day days", 24 * HOUR),
        ("w week weeks", 168 * HOUR),
        ("M month months", 2_629_800_000_000),
        ("y year years", 31_557_600_000_000),
    ];
    let now = now("UTC", NOON);
    for (name, micros) in units.iter().flat_map(|(names, micros)| names.split(' ').map(move |name| (name, micros))) {
        assert_eq!(moment(&format!("@2{name}"), &now).unwrap(), Realtime(2 * micros), "{name}");
        assert_eq!(moment(&format!("+1 {name}"), &now).unwrap(), Realtime(NOON + micros), "{name}");
        assert_eq!(moment(&format!("1.5{name} ago"), &now).unwrap(), Realtime(NOON - micros * 3 / 2), "{name}");
    }
}

#[test]
fn times_near_a_change_of_offset_are_what_journalctl_takes_them_for() {
    let cases = [
        ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59"),
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00"),
        ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00"),
        ("Europe/Berlin", "2026-10-25 01:59:59", "2026-10-24T23:59:59"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25T01:30:00"),
        ("Europe/London", "2026-10-25 01:30", "2026-10-25T01:30:00"),
        ("Australia/Sydney", "2026-04-05 02:30", "2026-04-04T16:30:00"),
        ("UTC", "2026-10-25 02:30 Europe/Berlin", "2026-10-25T01:30:00"),
        // A zone of the name of one of its offsets.
        ("UTC", "2026-10-24 20:15 CET", "2026-10-24T19:15:00"),
        ("UTC", "2026-10-24 20:15 EET", "2026-10-24T18:15:00"),
        ("UTC", "2026-10-24 20:15 WET", "2026-10-24T20:15:00"),
        ("UTC", "2026-10-24 20:15 EST5EDT", "2026-10-25T00:15:00"),
        ("Europe/Berlin", "2026-10-25 02:30 CEST", "2026-10-25T00:30:00"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00"),
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T07:30:00"),
        ("America/New_York", "2026-11-01 00:59:59", "2026-11-01T04:59:59"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30:00"),
        ("America/New_York", "2026-11-01 02:00", "2026-11-01T07:00:00"),
        ("America/New_York", "2026-07-01 10:00 EDT", "2026-07-01T14:00:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T15:15:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:45:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00"),
        ("America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18T01:30:00"),
        // systemd goes by the offset that holds now, and says 00:30 or 01:30.
        ("Europe/Berlin", "2026-10-25 02:30 CET", "2026-10-25T01:30:00"),
        ("America/New_York", "2026-11-01 01:30 EST", "2026-11-01T06:30:00"),
        // The day that Samoa left out; systemd finds the one before.
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30T22:00:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00"),
    ];
    for (zone, text, expected) in cases {
        all(zone, NOON, &[(text, expected)]);
    }
}

#[test]
fn a_zone_may_follow_by_name_or_as_an_offset() {
    // What systemd says of the rest of the text under TZ.
    let cases = [
        ("2026-07-01 10:00 America/New_York", "2026-07-01T14:00:00"),
        ("2026-11-01 01:30 America/New_York", "2026-11-01T05:30:00"),
        ("tomorrow Pacific/Auckland", "2026-03-29T11:00:00"),
        ("23:45 Asia/Kolkata", "2026-03-29T18:15:00"),
        ("2026-07-01 10:00 EST", "2026-07-01T15:00:00"),
        ("2026-07-01T10:00Z", "2026-07-01T10:00:00"),
        ("2026-07-01 10:00:00.5 Z", "2026-07-01T10:00:00.5"),
        ("2026-07-01T10:00:00+05:30", "2026-07-01T04:30:00"),
        ("2026-07-01T10:00:00-0330", "2026-07-01T13:30:00"),
        ("2026-07-01 10:00 +02", "2026-07-01T08:00:00"),
        ("today +14:00", "2026-03-29T10:00:00"),
        ("2026-07-01Z", "2026-07-01T00:00:00"),
        ("2026-07-01+02:00", "2026-06-30T22:00:00"),
        ("todayZ", "2026-03-29T00:00:00"),
        // The reader's zone calls its winter so, and the offset is meant, not the zone CET, which has a summer.
        ("2026-07-01 10:00 CET", "2026-07-01T09:00:00"),
    ];
    all("Europe/Berlin", NOON - 2 * HOUR, &cases);
}

#[test]
fn the_stamps_that_journalctl_prints_are_read_back() {
    // systemd reads none without a year, with a T or with an offset; it does read what `short-full` prints.
    let cases = [
        ("Mar 28 05:58:09", "2026-03-28T04:58:09"),
        ("Mar  2 05:58:09", "2026-03-02T04:58:09"),
        ("Mar 28 05:58:09.123456", "2026-03-28T04:58:09.123456"),
        ("Mar 28 05:58:09 UTC", "2026-03-28T05:58:09"),
        // Today, though it is to come; tomorrow was a year ago; and the latest 29 February.
        ("Mar 29 23:00:00", "2026-03-29T21:00:00"),
        ("Mar 30 05:58:09", "2025-03-30T03:58:09"),
        ("Feb 29 05:58:09", "2024-02-29T04:58:09"),
        ("2025-10-12T05:58:09+0200", "2025-10-12T03:58:09"),
        ("2025-10-12T05:58:09.123456+02:00", "2025-10-12T03:58:09.123456"),
        ("Sun 2025-10-12 05:58:09 CEST", "2025-10-12T03:58:09"),
        ("Sun 2025-10-12 05:58:09 UTC", "2025-10-12T05:58:09"),
        ("@1760241489.123456", "2025-10-12T03:58:09.123456"),
        ("1760241489.123456", "2025-10-12T03:58:09.123456"),
    ];
    all("Europe/Berlin", NOON, &cases);
}

#[test]
fn a_named_day_may_have_a_time() {
    let cases = [
        ("yesterday 14:00", "2026-03-28T13:00:00"),
        ("Sun today 01:00 UTC", "2026-03-29T01:00:00"),
        ("Oct 12", "2025-10-11T22:00:00"),
        ("  2026-03-28 ", "2026-03-27T23:00:00"),
    ];
    all("Europe/Berlin", NOON, &cases);
}

#[test]
fn an_error_says_what_was_expected_and_where() {
    const ANY: &str = "expected a time such as 2026-10-12 17:30, yesterday, 2h ago or @1767319445";
    const UNIT: &str = "expected a unit (us ms s min h d w M y)";
    let cases = [
        ("", format!("{ANY} at the end")),
        ("yesterdayish", format!("{ANY} at character 1, before \"yesterdayish\"")),
        ("NOW", format!("{ANY} at character 1, before \"NOW\"")),
        ("infinity", format!("{ANY} at character 1, before \"infinity\"")),
        ("5 é ago", format!("{UNIT} at character 3, before \"é ago\"")),
        ("+5 Min", format!("{UNIT} at character 4, before \"Min\"")),
        ("+5mins", format!("{UNIT} at character 3, before \"mins\"")),
        ("-1ns", format!("{UNIT} at character 3, before \"ns\"")),
    ];
    for (text, expected) in cases {
        assert_eq!(wrong(text), expected, "{text}");
    }
    let cases = [
        ("@", "expected a time span such as 1h 30min at the end"),
        ("@-5", "expected a time span such as 1h 30min at character 2, before \"-5\""),
        ("@1.", "expected a digit at the end"),
        ("+.s", "expected a digit at character 3, before \"s\""),
        ("5min", "expected \" ago\" or \" left\" at the end"),
        ("5ago", "expected \" ago\" or \" left\" at character 2, before \"ago\""),
        ("+5 ago", "expected a number or the end at character 4, before \"ago\""),
        ("5min ago left", "expected the end at character 10, before \"left\""),
        ("12026-01-01", "expected a year of two or four digits at character 1, before \"12026-01-01\""),
        ("2026-13-01", "expected a month from 1 to 12 at character 6, before \"13-01\""),
        ("2026-07", "expected \"-\" at the end"),
        // systemd takes it for 2 March.
        ("2026-02-30", "expected a day of that month at character 9, before \"30\""),
        ("Feb 30 10:00", "expected a day of that month at character 5, before \"30 10:00\""),
        ("2026-01-02 24:00", "expected an hour from 0 to 23 at character 12, before \"24:00\""),
        ("2026-01-02T", "expected an hour from 0 to 23 at the end"),
        ("10:60", "expected a minute from 0 to 59 at character 4, before \"60\""),
        ("10:00:61", "expected a second from 0 to 60 at character 7, before \"61\""),
        ("10:00:00.", "expected a digit at the end"),
        ("001:02", "expected an hour from 0 to 23 at character 1, before \"001:02\""),
        ("10:00x", "expected a zone or the end at character 6, before \"x\""),
        ("10:00 +2", "expected an offset such as +02:00 at character 8, before \"2\""),
        ("2026-01-02 %", "expected a time of day, a zone or the end at character 12, before \"%\""),
        ("2026-01-02 UTC %", "expected the end at character 16, before \"%\""),
        ("2026-01-02 junk", "\"junk\" is no time zone known here"),
        ("Mon", "expected a date or a time of day at the end"),
        ("Mon foo", "expected a date or a time of day at character 5, before \"foo\""),
        ("Mon 2026-03-28", "2026-03-28 is a Saturday, not a Monday"),
        ("1969-12-31 UTC", "lies before 1970"),
        ("1970-01-01", "lies before 1970"),
        ("100y ago", "lies before 1970"),
        ("@253402300800", "lies after the year 9999"),
        ("+99999999999999999999y", "lies after the year 9999"),
    ];
    for (text, expected) in cases {
        assert_eq!(wrong(text), expected, "{text}");
    }
}

/// A few bits at a time, the same on every run (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % sides
    }
}

/// Up to 40 bytes of what the language is made of, and of what it is not.
fn babble(dice: &mut Dice) -> String {
    #[rustfmt::skip]
    const WORDS: [&str; 48] = [
        "0", "1", "2", "3", "9", "10", "23", "59", "60", "69", "1970", "2026", "9999", "99999999999999999999",
        "-", ":", ".", "+", "@", "/", "T", "Z", " ", " ", " ", " ago", " left", "é", "\0", "\u{b5}s", "ms", "s", "min",
        "h", "d", "week", "M", "y", "now", "today", "tomorrow", "Mon", "Sunday", "Feb ", "Oct ", "UTC", "CEST",
        "Europe/Berlin",
    ];
    let mut text = String::new();
    for _ in 0..dice.below(12) {
        let any = char::from_u32(dice.below(0x2_0000) as u32).unwrap_or('\u{7f}').to_string();
        let word = if dice.below(10) == 0 { &any } else { WORDS[dice.below(WORDS.len())] };
        if text.len() + word.len() <= 40 {
            text.push_str(word);
        }
    }
    text
}

#[test]
fn any_text_at_any_time_is_read_or_refused() {
    let mut dice = Dice(0x2026_1012_0558_09ab);
    let nows: Vec<Now> = ["UTC", "Europe/Berlin", "Pacific/Apia", "Africa/Monrovia"]
        .iter()
        .flat_map(|zone| [0, NOON, END, u64::MAX].map(|realtime| now(zone, realtime)))
        .collect();
    let mut read = 0;
    for _ in 0..20_000 {
        let text = babble(&mut dice);
        match moment(&text, &nows[dice.below(nows.len())]) {
            Ok(Realtime(micros)) => {
                assert!(micros < END, "{text:?}");
                read += 1;
            }
            Err(Error::BadQuery { why, .. }) => {
                assert!(!why.starts_with("expected  at"), "{text:?} is refused without a reason");
            }
            Err(other) => panic!("{text:?}: {other}"),
        }
    }
    assert!(read > 100, "only {read} of the texts were times");
}

/// By `journalctl -S … -U …` of systemd 252, over entries a quarter of an hour apart.
#[test]
fn a_second_time_that_happens_twice_has_the_offset_of_the_first() {
    let now = now("Europe/Berlin", NOON);
    let until = |since, until| moments([since, Some(until)], &now).unwrap()[1].unwrap();
    let at = |text| moment(text, &now).unwrap();
    assert_eq!(until(Some("2026-10-25 01:30"), "2026-10-25 02:30"), at("2026-10-25 00:30 UTC"));
    assert_eq!(until(Some("2026-10-25 03:30"), "2026-10-25 02:30"), at("2026-10-25 01:30 UTC"));
    assert_eq!(until(None, "2026-10-25 02:30"), at("2026-10-25 01:30 UTC"));
    // What is no date asks no clock of the zone.
    assert_eq!(until(Some("-1h"), "2026-10-25 02:30"), at("2026-10-25 01:30 UTC"));
    assert_eq!(until(Some("2026-10-25 01:30 UTC"), "2026-10-25 02:30"), at("2026-10-25 01:30 UTC"));
    assert_eq!(moments([None, None], &now).unwrap(), [None, None]);
}

#[test]
fn a_stamp_without_a_year_is_of_the_latest_that_the_journal_has() {
    let newest = |text: &str| Now { newest: Some(moment(text, &now("UTC", NOON)).unwrap()), ..now("UTC", NOON) };
    for (stamp, end, expected) in [
        ("Jun 15 17:08:26", "2025-06-15 17:09", "2025-06-15T17:08:26"),
        ("Jun 15 17:08:26", "2024-12-01", "2024-06-15T17:08:26"),
        ("Jun 16 00:00:01", "2025-06-15 17:09", "2025-06-16T00:00:01"),
        ("Dec 31 00:00:00", "2025-06-15 17:09", "2024-12-31T00:00:00"),
        ("Mar 28 10:00:00", "2026-03-28 09:00", "2026-03-28T10:00:00"),
        // A clock that runs ahead of everybody's names no year to come.
        ("Mar 30 10:00:00", "2040-01-01", "2025-03-30T10:00:00"),
    ] {
        assert_eq!(utc(stamp, &newest(end)), expected, "{stamp} in a journal up to {end}");
        assert!(is_yearless(stamp) && !is_yearless(end));
    }
}
