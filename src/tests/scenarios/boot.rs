//! A boot's log in the making: its clocks, and one method for each writer.

use lastwords::testkit::jenkins::jenkins64;
use lastwords::testkit::synth::Record;

use super::host::{Host, Program};

/// One second and one minute on both clocks.
pub(crate) const SECOND: u64 = 1_000_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;

/// What a boot wrote so far, and what its next line would be stamped with.
#[derive(Clone, Debug)]
pub(crate) struct Boot {
    /// The machine's kind, which says what starts and what the kernel finds.
    pub(crate) host: Host,
    /// The boot id.
    pub(crate) id: [u8; 16],
    /// The machine's wall clock when the kernel started, as far as it is set so far, in µs since 1970.
    wall: u64,
    /// Since the kernel started, in µs.
    now: u64,
    /// What [`Boot::up`](super::phases) is to show of the end before.
    pub(crate) early: Early,
    /// The services that are up, in the order of starting.
    pub(crate) services: Vec<Program>,
    records: Vec<Record>,
    /// Counts job ids, process ids and whatever else differs from line to line.
    pub(crate) count: u64,
}

/// What the head of a boot shows beyond the ordinary.
#[derive(Clone, Debug, Default)]
pub(crate) struct Early {
    /// The kernel's release, where it is not that of the host.
    pub(crate) kernel: Option<&'static str>,
    /// Lines of the kernel's own: when, in ms since its start, priority, text.
    pub(crate) lines: Vec<(u64, u8, String)>,
    /// Whether journald found its file ONLINE and renamed it.
    pub(crate) renamed: bool,
    /// Whether a filesystem was recovered.
    pub(crate) recovered: bool,
}

impl Boot {
    /// Starts the log of a kernel that came up when its wall clock said `wall`, such as `2026-05-12T05:00:00Z`.
    pub(crate) fn new(host: Host, wall: &str) -> Self {
        let at: jiff::Timestamp = wall.parse().unwrap();
        let wall = u64::try_from(at.as_microsecond()).unwrap() + jenkins64(wall.as_bytes()) % SECOND;
        let id = [jenkins64(&wall.to_le_bytes()), jenkins64(&[&wall.to_le_bytes()[..], host.name.as_bytes()].concat())];
        Self {
            host,
            id: id.map(u64::to_be_bytes).concat().try_into().unwrap(),
            wall,
            now: 0,
            early: Early::default(),
            services: Vec::new(),
            records: Vec::new(),
            count: 0,
        }
    }

    /// The next boot of the same machine, whose kernel starts so long after the last line.
    pub(crate) fn after(previous: &Self, gap: u64) -> Self {
        let at = jiff::Timestamp::from_microsecond((previous.realtime() + gap) as i64).unwrap();
        Self::new(previous.host, &at.to_string())
    }

    pub(crate) fn records(&self) -> &[Record] {
        &self.records
    }

    /// What the wall clock says now.
    pub(crate) fn realtime(&self) -> u64 {
        self.wall + self.now
    }

    /// Since the kernel started.
    pub(crate) fn monotonic(&self) -> u64 {
        self.now
    }

    /// Lets time pass.
    pub(crate) fn wait(mut self, span: u64) -> Self {
        self.now += span;
        self
    }

    /// Sets the wall clock forward, or back: what was true of it until now was wrong, or the machine slept.
    pub(crate) fn set_clock(mut self, forward: i64) -> Self {
        self.wall = self.wall.checked_add_signed(forward).unwrap();
        self
    }

    /// Writes one entry; every entry takes its time.
    pub(crate) fn put(&mut self, fields: &[(&str, &str)]) {
        self.count += 1;
        self.now += 40 + self.count * 7 % 90;
        let record = Record::new(0).at(self.realtime(), self.now);
        let mut record = Record { boot_id: self.id, ..record };
        record = fields.iter().fold(record, |record, (name, value)| record.field(format!("{name}={value}")));
        self.records.push(record);
    }

    /// A line of the kernel's own.
    pub(crate) fn kernel(mut self, priority: u8, text: &str) -> Self {
        self.ring(self.now, priority, text);
        self
    }

