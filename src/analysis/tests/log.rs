//! Writes logs by hand: boots, with the lines that real ones have.

use crate::analysis::{FileFacts, FileState, Line, Listed, LostEnd};
use crate::file::Cursor;
use crate::format::{Id128, Monotonic, Realtime, Seqnum};

const SECOND: u64 = 1_000_000;
const MACHINE: &str = "11111111111111111111111111111111";
/// 2026-05-12 05:00 UTC.
const START: u64 = 1_778_562_000 * SECOND;

pub(in crate::analysis) const STARTING: &str = "7d4958e842da4a758f6c1cdc7b36dcc5";
pub(in crate::analysis) const STARTED: &str = "39f53479d3a045ac8e11786248231fbf";
pub(in crate::analysis) const STOPPING: &str = "de5b426a63be47a7b6ac3eaac82e2f6f";
pub(in crate::analysis) const STOPPED: &str = "9d1aaa27d60140bd96365438aad20286";

/// The services that every boot here starts.
const SERVICES: [&str; 6] =
    ["ssh.service", "cron.service", "dbus.service", "rsyslog.service", "chrony.service", "systemd-logind.service"];

type Fields<'a> = &'a [(&'a str, &'a str)];

/// A line with these fields and nothing else.
pub(in crate::analysis) fn line_of(fields: Fields<'_>) -> Line {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned().into(), value.as_bytes().to_vec()));
    Line {
        cursor: Cursor::default(),
        file: 0,
        offset: 0,
        seqnum: Seqnum(1),
        realtime: Realtime(START),
        monotonic: Monotonic(0),
        boot: Id128::default(),
        // Whatever other lines of its file would have.
        is_text_only: true,
        fields: fields.collect(),
    }
}

/// A log that grows line by line.
pub(super) struct Log {
    files: Vec<FileFacts>,
    lines: Vec<Line>,
    file: usize,
    boot: u8,
    machine: String,
    seqnum: u64,
    series: u8,
    realtime: u64,
    monotonic: u64,
}

impl Log {
    /// An empty log in `system.journal`.
    pub(super) fn new() -> Self {
        let mut log = Self {
            files: Vec::new(),
            lines: Vec::new(),
            file: 0,
            boot: 0,
            machine: MACHINE.to_owned(),
            seqnum: 0,
            series: 0x22,
            realtime: START,
            monotonic: 0,
        };
        log.file("system.journal", FileState::Online);
        log
    }

    pub(super) fn listed(&self) -> Listed {
        Listed::new(self.files.clone(), self.lines.clone())
    }

    /// Goes on in another file.
    pub(super) fn file(&mut self, name: &str, state: FileState) -> &mut Self {
        let is_namespaced = name.contains(".web/");
        let (is_user, is_disposed) = (is_namespaced || name.starts_with("user-"), name.ends_with('~'));
        self.files.push(FileFacts {
            name: name.to_owned(),
            state,
            is_user,
            is_namespaced,
            is_disposed,
            damaged: false,
            lost: 0,
            lost_end: None,
        });
        self.file = self.files.len() - 1;
        self
    }

    /// Goes on in a file that is there already.
    pub(super) fn back_in(&mut self, name: &str) -> &mut Self {
        self.file = self.files.iter().position(|file| file.name == name).unwrap();
        self
    }

    /// Says that the present file lost so many entries from here on, and was in this state.
    pub(super) fn loses(&mut self, entries: u64, state: FileState) -> &mut Self {
        let until = Realtime(self.realtime + entries * SECOND);
        let file = &mut self.files[self.file];
        (file.state, file.damaged) = (state, true);
        file.lost_end = Some(LostEnd { after: Seqnum(self.seqnum), entries, until });
        self
    }

    /// Says that so many entries of the present file are lost at most, wherever they lay.
    pub(super) fn has_lost(&mut self, entries: u64) -> &mut Self {
        let file = &mut self.files[self.file];
        (file.damaged, file.lost) = (true, entries);
        self
    }

    /// Says that the present file is the one that journald found unclean, and goes on in a new one.
    pub(super) fn set_aside(&mut self) -> &mut Self {
        let file = &mut self.files[self.file];
        (file.name, file.is_disposed) = ("system@0006.journal~".to_owned(), true);
        self.file("system.journal", FileState::Online)
    }

    pub(super) fn machine(&mut self, digit: char) -> &mut Self {
        self.machine = digit.to_string().repeat(32);
        self
    }

    /// Numbers what follows in another series.
    pub(super) fn series(&mut self, byte: u8) -> &mut Self {
        self.series = byte;
        self
    }

    /// Begins to count anew.
    pub(super) fn restart(&mut self) -> &mut Self {
        self.seqnum = 0;
        self
    }

