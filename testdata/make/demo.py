#!/usr/bin/env python3
"""demo.py OUTDIR: the export streams of the demo device and truth.json. Deterministic, no input.

OUTDIR/1.export .. 4.export   what one run of the writer gets; it is killed after each (see run.sh)
OUTDIR/user.export            the entries of user-1000.journal
OUTDIR/starts                 for each run: the wall clock at which it starts, seconds, and its last boot id
OUTDIR/truth.json             boots, oldest first
"""
import datetime
import json
import os
import random
import sys

from export import entry, hex_id

HOST = "gateway-17"
MACHINE = hex_id("machine", HOST)
VOLATILE = f"/run/log/journal/{MACHINE}"
PERSISTENT = f"/var/log/journal/{MACHINE}"
KERNEL_OLD, KERNEL_NEW = "6.18.38-gw1", "6.18.41-gw1"
APP_ID = hex_id("container", "edge-app") + hex_id("container", "edge-app", 2)
APP_IMAGE = "registry.example.net/plant/edge-app:3.8.1"

STARTING, STARTED = "7d4958e842da4a758f6c1cdc7b36dcc5", "39f53479d3a045ac8e11786248231fbf"
STOPPING, STOPPED = "de5b426a63be47a7b6ac3eaac82e2f6f", "9d1aaa27d60140bd96365438aad20286"
SUCCESS = "7ad2d189f7e94e70a38c781354912448"
SHUTDOWN, SCHEDULED = "98268866d1d54a499c4e98921d93bc40", "9e7066279dc8403da79ce4b1a69064b2"
POWER_KEY = "b72ea4a2881545a0b50e200e55b9b071"
SESSION_NEW, SESSION_GONE = "8d45620c1a4348dbb17410da57c60c66", "3354939424b4456d9802ca8333ed424a"
STARTUP, TIME_SYNC = "b07a249cd024414a82dd00cd181378ff", "7c8a41f37b764941a0e1780b1be2f037"
JOURNAL_START, JOURNAL_STOP = "f77379a8490b408bbe5f6940505a777b", "d93fb3c9c24d451a97cea615ce59c00b"
JOURNAL_USAGE = "ec387f577b844b8fa948f33cad9a75e6"
OUT_OF_MEMORY = "fe6faa94e7774663a0da52717891d8ef"

SERVICES = [  # unit, description, command, pid, seconds it takes to stop
    ("dbus.service", "D-Bus System Message Bus", "/usr/bin/dbus-daemon", 598, 0.02),
    ("cron.service", "Regular background program processing daemon", "/usr/sbin/cron", 601, 0.01),
    ("smartmontools.service", "Self Monitoring and Reporting Technology (SMART) Daemon", "/usr/sbin/smartd", 611, 0.03),
    ("systemd-logind.service", "User Login Management", "/lib/systemd/systemd-logind", 614, 0.04),
    ("NetworkManager.service", "Network Manager", "/usr/sbin/NetworkManager", 622, 0.12),
    ("ssh.service", "OpenBSD Secure Shell server", "/usr/sbin/sshd", 655, 0.02),
    ("containerd.service", "containerd container runtime", "/usr/bin/containerd", 661, 0.21),
    ("modbus-bridge.service", "Modbus TCP to MQTT bridge", "/opt/gw/bin/modbus-bridge", 668, 0.31),
    ("docker.service", "Docker Application Container Engine", "/usr/bin/dockerd", 702, 1.6),
    ("getty@tty1.service", "Getty on tty1", "/sbin/agetty", 640, 0.02),
]
COMMAND = {unit: (command, pid) for unit, _, command, pid, _ in SERVICES}
COMMAND["systemd-journald.service"] = ("/lib/systemd/systemd-journald", 271)
COMMAND["systemd-timesyncd.service"] = ("/lib/systemd/systemd-timesyncd", 502)
COMMAND["systemd-udevd.service"] = ("/lib/systemd/systemd-udevd", 298)


def micros(text):
    when = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return int(when.timestamp()) * 1_000_000


