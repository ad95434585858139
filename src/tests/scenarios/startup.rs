//! How a boot comes up: the kernel, early userspace, the journal, services.

use super::boot::{Boot, SECOND};
use super::host::Program;
use super::phases::JOURNAL_START;

const STARTUP: &str = "b07a249cd024414a82dd00cd181378ff";
const JOURNAL_USAGE: &str = "ec387f577b844b8fa948f33cad9a75e6";
/// Where journald keeps the files, as it names them itself.
const PERSISTENT: &str = "/var/log/journal/84aa495b7a814afba75e63bef421138c";

/// Coming up.
impl Boot {
    /// The kernel that this boot runs, where it is not the host's.
    pub(crate) fn with_kernel(mut self, release: &'static str) -> Self {
        self.early.kernel = Some(release);
        self
    }

    /// A line of the kernel's own, so many ms after its start.
    pub(crate) fn early(mut self, ms: u64, priority: u8, text: &str) -> Self {
        self.early.lines.push((ms, priority, text.to_owned()));
        self
    }

    /// The end before left a dirty journal and a filesystem to be recovered.
    pub(crate) fn after_crash(mut self) -> Self {
        (self.early.renamed, self.early.recovered) = (true, true);
        self
    }

    /// The end before left a filesystem to be recovered, and the journal at rest.
    pub(crate) fn recovers(mut self) -> Self {
        self.early.recovered = true;
        self
    }

    /// The whole way up, until PID 1 says that it has finished.
    pub(crate) fn up(self) -> Self {
        let boot = self.kernel_starts().early_userspace().started("local-fs.target", "Local File Systems");
        boot.journal_flushes().services_start()
    }

    /// Up to where the filesystems are mounted, with the first services.
    pub(crate) fn up_to_local_fs(self) -> Self {
        let mut boot = self.kernel_starts().early_userspace().journal_flushes();
        for service in [Program::TIMESYNCD, Program::DBUS] {
            boot = boot.starting(service.unit, service.description).wait(SECOND / 5);
            boot = boot.started(service.unit, service.description);
        }
        boot.wait(89 * SECOND)
    }

    /// What journald finds in the kernel's buffer when it starts.
    fn kernel_starts(self) -> Self {
        let mut boot = self.wait(1_900 * SECOND / 1_000);
        boot = boot.driver("Journal started", &[("MESSAGE_ID", JOURNAL_START)]);
        let usage =
            "Runtime Journal (/run/log/journal/84aa495b7a814afba75e63bef421138c) is 8.0M, max 78.0M, 70.0M free.";
        boot = boot.driver(usage, &[("MESSAGE_ID", JOURNAL_USAGE), ("JOURNAL_NAME", "Runtime Journal")]);
        for (ms, priority, text) in boot.ring_lines() {
            boot.ring(ms * 1_000, priority, &text);
        }
        let host = boot.host;
        boot.kmsg("systemd", 3, 6, &format!("systemd {} running in system mode (+PAM +AUDIT +SECCOMP)", host.systemd))
            .kmsg("systemd", 3, 6, &format!("Hostname set to <{}>.", host.name))
            .arm_watchdog()
    }

    /// The kernel's lines in the order of its clock.
    fn ring_lines(&self) -> Vec<(u64, u8, String)> {
        let host = self.host;
        let kernel = self.early.kernel.unwrap_or(host.kernel);
        let version = format!("Linux version {kernel} (build@host) (gcc 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC");
        let mut lines = vec![
            (0, 5, version),
            (0, 6, format!("Command line: BOOT_IMAGE=/vmlinuz-{kernel} root=/dev/{} ro quiet", host.disk)),
            (960, 6, "Run /init as init process".to_owned()),
            (
                1_490,
                6,
                format!("EXT4-fs ({}): mounted filesystem with ordered data mode. Quota mode: none.", host.disk),
            ),
        ];
        lines.extend(host.hardware.iter().map(|(ms, text)| (*ms, 6, (*text).to_owned())));
        lines.extend(self.early.lines.iter().cloned());
        if self.early.recovered {
            lines.push((1_480, 6, format!("EXT4-fs ({}): recovery complete", host.disk)));
        }
        lines.sort_by_key(|(ms, ..)| *ms);
        lines
    }

