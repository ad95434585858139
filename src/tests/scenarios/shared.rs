//! A container that sees its host's boot id: what it says of itself is not the machine's.

use lastwords::testkit::synth::{Record, Synth};

use super::boot::{Boot, HOUR, MINUTE, SECOND};
use super::host::Host;
use super::machine::{Machine, hex};
use super::scene::Scene;
use super::support::{Folder, lastwords};

const START: &str = "2026-05-12T05:00:00Z";

/// A container's boot under its host's id: it begins later, has no kernel of its own, and shuts down in order.
fn container() -> Boot {
    let boot = Boot::new(Host::PC, START).wait(10 * MINUTE).journal_starts().services_start().life(20 * MINUTE);
    boot.shuts_down("reboot")
}

#[test]
fn what_a_container_says_under_its_hosts_boot_id_is_left_out_of_the_hosts_verdict() {
    let ending = Boot::new(Host::PC, START).up().life(2 * HOUR);
    let next = Boot::after(&ending, 75 * SECOND).after_crash().up().life(11 * MINUTE);
    let guest = Machine::new("guest").archived(&[&container()]);
    assert_eq!(guest.boots, [ending.id], "it sees its host's boot");
    let host = Machine::new("host").torn(&[&ending]).online(&[&next]);
    let seen = Scene { machines: vec![host, guest], also: Vec::new() }.play("shared-boot");
    let row = &seen.rows[0];
    assert_eq!(row["ending"]["orderliness"], "abrupt", "the host died");
    assert_eq!(row["ending"]["cause"], "undetermined.abrupt");
    assert_eq!(row["machine_id"], hex(seen.machines[0].machine_id()).as_str());
    assert_eq!(row["guests"], serde_json::json!([hex(seen.machines[1].machine_id())]));
    assert_eq!(row["entries"], ending.records().len(), "its own entries");
    assert!(seen.why(0)["limits"].to_string().contains("as a container's do"), "and it is said");
    assert_eq!(seen.rows.len(), 2);
    assert!(seen.rows[1].get("guests").is_none());
    let table = lastwords(&["boots", seen.folder.path().to_str().unwrap()]);
    let table = table.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(table.contains("as a container's do: they say nothing of its end"), "{table}");
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../output/schema/boots.schema.json")).unwrap();
    assert!(jsonschema::is_valid(&schema, &seen.rows.clone().into()), "the answer is as the schema says");
}

#[test]
fn a_container_that_hears_the_kernel_is_no_initrd_of_its_host() {
    let ending = Boot::new(Host::PC, START).up().life(2 * HOUR);
    let next = Boot::after(&ending, 75 * SECOND).after_crash().up().life(11 * MINUTE);
    // One that was stopped before its host died, and one that wrote its last a moment behind it.
    for (name, minutes) in [("before", 20), ("behind", 110)] {
        let boot = Boot::new(Host::PC, START).wait(10 * MINUTE).journal_starts();
        let boot = boot.kernel(6, "eth0: renamed from veth2f").services_start();
        let guest = Machine::new("guest").archived(&[&boot.life(minutes * MINUTE).shuts_down("reboot")]);
        let host = Machine::new("host").torn(&[&ending]).online(&[&next]);
        let seen = Scene { machines: vec![host, guest], also: Vec::new() }.play(&format!("shared-boot-kernel-{name}"));
        let row = &seen.rows[0];
        assert_eq!(row["ending"]["orderliness"], "abrupt", "{name}: the host died");
        assert_eq!(row["machine_id"], hex(seen.machines[0].machine_id()).as_str(), "{name}");
        assert_eq!(row["guests"], serde_json::json!([hex(seen.machines[1].machine_id())]), "{name}");
    }
}

#[test]
fn of_several_containers_one_line_tells() {
    let ending = Boot::new(Host::PC, START).up().life(2 * HOUR);
    let next = Boot::after(&ending, 75 * SECOND).after_crash().up().life(11 * MINUTE);
    let host = Machine::new("host").torn(&[&ending]).online(&[&next]);
    let guests = ["guest", "other", "third"].map(|name| Machine::new(name).archived(&[&container()]));
    let seen = Scene { machines: [host].into_iter().chain(guests).collect(), also: Vec::new() }.play("shared-boots");
    assert_eq!(seen.rows[0]["guests"].as_array().map(Vec::len), Some(3));
    let limits = seen.why(0)["limits"].as_array().unwrap().clone();
    let told: Vec<_> =
        limits.iter().filter_map(|limit| limit.as_str()).filter(|limit| limit.contains("container")).collect();
    let line = "entries of 3 other machines carry this boot's id, as containers' do: they are left out here, and are \
                judged where they are read alone";
    assert_eq!(told, [line]);
    let table = lastwords(&["boots", seen.folder.path().to_str().unwrap()]);
    let table = table.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(table.matches("as containers' do: they say nothing of its end").count(), 1, "{table}");
}

#[test]
fn a_container_that_is_read_alone_has_a_verdict_of_its_own() {
    let seen = Scene::from(Machine::new("guest").archived(&[&container()])).play("shared-boot-alone");
    assert_eq!(seen.rows.len(), 1);
    assert_eq!(seen.rows[0]["ending"]["orderliness"], "orderly");
    assert!(seen.rows[0].get("guests").is_none());
}