def utc(realtime, form="%a %Y-%m-%d %H:%M:%S UTC"):
    return datetime.datetime.fromtimestamp(realtime // 1_000_000, datetime.timezone.utc).strftime(form)


class Boot:
    def __init__(self, number, power_on, kernel):
        self.number, self.kernel = number, kernel
        self.zero = micros(power_on) + 371_113 * number % 1_000_000  # wall clock at monotonic 0
        self.now = 0
        self.id = hex_id("boot", HOST, number)
        self.rng = random.Random(f"{HOST} boot {number}")
        self.system, self.user = [], []  # (realtime, monotonic, fields)
        self.job, self.pending, self.invocations = 0, {}, {}

    # --- the clock -------------------------------------------------------------------------------------------
    def wait(self, seconds):
        self.now += int(seconds * 1_000_000 * self.rng.uniform(0.9, 1.1)) + self.rng.randrange(3, 900)

    def until(self, text):
        """Move on to a wall-clock time."""
        target = micros(text) - self.zero
        assert target > self.now, (self.number, text, self.now / 1e6)
        self.now = target + self.rng.randrange(1_000, 400_000)

    @property
    def wall(self):
        return self.zero + self.now

    # --- one entry of each transport -------------------------------------------------------------------------
    def put(self, fields, user=False):
        self.now += self.rng.randrange(9, 140)
        tail = [("_BOOT_ID", self.id), ("_MACHINE_ID", MACHINE), ("_HOSTNAME", HOST), ("_RUNTIME_SCOPE", "system")]
        (self.user if user else self.system).append((self.wall, self.now, fields + tail))

    def invocation(self, unit):
        return self.invocations.setdefault(unit, hex_id("invocation", self.number, unit))

    def kernel_line(self, text, priority=6, at=None, more=(), facility=0, ident="kernel", pid=None):
        source = self.now if at is None else int(at * 1_000_000)
        fields = [("_TRANSPORT", "kernel"), ("PRIORITY", str(priority)), ("SYSLOG_FACILITY", str(facility)),
                  ("SYSLOG_IDENTIFIER", ident)]
        if pid:
            fields.append(("SYSLOG_PID", str(pid)))
        self.put(fields + [("_SOURCE_MONOTONIC_TIMESTAMP", str(source)), *more, ("MESSAGE", text)])

    def trusted(self, unit, command, pid, uid=0, extra=()):
        slice_ = "system.slice"
        if unit == "init.scope":
            slice_, group = "-.slice", "/init.scope"
        elif unit.startswith("getty@"):
            slice_, group = "system-getty.slice", f"/system.slice/system-getty.slice/{unit}"
        else:
            group = f"/system.slice/{unit}"
        exe = {"/sbin/init": "/usr/lib/systemd/systemd"}.get(command, command.replace("/lib/systemd", "/usr/lib/systemd", 1))
        comm = {"/sbin/init": "systemd"}.get(command, command.rsplit("/", 1)[1][:15])
        out = [("_PID", str(pid)), ("_UID", str(uid)), ("_GID", str(uid)), ("_COMM", comm), ("_EXE", exe),
               ("_CMDLINE", command), ("_CAP_EFFECTIVE", "1ffffffffff" if uid == 0 else "0"),
               ("_SELINUX_CONTEXT", b"unconfined\n"), *extra]
        if not any(name == "_SYSTEMD_UNIT" for name, _ in extra):
            out += [("_SYSTEMD_CGROUP", group), ("_SYSTEMD_UNIT", unit), ("_SYSTEMD_SLICE", slice_)]
            if unit != "init.scope":
                out.append(("_SYSTEMD_INVOCATION_ID", self.invocation(unit)))
        return out

    def journal(self, ident, unit, command, pid, text, priority=6, facility=3, more=(), transport="journal"):
        fields = [("_TRANSPORT", transport), ("PRIORITY", str(priority)), ("SYSLOG_FACILITY", str(facility)),
                  ("SYSLOG_IDENTIFIER", ident), *self.trusted(unit, command, pid), *more]
        if transport == "journal":
            fields.append(("_SOURCE_REALTIME_TIMESTAMP", str(self.wall - self.rng.randrange(20, 200))))
        elif transport == "syslog":
            fields += [("SYSLOG_PID", str(pid)), ("SYSLOG_TIMESTAMP", utc(self.wall, "%b %e %H:%M:%S ")),
                       ("_SOURCE_REALTIME_TIMESTAMP", str(self.wall - self.rng.randrange(20, 200)))]
        elif transport == "stdout":
            fields.append(("_STREAM_ID", hex_id("stream", self.number, unit, ident)))
        self.put(fields + [("MESSAGE", text)])

    def driver(self, text, message_id=None, more=()):
        fields = [("_TRANSPORT", "driver"), ("PRIORITY", "6"), ("SYSLOG_FACILITY", "3"),
                  ("SYSLOG_IDENTIFIER", "systemd-journald"),
                  *self.trusted("systemd-journald.service", *COMMAND["systemd-journald.service"])]
        if message_id:
            fields.append(("MESSAGE_ID", message_id))
        self.put(fields + [*more, ("MESSAGE", text)])

    def pid1(self, text, message_id=None, unit=None, job=None, result=None, priority=6, more=()):
        fields = [("TID", "1")]
        if unit:
            fields += [("UNIT", unit), ("INVOCATION_ID", self.invocation(unit))]
        if job:
            number = self.pending.pop(unit, self.job) if result else self.pending.setdefault(unit, self.job)
            fields += [("JOB_ID", str(number)), ("JOB_TYPE", job)]
        if result:
            fields.append(("JOB_RESULT", result))
        if message_id:
            fields.append(("MESSAGE_ID", message_id))
        self.journal("systemd", "init.scope", "/sbin/init", 1, text, priority, more=fields + list(more))

    # --- unit jobs -------------------------------------------------------------------------------------------
    def start(self, unit, description, seconds=0.03):
        self.job += 1
        verb = "Mounting" if unit.endswith(".mount") else "Starting"
        self.pid1(f"{verb} {unit} - {description}...", STARTING, unit, "start")
        self.wait(seconds)
        verb = {"mount": "Mounted"}.get(unit.rsplit(".", 1)[1], "Started")
        self.pid1(f"{verb} {unit} - {description}.", STARTED, unit, "start", "done")

    def oneshot(self, unit, description, seconds=0.05):
        self.job += 1
        self.pid1(f"Starting {unit} - {description}...", STARTING, unit, "start")
        self.wait(seconds)
        self.pid1(f"{unit}: Deactivated successfully.", SUCCESS, unit)
        self.pid1(f"Finished {unit} - {description}.", STARTED, unit, "start", "done")

    def reached(self, unit, description):
        self.job += 1
        self.pid1(f"Reached target {unit} - {description}.", STARTED, unit, "start", "done")
        self.wait(0.002)

    def listening(self, unit, description):
        self.job += 1
        self.pid1(f"Listening on {unit} - {description}.", STARTED, unit, "start", "done")

    def left(self, unit, description):
        self.job += 1
        self.pid1(f"Stopped target {unit} - {description}.", STOPPED, unit, "stop", "done")

    def closed(self, unit, description):
        self.job += 1
        self.pid1(f"{unit}: Deactivated successfully.", SUCCESS, unit)
        self.pid1(f"Closed {unit} - {description}.", STOPPED, unit, "stop", "done")

    # --- the beginning of a boot -----------------------------------------------------------------------------
    def boot(self, reset=None, unclean=False, pstore=None, first_new=False):
        """reset: line of the reset register; unclean: the boot before ended without unmounting."""
        k = self.kernel
        build = "#1 SMP PREEMPT_DYNAMIC gateway " + ("6.18.38-1 (2026-08-20)" if k == KERNEL_OLD else "6.18.41-1 (2026-10-09)")
        self.now = 1_904_000 + self.rng.randrange(90_000)
        self.driver("Journal started", JOURNAL_START)
        self.driver(f"Runtime Journal ({VOLATILE}) is 4.0M, max 157.2M, 153.2M free.", JOURNAL_USAGE,
                    [("JOURNAL_NAME", "Runtime Journal"), ("JOURNAL_PATH", VOLATILE), ("CURRENT_USE", "4194304"),
                     ("CURRENT_USE_PRETTY", "4.0M"), ("LIMIT", "164835328"), ("LIMIT_PRETTY", "157.2M")])
        line = self.kernel_line
        line(f"Linux version {k} (build@pkg.example.net) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) {build}", 5, 0)
        line(f"Command line: BOOT_IMAGE=/vmlinuz-{k} root=/dev/nvme0n1p2 ro quiet panic=10", 6, 0)
        line("BIOS-provided physical RAM map:", 6, 0)
        line("BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable", 6, 0)
        line("BIOS-e820: [mem 0x0000000000100000-0x0000000009bfffff] usable", 6, 0)
        line("efi: EFI v2.7 by American Megatrends", 6, 0)
        line("DMI: Example Automation GW-V16/GW-V16-MB, BIOS 1.14 03/11/2025", 6, 0)
        line("tsc: Detected 1996.250 MHz processor", 6, 0.000007)
        if reset:
            line(f"x86/amd: Previous system reset reason [0x{reset[0]}]: {reset[1]}", 6, 0.112)
        line("smpboot: CPU0: AMD Ryzen Embedded V1605B with Radeon Vega Gfx (family: 0x17, model: 0x11, stepping: 0x0)", 6, 0.118)
        line("Memory: 7712440K/8070212K available", 6, 0.203)
        line("pstore: Registered efi_pstore as persistent store backend", 6, 0.611)
        line("ACPI: PM: Power Button [PWRB]", 6, 0.702, [("_KERNEL_DEVICE", "+acpi:LNXPWRBN:00"), ("_KERNEL_SUBSYSTEM", "acpi")])
        clock = self.zero + 812_000
        line(f"rtc_cmos 00:01: setting system clock to {utc(clock, '%Y-%m-%dT%H:%M:%S UTC')} ({clock // 1_000_000})", 6, 0.812)
        line("nvme nvme0: pci function 0000:01:00.0", 6, 0.944, [("_KERNEL_SUBSYSTEM", "nvme"), ("_KERNEL_DEVICE", "c240:0"),
             ("_UDEV_SYSNAME", "nvme0"), ("_UDEV_DEVNODE", "/dev/nvme0"), ("_UDEV_DEVLINK", "/dev/disk/by-id/nvme-GW_0417"),
             ("_UDEV_DEVLINK", "/dev/disk/by-path/pci-0000:01:00.0-nvme-1")])
        line("nvme nvme0: 8/0/0 default/read/poll queues", 6, 0.961)
        line(" nvme0n1: p1 p2 p3", 6, 0.964)
        line("Run /init as init process", 6, 1.120)
        if unclean:
            line("EXT4-fs (nvme0n1p2): INFO: recovery required on readonly filesystem", 6, 1.306)
            line("EXT4-fs (nvme0n1p2): write access will be enabled during recovery", 6, 1.306)
            line("EXT4-fs (nvme0n1p2): recovery complete", 6, 1.482)
        line("EXT4-fs (nvme0n1p2): mounted filesystem 5f2d9c1e-8a47-4b1d-9a5c-3e6f7b20c4d1 ro with ordered data mode. Quota mode: none.", 6, 1.49)
        s = lambda text, at: line(text, 6, at, facility=3, ident="systemd", pid=1)
        s("systemd 252.39-1~deb12u1 running in system mode (+PAM +AUDIT +SELINUX +APPARMOR +SECCOMP +ZSTD)", 1.601)
        s("Detected architecture x86-64.", 1.602)
        s(f"Hostname set to <{HOST}>.", 1.604)
        line("sp5100-tco sp5100-tco: initialized. heartbeat=60 sec (nowayout=0)", 6, 1.688)
        s("Using hardware watchdog 'SP5100 TCO timer', version 0, device /dev/watchdog0", 1.701)
        s("Watchdog running with a hardware timeout of 60s.", 1.701)
        line("EXT4-fs (nvme0n1p2): re-mounted 5f2d9c1e-8a47-4b1d-9a5c-3e6f7b20c4d1 r/w. Quota mode: none.", 6, 1.822)
        self.start("systemd-journald.service", "Journal Service", 0.001)
        self.wait(0.02)
        self.oneshot("systemd-random-seed.service", "Load/Save Random Seed", 0.02)
        self.start("systemd-udevd.service", "Rule-based Manager for Device Events and Files", 0.09)
        self.kernel_line("r8169 0000:02:00.0 enp2s0: renamed from eth0", more=[("_KERNEL_SUBSYSTEM", "pci"),
                         ("_KERNEL_DEVICE", "+pci:0000:02:00.0"), ("_UDEV_SYSNAME", "0000:02:00.0")])
        self.job += 1
        unit = "systemd-fsck@dev-disk-by\\x2dlabel-DATA.service"
        self.pid1(f"Starting {unit} - File System Check on /dev/disk/by-label/DATA...", STARTING, unit, "start")
        self.wait(0.2)
        fsck = lambda text: self.journal("systemd-fsck", unit, "/usr/sbin/fsck.ext4", 366, text, transport="stdout")
        if unclean:
            fsck("DATA: recovering journal")
            self.wait(0.4)
        fsck(f"DATA: clean, {41_200 + 13 * self.number}/3276800 files, {1_204_417 + 997 * self.number}/13106688 blocks")
        self.pid1(f"Finished {unit} - File System Check on /dev/disk/by-label/DATA.", STARTED, unit, "start", "done")
        self.start("srv-data.mount", "/srv/data", 0.03)
        self.kernel_line("EXT4-fs (nvme0n1p3): mounted filesystem 0c6f1b34-77f2-4c36-8bb1-5b1f64c9ae02 r/w with ordered data mode. Quota mode: none.")
        self.start("boot-efi.mount", "/boot/efi", 0.02)
        self.reached("local-fs.target", "Local File Systems")
        # from here on the persistent file is written
        self.job += 1
        self.pid1("Starting systemd-journal-flush.service - Flush Journal to Persistent Storage...", STARTING,
                  "systemd-journal-flush.service", "start")
        self.wait(0.01)
        self.flushed_at = self.wall
        self.kernel_line("Received client request to flush runtime journal.", facility=5, ident="systemd-journald", pid=271)
        if unclean:
            self.kernel_line(f"File {PERSISTENT}/system.journal corrupted or uncleanly shut down, renaming and replacing.", 4,
                             facility=5, ident="systemd-journald", pid=271)
        self.driver(f"Time spent on flushing to {PERSISTENT} is {self.rng.randrange(9, 31)}.{self.rng.randrange(100, 999)}ms for {len(self.system)} entries.")
        size = 8 * (1 + self.number // 3)
        self.driver(f"System Journal ({PERSISTENT}) is {size}.0M, max 1.0G, {1024 - size}.0M free.", JOURNAL_USAGE,
                    [("JOURNAL_NAME", "System Journal"), ("JOURNAL_PATH", PERSISTENT), ("CURRENT_USE", str(size << 20)),
                     ("CURRENT_USE_PRETTY", f"{size}.0M"), ("LIMIT", str(1 << 30)), ("LIMIT_PRETTY", "1.0G")])
        self.pid1("Finished systemd-journal-flush.service - Flush Journal to Persistent Storage.", STARTED,
                  "systemd-journal-flush.service", "start", "done")
        if pstore:
            unit = "systemd-pstore.service"
            self.job += 1
            self.pid1(f"Starting {unit} - Platform Persistent Storage Archival...", STARTING, unit, "start")
            self.wait(0.03)
            for part in range(3, 0, -1):
                name = f"dmesg-efi_pstore-{pstore}{part:02}001"
                self.journal("systemd-pstore", unit, "/lib/systemd/systemd-pstore", 431,
                             f"PStore {name} moved to /var/lib/systemd/pstore/{pstore}/{name}")
            self.pid1(f"Finished {unit} - Platform Persistent Storage Archival.", STARTED, unit, "start", "done")
        else:
            self.pid1("systemd-pstore.service - Platform Persistent Storage Archival was skipped because of an unmet "
                      "condition check (ConditionDirectoryNotEmpty=/sys/fs/pstore).", unit="systemd-pstore.service")
        self.oneshot("systemd-tmpfiles-setup.service", "Create Volatile Files and Directories", 0.06)
        self.start("systemd-timesyncd.service", "Network Time Synchronization", 0.05)
        self.reached("time-set.target", "System Time Set")
        self.oneshot("systemd-update-utmp.service", "Record System Boot/Shutdown in UTMP", 0.01)
        self.reached("sysinit.target", "System Initialization")
        self.listening("dbus.socket", "D-Bus System Message Bus Socket")
        self.listening("docker.socket", "Docker Socket for the API")
        self.reached("sockets.target", "Socket Units")
        self.reached("paths.target", "Path Units")
        self.reached("timers.target", "Timer Units")
        self.reached("basic.target", "Basic System")
        for unit, text, command, pid, _ in SERVICES:
            if unit == "containerd.service":
                self.kernel_line("r8169 0000:02:00.0 enp2s0: Link is Up - 1Gbps/Full - flow control rx/tx")
                self.journal("NetworkManager", "NetworkManager.service", *COMMAND["NetworkManager.service"],
                             f"<info>  [{self.wall / 1e6:.4f}] dhcp4 (enp2s0): state changed new lease, address=192.0.2.117", transport="stdout")
                self.reached("network.target", "Network")
                self.reached("network-online.target", "Network is Online")
            self.start(unit, text, {"docker.service": 1.1, "containerd.service": 0.3}.get(unit, 0.04))
            if unit == "cron.service":
                self.syslog("CRON.start", unit, "(CRON) INFO (Running @reboot jobs)", 9)
            elif unit == "systemd-logind.service":
                self.logind("New seat seat0.")
                self.logind("Watching system buttons on /dev/input/event1 (Power Button)")
            elif unit == "ssh.service":
                self.syslog("sshd", unit, "Server listening on 0.0.0.0 port 22.", 4)
                self.syslog("sshd", unit, "Server listening on :: port 22.", 4)
            elif unit == "docker.service":
                self.docker("API listen on /run/docker.sock")
        self.app("edge-app 3.8.1 starting, site=plant-04 ☼ line=2")
        self.app("modbus: 12 of 12 devices answer")
        sync = self.now
        self.journal("systemd-timesyncd", "systemd-timesyncd.service", *COMMAND["systemd-timesyncd.service"],
                     "Contacted time server 192.0.2.1:123 (ntp.example.net).")
        self.journal("systemd-timesyncd", "systemd-timesyncd.service", *COMMAND["systemd-timesyncd.service"],
                     f"Initial clock synchronization to {utc(self.wall, '%a %Y-%m-%d %H:%M:%S')}.{self.wall % 1000000:06} UTC.",
                     more=[("MESSAGE_ID", TIME_SYNC), ("MONOTONIC_USEC", str(sync)), ("REALTIME_USEC", str(self.zero + sync)), ("BOOTTIME_USEC", str(sync))])
        self.reached("multi-user.target", "Multi-User System")
        self.reached("graphical.target", "Graphical Interface")
        kernel, total = 1_601_000, self.now
        self.pid1(f"Startup finished in 6.114s (firmware) + 1.207s (loader) + {kernel / 1e6:.3f}s (kernel) + {(total - kernel) / 1e6:.3f}s (userspace) "
                  f"= {(total + 7_321_000) / 1e6:.3f}s.", STARTUP, more=[("FIRMWARE_USEC", "6114000"), ("LOADER_USEC", "1207000"),
                  ("KERNEL_USEC", str(kernel)), ("USERSPACE_USEC", str(total - kernel))])
        if first_new:
            self.wait(8)
            self.syslog("gw-release", "modbus-bridge.service", f"running release 2026.10 with kernel {KERNEL_NEW}, was 2026.8 with {KERNEL_OLD}", 3)

    # --- ordinary life ---------------------------------------------------------------------------------------
    def syslog(self, ident, unit, text, facility, priority=6, pid=None):
        command, main = COMMAND[unit]
        self.journal(ident.split(".")[0].lower() if ident == "CRON.start" else ident, unit, command, pid or main, text,
                     priority, facility, transport="syslog")

    def logind(self, text, priority=6, more=()):
        self.journal("systemd-logind", "systemd-logind.service", *COMMAND["systemd-logind.service"], text, priority, 4, more)

    def docker(self, text, level="info"):
        stamp = utc(self.wall, "%Y-%m-%dT%H:%M:%S") + f".{self.wall % 1_000_000:06}000Z"
        self.journal("dockerd", "docker.service", *COMMAND["docker.service"], f'time="{stamp}" level={level} msg="{text}"', transport="stdout")

    def app(self, text, priority=6):
        self.journal(APP_ID[:12], "docker.service", *COMMAND["docker.service"], text, priority, 3,
                     [("CONTAINER_ID", APP_ID[:12]), ("CONTAINER_ID_FULL", APP_ID), ("CONTAINER_NAME", "edge-app"),
                      ("CONTAINER_TAG", APP_ID[:12]), ("IMAGE_NAME", APP_IMAGE)])

    def cron(self, command, minute_pid):
        for text in (f"pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", f"(root) CMD ({command})",
                     "pam_unix(cron:session): session closed for user root"):
            self.syslog("CRON", "cron.service", text, 10 if "pam" in text else 9, pid=minute_pid)

    def live(self, until, every=300):
        """Heartbeats of the application every few minutes, cron, scanners at the ssh port and so on, until a time."""
        end = micros(until) - self.zero
        beat = self.now // 1_000_000 + every
        while True:
            beat += every
            if beat * 1_000_000 >= end:
                break
            self.now = max(self.now, beat * 1_000_000 + self.rng.randrange(0, 900_000))
            pick, minute = self.rng.random(), self.wall // 60_000_000 % 60
            temperature = 46 + 4 * self.rng.random()
            self.app(f"uplink ok rtt={self.rng.randrange(18, 60)}ms queued={self.rng.randrange(0, 4)} board={temperature:.1f}°C")
            if 15 <= minute < 15 + every // 60:
                self.cron("cd / && run-parts --report /etc/cron.hourly", self.rng.randrange(2000, 9000))
            if pick < 0.05:
                self.syslog("sshd", "ssh.service", f"Connection closed by 198.51.100.{self.rng.randrange(2, 250)} port {self.rng.randrange(20000, 60000)} [preauth]", 4, pid=self.rng.randrange(2000, 9000))
            elif pick < 0.09:
                self.app(f"modbus: unit {self.rng.randrange(3, 12)} timed out once, answered on retry", 4)
            elif pick < 0.12:
                self.oneshot("logrotate.service", "Rotate log files", 0.2)
            elif pick < 0.15:
                self.journal("smartd", "smartmontools.service", *COMMAND["smartmontools.service"],
                             f"Device: /dev/nvme0, SMART Usage Attribute: Temperature changed to {self.rng.randrange(44, 52)} Celsius", transport="stdout")
            elif pick < 0.17:
                self.docker(f"Health check for container {APP_ID[:12]} took {self.rng.randrange(2, 5)}.{self.rng.randrange(10, 99)}s", "warning")
        self.now = max(self.now, end)

    def trouble(self):
        """An application error with several lines and a long one."""
        self.app("Traceback (most recent call last):\n  File \"/app/uplink.py\", line 88, in push\n    reply = self.session.post(url, data)\n"
                 "  File \"/app/http.py\", line 41, in post\n    raise Timeout(url)\nTimeout: https://ingest.example.net/v2/points", 3)
        self.app("\x1b[33mWARN\x1b[0m uplink: retry 1 of 5", 4)
        self.app("backlog: " + ", ".join(f"{{'tag': 'L2.press.{n:02}', 'value': {20 + n * 0.25:.2f}, 'unit': '°C'}}" for n in range(24)))

    # --- a person --------------------------------------------------------------------------------------------
    def login(self, session):
        pid = 3100 + session * 17
        self.session, self.shell_pid = session, pid + 9
        self.syslog("sshd", "ssh.service", f"Accepted publickey for ops from 192.0.2.40 port {50000 + session * 311} ssh2: ED25519 SHA256:4h1rWwq2zJmZC0hQn7xk1mP3sVYk0f8o6fTzJt2nE5A", 4, pid=pid)
        self.syslog("sshd", "ssh.service", "pam_unix(sshd:session): session opened for user ops(uid=1000) by (uid=0)", 10, pid=pid)
        self.logind(f"New session {session} of user ops.", more=[("MESSAGE_ID", SESSION_NEW), ("SESSION_ID", str(session)), ("USER_ID", "ops"), ("LEADER", str(pid))])
        self.start("user@1000.service", "User Manager for UID 1000", 0.3)
        self.own("systemd", "/lib/systemd/systemd", pid + 4, "Reached target default.target - Main User Target.", unit="init.scope",
                 more=[("USER_UNIT", "default.target"), ("MESSAGE_ID", STARTED), ("JOB_TYPE", "start"), ("JOB_RESULT", "done")])
        self.own("systemd", "/lib/systemd/systemd", pid + 4, "Startup finished in 212ms.", unit="init.scope",
                 more=[("MESSAGE_ID", "eed00a68ffd84e31882105fd973abdd1"), ("USERSPACE_USEC", "212044")])

    def own(self, ident, command, pid, text, facility=3, priority=6, unit=None, more=()):
        """An entry of the user's own journal file."""
        if unit:
            place = [("_SYSTEMD_CGROUP", f"/user.slice/user-1000.slice/user@1000.service/{unit}"), ("_SYSTEMD_UNIT", "user@1000.service"),
                     ("_SYSTEMD_USER_UNIT", unit), ("_SYSTEMD_USER_SLICE", "-.slice")]
        else:
            place = [("_SYSTEMD_CGROUP", f"/user.slice/user-1000.slice/session-{self.session}.scope"), ("_SYSTEMD_SESSION", str(self.session)),
                     ("_SYSTEMD_UNIT", f"session-{self.session}.scope")]
        place += [("_SYSTEMD_OWNER_UID", "1000"), ("_SYSTEMD_SLICE", "user-1000.slice"), ("_AUDIT_SESSION", str(self.session)), ("_AUDIT_LOGINUID", "1000")]
        transport = "journal" if unit else "syslog"
        fields = [("_TRANSPORT", transport), ("PRIORITY", str(priority)), ("SYSLOG_FACILITY", str(facility)), ("SYSLOG_IDENTIFIER", ident),
                  *self.trusted("-", command, pid, 1000, place), *more, ("_SOURCE_REALTIME_TIMESTAMP", str(self.wall - 60)), ("MESSAGE", text)]
        self.put(fields, user=True)

    def sudo(self, command):
        self.shell_pid = pid = self.shell_pid + self.rng.randrange(10, 60)
        self.own("sudo", "/usr/bin/sudo", pid, f"     ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND={command}", 10, 5)
        self.own("sudo", "/usr/bin/sudo", pid, "pam_unix(sudo:session): session opened for user root(uid=0) by ops(uid=1000)", 10)
        if "reboot" not in command:
            self.wait(1.5)
            self.own("sudo", "/usr/bin/sudo", pid, "pam_unix(sudo:session): session closed for user root", 10)

    def logout(self):
        pid = 3100 + self.session * 17
        self.syslog("sshd", "ssh.service", "pam_unix(sshd:session): session closed for user ops", 10, pid=pid)
        self.logind(f"Session {self.session} logged out. Waiting for processes to exit.")
        self.logind(f"Removed session {self.session}.", more=[("MESSAGE_ID", SESSION_GONE), ("SESSION_ID", str(self.session)), ("USER_ID", "ops"), ("LEADER", str(pid))])
        self.session = None

    # --- ends ------------------------------------------------------------------------------------------------
    def go_down(self, how):
        """The whole shutdown sequence. how: reboot or power-off."""
        target, service, word, title = {
            "reboot": ("reboot.target", "systemd-reboot.service", "rebooting", "System Reboot"),
            "power-off": ("poweroff.target", "systemd-poweroff.service", "powering down", "System Power Off")}[how]
        self.logind(f"System is {word}.", 5, [("MESSAGE_ID", SHUTDOWN), ("SHUTDOWN", how)])
        self.wait(0.02)
        if getattr(self, "session", None):
            unit = f"session-{self.session}.scope"
            self.job += 1
            self.pid1(f"Stopping {unit} - Session {self.session} of User ops...", STOPPING, unit, "stop")
        self.left("graphical.target", "Graphical Interface")
        self.left("multi-user.target", "Multi-User System")
        for unit, text, _, _, _ in SERVICES:
            if unit in ("dbus.service", "NetworkManager.service", "systemd-logind.service", "containerd.service"):
                continue
            self.job += 1
            self.pid1(f"Stopping {unit} - {text}...", STOPPING, unit, "stop")
        self.app("SIGTERM received, flushing 0 points")
        self.syslog("sshd", "ssh.service", "Received signal 15; terminating.", 4)
        for unit, text, _, _, seconds in sorted((s for s in SERVICES if s[0] != "dbus.service"), key=lambda s: s[4]):
            if unit in ("NetworkManager.service", "systemd-logind.service", "containerd.service"):
                self.job += 1
                self.pid1(f"Stopping {unit} - {text}...", STOPPING, unit, "stop")
            self.wait(seconds)
            if unit == "docker.service":
                self.docker("Processing signal 'terminated'")
                self.docker("Daemon shutdown complete")
            self.pid1(f"{unit}: Deactivated successfully.", SUCCESS, unit)
            self.pid1(f"Stopped {unit} - {text}.", STOPPED, unit, "stop", "done")
        if getattr(self, "session", None):
            self.pid1(f"session-{self.session}.scope: Deactivated successfully.", SUCCESS, unit := f"session-{self.session}.scope")
            self.pid1(f"Stopped {unit} - Session {self.session} of User ops.", STOPPED, unit, "stop", "done")
        self.left("network-online.target", "Network is Online")
        self.left("network.target", "Network")
        self.left("timers.target", "Timer Units")
        self.left("paths.target", "Path Units")
        self.left("basic.target", "Basic System")
        self.left("sockets.target", "Socket Units")
        self.closed("docker.socket", "Docker Socket for the API")
        self.pid1("dbus.service: Deactivated successfully.", SUCCESS, "dbus.service")
        self.pid1("Stopped dbus.service - D-Bus System Message Bus.", STOPPED, "dbus.service", "stop", "done")
        self.closed("dbus.socket", "D-Bus System Message Bus Socket")
        self.left("sysinit.target", "System Initialization")
        self.left("time-set.target", "System Time Set")
        for unit, text in (("systemd-timesyncd.service", "Network Time Synchronization"), ("systemd-update-utmp.service", "Record System Boot/Shutdown in UTMP"),
                           ("systemd-random-seed.service", "Load/Save Random Seed"), ("systemd-tmpfiles-setup.service", "Create Volatile Files and Directories")):
            self.job += 1
            self.pid1(f"Stopping {unit} - {text}...", STOPPING, unit, "stop")
            self.wait(0.02)
            self.pid1(f"{unit}: Deactivated successfully.", SUCCESS, unit)
            self.pid1(f"Stopped {unit} - {text}.", STOPPED, unit, "stop", "done")
        self.left("local-fs.target", "Local File Systems")
        for unit, text in (("boot-efi.mount", "/boot/efi"), ("srv-data.mount", "/srv/data")):
            self.job += 1
            self.pid1(f"Unmounting {unit} - {text}...", STOPPING, unit, "stop")
            self.wait(0.03)
            self.pid1(f"{unit}: Deactivated successfully.", SUCCESS, unit)
            self.pid1(f"Unmounted {unit} - {text}.", STOPPED, unit, "stop", "done")
        self.kernel_line("EXT4-fs (nvme0n1p3): unmounting filesystem 0c6f1b34-77f2-4c36-8bb1-5b1f64c9ae02.")
        self.reached("umount.target", "Unmount All Filesystems")
        self.reached("shutdown.target", "System Shutdown")
        self.reached("final.target", "Late Shutdown Services")
        self.oneshot(service, title, 0.01)
        self.reached(target, title)
        self.pid1("Shutting down.", priority=5)
        self.wait(0.05)
        self.kernel_line("watchdog: watchdog0: watchdog did not stop!", 2)
        self.kernel_line("Using hardware watchdog 'SP5100 TCO timer', version 0, device /dev/watchdog0", 6, facility=3, ident="systemd-shutdown", pid=1)
        self.kernel_line("Syncing filesystems and block devices.", 6, facility=3, ident="systemd-shutdown", pid=1)
        self.kernel_line("Sending SIGTERM to remaining processes...", 6, facility=3, ident="systemd-shutdown", pid=1)
        self.wait(0.01)
        self.journal("systemd-journald", "systemd-journald.service", *COMMAND["systemd-journald.service"],
                     "Received SIGTERM from PID 1 (systemd-shutdow).", more=[("TID", "271")])
        self.driver("Journal stopped", JOURNAL_STOP)


RESET_BY_OS = ("00080800", "software wrote 0x6 to reset control register 0xCF9")


def make():
    boots, judged = [], []

    def done(boot, label, ending, accept, evidence=(), next_boot=(), died=None):
        boots.append(boot)
        judged.append(dict(label=label, ending=dict(zip(("orderliness", "action", "cause"), ending)), accept=accept,
                           evidence=list(evidence), next_boot_evidence=list(next_boot)))
        if died:
            judged[-1]["died_realtime_us"] = died

    # 1: a reboot asked for through logind by something the log does not name
    b = Boot(1, "2026-10-12 05:58:07", KERNEL_OLD)
    b.boot(RESET_BY_OS)
    b.live("2026-10-12 09:20:00", every=270)
    b.login(1)
    b.wait(40); b.sudo("/usr/bin/docker ps"); b.wait(95); b.sudo("/usr/bin/tail -n 50 /srv/data/bridge.log"); b.wait(30); b.logout()
    b.live("2026-10-12 13:05:00", every=270); b.trouble()
    b.live("2026-10-12 17:31:40")
    b.go_down("reboot")
    done(b, "ordered reboot through logind", ("orderly", "reboot", "requested.api"),
         dict(cause=["requested.api"], confidence=["proven"], initiator=["api-client"]),
         ["System is rebooting.", "Reached target reboot.target - System Reboot.", "Shutting down.",
          "Received SIGTERM from PID 1 (systemd-shutdow).", "Journal stopped"],
         ["x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9"])

    # 2: mains lost at night; nothing in the log, comes back 33 minutes later
    b = Boot(2, "2026-10-12 17:32:09", KERNEL_OLD)
    b.boot(RESET_BY_OS)
    b.live("2026-10-13 02:18:31", every=210)
    done(b, "power cut", ("abrupt", "power-cut", "power.loss"),
         dict(action=["unknown", "power-cut"], cause=["undetermined.abrupt", "power.loss"],
              confidence=["undetermined", "possible", "likely"], note="the log proves only that the end was abrupt; no reset record in a machine that "
              "writes one for every other restart, and 33 minutes of darkness, speak for loss of power"),
         [], [f"File {PERSISTENT}/system.journal corrupted or uncleanly shut down, renaming and replacing.",
              "EXT4-fs (nvme0n1p2): recovery complete", "DATA: recovering journal"], b.wall)

    # 3: kernel panic, its text only in pstore
    b = Boot(3, "2026-10-13 02:51:44", KERNEL_OLD)
    b.boot(None, unclean=True)
    b.live("2026-10-13 07:40:00")
    b.kernel_line("usb 1-2: new full-speed USB device number 4 using xhci_hcd", more=[("_KERNEL_SUBSYSTEM", "usb"), ("_KERNEL_DEVICE", "c189:3"), ("_UDEV_SYSNAME", "1-2"), ("_UDEV_DEVNODE", "/dev/bus/usb/001/004")])
    b.kernel_line("ftdi_sio 1-2:1.0: FTDI USB Serial Device converter detected")
    b.live("2026-10-13 09:33:12")
    panic = b.wall // 1_000_000 + 47
    done(b, "kernel panic, seen by the next boot in pstore", ("abrupt", "reset", "kernel.panic"),
         dict(cause=["kernel.panic", "kernel.oops"], confidence=["proven", "likely"], initiator=["kernel"]),
         [], [f"PStore dmesg-efi_pstore-{panic}01001 moved to /var/lib/systemd/pstore/{panic}/dmesg-efi_pstore-{panic}01001",
              f"File {PERSISTENT}/system.journal corrupted or uncleanly shut down, renaming and replacing.",
              "EXT4-fs (nvme0n1p2): recovery complete",
              "x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9"], panic * 1_000_000)

    # 4: memory runs out, everything stands still, the watchdog bites
    b = Boot(4, "2026-10-13 09:34:41", KERNEL_OLD)
    b.boot(RESET_BY_OS, unclean=True, pstore=panic)
    b.live("2026-10-13 16:02:00")
    for used in (71, 84, 93):
        b.app(f"memory: cache at {used} % of limit, shrinking", 4); b.wait(61)
    kill = lambda pid: (
        b.kernel_line("modbus-bridge invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=0, oom_score_adj=0", 4),
        b.kernel_line(f"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=docker.service,mems_allowed=0,global_oom,task_memcg=/system.slice/docker.service,task=edge-app,pid={pid},uid=0", 6),
        b.kernel_line(f"Out of memory: Killed process {pid} (edge-app) total-vm:7391244kB, anon-rss:6810112kB, file-rss:1180kB, shmem-rss:0kB, UID:0 pgtables:14012kB oom_score_adj:0", 3),
        b.wait(0.4), b.pid1("docker.service: A process of this unit has been killed by the OOM killer.", OUT_OF_MEMORY, "docker.service", priority=4))
    kill(1844); b.wait(14)
    b.docker("container edge-app exited with 137, restarting", "warning"); b.wait(21)
    b.app("edge-app 3.8.1 starting, site=plant-04 ☼ line=2"); b.wait(17)
    b.kernel_line("INFO: task jbd2/nvme0n1p2-:214 blocked for more than 120 seconds.", 3); b.wait(22)
    kill(9120)
    done(b, "hardware watchdog after memory ran out", ("abrupt", "reset", "watchdog.hardware"),
         dict(cause=["watchdog.hardware"], confidence=["proven"], initiator=["hardware-watchdog"], contributing=["memory.oom-kill", "memory.thrash"]),
         ["Out of memory: Killed process 9120 (edge-app) total-vm:7391244kB, anon-rss:6810112kB, file-rss:1180kB, shmem-rss:0kB, UID:0 pgtables:14012kB oom_score_adj:0"],
         ["x86/amd: Previous system reset reason [0x02000800]: hardware watchdog timer expired",
          f"File {PERSISTENT}/system.journal corrupted or uncleanly shut down, renaming and replacing.",
          "EXT4-fs (nvme0n1p2): recovery complete"], b.wall + 71_000_000)

    # 5: packages with a new kernel, restart in the night
    b = Boot(5, "2026-10-13 16:09:03", KERNEL_OLD)
    b.boot(("02000800", "hardware watchdog timer expired"), unclean=True)
    b.live("2026-10-13 18:10:00")
    b.login(1); b.wait(60); b.sudo("/usr/bin/docker update --memory 4g edge-app"); b.wait(70); b.logout()
    b.live("2026-10-14 04:09:00", every=420)
    unit = "apt-daily-upgrade.service"
    COMMAND[unit] = ("/usr/bin/unattended-upgrade", 7021)
    b.job += 1
    b.pid1(f"Starting {unit} - Daily apt upgrade and clean activities...", STARTING, unit, "start")
    say = lambda text, priority=6: b.syslog("unattended-upgrade", unit, text, 3, priority)
    b.wait(9); say("Packages that will be upgraded: gw-release linux-image-gw openssl libssl3")
    b.wait(74); say("All upgrades installed")
    say("Found /var/run/reboot-required, rebooting", 4)
    when = micros("2026-10-14 04:15:00")
    b.logind(f"The system will reboot at {utc(when)}!", 5, [("MESSAGE_ID", SCHEDULED), ("ACTION", "reboot"), ("OPERATOR", "root")])
    say(f"Reboot scheduled for {utc(when)}")
    b.wait(1); b.pid1(f"{unit}: Deactivated successfully.", SUCCESS, unit)
    b.pid1(f"Finished {unit} - Daily apt upgrade and clean activities.", STARTED, unit, "start", "done")
    b.until("2026-10-14 04:15:00")
    b.logind("The system will reboot now!", 5, [("MESSAGE_ID", SCHEDULED), ("ACTION", "reboot"), ("OPERATOR", "root")])
    b.go_down("reboot")
    done(b, "update: unattended-upgrades installed a kernel and scheduled the restart", ("orderly", "reboot", "update.packages"),
         dict(cause=["update.packages", "requested.scheduled"], confidence=["likely", "proven"], initiator=["os-update", "scheduled"]),
         ["All upgrades installed", "Found /var/run/reboot-required, rebooting", f"The system will reboot at {utc(when)}!",
          "The system will reboot now!", "System is rebooting.", "Journal stopped"],
         [f"Linux version {KERNEL_NEW} (build@pkg.example.net) (gcc (Debian 12.2.0-14) 12.2.0, GNU ld 2.40) #1 SMP PREEMPT_DYNAMIC gateway 6.18.41-1 (2026-10-09)"])

    # 6: somebody presses the power button; off for two days
    b = Boot(6, "2026-10-14 04:15:38", KERNEL_NEW)
    b.boot(RESET_BY_OS, first_new=True)
    b.live("2026-10-14 10:41:22")
    b.trouble()
    b.live("2026-10-14 15:20:00")
    b.until("2026-10-14 15:20:41")
    b.logind("Power key pressed short.", 6, [("MESSAGE_ID", POWER_KEY)])
    b.logind("Powering off...", 6)
    b.go_down("power-off")
    done(b, "power button, orderly switched off", ("orderly", "poweroff", "requested.key"),
         dict(cause=["requested.key"], confidence=["proven"], initiator=["power-key"]),
         ["Power key pressed short.", "Powering off...", "System is powering down.", "Reached target poweroff.target - System Power Off.", "Journal stopped"],
         ["x86/amd: Previous system reset reason [0x00200800]: ACPI power state transition occurred"])

    # 7: back again; a person restarts it by hand
    b = Boot(7, "2026-10-16 07:12:20", KERNEL_NEW)
    b.boot(("00200800", "ACPI power state transition occurred"))
    b.live("2026-10-16 08:02:00")
    b.login(1); b.wait(33); b.sudo("/usr/bin/nano /etc/gw/bridge.conf"); b.wait(160); b.sudo("/usr/sbin/reboot"); b.wait(0.04)
    b.go_down("reboot")
    done(b, "ordered reboot by a person (sudo reboot over ssh; the sudo line is in user-1000.journal)", ("orderly", "reboot", "requested.user"),
         dict(cause=["requested.user", "requested.api"], confidence=["proven", "likely"], initiator=["user-cli", "api-client"]),
         ["     ops : TTY=pts/0 ; PWD=/home/ops ; USER=root ; COMMAND=/usr/sbin/reboot", "System is rebooting.", "Journal stopped"],
         ["x86/amd: Previous system reset reason [0x00080800]: software wrote 0x6 to reset control register 0xCF9"])

    # 8: still running when the files were copied
    b = Boot(8, "2026-10-16 08:06:11", KERNEL_NEW)
    b.boot(RESET_BY_OS)
    b.live("2026-10-16 12:48:00")
    b.login(1); b.wait(44); b.sudo("/usr/bin/tar -C /var/log -czf /tmp/journal.tar.gz journal")
    done(b, "still running when the files were copied", ("running", None, "none.still-running"), dict(cause=["none.still-running"]))
    return boots, judged


def main():
    out = sys.argv[1]
    os.makedirs(out, exist_ok=True)
    boots, judged = make()
    truth = []
    for boot, verdict in zip(boots, judged):
        every = sorted(boot.system + boot.user, key=lambda e: e[1])
        assert len({e[1] for e in every}) == len(every)
        truth.append(dict(boot=boot.number, boot_id=boot.id, first_realtime_us=every[0][0], last_realtime_us=every[-1][0],
                          first_monotonic_us=every[0][1], last_monotonic_us=every[-1][1], entries=len(every),
                          system_entries=len(boot.system), user_entries=len(boot.user), kernel=boot.kernel,
                          first=utc(every[0][0]), last=utc(every[-1][0]), **verdict))
        print(f"boot {boot.number}: {len(boot.system)} + {len(boot.user)} entries, {truth[-1]['first']} .. {truth[-1]['last']}", file=sys.stderr)
    runs = [[0, 1], [2], [3], [4, 5, 6, 7]]  # the writer is killed after boots 2, 3, 4 and 8
    starts = []
    for number, run in enumerate(runs, 1):
        with open(f"{out}/{number}.export", "wb") as f:
            for i in run:
                for e in boots[i].system:
                    f.write(entry(*e))
        starts.append(str(boots[run[0]].flushed_at / 1e6) + " " + boots[run[-1]].id)
    open(f"{out}/starts", "w").write("\n".join(starts) + "\n")
    with open(f"{out}/user.export", "wb") as f:
        for boot in boots:
            for e in boot.user:
                f.write(entry(*e))
    copied = truth[-1]["last_realtime_us"] + 21_000_000
    json.dump(dict(machine_id=MACHINE, hostname=HOST, clock="rtc", copied_at_realtime_us=copied,
                   words="ending is what truly happened, in the words of the reboot taxonomy; accept lists what a careful reader may say",
                   boots=truth), open(f"{out}/truth.json", "w"), indent=1, ensure_ascii=False)
    open(f"{out}/machine-id", "w").write(MACHINE + "\n")


main()
