//! Durations for people.

/// How a duration is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As short as a column wants it: `1m 01s`.
    Column,
    /// As it stands in a sentence, exact below a minute: `1 min 1 s`.
    Sentence,
}

/// A duration in its two largest units.
pub(crate) fn span(us: u64, spelling: Spelling) -> String {
    let seconds = us / 1_000_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    let ((large, unit), (small, subunit)) = match seconds {
        0..60 => return short(us, spelling),
        60..3600 => ((minutes, "min"), (seconds % 60, "s")),
        3600..86400 => ((hours, "h"), (minutes % 60, "min")),
        _ => ((days, "d"), (hours % 24, "h")),
    };
    match spelling {
        Spelling::Sentence if small == 0 => format!("{large} {unit}"),
        Spelling::Sentence => format!("{large} {unit} {small} {subunit}"),
        // One letter is enough.
        Spelling::Column => format!("{large}{unit:.1} {small:02}{subunit:.1}"),
    }
}

/// A duration of less than a minute.
fn short(us: u64, spelling: Spelling) -> String {
    let seconds = us / 1_000_000;
    match spelling {
        Spelling::Column => format!("{seconds}s"),
        Spelling::Sentence if seconds == 0 => format!("{} ms", us / 1000),
        Spelling::Sentence => format!("{seconds}.{} s", us / 100_000 % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_two_largest_units() {
        for (us, column, sentence) in [
            (0, "0s", "0 ms"),
            (999_999, "0s", "999 ms"),
            (59_990_000, "59s", "59.9 s"),
            (61_000_000, "1m 01s", "1 min 1 s"),
            (300_000_000, "5m 00s", "5 min"),
            (7_259_000_000, "2h 00m", "2 h"),
            (3_660_000_000, "1h 01m", "1 h 1 min"),
            (90_000_000_000, "1d 01h", "1 d 1 h"),
        ] {
            assert_eq!(span(us, Spelling::Column), column);
            assert_eq!(span(us, Spelling::Sentence), sentence);
        }
    }
}
