//! Last steps of a shutdown that the life of others goes on behind.
//!
//! Behind PID 1's last line nothing runs any more that could write. Where a boot has minutes of ordinary lines after that,
//! the shutdown was another's: of a container that sees its host's boot id, or of one of two copies of a machine.

use super::report::Stage;
use super::sender::Sender;
use super::sequence::Sign;
use super::source::{BootFacts, Line, Source, Wanted};

const SECOND: u64 = 1_000_000;
/// What was under way may be written so long after the last step, in microseconds.
const HOLDS: u64 = 120 * SECOND;
/// So many lines behind that show life.
const ALIVE: usize = 3;
/// Of so many last lines of the boot.
const ASKED: usize = 50;

/// Why a shutdown that came to its last step was not this machine's.
pub(super) const OTHERS: &str = "lines of this boot go on for minutes behind the last step of a shutdown: that was another's, as \
                                 a container's that sees its host's boot id, or that of a copy of this machine, and whose the \
                                 other lines are is not told apart";

/// A file whose entries stand by other clocks than one may go back by so much, in microseconds.
const BACK: u64 = 60 * SECOND;

/// Why nothing is proven of a shutdown whose steps are followed by entries from before it.
pub(super) const SET_BACK: &str = "behind the last step of the shutdown its file has entries of this boot from minutes before it, as of \
                                   a machine that was set back to a snapshot and lived on: how that ended is not told apart";

/// Whether the clock of a boot had gone back in the file that a shutdown's last step lies in when that was last written to, as
/// a collector sees it where a machine is set back to a snapshot.
pub(super) fn goes_back(facts: &BootFacts, steps: &[Sign]) -> bool {
    let stops = steps.iter().filter(|step| step.stage() > Some(Stage::S0));
    let Some(last) = stops.max_by_key(|step| step.at()) else { return false };
    let end = facts.ends.iter().find(|end| end.file == last.line.file);
    end.is_some_and(|end| end.seqnum > last.line.seqnum && end.moment.monotonic.0.saturating_add(BACK) < last.at())
}

/// When the last step was that others outlived, in microseconds since the boot began; `None` where none did.
pub(super) fn last_step(source: &dyn Source, boot: usize, steps: &[Sign]) -> Option<u64> {
    let is_last_stage = |step: &&Sign| step.stage() == Some(Stage::S3);
    let last_step = steps.iter().filter(is_last_stage).map(Sign::at).max()?;
    let since = last_step.saturating_add(HOLDS);
    if source.boots().get(boot)?.last.monotonic.0 <= since {
        return None;
    }
    // The kernel itself may go on while it waits for a disk.
    let lives = |line: &Line| line.monotonic.0 > since && !Sender::Kernel.wrote(line);
    let last = source.tail(boot, ASKED, 0, Wanted::ALL);
    (last.iter().filter(|line| lives(line)).count() >= ALIVE).then_some(last_step)
}