    /// Goes on behind a number.
    pub(super) fn ahead(&mut self, seqnum: u64) -> &mut Self {
        self.seqnum = seqnum;
        self
    }

    /// Numbers that nobody kept.
    pub(super) fn skip(&mut self, entries: u64) -> &mut Self {
        self.seqnum += entries;
        self
    }

    pub(super) fn after(&mut self, seconds: u64) -> &mut Self {
        self.realtime += seconds * SECOND;
        self.monotonic += seconds * SECOND;
        self
    }

    /// Somebody sets the wall clock by so many milliseconds.
    pub(super) fn set_clock(&mut self, by_ms: i64) -> &mut Self {
        self.realtime = self.realtime.saturating_add_signed(by_ms * 1000);
        self
    }

    /// The machine goes on from a snapshot of it from so many seconds before.
    pub(super) fn set_back(&mut self, seconds: u64) -> &mut Self {
        self.monotonic = self.monotonic.saturating_sub(seconds * SECOND);
        self
    }

    /// A line 1 ms after the one before.
    pub(super) fn line(&mut self, fields: Fields<'_>) -> &mut Self {
        self.seqnum += 1;
        self.realtime += 1000;
        self.monotonic += 1000;
        let mut line = line_of(fields);
        line.fields.push(("_MACHINE_ID".into(), self.machine.clone().into_bytes()));
        line.cursor =
            Cursor { seqnum_id: Some(Id128([self.series; 16])), seqnum: Some(line.seqnum), ..Cursor::default() };
        (line.file, line.offset, line.seqnum) = (self.file, self.seqnum * 64, Seqnum(self.seqnum));
        (line.realtime, line.monotonic) = (Realtime(self.realtime), Monotonic(self.monotonic));
        line.boot = Id128([self.boot; 16]);
        self.lines.push(line);
        self
    }

    /// A new boot, `gap` seconds after the last line: kernel and journald only.
    pub(super) fn kernel_boot(&mut self, gap: u64) -> &mut Self {
        self.starts(gap, "6.9.5-arch1-1")
    }

    /// The same without a line.
    pub(super) fn begins(&mut self, gap: u64) -> &mut Self {
        self.boot += 1;
        self.realtime += gap * SECOND;
        self.monotonic = 0;
        self
    }

    /// The same under a kernel of another version.
    pub(super) fn starts(&mut self, gap: u64, kernel: &str) -> &mut Self {
        self.begins(gap).kernel(&format!("Linux version {kernel} (linux@archlinux) (gcc 14.1.1) #1 SMP"));
        self.driver("f77379a8490b408bbe5f6940505a777b", "Journal started")
    }

    /// A new boot that comes up.
    pub(super) fn boot(&mut self, gap: u64) -> &mut Self {
        self.kernel_boot(gap).after(5).come_up()
    }

    /// Takes away the lines that the present boot has so far: its file was vacuumed.
    pub(super) fn forget_boot(&mut self) -> &mut Self {
        let boot = Id128([self.boot; 16]);
        self.lines.retain(|line| line.boot != boot);
        self
    }

    /// Everything starts.
    pub(super) fn come_up(&mut self) -> &mut Self {
        self.unit(STARTED, "basic.target", "Reached target Basic System.");
        for service in SERVICES {
            self.unit(STARTED, service, &format!("Started {service}."));
        }
        self.unit(STARTED, "multi-user.target", "Reached target Multi-User System.")
    }

    /// Ordinary lines, one each minute.
    pub(super) fn life(&mut self, minutes: u64) -> &mut Self {
        for _ in 0..minutes {
            self.after(60).service("cron.service", "CRON", "pam_unix(cron:session): session closed for user root");
        }
        self
    }

    pub(super) fn kernel(&mut self, message: &str) -> &mut Self {
        self.kmsg("0", "kernel", message)
    }

    /// A line through the kernel's log.
    pub(super) fn kmsg(&mut self, facility: &str, ident: &str, message: &str) -> &mut Self {
        let by = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", facility), ("SYSLOG_IDENTIFIER", ident)];
        self.line(&[&by[..], &[("PRIORITY", "4"), ("MESSAGE", message)]].concat())
    }

    pub(super) fn driver(&mut self, id: &str, message: &str) -> &mut Self {
        self.line(&[("_TRANSPORT", "driver"), ("MESSAGE_ID", id), ("MESSAGE", message)])
    }

    /// A line by a process of a service.
    pub(super) fn service(&mut self, unit: &str, ident: &str, message: &str) -> &mut Self {
        let by = [("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", unit), ("SYSLOG_IDENTIFIER", ident), ("_PID", "700")];
        self.line(&[&by[..], &[("MESSAGE", message)]].concat())
    }

