//! An application that prints every line of the catalogue and of the scenarios: no verdict changes by it.
//!
//! It has all channels that applications have: its standard output, the syslog socket, the native protocol with every
//! field that may be chosen, and, as root, the kernel's log with any facility but the kernel's own.

use std::collections::BTreeSet;

use lastwords::analysis::{JournalSource, Line, Rulebook, endings};
use rayon::prelude::*;
use serde_json::Value;

use super::boot::{Boot, MINUTE, SECOND};
use super::host::Host;
use super::machine::Machine;
use super::scene::Scene;
use super::{rows, support};

/// Names and values.
type Fields = Vec<(String, String)>;

/// How an application writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    /// `echo`, under any name.
    Stdout,
    /// The syslog socket, with any name, process id and facility.
    Syslog,
    /// The native protocol, with any field that does not begin with `_`.
    Native,
    /// The same by a service of root.
    Service,
    /// The same by root in a container, whose processes call themselves what they like.
    Root,
    /// The same in a container whose control group is no unit, by programs of its image in any place of it.
    Cgroupfs,
    /// The same in a container of Kubernetes.
    Pod,
    /// The same by a process of root that was gone before journald looked: only the socket told who it was.
    Gone,
    /// `/dev/kmsg`, as user.
    Kmsg,
    /// `/dev/kmsg`, under the name and facility of the line's own writer.
    KmsgAsDaemon,
    /// The same as PID 1.
    KmsgAsManager,
    /// The same as journald.
    KmsgAsJournald,
    /// The same as what PID 1 becomes in the end.
    KmsgAsShutdown,
}

const CHANNELS: [Channel; 13] = [
    Channel::Stdout,
    Channel::Syslog,
    Channel::Native,
    Channel::Service,
    Channel::Root,
    Channel::Cgroupfs,
    Channel::Pod,
    Channel::Gone,
    Channel::Kmsg,
    Channel::KmsgAsDaemon,
    Channel::KmsgAsManager,
    Channel::KmsgAsJournald,
    Channel::KmsgAsShutdown,
];

impl Channel {
    /// What the journal has of a line that an application copies through this channel.
    fn copy(self, original: &Fields) -> Fields {
        let chosen = |name: &str| original.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let ident = match self {
            Self::KmsgAsManager => "systemd".to_owned(),
            Self::KmsgAsJournald => "systemd-journald".to_owned(),
            Self::KmsgAsShutdown => "systemd-shutdown".to_owned(),
            _ => chosen("SYSLOG_IDENTIFIER").unwrap_or_else(|| "kernel".to_owned()),
        };
        let message = chosen("MESSAGE").unwrap_or_default();
        let mut fields = vec![("SYSLOG_IDENTIFIER".to_owned(), ident), ("MESSAGE".to_owned(), message)];
        let mut add = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
        match self {
            Self::Stdout => add("SYSLOG_FACILITY", "3"),
            Self::Syslog => {
                add("SYSLOG_FACILITY", "0");
                add("SYSLOG_PID", "1");
            }
            Self::Kmsg => add("SYSLOG_FACILITY", "1"),
            Self::KmsgAsDaemon => {
                let facility = chosen("SYSLOG_FACILITY").filter(|facility| facility != "0");
                add("SYSLOG_FACILITY", facility.as_deref().unwrap_or("3"));
                add("SYSLOG_PID", "1");
            }
            Self::KmsgAsManager | Self::KmsgAsShutdown => {
                add("SYSLOG_FACILITY", "3");
                add("SYSLOG_PID", "1");
            }
            Self::KmsgAsJournald => {
                add("SYSLOG_FACILITY", "5");
                add("SYSLOG_PID", "271");
            }
            Self::Native | Self::Service | Self::Root | Self::Cgroupfs | Self::Pod | Self::Gone => {
                let own = original.iter().filter(|(name, _)| !name.starts_with('_') && name != "MESSAGE");
                own.filter(|(name, _)| name != "SYSLOG_IDENTIFIER").for_each(|(name, value)| add(name, value));
            }
        }
        fields.extend(self.sender(chosen("_COMM"), chosen("_EXE")));
        fields
    }

