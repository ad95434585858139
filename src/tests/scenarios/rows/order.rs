//! Boots of devices without a clock of their own: which came first?

use super::super::boot::{Boot, MINUTE};
use super::super::host::{Host, Program};
use super::super::machine::Machine;
use super::super::scene::{Scene, Seen, holds};

const DEVICE: Host =
    Host { hardware: &[(0, "Machine model: Raspberry Pi 4 Model B Rev 1.4")], disk: "mmcblk0p6", ..Host::BALENA };

/// Microseconds since 1970.
fn at(text: &str) -> u64 {
    u64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_microsecond()).unwrap()
}

/// A boot that believes it is `believed`, lives, learns that its kernel started at `truly`, and lives on.
fn synchronised(believed: &str, truly: &str, before: u64) -> Boot {
    let boot = Boot::new(DEVICE, believed).up().life(before);
    let step = (at(truly) - at(believed)) as i64;
    let seconds = step / 1_000_000;
    let boot = boot.writes(Program::CHRONYD, 4, &format!("System clock wrong by {seconds}.000000 seconds"), &[]);
    let boot = boot.set_clock(step);
    let boot = boot.writes(Program::CHRONYD, 4, &format!("System clock was stepped by {seconds}.000000 seconds"), &[]);
    boot.life(30 * MINUTE)
}

/// Two boots start where the clock was last saved, two an hour before; all learn the time in the end.
fn an_hour_late() -> [Boot; 4] {
    [
        synchronised("2026-05-12T11:58:30Z", "2026-05-12T12:00:00Z", 2 * MINUTE),
        synchronised("2026-05-12T11:40:00Z", "2026-05-12T12:40:00Z", 9 * MINUTE),
        synchronised("2026-05-12T13:19:10Z", "2026-05-12T13:20:00Z", 2 * MINUTE),
        synchronised("2026-05-12T13:00:00Z", "2026-05-12T14:00:00Z", 9 * MINUTE),
    ]
}

fn listed(seen: &Seen, count: usize) -> Result<(), String> {
    holds(seen.rows.len() == count, format!("{} boots are listed", seen.rows.len()))
}

/// Each boot with a series of numbers of its own, as systemd 254 gives it, in a file of its own.
fn apart(boots: &[Boot]) -> Machine {
    let (last, before) = boots.split_last().unwrap();
    let machine = before.iter().fold(Machine::new(""), |machine, boot| machine.archived(&[boot]).new_series());
    machine.online(&[last])
}

pub(super) fn synchronised_late() -> Scene {
    Scene::from(apart(&an_hour_late())).also("4 boots listed, in this order", |seen| {
        listed(seen, 4)?;
        let truth: Vec<String> = seen.machines[0].boots.iter().map(|id| super::super::machine::hex(*id)).collect();
        let order = seen.listed(&seen.machines[0]);
        holds(order == truth, format!("the order is {order:?}, not {truth:?}"))
    })
}

pub(super) fn one_stale_clock() -> Scene {
    let image = "2026-01-27T10:31:08Z";
    let boots = [
        synchronised(image, "2026-05-12T12:00:00Z", 2 * MINUTE),
        synchronised(&bumped(image, 1), "2026-05-12T12:40:00Z", 3 * MINUTE),
        Boot::new(DEVICE, &bumped(image, 2)).up().life(25 * MINUTE),
        synchronised(&bumped(image, 3), "2026-05-12T14:00:00Z", 2 * MINUTE),
        synchronised(&bumped(image, 4), "2026-05-12T15:00:00Z", 4 * MINUTE),
    ];
    let words = "5 boots listed, in this order or boot 3 flagged as of uncertain order";
    Scene::from(apart(&boots)).also(words, |seen| {
        listed(seen, 5)?;
        let truth: Vec<String> = seen.machines[0].boots.iter().map(|id| super::super::machine::hex(*id)).collect();
        let flagged = seen.rows.iter().any(|row| row["boot_id"] == truth[2].as_str() && row["order_certain"] == false);
        holds(flagged || seen.listed(&seen.machines[0]) == truth, "neither in order nor flagged")
    })
}

/// The same clock, but for some ms that another start took: ids come from it.
fn bumped(clock: &str, ms: u32) -> String {
    clock.replace('Z', &format!(".{ms:03}Z"))
}

pub(super) fn one_series() -> Scene {
    let boots = an_hour_late();
    let all: Vec<&Boot> = boots.iter().collect();
    Scene::from(Machine::new("").online(&all)).also("4 boots listed, in this order", |seen| {
        listed(seen, 4)?;
        let truth: Vec<String> = seen.machines[0].boots.iter().map(|id| super::super::machine::hex(*id)).collect();
        holds(seen.listed(&seen.machines[0]) == truth, "not in the true order")
    })
}
