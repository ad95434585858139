//! Dumps by their names: which boot found one first, and when it was made.

use std::collections::BTreeMap;

use crate::analysis::death;
use crate::analysis::ending::Case;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::TAIL_LINES;
use crate::analysis::source::{Moment, Source, Wanted};
use crate::format::{Id128, Realtime};

const SECOND: u64 = 1_000_000;
/// A dump that is older than an end by so many seconds is not of it.
const OLDER: u64 = 120;
/// Both times are of one clock, which is read in whole seconds.
const ROUNDED: u64 = 2;

/// The name of the dump that systemd-pstore took over.
pub(super) fn dump_of(message: &str) -> Option<&str> {
    message.strip_prefix("PStore ")?.split(' ').next().map(|name| name.trim_end_matches('.'))
}

/// The dumps of all machines, each with the first boot that found it: one that nobody took away is found at every boot.
#[derive(Debug, Default)]
pub(in crate::analysis) struct Dumps(BTreeMap<(Id128, String), usize>);

impl Dumps {
    /// Asks each boot once.
    pub(in crate::analysis) fn of(source: &dyn Source) -> Self {
        let mut dumps = BTreeMap::new();
        for (boot, facts) in source.boots().iter().enumerate() {
            let told = source.having(boot, Sender::Pstore.marks());
            for line in told.iter().filter(|line| Sender::Pstore.wrote(line)) {
                if let Some(dump) = dump_of(&line.message()) {
                    dumps.entry((facts.machine, dump.to_owned())).or_insert(boot);
                }
            }
        }
        Self(dumps)
    }

    /// Whether any boot of a machine found a dump of the kernel's last lines.
    pub(in crate::analysis) fn has_any(&self, machine: Id128) -> bool {
        self.0.keys().any(|(of, dump)| *of == machine && dump.starts_with("dmesg-"))
    }

    /// Whether a boot of a machine before `next` had found a dump of that name.
    pub(in crate::analysis) fn was_there(&self, machine: Id128, next: usize, dump: &str) -> bool {
        // Ramoops numbers its few places, and each dump takes the same one again.
        let is_told = dump.starts_with("dmesg-efi");
        is_told && self.0.get(&(machine, dump.to_owned())).is_some_and(|first| *first < next)
    }
}

/// When a dump was made, in seconds, by its name: efi-pstore numbers dumps by seconds, with five digits behind for part
/// and count.
pub(super) fn made_at(dump: &str) -> Option<u64> {
    let number = dump.strip_prefix("dmesg-efi_pstore-").and_then(|number| number.parse::<u64>().ok());
    number.map(|number| number / 100_000).filter(|made| *made > 1_000_000_000)
}

/// Whether a dump's name says that it was made a while before a boot's end; with an oops it may be of a fault that the
/// boot outlived by a little.
pub(super) fn is_older(dump: &str, last: Moment) -> bool {
    made_at(dump).is_some_and(|made| made.saturating_add(OLDER) < last.realtime.0 / SECOND)
}

/// How many seconds before a boot's last entry a dump was made by its name, where lines were written after it, as no kernel
/// that had panicked does.
pub(super) fn made_before(dump: &str, last: Moment) -> Option<u64> {
    (last.realtime.0 / SECOND).checked_sub(made_at(dump)?).filter(|seconds| *seconds > ROUNDED)
}

/// Whether a dump's name says that it was made before a boot's kernel started, by the clock that the boot came to have.
pub(super) fn is_before(dump: &str, started: Realtime) -> bool {
    made_at(dump).is_some_and(|made| made.saturating_add(ROUNDED) < started.0 / SECOND)
}

/// How long after a boot's last entry a dump was made by its name, in microseconds; `None` where it was before that.
pub(super) fn made_after(dump: &str, last: Moment) -> Option<u64> {
    let made = made_at(dump)?.saturating_mul(SECOND);
    (made.saturating_add(ROUNDED * SECOND) >= last.realtime.0).then(|| made.saturating_sub(last.realtime.0))
}

/// How long a boot used to be silent at most towards its end, in microseconds.
pub(super) fn longest_silence(case: &Case<'_>) -> u64 {
    death::longest_silence(case, &case.source.tail(case.boot, TAIL_LINES, 0, Wanted::ALL))
}

/// Whether a dump was made so long after a boot's last entry, in microseconds, that the boot had written something more:
/// much longer than it used to be silent, so that another boot may lie between which left nothing.
pub(super) fn is_late(after: u64, longest_silence: impl FnOnce() -> u64) -> bool {
    after > OLDER * SECOND && after > longest_silence().saturating_mul(2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Monotonic;

    #[test]
    fn the_name_of_a_dump_tells_when_it_was_made() {
        let message = "PStore dmesg-efi_pstore-179188403903001 moved to /var/lib/systemd/pstore/1791884039/dmesg";
        let dump = dump_of(message).unwrap();
        assert_eq!(dump, "dmesg-efi_pstore-179188403903001");
        assert_eq!(dump_of("PStore dmesg-ramoops-0."), Some("dmesg-ramoops-0"));
        let last = |ends: u64, up: u64| Moment { realtime: Realtime(ends * SECOND), monotonic: Monotonic(up * SECOND) };
        assert!(is_older(dump, last(1_791_884_239, 600)));
        assert!(!is_older(dump, last(1_791_884_039, 600)));
        assert!(!is_older("dmesg-ramoops-0", last(1_791_884_239, 600)));
        let started = |seconds: u64| Realtime(seconds * SECOND);
        // A boot that lived for two seconds, half a minute later.
        assert!(is_before(dump, started(1_791_884_067)) && !is_older(dump, last(1_791_884_069, 2)));
        assert!(!is_before(dump, started(1_791_884_039)), "made as it ended");
        assert!(!is_before("dmesg-ramoops-0", started(1_791_884_067)));
        let before = |ends: u64| made_before(dump, last(ends, 600));
        assert_eq!((before(1_791_884_042), before(1_791_884_041), before(1_791_884_030)), (Some(3), None, None));
        let after = |ends: u64| made_after(dump, last(ends, 600));
        assert_eq!(after(1_791_884_034), Some(5 * SECOND));
        assert_eq!(after(1_791_884_040), Some(0), "read in whole seconds");
        assert_eq!(after(1_791_884_042), None, "older than the end");
    }
}
