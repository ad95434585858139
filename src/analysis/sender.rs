//! Who wrote a line, by fields that the writer could not choose.
//!
//! Any process can log any message and any `MESSAGE_ID=`, so that no rule counts without its sender.

use super::source::Line;

/// A writer whose lines have a meaning of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sender {
    /// The system manager, through the journal or, early and late, through the kernel's log.
    Pid1,
    /// What PID 1 becomes for the last steps, `systemd-shutdown`.
    Shutdown,
    /// The login manager.
    Logind,
    /// journald about itself, through the kernel's log.
    Journald,
    /// journald about its files, in its own voice.
    Driver,
    /// The kernel itself; what userspace writes to its log has another facility.
    Kernel,
    /// `systemd-sleep`.
    Sleep,
    /// `systemd-pstore`, which takes over what the kernel left before a reset.
    Pstore,
    /// `systemd-fsck` and the checker that it runs.
    Fsck,
}

/// The units that run `systemd-sleep`.
const SLEEPERS: [&str; 4] = [
    "systemd-suspend.service",
    "systemd-hibernate.service",
    "systemd-hybrid-sleep.service",
    "systemd-suspend-then-hibernate.service",
];

impl Sender {
    /// All of them.
    pub(super) const ALL: &'static [Self] = &[
        Self::Pid1,
        Self::Shutdown,
        Self::Logind,
        Self::Journald,
        Self::Driver,
        Self::Kernel,
        Self::Sleep,
        Self::Pstore,
        Self::Fsck,
    ];

    /// Its name in rules files.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Pid1 => "pid1",
            Self::Shutdown => "shutdown",
            Self::Logind => "logind",
            Self::Journald => "journald",
            Self::Driver => "driver",
            Self::Kernel => "kernel",
            Self::Sleep => "sleep",
            Self::Pstore => "pstore",
            Self::Fsck => "fsck",
        }
    }

    /// Fields that a line by this writer has.
    pub(super) const fn example(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Pid1 => &[("_TRANSPORT", "journal"), ("_PID", "1"), ("_COMM", "systemd"), ("_UID", "0")],
            Self::Shutdown => {
                &[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd-shutdown")]
            }
            Self::Logind => &[("_TRANSPORT", "journal"), ("_SYSTEMD_UNIT", "systemd-logind.service")],
            Self::Journald => {
                &[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "5"), ("SYSLOG_IDENTIFIER", "systemd-journald")]
            }
            Self::Driver => &[("_TRANSPORT", "driver"), ("_PID", "300")],
            Self::Kernel => &[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0"), ("SYSLOG_IDENTIFIER", "kernel")],
            Self::Sleep => &[("_TRANSPORT", "journal"), ("_SYSTEMD_UNIT", "systemd-suspend.service")],
            Self::Pstore => &[("_TRANSPORT", "journal"), ("_SYSTEMD_UNIT", "systemd-pstore.service")],
            Self::Fsck => &[("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "systemd-fsck-root.service")],
        }
    }

    /// The fields that a line by this writer is told by; others only speak against it.
    pub(super) const fn told_by(self) -> &'static [&'static str] {
        match self {
            Self::Pid1 => &["_PID", "_TRANSPORT", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER"],
            Self::Shutdown | Self::Journald | Self::Kernel => &["_TRANSPORT", "SYSLOG_FACILITY", "SYSLOG_IDENTIFIER"],
            Self::Logind | Self::Fsck => &["_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER"],
            Self::Driver => &["_TRANSPORT", "SYSLOG_IDENTIFIER"],
            Self::Sleep | Self::Pstore => &["_COMM", "_SYSTEMD_UNIT", "_UID", "SYSLOG_IDENTIFIER"],
        }
    }

    /// Fields, as terms for [`Source`](super::Source), of which every line by this writer has one.
    pub(super) const fn marks(self) -> &'static [&'static str] {
        match self {
            Self::Pid1 => &["_PID=1", "_TRANSPORT=kernel", "SYSLOG_IDENTIFIER=systemd"],
            Self::Shutdown => &["_TRANSPORT=kernel", "SYSLOG_IDENTIFIER=systemd-shutdown"],
            Self::Journald => &["_TRANSPORT=kernel", "SYSLOG_IDENTIFIER=systemd-journald"],
            Self::Kernel => &["_TRANSPORT=kernel", "SYSLOG_IDENTIFIER=kernel"],
            Self::Logind => &["_SYSTEMD_UNIT=systemd-logind.service", "SYSLOG_IDENTIFIER=systemd-logind"],
            Self::Driver => &["_TRANSPORT=driver", "SYSLOG_IDENTIFIER=systemd-journald"],
            Self::Sleep => &[
                "_COMM=systemd-sleep",
                "SYSLOG_IDENTIFIER=systemd-sleep",
                "_SYSTEMD_UNIT=systemd-suspend.service",
                "_SYSTEMD_UNIT=systemd-hibernate.service",
                "_SYSTEMD_UNIT=systemd-hybrid-sleep.service",
                "_SYSTEMD_UNIT=systemd-suspend-then-hibernate.service",
            ],
            Self::Pstore => {
                &["_COMM=systemd-pstore", "_SYSTEMD_UNIT=systemd-pstore.service", "SYSLOG_IDENTIFIER=systemd-pstore"]
            }
            Self::Fsck => &["_SYSTEMD_UNIT=systemd-fsck*", "SYSLOG_IDENTIFIER=systemd-fsck"],
        }
    }

    /// Whether this writer wrote the line, and no field that says so was the writer's own to choose.
    ///
    /// Whoever may write to the kernel's log chooses every name there, and only not the kernel's facility.
    pub(super) fn surely_wrote(self, line: &Line) -> bool {
        self.wrote(line)
            && match self {
                Self::Kernel => true,
                Self::Sleep | Self::Pstore => !is_early_roots(line),
                _ => !line.is("_TRANSPORT", "kernel"),
            }
    }

    /// Whether this writer wrote the line; where it has no field of journald's, by the name that it gives.
    pub(super) fn wrote(self, line: &Line) -> bool {
        self.wrote_by_fields(line) || (self.is_named(line) && is_text_only(line))
    }

    /// Whether a line gives this writer's name, as a copy of the text alone still does.
    fn is_named(self, line: &Line) -> bool {
        let names: &[&str] = match self {
            Self::Pid1 => &["systemd"],
            Self::Shutdown => &["systemd-shutdown"],
            Self::Logind => &["systemd-logind"],
            Self::Journald | Self::Driver => &["systemd-journald"],
            Self::Kernel => &["kernel"],
            Self::Sleep => &["systemd-sleep"],
            Self::Pstore => &["systemd-pstore"],
            Self::Fsck => &["systemd-fsck"],
        };
        names.iter().any(|name| line.is("SYSLOG_IDENTIFIER", name))
    }

    fn wrote_by_fields(self, line: &Line) -> bool {
        match self {
            Self::Pid1 => line.is("_PID", "1") || manager_through_kernel(line, "systemd"),
            Self::Shutdown => manager_through_kernel(line, "systemd-shutdown"),
            Self::Logind => line.is("_SYSTEMD_UNIT", "systemd-logind.service"),
            Self::Journald => through_kernel(line, "systemd-journald", "5"),
            Self::Driver => line.is("_TRANSPORT", "driver"),
            Self::Kernel => line.is("_TRANSPORT", "kernel") && line.is("SYSLOG_FACILITY", "0"),
            Self::Sleep => {
                SLEEPERS.iter().any(|unit| line.is("_SYSTEMD_UNIT", unit)) || is_roots(line, "systemd-sleep")
            }
            Self::Pstore => line.is("_SYSTEMD_UNIT", "systemd-pstore.service") || is_roots(line, "systemd-pstore"),
            Self::Fsck => line.text("_SYSTEMD_UNIT").is_some_and(|unit| unit.starts_with("systemd-fsck")),
        }
    }
}

