//! The machines that the scenarios play on, and the programs that write there.

/// A program that logs: the fields that journald knows of it, and how it talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) ident: &'static str,
    pub(crate) unit: &'static str,
    /// The unit's description, where it is a service that comes up with the machine.
    pub(crate) description: &'static str,
    pub(crate) exe: &'static str,
    pub(crate) pid: u32,
    pub(crate) uid: u32,
    pub(crate) transport: &'static str,
    pub(crate) facility: &'static str,
}

/// A service that talks through its standard output as root; the others change what differs.
const SERVICE: Program =
    Program { ident: "", unit: "", description: "", exe: "", pid: 600, uid: 0, transport: "stdout", facility: "3" };

/// Names a service of systemd's kind: ident, unit, description, executable, process id.
const fn service(
    ident: &'static str,
    unit: &'static str,
    description: &'static str,
    exe: &'static str,
    pid: u32,
) -> Program {
    Program { ident, unit, description, exe, pid, ..SERVICE }
}

impl Program {
    pub(crate) const PID1: Self = service("systemd", "init.scope", "", "/usr/lib/systemd/systemd", 1);
    pub(crate) const JOURNALD: Self = service(
        "systemd-journald",
        "systemd-journald.service",
        "Journal Service",
        "/usr/lib/systemd/systemd-journald",
        271,
    );
    pub(crate) const UDEVD: Self = service(
        "systemd-udevd",
        "systemd-udevd.service",
        "Rule-based Manager for Device Events and Files",
        "/usr/bin/udevadm",
        298,
    );
    pub(crate) const LOGIND: Self = Self {
        transport: "journal",
        facility: "4",
        ..service(
            "systemd-logind",
            "systemd-logind.service",
            "User Login Management",
            "/usr/lib/systemd/systemd-logind",
            614,
        )
    };
    pub(crate) const DBUS: Self =
        service("dbus-daemon", "dbus.service", "D-Bus System Message Bus", "/usr/bin/dbus-daemon", 598);
    pub(crate) const NETWORK: Self =
        service("NetworkManager", "NetworkManager.service", "Network Manager", "/usr/sbin/NetworkManager", 622);
    pub(crate) const CHRONYD: Self =
        Self { uid: 992, ..service("chronyd", "chronyd.service", "NTP client/server", "/usr/sbin/chronyd", 640) };
    pub(crate) const SSHD: Self = Self {
        transport: "syslog",
        facility: "4",
        ..service("sshd", "ssh.service", "OpenBSD Secure Shell server", "/usr/sbin/sshd", 655)
    };
    pub(crate) const CRON: Self = Self {
        transport: "syslog",
        facility: "9",
        ..service("CRON", "cron.service", "Regular background program processing daemon", "/usr/sbin/cron", 601)
    };
    pub(crate) const DOCKERD: Self =
        service("dockerd", "docker.service", "Docker Application Container Engine", "/usr/bin/dockerd", 702);
    pub(crate) const ENGINE: Self =
        service("balenad", "balena.service", "Balena Application Container Engine", "/usr/bin/balena-engine", 1202);
    pub(crate) const SUPERVISOR: Self =
        service("balena-supervisor", "balena-supervisor.service", "Balena supervisor", "/usr/bin/balena-engine", 1417);
    pub(crate) const APP: Self =
        Self { uid: 1001, ..service("collector", "collector.service", "Data collector", "/usr/bin/python3.11", 877) };
    pub(crate) const TIMESYNCD: Self = Self {
        transport: "journal",
        uid: 997,
        ..service(
            "systemd-timesyncd",
            "systemd-timesyncd.service",
            "Network Time Synchronization",
            "/usr/lib/systemd/systemd-timesyncd",
            502,
        )
    };
    pub(crate) const SLEEP: Self = Self {
        transport: "journal",
        ..service("systemd-sleep", "systemd-suspend.service", "", "/usr/lib/systemd/systemd-sleep", 4711)
    };
    pub(crate) const PSTORE: Self = Self {
        transport: "journal",
        ..service(
            "systemd-pstore",
            "systemd-pstore.service",
            "Platform Persistent Storage Archival",
            "/usr/lib/systemd/systemd-pstore",
            431,
        )
    };
}