#[test]
fn an_initrd_under_another_machine_id_is_the_same_machine() {
    let quick = (Boot::new(Host::PC, START).journal_starts(), 2 * SECOND);
    // It waits for a passphrase.
    let slow = (Boot::new(Host::PC, START).up().life(2 * MINUTE), 3 * MINUTE);
    for (name, (initrd, wait)) in [("quick", quick), ("slow", slow)] {
        let ending = Boot::new(Host::PC, START).wait(wait).up().life(2 * HOUR).shuts_down("reboot");
        assert_eq!(ending.id, initrd.id);
        let next = Boot::after(&ending, 40 * SECOND).up().life(11 * MINUTE);
        let host = Machine::new("host").archived(&[&ending]).online(&[&next]);
        let machines = vec![host, Machine::new("initrd").archived(&[&initrd])];
        let seen = Scene { machines, also: Vec::new() }.play(&format!("shared-boot-initrd-{name}"));
        assert!(seen.rows.iter().all(|row| row.get("guests").is_none()), "{name}: {:?}", seen.rows);
        assert_eq!(seen.rows[0]["ending"]["orderliness"], "orderly", "{name}");
    }
}

/// What a privileged container says: it hears the kernel, and PID 1 says that it is one.
fn hearing(minutes: u64, is_told: bool) -> Boot {
    let boot = Boot::new(Host::PC, START).wait(20 * SECOND).journal_starts();
    let boot = boot.kernel(6, "eth0: renamed from veth2f");
    let boot = if is_told { boot.kmsg("systemd", 3, 6, "Detected virtualization lxc.") } else { boot };
    boot.services_start().life(minutes * MINUTE).shuts_down("reboot")
}

#[test]
fn a_container_whose_journal_reaches_further_back_than_its_hosts_is_not_the_host() {
    let ending = Boot::new(Host::PC, START).up().life(HOUR).kernel(6, "usb 1-1: new device").life(HOUR);
    let next = Boot::after(&ending, 75 * SECOND).after_crash().up().life(11 * MINUTE);
    let late = ending.records().iter().position(|record| record.monotonic > 40 * MINUTE).unwrap();
    for (name, minutes, is_told) in
        [("told", 90, true), ("untold", 90, false), ("before", 15, true), ("gone", 15, false)]
    {
        let host = Machine::new("host").part(super::machine::Left::Torn, &ending, late..ending.records().len());
        let host = host.online(&[&next]);
        let guest = Machine::new("guest").archived(&[&hearing(minutes, is_told)]);
        let seen = Scene { machines: vec![host, guest], also: Vec::new() }.play(&format!("shared-boot-late-{name}"));
        let row = &seen.rows[0];
        assert_eq!(row["ending"]["orderliness"], "abrupt", "{name}: the host died");
        assert_eq!(row["machine_id"], hex(seen.machines[0].machine_id()).as_str(), "{name}");
    }
}

#[test]
fn what_says_itself_that_it_is_a_container_is_not_the_host_whose_kernels_lines_are_gone() {
    let ending = Boot::new(Host::PC, START).up().life(2 * HOUR);
    let next = Boot::after(&ending, 75 * SECOND).after_crash().up().life(11 * MINUTE);
    let late = ending.records().iter().position(|record| record.monotonic > 40 * MINUTE).unwrap();
    let host = Machine::new("host").part(super::machine::Left::Torn, &ending, late..ending.records().len());
    let guest = Boot::new(Host::PC, START).wait(20 * SECOND).journal_starts();
    let guest = guest.kmsg("systemd", 3, 6, "Detected virtualization systemd-nspawn.").services_start();
    let guest = Machine::new("guest").archived(&[&guest.life(119 * MINUTE).shuts_down("reboot")]);
    let seen = Scene { machines: vec![host.online(&[&next]), guest], also: Vec::new() }.play("shared-boot-told");
    assert_eq!(seen.rows[0]["ending"]["orderliness"], "abrupt", "the host died");
    assert_eq!(seen.rows[0]["machine_id"], hex(seen.machines[0].machine_id()).as_str());
}

#[test]
fn a_container_in_the_same_file_as_its_host_is_left_out_too() {
    let ending = Boot::new(Host::PC, START).up().life(2 * HOUR);
    const LOST: u64 = 7;
    let (host, guest) = ([0x11; 16], [0x22; 16]);
    for (name, guests) in [("deaf", container()), ("hearing", hearing(119, false))] {
        let by = |boot: &Boot, machine: [u8; 16]| -> Vec<Record> {
            let of = |record: &Record| record.clone().field(format!("_MACHINE_ID={}", hex(machine)));
            boot.records().iter().map(of).collect()
        };
        let mut all = [by(&ending, host), by(&guests, guest)].concat();
        all.sort_by_key(|record| record.monotonic);
        let synth = Synth::new().state(1).buckets(1021, 61);
        let numbered = all.into_iter().zip(1..).map(|(record, seqnum)| Record { seqnum, ..record });
        let (gone, lost) = (guests.records()[0].monotonic + MINUTE, std::cell::Cell::new(0_u64));
        let is_kept = |record: &Record| {
            let is_kept = record.monotonic < gone || lost.get() == LOST;
            lost.set(lost.get() + u64::from(!is_kept));
            is_kept
        };
        let bytes = numbered.filter(is_kept).fold(synth, Synth::entry).build();
        let folder = Folder::new(&format!("shared-boot-one-file-{name}"));
        std::fs::write(folder.path().join("remote.journal"), bytes).unwrap();
        let rows = lastwords(&["boots", folder.path().to_str().unwrap(), "-o", "json"]).json();
        assert_eq!(rows[0]["ending"]["orderliness"], "running", "{name}");
        assert_eq!(rows[0]["machine_id"], hex(host).as_str(), "{name}");
        assert_eq!(rows[0]["guests"], serde_json::json!([hex(guest)]), "{name}");
        let gone = ending.records().len() as u64 - rows[0]["entries"].as_u64().unwrap();
        assert!(gone <= LOST, "{name}: its own entries");
        assert_eq!(rows[0]["missing"], LOST, "{name}: those of the container are there");
    }
}