/// Whether no field of a line is one that journald adds of its writer: a copy of the text alone, made by whoever imported
/// it. journald itself writes no such line, whatever an application does; but damage takes such fields away.
pub(super) fn is_text_only(line: &Line) -> bool {
    if !line.is_text_only {
        return false;
    }
    let says_nothing = ["_MACHINE_ID", "_BOOT_ID", "_HOSTNAME", "_SOURCE_MONOTONIC_TIMESTAMP"];
    !line.fields.iter().any(|(name, _)| name.starts_with('_') && !says_nothing.contains(&name.as_ref()))
}

/// Whether userspace wrote the line to the kernel's log, where whoever may write at all chooses every name.
pub(super) fn is_userspaces_kmsg(line: &Line) -> bool {
    line.is("_TRANSPORT", "kernel") && !Sender::Kernel.wrote(line)
}

/// Whether one of those wrote a line that end a machine themselves.
pub(super) fn is_by_manager(line: &Line) -> bool {
    [Sender::Logind, Sender::Pid1, Sender::Kernel].iter().any(|sender| sender.wrote(line))
}

/// A process calls itself what it likes; a unit of its own tells it from the program that it names itself after.
fn is_roots(line: &Line, command: &str) -> bool {
    line.is("_COMM", command) && is_early_roots(line)
}

/// Whether root wrote the line in no unit that journald knew, nor in a control group that is no unit's: those are
/// containers'.
fn is_early_roots(line: &Line) -> bool {
    let is_apart = line.text("_SYSTEMD_CGROUP").is_some_and(|group| group != "/");
    line.is("_UID", "0") && line.first("_SYSTEMD_UNIT").is_none() && !is_apart
}

/// journald takes the name from the text of a line that did not come from the kernel itself; each daemon keeps to its
/// facility.
fn through_kernel(line: &Line, ident: &str, facility: &str) -> bool {
    line.is("_TRANSPORT", "kernel") && line.is("SYSLOG_IDENTIFIER", ident) && line.is("SYSLOG_FACILITY", facility)
}

