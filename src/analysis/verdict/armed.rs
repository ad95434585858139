//! Whether a hardware watchdog waited while a boot ran, and for how long.
//!
//! PID 1 says so in a boot's first lines, which may lie days before its end.

use std::borrow::Cow;

use crate::analysis::hearsay::Hearsay;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::HEAD_LINES;
use crate::analysis::source::{Glance, Line, Source, Wanted};

const SECOND: u64 = 1_000_000;
/// PID 1 opens the watchdog as soon as it is there.
const EARLY: u64 = 120 * SECOND;
/// Since systemd 258 the line has an id.
const OPENED: &str = "21668dbd3d7a4a32a2676d53dadab022";

/// The fields that tell.
const TELLING: [Cow<'static, str>; 2] = [Cow::Borrowed("MESSAGE"), Cow::Borrowed("MESSAGE_ID")];

/// A hardware watchdog that PID 1 had armed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::analysis) struct Armed {
    /// After so many microseconds without a sign of life it restarts the machine; `None` where that is not said.
    pub(in crate::analysis) timeout_us: Option<u64>,
}

/// The watchdog that PID 1 armed in a boot.
pub(super) fn of(source: &dyn Source, boot: usize) -> Option<Armed> {
    let hearsay = Hearsay::new(source, boot);
    let tells = |line: &Line| Sender::Pid1.wrote(line) && told(line).is_some() && hearsay.is_credible(line);
    let glance = Some(Glance { fields: &TELLING, passes: &|line| told(line).is_some() });
    let wanted = Wanted { terms: Sender::Pid1.marks(), keep: &tells, glance };
    let lines = source.head(boot, HEAD_LINES, EARLY, wanted);
    let told: Vec<Option<u64>> = lines.iter().filter_map(told).collect();
    (!told.is_empty()).then(|| Armed { timeout_us: told.into_iter().flatten().next_back() })
}

/// What a line tells of the watchdog: that it is used, and its timeout where it says so.
fn told(line: &Line) -> Option<Option<u64>> {
    if line.is("MESSAGE_ID", OPENED) { Some(None) } else { said(&line.message()) }
}

/// The same of a message that has no id.
fn said(message: &str) -> Option<Option<u64>> {
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
    fn a_copy_of_the_text_alone_tells_of_it_too() {
        use crate::analysis::Listed;
        use crate::analysis::tests::log::line_of;
        let told = [("SYSLOG_IDENTIFIER", "systemd"), ("MESSAGE", "Watchdog running with a hardware timeout of 1min.")];
        let source = Listed::new(Vec::new(), vec![line_of(&told)]);
        assert_eq!(of(&source, 0), Some(Armed { timeout_us: Some(60 * SECOND) }));
    }

    #[test]
    fn a_timeout_is_read_as_pid_1_spells_it() {
        assert_eq!(said("Using hardware watchdog 'SP5100 TCO timer', version 0, device /dev/watchdog0"), Some(None));
        assert_eq!(said("Watchdog running with a hardware timeout of 1min 30s."), Some(Some(90 * SECOND)));
        assert_eq!(said("Set hardware watchdog to 10s."), Some(Some(10 * SECOND)));
        assert_eq!(said("Watchdog running with a timeout of a while."), Some(None));
        assert_eq!(said("Failed to open watchdog device /dev/watchdog0"), None);
    }
}
