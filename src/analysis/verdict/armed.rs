//! Whether a hardware watchdog waited while a boot ran, and for how long.
//!
//! PID 1 says so in a boot's first lines, which may lie days before its end.

use crate::analysis::sender::Sender;
use crate::analysis::source::{Line, Source, Wanted};

const SECOND: u64 = 1_000_000;
/// PID 1 opens the watchdog as soon as it is there.
const EARLY: u64 = 120 * SECOND;
/// And within so many lines.
const LINES: usize = 3000;

/// A hardware watchdog that PID 1 had armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::analysis) struct Armed {
    /// After so many microseconds without a sign of life it restarts the machine; `None` where that is not said.
    pub(in crate::analysis) timeout_us: Option<u64>,
}

/// The watchdog that PID 1 armed in a boot.
pub(super) fn of(source: &dyn Source, boot: usize) -> Option<Armed> {
    let tells = |line: &Line| Sender::Pid1.wrote(line) && told(&line.message()).is_some();
    let lines = source.head(boot, LINES, EARLY, Wanted { terms: &["_TRANSPORT=kernel", "_PID=1"], keep: &tells });
    let told: Vec<Option<u64>> = lines.iter().filter_map(|line| told(&line.message())).collect();
    (!told.is_empty()).then(|| Armed { timeout_us: told.into_iter().flatten().next_back() })
}

/// What a message tells of the watchdog: that it is used, and its timeout where it says so.
fn told(message: &str) -> Option<Option<u64>> {
    if message.starts_with("Using hardware watchdog ") {
        return Some(None);
    }
    let starts = [
        "Watchdog running with a hardware timeout of ",
        "Watchdog running with a timeout of ",
        "Set hardware watchdog to ",
    ];
    let timeout = starts.iter().find_map(|start| message.strip_prefix(start))?;
    Some(span(timeout.trim_end_matches('.')))
}

/// `1min 30s` in microseconds.
fn span(text: &str) -> Option<u64> {
    let mut parts = text.split(' ').map(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = part.split_at_checked(digits)?;
        let seconds = match unit {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            _ => return None,
        };
        count.parse::<u64>().ok()?.checked_mul(seconds * SECOND)
    });
    parts.try_fold(0_u64, |sum, part| sum.checked_add(part?)).filter(|sum| *sum > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_read_as_pid_1_spells_it() {
        assert_eq!(told("Using hardware watchdog 'SP5100 TCO timer', version 0, device /dev/watchdog0"), Some(None));
        assert_eq!(told("Watchdog running with a hardware timeout of 1min 30s."), Some(Some(90 * SECOND)));
        assert_eq!(told("Set hardware watchdog to 10s."), Some(Some(10 * SECOND)));
        assert_eq!(told("Watchdog running with a timeout of a while."), Some(None));
        assert_eq!(told("Failed to open watchdog device /dev/watchdog0"), None);
    }
}
