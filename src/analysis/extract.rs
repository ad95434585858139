//! Logs that are a part of one: what was left out may be how their boots ended.

use super::source::Source;

/// So many boots of a machine are asked at most; what is left out is left out of all.
const ASKED: usize = 32;
/// Of a shutdown's lines some are notices, and most are less urgent than that.
const NOTICES: [&str; 6] = ["0", "1", "2", "3", "4", "5"];
/// Whatever the store takes, journald keeps its own lines, the last one among them.
const OTHERS: [&str; 4] = ["_TRANSPORT=driver", "PRIORITY=6", "PRIORITY=7", "PRIORITY=5"];
/// Programs write by these.
const PROGRAMS: [&str; 4] = ["audit", "journal", "stdout", "syslog"];
/// PID 1 names dozens of units in any log that is a whole one.
const UNITS_FEW: usize = 3;
/// Or of more, where nobody asked for any of another kind than these.
const UNITS_MORE: usize = 16;
const KINDS: [&str; 4] = [".service", ".socket", ".timer", ".path"];

/// What a log is a part of one by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::analysis) enum Extract {
    /// Only lines as urgent as a warning.
    Urgent,
    /// Only lines as urgent as a notice.
    Notices,
    /// Only lines of a few units, with what PID 1 says of these.
    Units,
    /// Only lines of programs, none of the system's own.
    Programs,
    /// Only lines of the kernel's log.
    Kernel,
}

impl Extract {
    /// By what the log of a boot's machine is a part of one, if it is.
    pub(super) fn of(source: &dyn Source, boot: usize) -> Option<Self> {
        let machine = source.boots().get(boot)?.machine;
        let same = |extract: Self| {
            let boots = source.boots().iter().enumerate().filter(|(_, facts)| facts.machine == machine);
            boots.take(ASKED).all(|(other, _)| extract.is_of(source, other)).then_some(extract)
        };
        [Self::Urgent, Self::Notices, Self::Programs, Self::Units, Self::Kernel]
            .into_iter()
            .filter(|extract| extract.is_of(source, boot))
            .find_map(same)
    }

    /// Whether a boot has no other lines.
    fn is_of(self, source: &dyn Source, boot: usize) -> bool {
        let has = |field: &str, known: &[&str]| {
            let values = source.values(boot, field);
            let is_known = |value: &Vec<u8>| known.iter().any(|known| known.as_bytes() == value);
            (!values.is_empty(), values.iter().filter(|value| is_known(value)).count() == values.len())
        };
        // What cannot be read by its index is looked at line by line.
        match self {
            Self::Urgent => has("PRIORITY", &NOTICES[..5]) == (true, true) && source.having(boot, &OTHERS).is_empty(),
            Self::Notices => has("PRIORITY", &NOTICES) == (true, true) && source.having(boot, &OTHERS[..3]).is_empty(),
            Self::Programs => {
                let systems = ["_PID=1", "_TRANSPORT=kernel", "_TRANSPORT=driver"];
                has("_TRANSPORT", &PROGRAMS) == (true, true) && source.having(boot, &systems).is_empty()
            }
            Self::Units => {
                let systems = ["_TRANSPORT=kernel", "_TRANSPORT=driver"];
                has("_TRANSPORT", &PROGRAMS) == (true, true)
                    && are_of_units(source, boot)
                    && source.having(boot, &systems).is_empty()
            }
            // journald begins every log with lines of its own.
            Self::Kernel => {
                let others = ["_PID=1", "_TRANSPORT=driver"];
                has("_TRANSPORT", &["kernel"]) == (true, true) && source.having(boot, &others).is_empty()
            }
        }
    }

    /// What it does not hold, as the end of a sentence.
    pub(super) const fn lacks(self) -> &'static str {
        match self {
            Self::Urgent => "it holds no line of the priorities that a shutdown writes",
            Self::Notices => "it holds no line that is less urgent than a notice, as most are that a shutdown writes",
            Self::Units => "it holds only lines of a few units, and little that a shutdown writes",
            Self::Programs => "it holds only lines of programs, and none that a shutdown writes",
            Self::Kernel => "it holds only the kernel's log, and little that a shutdown writes",
        }
    }

    /// What that leaves unknown.
    pub(super) const fn told(self) -> &'static str {
        match self {
            Self::Urgent => {
                "no line here is less urgent than a warning, as those of a shutdown are: the log is a part of one, and does \
                 not tell how its boots ended"
            }
            Self::Notices => {
                "no line here is less urgent than a notice, as most of a shutdown are: the log is a part of one, and does \
                 not tell how its boots ended"
            }
            Self::Units => {
                "all lines here are of a few units, or PID 1's of these: the log is a part of one, and does not tell how \
                 its boots ended"
            }
            Self::Programs => {
                "no line here is the kernel's, PID 1's or journald's own: the log is a part of one, and does not tell how \
                 its boots ended"
            }
            Self::Kernel => {
                "all lines here are of the kernel's log: the log is a part of one, and does not tell how its boots ended"
            }
        }
    }

    /// What would tell.
    pub(in crate::analysis) const ADVICE: &str = "the whole journal that this was taken out of would tell";
}

/// Whether all lines of a boot are of a few units, and of those that PID 1 tells of.
fn are_of_units(source: &dyn Source, boot: usize) -> bool {
    let (told, own) = (source.values(boot, "UNIT"), source.values(boot, "_SYSTEMD_UNIT"));
    let is_told = |unit: &Vec<u8>| unit == b"init.scope" || told.contains(unit);
    let is_asked_for = |unit: &Vec<u8>| KINDS.iter().any(|kind| unit.ends_with(kind.as_bytes()));
    let most = if told.iter().all(is_asked_for) { UNITS_MORE } else { UNITS_FEW };
    (1..=most).contains(&told.len()) && own.iter().all(is_told)
}
