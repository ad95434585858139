//! What a machine is: one of its own, a virtual machine, or a container.
//!
//! A boot says so in its first lines. Where those are gone, as of any boot that ran for longer than its log reaches, the
//! machine's other boots tell.

use super::setting::Machine;
use crate::analysis::ending::Case;
use crate::analysis::sender::Sender;
use crate::analysis::source::{Line, Source, Wanted, is_users};

/// What PID 1 and the kernel call virtual machines and containers.
const VIRTUAL: [&str; 19] = [
    "kvm",
    "qemu",
    "vmware",
    "oracle",
    "microsoft",
    "xen",
    "amazon",
    "google",
    "bhyve",
    "parallels",
    "zvm",
    "apple",
    "bochs",
    "uml",
    "qnx",
    "acrn",
    "powervm",
    "sre",
    "vm-other",
];
pub(in crate::analysis) const CONTAINERS: [&str; 11] = [
    "lxc",
    "lxc-libvirt",
    "systemd-nspawn",
    "docker",
    "podman",
    "rkt",
    "wsl",
    "openvz",
    "proot",
    "pouch",
    "container-other",
];
const HYPERVISORS: [&str; 4] = ["KVM", "VMware", "Microsoft Hyper-V", "Xen HVM"];

/// Where a log begins, a line among so many says so.
pub(super) const FIRST_LINES: usize = 200;
/// So many other boots are asked at most, the nearest first.
const ASKED: usize = 8;
const JOURNAL_START: &str = "f77379a8490b408bbe5f6940505a777b";
const JOURNAL_STOP: &str = "d93fb3c9c24d451a97cea615ce59c00b";

/// What a boot's own first lines say that it runs in, else those of the machine's other boots.
pub(super) fn of(case: &Case<'_>) -> Machine {
    said(case.source, case.boot).or_else(|| said_elsewhere(case)).unwrap_or(Machine::Untold)
}

fn said_elsewhere(case: &Case<'_>) -> Option<Machine> {
    let boots = case.source.boots().iter().enumerate();
    let others = boots.filter(|(at, facts)| *at != case.boot && facts.machine == case.facts.machine);
    let mut others: Vec<usize> = others.map(|(at, _)| at).collect();
    others.sort_by_key(|at| at.abs_diff(case.boot));
    others.into_iter().take(ASKED).find_map(|at| said(case.source, at))
}

/// What a boot's lines say; nothing where its first lines are gone.
fn said(source: &dyn Source, boot: usize) -> Option<Machine> {
    let containers = CONTAINERS.map(|name| format!("MESSAGE=Detected virtualization {name}."));
    let virtuals = VIRTUAL.map(|name| format!("MESSAGE=Detected virtualization {name}."));
    let hypervisors = HYPERVISORS.map(|name| format!("MESSAGE=Hypervisor detected: {name}"));
    let is_any = |of: &[String]| {
        let terms: Vec<&str> = of.iter().map(String::as_str).collect();
        let lines = source.having(boot, &terms);
        lines.iter().any(|line| Sender::Pid1.wrote(line) || Sender::Kernel.wrote(line))
    };
    if is_any(&containers) {
        return Some(Machine::Container);
    }
    if is_any(&[&virtuals[..], &hypervisors].concat()) {
        return Some(Machine::Virtual);
    }
    has_beginning(source, boot).then_some(Machine::Real)
}

/// Whether a boot's first lines are there.
pub(super) fn has_beginning(source: &dyn Source, boot: usize) -> bool {
    let keep = |line: &Line| !is_users(source, line);
    begins(&source.head(boot, FIRST_LINES, u64::MAX, Wanted { keep: &keep, ..Wanted::ALL }))
}

/// Whether lines are those that a boot's log begins with: behind a restart of journald they are not.
pub(super) fn begins(lines: &[Line]) -> bool {
    let told = |line: &Line, id: &str| Sender::Driver.wrote(line) && line.is("MESSAGE_ID", id);
    let is_banner = |line: &Line| Sender::Kernel.wrote(line) && line.message().starts_with("Linux version ");
    let mut first = lines.iter().take_while(|line| !told(line, JOURNAL_STOP));
    first.any(|line| is_banner(line) || told(line, JOURNAL_START))
}
