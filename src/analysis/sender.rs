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
    /// Whether this writer wrote the line.
    pub(super) fn wrote(self, line: &Line) -> bool {
        match self {
            Self::Pid1 => line.is("_PID", "1") || manager_through_kernel(line, "systemd"),
            Self::Shutdown => manager_through_kernel(line, "systemd-shutdown"),
            Self::Logind => line.is("_SYSTEMD_UNIT", "systemd-logind.service"),
            Self::Journald => through_kernel(line, "systemd-journald"),
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

fn is_roots(line: &Line, command: &str) -> bool {
    line.is("_COMM", command) && line.is("_UID", "0")
}

/// journald takes the name from the text of a line that did not come from the kernel itself.
fn through_kernel(line: &Line, ident: &str) -> bool {
    line.is("_TRANSPORT", "kernel") && line.is("SYSLOG_IDENTIFIER", ident) && !line.is("SYSLOG_FACILITY", "0")
}

fn manager_through_kernel(line: &Line, ident: &str) -> bool {
    through_kernel(line, ident) && line.text("SYSLOG_PID").is_none_or(|pid| pid == "1")
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
    fn pid_1_may_speak_through_the_kernel_but_a_user_manager_is_not_pid_1() {
        let kmsg = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd")];
        assert!(Sender::Pid1.wrote(&line_of(&kmsg)));
        assert!(Sender::Pid1.wrote(&line_of(&[("_PID", "1")])));
        let user = [("_PID", "812"), ("_COMM", "systemd"), ("SYSLOG_IDENTIFIER", "systemd")];
        assert!(!Sender::Pid1.wrote(&line_of(&user)));
    }
}