    fn arm_watchdog(self) -> Self {
        let Some((name, seconds)) = self.host.watchdog else { return self };
        let using = format!("Using hardware watchdog '{name}', version 0, device /dev/watchdog0");
        self.kmsg("systemd", 3, 6, &using).kmsg(
            "systemd",
            3,
            6,
            &format!("Watchdog running with a hardware timeout of {seconds}s."),
        )
    }

    fn early_userspace(self) -> Self {
        let boot = self.started(Program::JOURNALD.unit, Program::JOURNALD.description).wait(SECOND / 9);
        let boot = boot.starting(Program::UDEVD.unit, Program::UDEVD.description).wait(SECOND / 7);
        boot.started(Program::UDEVD.unit, Program::UDEVD.description).wait(SECOND / 3)
    }

    /// The end of what only `/run` holds: from here on the persistent file is written.
    fn journal_flushes(mut self) -> Self {
        if let Some(unit) = self.host.journal_mount {
            self = self.starting(unit, "Bind mount /var/log/journal").wait(SECOND / 50);
            self = self.started(unit, "Bind mount /var/log/journal");
        }
        let flush = ("systemd-journal-flush.service", "Flush Journal to Persistent Storage");
        let mut boot = self.starting(flush.0, flush.1).wait(SECOND / 50);
        boot = boot.journald(6, "Received client request to flush runtime journal.");
        if boot.early.renamed {
            boot = boot.renames();
        }
        let entries = boot.records().len();
        boot = boot.driver(&format!("Time spent on flushing to {PERSISTENT} is 12.481ms for {entries} entries."), &[]);
        let usage = format!("System Journal ({PERSISTENT}) is 16.0M, max 1.0G, 1008.0M free.");
        boot.driver(&usage, &[("MESSAGE_ID", JOURNAL_USAGE), ("JOURNAL_NAME", "System Journal")])
            .started(flush.0, flush.1)
    }

    /// journald finds its file ONLINE and sets it aside.
    pub(crate) fn renames(self) -> Self {
        let file = format!("{PERSISTENT}/system.journal");
        self.journald(4, &format!("File {file} corrupted or uncleanly shut down, renaming and replacing."))
    }

    pub(crate) fn services_start(self) -> Self {
        let mut boot = self.started("sysinit.target", "System Initialization").started("basic.target", "Basic System");
        for service in boot.host.services {
            boot = boot.starting(service.unit, service.description).wait(SECOND / 4);
            boot = boot.started(service.unit, service.description);
            boot.services.push(*service);
        }
        let boot = boot
            .says(Program::NETWORK, "<info>  [1778563212.4417] manager: NetworkManager state is now CONNECTED_GLOBAL");
        boot.started("multi-user.target", "Multi-User System")
            .startup_finished("Startup finished in 1.601s (kernel) + 7.412s (userspace) = 9.013s.")
    }

    /// The way up after a restart of userspace only.
    pub(crate) fn services_start_again(self) -> Self {
        let mut boot = self.started("sysinit.target", "System Initialization").started("basic.target", "Basic System");
        for service in boot.host.services {
            boot = boot.started(service.unit, service.description);
            boot.services.push(*service);
        }
        let boot = boot.started("multi-user.target", "Multi-User System");
        boot.startup_finished("Soft-reboot finished in 3.2s, counter is now at 1.")
    }

    fn startup_finished(self, text: &str) -> Self {
        let times = [("KERNEL_USEC", "1601000"), ("USERSPACE_USEC", "7412000")];
        self.pid1(6, text, &[&[("MESSAGE_ID", STARTUP)], &times[..]].concat())
    }
}