fn manager_through_kernel(line: &Line, ident: &str) -> bool {
    through_kernel(line, ident, "3") && line.text("SYSLOG_PID").is_none_or(|pid| pid == "1")
}

#[cfg(test)]
mod tests {
    use super::super::tests::log::line_of;
    use super::*;

    #[test]
    fn the_kernel_is_only_what_userspace_cannot_write() {
        let own = line_of(&[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0")]);
        let written = line_of(&[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "1")]);
        let copied = line_of(&[("_TRANSPORT", "syslog"), ("SYSLOG_FACILITY", "0"), ("SYSLOG_IDENTIFIER", "kernel")]);
        assert!(Sender::Kernel.wrote(&own));
        assert!(!Sender::Kernel.wrote(&written));
        assert!(!Sender::Kernel.wrote(&copied));
    }

    #[test]
    fn a_name_counts_only_where_journald_added_nothing() {
        let text = [("SYSLOG_IDENTIFIER", "kernel"), ("MESSAGE", "x"), ("_MACHINE_ID", "a"), ("_BOOT_ID", "b")];
        assert!(Sender::Kernel.wrote(&line_of(&text)));
        let damaged = Line { is_text_only: false, ..line_of(&text) };
        assert!(!Sender::Kernel.wrote(&damaged), "its file has such fields, or it lost some");
        assert!(!Sender::Pid1.wrote(&line_of(&text)));
        let transports = ["stdout", "syslog", "journal", "kernel", "audit", "driver"];
        for transport in transports {
            let heard = line_of(&[&text[..], &[("_TRANSPORT", transport)]].concat());
            assert!(!Sender::Kernel.wrote(&heard), "journald heard it: {transport}");
        }
        assert!(!Sender::Kernel.wrote(&line_of(&[&text[..], &[("_PID", "812")]].concat())));
        for sender in Sender::ALL {
            assert!(sender.marks().iter().any(|mark| mark.starts_with("SYSLOG_IDENTIFIER=")), "{sender:?}");
            assert!(sender.told_by().contains(&"SYSLOG_IDENTIFIER"), "{sender:?}");
        }
    }

    #[test]
    fn every_writer_leaves_a_mark() {
        let kmsg =
            |ident, facility| [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", facility), ("SYSLOG_IDENTIFIER", ident)];
        let mut lines = vec![
            line_of(&kmsg("systemd", "3")),
            line_of(&kmsg("systemd-shutdown", "3")),
            line_of(&kmsg("systemd-journald", "5")),
            line_of(&[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0")]),
            line_of(&[("_PID", "1")]),
            line_of(&[("_TRANSPORT", "driver")]),
            line_of(&[("_COMM", "systemd-sleep"), ("_UID", "0")]),
            line_of(&[("_COMM", "systemd-pstore"), ("_UID", "0")]),
        ];
        let units = ["systemd-logind.service", "systemd-pstore.service", "systemd-fsck-root.service"];
        lines.extend(units.iter().chain(&SLEEPERS).map(|unit| line_of(&[("_SYSTEMD_UNIT", unit)])));
        let all = [
            Sender::Pid1,
            Sender::Shutdown,
            Sender::Logind,
            Sender::Journald,
            Sender::Driver,
            Sender::Kernel,
            Sender::Sleep,
            Sender::Pstore,
            Sender::Fsck,
        ];
        for sender in all {
            assert!(lines.iter().any(|line| sender.wrote(line)), "{sender:?}");
            for line in lines.iter().filter(|line| sender.wrote(line)) {
                assert!(line.has(sender.marks()), "{sender:?}: {line:?}");
            }
        }
    }

    #[test]
    fn a_process_of_root_in_a_containers_control_group_is_not_the_one_whose_name_it_has() {
        for (sender, command) in [(Sender::Pstore, "systemd-pstore"), (Sender::Sleep, "systemd-sleep")] {
            let own = [("_COMM", command), ("_UID", "0")];
            let within = |group| line_of(&[&own[..], &[("_SYSTEMD_CGROUP", group)]].concat());
            assert!(sender.wrote(&line_of(&own)) && sender.wrote(&within("/")), "{command}");
            for group in ["/docker/0d1f5a6e7c42", "/kubepods/besteffort/pod1/0d1f", "/lxc/box"] {
                assert!(!sender.wrote(&within(group)), "{command} in {group}");
            }
        }
    }

    #[test]
    fn pid_1_may_speak_through_the_kernel_but_a_user_manager_is_not_pid_1() {
        let kmsg = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd")];
        assert!(Sender::Pid1.wrote(&line_of(&kmsg)));
        assert!(Sender::Pid1.wrote(&line_of(&[("_PID", "1")])));
        for facility in ["0", "1", "5"] {
            let other = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", facility), ("SYSLOG_IDENTIFIER", "systemd")];
            assert!(!Sender::Pid1.wrote(&line_of(&other)), "facility {facility}");
        }
        let user = [("_PID", "812"), ("_COMM", "systemd"), ("SYSLOG_IDENTIFIER", "systemd")];
        assert!(!Sender::Pid1.wrote(&line_of(&user)));
    }
}
