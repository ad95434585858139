//! Last steps of a shutdown that the life of others goes on behind.
//!
//! Behind PID 1's last line nothing runs any more that could write. Where a boot has minutes of ordinary lines after that,
//! the shutdown was another's: of a container that sees its host's boot id, or of one of two copies of a machine.

use super::report::Stage;
use super::sender::Sender;
use super::sequence::Sign;
use super::source::{Line, Source, Wanted};

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