    /// What journald adds of the sender.
    fn sender(self, comm: Option<String>, exe: Option<String>) -> Fields {
        if self == Self::Gone {
            let own = [("_TRANSPORT", "journal"), ("_PID", "4242"), ("_UID", "0"), ("_GID", "0")];
            return own.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        }
        let (transport, unit, uid, usual) = match self {
            Self::Stdout => ("stdout", "collector.service", "1001", "/usr/bin/python3.11"),
            Self::Syslog => ("syslog", "collector.service", "1001", "/usr/bin/python3.11"),
            Self::Native => ("journal", "collector.service", "1001", "/usr/bin/python3.11"),
            Self::Service => ("journal", "collector.service", "0", "/usr/bin/python3.11"),
            Self::Root => ("journal", "docker-0d1f5a6e7c42.scope", "0", "/usr/bin/busybox"),
            Self::Cgroupfs => ("syslog", "", "0", "/usr/bin/busybox"),
            Self::Pod => ("syslog", "cri-containerd-0d1f5a6e7c42.scope", "0", "/usr/bin/busybox"),
            Self::Gone
            | Self::Kmsg
            | Self::KmsgAsDaemon
            | Self::KmsgAsManager
            | Self::KmsgAsJournald
            | Self::KmsgAsShutdown => {
                return vec![("_TRANSPORT".to_owned(), "kernel".to_owned())];
            }
        };
        let of_image = matches!(self, Self::Cgroupfs | Self::Pod);
        let comm = comm.filter(|_| of_image || self == Self::Root).unwrap_or_else(|| "python3.11".to_owned());
        let exe = exe.filter(|_| of_image).unwrap_or_else(|| usual.to_owned());
        let unit =
            if self == Self::Cgroupfs { ("_SYSTEMD_CGROUP", "/docker/0d1f5a6e7c42") } else { ("_SYSTEMD_UNIT", unit) };
        let own = [("_TRANSPORT", transport), unit, ("_UID", uid), ("_EXE", &exe), ("_PID", "4242")];
        let own = own.into_iter().chain([("_COMM", comm.as_str())]);
        own.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// A line to be copied, and where it is from.
#[derive(Debug)]
struct Original {
    from: String,
    fields: Fields,
}

impl Original {
    fn message(&self) -> &str {
        self.fields.iter().find(|(name, _)| name == "MESSAGE").map_or("", |(_, value)| value)
    }

    /// The message without what differs from line to line, and the names under which it was written.
    fn shape(&self) -> String {
        let names = ["SYSLOG_IDENTIFIER", "MESSAGE_ID", "UNIT", "SHUTDOWN"];
        let names = self.fields.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| &**value);
        let letters = self.message().chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
        names.chain([letters.as_str()]).collect::<Vec<_>>().join(" ")
    }
}

/// The lines on which the catalogue's rules fire, and all of the scenarios that somebody else than an application wrote.
fn originals() -> Vec<Original> {
    let mut originals: Vec<Original> = Vec::new();
    for rule in Rulebook::builtin().rules() {
        let lines = rule.fires.iter().flat_map(|sample| sample.lines(rule));
        originals.extend(lines.map(|line| Original { from: format!("rule {}", rule.id), fields: fields(&line) }));
    }
    for (id, scene) in rows::ALL {
        let scene = scene();
        let records = scene.machines.iter().flat_map(|machine| &machine.files).flat_map(|file| &file.records);
        let from = || format!("scenario {id}");
        originals.extend(
            records.map(|record| Original {
                from: from(),
                fields: record.fields.iter().map(|field| split(field)).collect(),
            }),
        );
    }
    // Of the services that come and go, one is enough.
    let mut known = BTreeSet::new();
    originals.retain(|line| {
        let other = Host::BALENA
            .services
            .iter()
            .chain(Host::PC.services)
            .any(|service| service.unit != "docker.service" && line.message().contains(service.unit));
        let ordinary = line.fields.iter().any(|(_, value)| value == "collector" || value == "CRON");
        !other && !ordinary && known.insert(line.shape())
    });
    originals
}

fn split(field: &[u8]) -> (String, String) {
    let (name, value) = std::str::from_utf8(field).unwrap().split_once('=').unwrap();
    (name.to_owned(), value.to_owned())
}

fn fields(line: &Line) -> Fields {
    line.fields.iter().map(|(name, value)| (name.to_string(), String::from_utf8(value.clone()).unwrap())).collect()
}

/// Where in the life of a machine the application prints.
#[derive(Clone, Copy, Debug)]
enum Place {
    Early,
    BeforeDeath,
    BeforeShutdown,
    WithinShutdown,
    WithinBrokenShutdown,
    AfterDeath,
    AfterShutdown,
}

const PLACES: [Place; 7] = [
    Place::Early,
    Place::BeforeDeath,
    Place::BeforeShutdown,
    Place::WithinShutdown,
    Place::WithinBrokenShutdown,
    Place::AfterDeath,
    Place::AfterShutdown,
];

/// A machine on which an application prints these lines, or none.
fn scene(place: Place, fakes: &[Fields]) -> Scene {
    let print = |boot: Boot| {
        let mut boot = boot.wait(SECOND);
        for fields in fakes {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            boot.put(&fields);
        }
        boot
    };
    let starting = Boot::new(Host::PC, "2026-05-12T05:00:00Z").up();
    let ending = if matches!(place, Place::Early) { print(starting) } else { starting }.life(12 * MINUTE);
    let (ending, next) = match place {
        Place::Early => (ending, false),
        Place::BeforeDeath => (print(ending), false),
        Place::BeforeShutdown => (print(ending).wait(SECOND).shuts_down("reboot"), false),
        Place::WithinShutdown => (print(ending.asked("reboot").stops()).lets_go().last_steps("reboot"), false),
        Place::WithinBrokenShutdown => (print(ending.asked("reboot").stops()), false),
        Place::AfterDeath => (ending, true),
        Place::AfterShutdown => (ending.shuts_down("reboot"), true),
    };
    let died = !matches!(place, Place::BeforeShutdown | Place::WithinShutdown | Place::AfterShutdown);
    // As soon as a watchdog would have it back, where one may be said to wait.
    let gap = if matches!(place, Place::Early) { 25 } else { 75 };
    let after = Boot::after(&ending, gap * SECOND);
    let after = if died { after.after_crash().up() } else { after.up() };
    let after = if next { print(after) } else { after }.life(3 * MINUTE);
    let machine = Machine::new("");
    if died { machine.torn(&[&ending]).online(&[&after]) } else { machine.archived(&[&ending]).online(&[&after]) }
        .into()
}

/// The verdicts on both boots: the facets, and the conditions by their ids.
fn verdicts(place: Place, fakes: &[Fields]) -> Vec<Value> {
    let scene = scene(place, fakes);
    let machine = &scene.machines[0];
    let names: Vec<String> = (0..machine.files.len()).map(|at| machine.file_name(at)).collect();
    let files = names.iter().enumerate().map(|(at, name)| (name.as_str(), machine.bytes(at)));
    let journal = support::journal_of(files);
    let endings = endings(&JournalSource::of(&journal));
    endings.iter().map(|ending| serde_json::to_value(ending).unwrap()).collect()
}

/// The lines as this channel copies them, each once.
fn copies(originals: &[Original], channel: Channel) -> Vec<(&Original, Fields)> {
    let mut known = BTreeSet::new();
    let copies = originals.iter().map(|original| (original, channel.copy(&original.fields)));
    copies.filter(|(_, copy)| known.insert(copy.clone())).collect()
}

/// Of lines that change a verdict together, those that are needed for it.
fn fewest<'o>(
    some: &[(&'o Original, Fields)],
    harmless: impl Fn(&[(&'o Original, Fields)]) -> bool,
) -> Vec<(&'o Original, Fields)> {
    let mut needed = some.to_vec();
    for at in (0..some.len()).rev() {
        let without = [&needed[..at], &needed[at + 1..]].concat();
        if !harmless(&without) {
            needed = without;
        }
    }
    needed
}

/// Lines that change a verdict, alone or together: a dozen at a time in both orders, so that none hides another for good.
fn changes(place: Place, channel: Channel, originals: &[Original]) -> Vec<String> {
    let judged = |lines: &[Fields]| verdicts(place, lines);
    let plain = judged(&[]);
    let harmless = |some: &[(&Original, Fields)]| {
        let mut lines: Vec<Fields> = some.iter().map(|(_, copy)| copy.clone()).collect();
        let forward = judged(&lines) == plain;
        lines.reverse();
        forward && judged(&lines) == plain
    };
    let dozen = |some: &[(&Original, Fields)]| {
        if harmless(some) {
            return Vec::new();
        }
        let text = |(original, _): &(&Original, Fields)| format!("{}: {}", original.from, original.message());
        let alone: Vec<String> = some.iter().filter(|one| !harmless(std::slice::from_ref(one))).map(text).collect();
        if alone.is_empty() {
            vec![fewest(some, harmless).iter().map(text).collect::<Vec<_>>().join(" + ")]
        } else {
            alone
        }
    };
    let who = copies(originals, channel).par_chunks(12).flat_map(dozen).collect::<Vec<String>>();
    who.into_iter().map(|who| format!("{place:?} through {channel:?}: {who}")).collect()
}

#[test]
fn no_line_of_an_application_changes_a_verdict() {
    let originals = originals();
    assert!(originals.len() > 100, "{} lines", originals.len());
    let mut wrong = Vec::new();
    for channel in CHANNELS {
        wrong.par_extend(PLACES.into_par_iter().flat_map(|place| changes(place, channel, &originals)));
    }
    assert!(wrong.is_empty(), "{} verdicts changed:\n{}", wrong.len(), wrong.join("\n"));
}
