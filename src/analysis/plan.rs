//! Plans for an end ahead, and whether their time had come.

const SECOND: u64 = 1_000_000;
/// A plan comes due within so many seconds of its time; logind warns, and units may delay.
const DUE: i64 = 120;
/// Or so many before it, since times are rounded.
const EARLY: i64 = 5;
/// Time zones differ by multiples of this, in seconds.
const ZONES: i64 = 900;
/// And lie so far from UTC at most, to the east and to the west.
const FARTHEST: (i64, i64) = (14 * 3600, -12 * 3600);
const ZONE: &str = "the plan's time fits, but which zone it is in is not known";
const UNREAD: &str = "the time of the plan cannot be read";
const UNDATED: &str = "when the shutdown began is not known, so that the plan may have been for another time";
/// Zones whose names are used for one offset only, in seconds east of UTC.
const NAMED: [(&str, i64); 14] = [
    ("UTC", 0),
    ("GMT", 0),
    ("WET", 0),
    ("WEST", 3600),
    ("CET", 3600),
    ("CEST", 7200),
    ("EET", 7200),
    ("EEST", 10800),
    ("MSK", 10800),
    ("JST", 32400),
    ("EDT", -14400),
    ("MDT", -21600),
    ("PDT", -25200),
    ("AKDT", -28800),
];

/// Whether a shutdown is the one that was planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    Yes,
    /// It may be, and why that is not sure.
    Open(&'static str),
    No,
}

/// Whether the shutdown began at the time of a plan such as `Tue 2026-05-12 05:54:30 UTC`, or in the `over` microseconds behind it,
/// as where the machine slept then.
pub(super) fn due(when: &str, began_at: Option<u64>, over: u64) -> Due {
    let Some(began) = began_at.and_then(|began| i64::try_from(began / SECOND).ok()) else {
        return Due::Open(UNDATED);
    };
    let words: Vec<&str> = when.split_whitespace().collect();
    let date = words.iter().find_map(|word| word.parse::<jiff::civil::Date>().ok());
    let time = words.iter().find_map(|word| word.parse::<jiff::civil::Time>().ok().filter(|_| word.contains(':')));
    let Some((date, time)) = date.zip(time) else { return Due::Open(UNREAD) };
    let Ok(planned) = date.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC) else {
        return Due::Open(UNREAD);
    };
    let late = began - planned.timestamp().as_second();
    let most = DUE.saturating_add(i64::try_from(over / SECOND).unwrap_or(i64::MAX));
    let is_now = |late: i64| (-EARLY..=most).contains(&late);
    if let Some(offset) = words.last().and_then(|zone| offset(zone)) {
        return if is_now(late + offset) { Due::Yes } else { Due::No };
    }
    // In a zone to the east the same clock time comes earlier.
    let is_some_zone = (-FARTHEST.0 - EARLY..=most.saturating_sub(FARTHEST.1)).contains(&late);
    let past = late.rem_euclid(ZONES);
    if is_some_zone && (is_now(past) || is_now(past - ZONES)) { Due::Open(ZONE) } else { Due::No }
}

/// How many seconds east of UTC a zone is, such as `CEST` or `+0530`.
fn offset(zone: &str) -> Option<i64> {
    if let Some((_, offset)) = NAMED.iter().find(|(name, _)| *name == zone) {
        return Some(*offset);
    }
    let (sign, digits) = zone.strip_prefix('+').map(|digits| (1, digits)).or_else(|| {
        let digits = zone.strip_prefix('-')?;
        Some((-1, digits))
    })?;
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = (digits.get(..2)?.parse::<i64>().ok()?, digits.get(2..).unwrap_or_default());
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<i64>().ok()? };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_due_on_its_day_at_its_time() {
        let at = |text: &str| u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_microsecond()).ok();
        let plan = "Tue 2026-05-12 05:54:30 UTC";
        assert_eq!(due(plan, at("2026-05-12T05:54:31Z"), 0), Due::Yes);
        assert_eq!(due(plan, at("2026-05-12T05:54:26Z"), 0), Due::Yes, "a breath early");
        assert_eq!(due(plan, at("2026-05-12T05:50:00Z"), 0), Due::No, "long before");
        assert_eq!(due(plan, at("2026-05-12T05:58:00Z"), 0), Due::No, "long after");
        assert_eq!(
            due(plan, at("2026-05-12T10:54:40Z"), 18_000 * SECOND),
            Due::Yes,
            "the machine slept for five hours"
        );
        assert_eq!(due(plan, at("2026-05-12T10:58:40Z"), 18_000 * SECOND), Due::No, "and woke before");
        assert_eq!(due(plan, at("2026-05-12T06:54:31Z"), 0), Due::No, "UTC is UTC");
        assert_eq!(due(plan, at("2026-05-11T05:54:31Z"), 0), Due::No, "a day early");
        assert_eq!(due("Tue 2026-05-12 07:54:30 CEST", at("2026-05-12T05:54:31Z"), 0), Due::Yes);
        assert_eq!(due("Tue 2026-05-12 05:54:30 CEST", at("2026-05-12T05:54:31Z"), 0), Due::No);
        assert_eq!(due("Tue 2026-05-12 11:24:30 +0530", at("2026-05-12T05:54:31Z"), 0), Due::Yes);
        assert_eq!(due("Tue 2026-05-12 02:54:30 -03", at("2026-05-12T05:54:31Z"), 0), Due::Yes);
        for zone in ["+05-9223372036854775808", "+05-30", "-9", "+99", "+05:99", "+", "+०५"] {
            assert_eq!(offset(zone), None, "{zone}");
        }
    }

    #[test]
    fn a_zone_of_which_there_are_several_leaves_it_open() {
        let at = |text: &str| u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_microsecond()).ok();
        let plan = "Tue 2026-05-12 11:24:30 IST";
        assert_eq!(due(plan, at("2026-05-12T05:54:31Z"), 0), Due::Open(ZONE), "five and a half hours to the east");
        assert_eq!(due(plan, at("2026-05-12T05:50:00Z"), 0), Due::No, "no zone is there");
        assert_eq!(due(plan, at("2026-05-13T05:54:31Z"), 0), Due::No, "nor a day from UTC");
        assert_eq!(due("tomorrow", at("2026-05-12T05:54:31Z"), 0), Due::Open(UNREAD), "what cannot be read");
        assert_eq!(due(plan, None, 0), Due::Open(UNDATED));
    }
}