    /// A line of the kernel's own that stood in its buffer since `source`.
    pub(crate) fn ring(&mut self, source: u64, priority: u8, text: &str) {
        let own = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "0"), ("SYSLOG_IDENTIFIER", "kernel")];
        let (priority, source) = (priority.to_string(), source.to_string());
        let rest = [("PRIORITY", &*priority), ("_SOURCE_MONOTONIC_TIMESTAMP", &source), ("MESSAGE", text)];
        self.put(&[&own[..], &rest].concat());
    }

    /// A line that a daemon wrote into the kernel's log: journald about itself has facility 5, PID 1 has 3.
    pub(crate) fn kmsg(mut self, ident: &str, facility: u8, priority: u8, text: &str) -> Self {
        let pid = if ident == "systemd-journald" { "271" } else { "1" };
        let (facility, priority) = (facility.to_string(), priority.to_string());
        let source = self.now.to_string();
        self.put(&[
            ("_TRANSPORT", "kernel"),
            ("SYSLOG_FACILITY", &facility),
            ("SYSLOG_IDENTIFIER", ident),
            ("SYSLOG_PID", pid),
            ("PRIORITY", &priority),
            ("_SOURCE_MONOTONIC_TIMESTAMP", &source),
            ("MESSAGE", text),
        ]);
        self
    }

    /// journald of its own files, through the kernel's log.
    pub(crate) fn journald(self, priority: u8, text: &str) -> Self {
        self.kmsg("systemd-journald", 5, priority, text)
    }

    /// journald in its own voice.
    pub(crate) fn driver(mut self, text: &str, more: &[(&str, &str)]) -> Self {
        let own = [("_TRANSPORT", "driver"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd-journald")];
        let sender = trusted(Program::JOURNALD);
        self.put(&[&own[..], &as_refs(&sender), &[("PRIORITY", "6"), ("MESSAGE", text)], more].concat());
        self
    }

    /// PID 1 through the journal.
    pub(crate) fn pid1(mut self, priority: u8, text: &str, more: &[(&str, &str)]) -> Self {
        let priority = priority.to_string();
        let own = [("_TRANSPORT", "journal"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd"), ("TID", "1")];
        let sender = trusted(Program::PID1);
        self.put(&[&own[..], &as_refs(&sender), &[("PRIORITY", &*priority), ("MESSAGE", text)], more].concat());
        self
    }

    /// A program in its own unit, through the transport that it uses.
    pub(crate) fn says(self, program: Program, text: &str) -> Self {
        self.writes(program, 6, text, &[])
    }

    /// The same with a priority and fields of its own.
    pub(crate) fn writes(mut self, program: Program, priority: u8, text: &str, more: &[(&str, &str)]) -> Self {
        let (priority, pid) = (priority.to_string(), program.pid.to_string());
        let mut own = vec![("_TRANSPORT", program.transport), ("SYSLOG_IDENTIFIER", program.ident)];
        own.push(("SYSLOG_FACILITY", program.facility));
        if program.transport == "syslog" {
            own.push(("SYSLOG_PID", &pid));
        }
        let sender = trusted(program);
        self.put(&[&own[..], &as_refs(&sender), &[("PRIORITY", &*priority), ("MESSAGE", text)], more].concat());
        self
    }

    /// A line of the audit log.
    pub(crate) fn audit(mut self, kind: &str, name: &str, text: &str) -> Self {
        self.put(&[
            ("_TRANSPORT", "audit"),
            ("SYSLOG_FACILITY", "4"),
            ("SYSLOG_IDENTIFIER", "audit"),
            ("PRIORITY", "5"),
            ("_AUDIT_TYPE", kind),
            ("_AUDIT_TYPE_NAME", name),
            ("MESSAGE", &format!("{name} {text}")),
        ]);
        self
    }
}

/// What journald itself knows of a sender.
fn trusted(program: Program) -> Vec<(&'static str, String)> {
    let slice = if program.unit == "init.scope" { "-.slice" } else { "system.slice" };
    vec![
        ("_PID", program.pid.to_string()),
        ("_UID", program.uid.to_string()),
        ("_GID", program.uid.to_string()),
        ("_COMM", program.exe.rsplit('/').next().unwrap().chars().take(15).collect()),
        ("_EXE", program.exe.to_owned()),
        ("_SYSTEMD_UNIT", program.unit.to_owned()),
        ("_SYSTEMD_SLICE", slice.to_owned()),
        ("_SYSTEMD_CGROUP", format!("/{}/{}", slice.trim_start_matches("-.slice"), program.unit)),
    ]
}

fn as_refs<'a>(fields: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().map(|(name, value)| (*name, value.as_str())).collect()
}