/// A kind of machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Host {
    /// Its host name.
    pub(crate) name: &'static str,
    pub(crate) kernel: &'static str,
    /// What the kernel says of the board and the processor, each with ms since its start.
    pub(crate) hardware: &'static [(u64, &'static str)],
    /// The disk's data partition, which is what a crash leaves to be recovered.
    pub(crate) disk: &'static str,
    pub(crate) systemd: &'static str,
    pub(crate) services: &'static [Program],
    /// The unit that mounts `/var/log/journal` apart from the root filesystem, if one does.
    pub(crate) journal_mount: Option<&'static str>,
    /// The hardware watchdog that PID 1 arms, and its timeout in seconds.
    pub(crate) watchdog: Option<(&'static str, u32)>,
}

const PC_SERVICES: &[Program] = &[
    Program::DBUS,
    Program::CRON,
    Program::LOGIND,
    Program::NETWORK,
    Program::TIMESYNCD,
    Program::SSHD,
    Program::DOCKERD,
    Program::APP,
];

const BALENA_SERVICES: &[Program] = &[
    Program::DBUS,
    Program::LOGIND,
    Program::NETWORK,
    Program::CHRONYD,
    Program::ENGINE,
    Program::SUPERVISOR,
    Program::APP,
];

impl Host {
    /// A Debian server with an Intel processor: nothing tells why it was reset, and no watchdog is armed.
    pub(crate) const PC: Self = Self {
        name: "server-04",
        kernel: "6.1.0-31-amd64",
        hardware: &[
            (0, "DMI: Dell Inc. PowerEdge R340/045M96, BIOS 2.9.3 04/07/2022"),
            (120, "smpboot: CPU0: Intel(R) Xeon(R) E-2236 CPU @ 3.40GHz (family: 0x6, model: 0x9e, stepping: 0xa)"),
            (810, "rtc_cmos 00:01: registered as rtc0"),
        ],
        disk: "sda3",
        systemd: "252.39-1~deb12u1",
        services: PC_SERVICES,
        journal_mount: None,
        watchdog: None,
    };
    /// A machine with an AMD processor and a kernel that says why it was reset.
    pub(crate) const AMD: Self = Self {
        name: "box-11",
        kernel: "6.18.38-amd64",
        hardware: &[
            (0, "DMI: Example Automation GW-V16/GW-V16-MB, BIOS 1.14 03/11/2025"),
            (118, "smpboot: CPU0: AMD Ryzen 7 7840U (family: 0x19, model: 0x74, stepping: 0x1)"),
            (812, "rtc_cmos 00:01: registered as rtc0"),
            (940, "sp5100-tco sp5100-tco: initialized. heartbeat=60 sec (nowayout=0)"),
        ],
        disk: "nvme0n1p3",
        systemd: "257.13-1~deb13u1",
        ..Self::PC
    };
    /// A Raspberry Pi 5, which has a clock of its own, with Home Assistant OS' kind of system.
    pub(crate) const PI: Self = Self {
        name: "homeassistant",
        kernel: "6.12.25-haos-raspi",
        hardware: &[
            (0, "Machine model: Raspberry Pi 5 Model B Rev 1.0"),
            (700, "bcm2835-wdt bcm2835-wdt: Broadcom BCM2835 watchdog timer"),
            (800, "rpi-rtc soc:rpi_rtc: registered as rtc0"),
            (1100, "mmcblk0: mmc0:aaaa SC32G 29.7 GiB"),
        ],
        disk: "mmcblk0p8",
        systemd: "256.9",
        services: PC_SERVICES,
        journal_mount: None,
        watchdog: None,
    };
    /// A balenaOS device with a clock of its own, and `/var/log/journal` on the data partition.
    pub(crate) const BALENA: Self = Self {
        name: "4af593e",
        kernel: "6.1.83-yocto-standard",
        hardware: &[
            (0, "DMI: Intel Corporation NUC7i5BNB/NUC7i5BNB, BIOS BNKBL357.86A 10/11/2021"),
            (120, "smpboot: CPU0: Intel(R) Core(TM) i5-7260U CPU @ 2.20GHz (family: 0x6, model: 0x8e, stepping: 0x9)"),
            (810, "rtc_cmos 00:01: registered as rtc0"),
        ],
        disk: "sda6",
        systemd: "250.5+",
        services: BALENA_SERVICES,
        journal_mount: Some("bind-var-log-journal.service"),
        watchdog: None,
    };
}
