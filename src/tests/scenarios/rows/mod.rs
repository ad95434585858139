//! The rows of the table, in its order.

mod abrupt;
mod hardware;
mod inside;
mod order;
mod orderly;
mod policy;
mod storage;
mod thermal;
mod update;

use super::boot::{Boot, MINUTE, SECOND};
use super::machine::Machine;
use super::scene::{Scene, Seen, holds};

/// A row's number, and what builds it.
type Built = (&'static str, fn() -> Scene);

/// All rows.
pub(crate) const ALL: &[Built] = &[
    ("1", orderly::on_the_root_filesystem),
    ("2", orderly::relinquished),
    ("3", orderly::cut_short),
    ("4", abrupt::while_busy),
    ("5", abrupt::while_idle),
    ("6", abrupt::undervoltage),
    ("7", orderly::after_undervoltage_chatter),
    ("8", hardware::amd_watchdog),
    ("9", hardware::amd_sync_flood),
    ("10", hardware::amd_planned),
    ("11", hardware::amd_sticky_bits),
    ("12", hardware::amd_reset_by_software),
    ("13", inside::never_resumed),
    ("14", inside::slept_and_woke),
    ("15", thermal::old_text),
    ("16", thermal::new_text),
    ("17", policy::start_limit_of_a_watchdog),
    ("18", policy::failure_action),
    ("19", policy::job_timeout),
    ("20", orderly::frozen_at_the_end),
    ("21", policy::scheduled_by_an_updater),
    ("22", abrupt::power_key_ignored),
    ("23", update::new_os),
    ("24", update::rolled_back_by_health_checks),
    ("25", update::rolled_back_by_altboot),
    ("26", inside::engine_watchdog),
    ("27", inside::clock_step),
    ("28a", order::synchronised_late),
    ("28b", order::one_stale_clock),
    ("28c", order::one_series),
    ("29", storage::truncated),
    ("30", inside::journald_killed),
    ("31", abrupt::panic_of_an_application),
    ("32", storage::card_death),
    ("33", policy::ups),
    ("34", hardware::bert_habit),
    ("35", hardware::container_closes_the_watchdog),
    ("36", hardware::pstore),
    ("37", storage::emergency_mode),
    ("38", inside::soft_reboot),
    ("39", abrupt::mains_of_a_site),
    ("40", inside::still_running),
];

/// A boot that came up and has run so long.
fn lived(boot: Boot, span: u64) -> Boot {
    boot.up().life(span)
}

/// The boot that runs when the files are copied.
fn running(boot: Boot) -> Boot {
    lived(boot, 11 * MINUTE)
}

/// A machine that shut down cleanly, and runs again.
fn clean(ending: &Boot, next: &Boot) -> Scene {
    Machine::new("").archived(&[ending]).online(&[next]).into()
}

/// A machine that died, and whose next journald renamed the file.
fn torn(ending: &Boot, next: &Boot) -> Scene {
    Machine::new("").torn(&[ending]).online(&[next]).into()
}

/// The check of a row that has one boot.
fn one_boot(seen: &Seen) -> Result<(), String> {
    holds(seen.rows.len() == 1, format!("{} boots are listed", seen.rows.len()))
}

/// A restart that takes the time of a restart.
const RESTART: u64 = 38 * SECOND;