    pub(super) fn pid1(&mut self, message: &str) -> &mut Self {
        self.line(&[("_PID", "1"), ("_COMM", "systemd"), ("SYSLOG_IDENTIFIER", "systemd"), ("MESSAGE", message)])
    }

    /// PID 1 about a unit.
    pub(super) fn unit(&mut self, id: &str, unit: &str, message: &str) -> &mut Self {
        let by = [("_PID", "1"), ("_COMM", "systemd"), ("SYSLOG_IDENTIFIER", "systemd")];
        self.line(&[&by[..], &[("MESSAGE_ID", id), ("UNIT", unit), ("MESSAGE", message)]].concat())
    }

    pub(super) fn logind(&mut self, id: &str, field: (&str, &str), message: &str) -> &mut Self {
        let by = [("_SYSTEMD_UNIT", "systemd-logind.service"), ("_COMM", "systemd-logind")];
        self.line(&[&by[..], &[("MESSAGE_ID", id), field, ("MESSAGE", message)]].concat())
    }

    /// logind carries out a request.
    pub(super) fn request(&mut self, action: &str) -> &mut Self {
        self.logind("98268866d1d54a499c4e98921d93bc40", ("SHUTDOWN", action), "System is shutting down.")
    }

    pub(super) fn power_key(&mut self) -> &mut Self {
        self.logind("b72ea4a2881545a0b50e200e55b9b071", ("PRIORITY", "6"), "Power key pressed short.")
    }

    /// S1: the target and most services stop.
    pub(super) fn stops(&mut self) -> &mut Self {
        self.unit(STOPPED, "multi-user.target", "Stopped target Multi-User System.").service_stops()
    }

    pub(super) fn service_stops(&mut self) -> &mut Self {
        for service in &SERVICES[..5] {
            self.unit(STOPPING, service, &format!("Stopping {service}..."));
            self.unit(STOPPED, service, &format!("Stopped {service}."));
        }
        self
    }

    /// S2: the last line of a journal that is a mount of its own.
    pub(super) fn relinquish(&mut self) -> &mut Self {
        let message = "Stopping Flush Journal to Persistent Storage...";
        self.unit(STOPPING, "systemd-journal-flush.service", message)
    }

    /// S2 and S3 with the journal open to the end.
    pub(super) fn ends(&mut self, target: &str) -> &mut Self {
        self.unit(STOPPED, "local-fs.target", "Stopped target Local File Systems.");
        self.unit(STARTED, "umount.target", "Reached target Unmount All Filesystems.");
        self.unit(STARTED, target, "Reached target of the shutdown.").closes()
    }

    /// S3 alone.
    pub(super) fn closes(&mut self) -> &mut Self {
        self.pid1("Shutting down.");
        self.kmsg("5", "systemd-journald", "Received SIGTERM from PID 1 (systemd-shutdow).");
        self.driver("d93fb3c9c24d451a97cea615ce59c00b", "Journal stopped")
    }

    /// A whole orderly shutdown.
    pub(super) fn shuts_down(&mut self, action: &str, target: &str) -> &mut Self {
        self.request(action).stops().ends(target)
    }

    /// journald finds the file of the boot before.
    pub(super) fn finds_unclean(&mut self) -> &mut Self {
        let file = format!("/var/log/journal/{MACHINE}/system.journal");
        self.kmsg(
            "5",
            "systemd-journald",
            &format!("File {file} corrupted or uncleanly shut down, renaming and replacing."),
        )
    }

    pub(super) fn recovers(&mut self) -> &mut Self {
        self.kernel("EXT4-fs (mmcblk0p6): recovery complete")
    }

    pub(super) fn falls_asleep(&mut self) -> &mut Self {
        let by = [("_SYSTEMD_UNIT", "systemd-suspend.service"), ("_COMM", "systemd-sleep"), ("_UID", "0")];
        let said = [
            ("MESSAGE_ID", "6bbd95ee977941e497c48be27c254128"),
            ("MESSAGE", "Performing sleep operation 'suspend'..."),
        ];
        self.line(&[&by[..], &said[..]].concat()).kernel("PM: suspend entry (deep)")
    }

    pub(super) fn wakes(&mut self) -> &mut Self {
        let by = [("_SYSTEMD_UNIT", "systemd-suspend.service"), ("_COMM", "systemd-sleep"), ("_UID", "0")];
        let said = [
            ("MESSAGE_ID", "8811e6df2a8e40f58a94cea26f8ebf14"),
            ("MESSAGE", "System returned from sleep operation 'suspend'."),
        ];
        self.kernel("PM: suspend exit").line(&[&by[..], &said[..]].concat())
    }
}
