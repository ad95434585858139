//! What lines say of a boot's clock: what it started from, and who set it.

use std::borrow::Cow;

use crate::analysis::sender::Sender;
use crate::analysis::source::{Glance, Line, Source, Wanted, is_users};
use crate::format::Monotonic;

const SECOND: u64 = 1_000_000;

const TIME_SYNC: &str = "7c8a41f37b764941a0e1780b1be2f037";
const TIME_BUMP: &str = "7db73c8af0d94eeb822ae04323fe6ab6";

/// The kernel sets its clock from the RTC in its first seconds, among so many lines at most.
const RTC_UNTIL: u64 = 60 * SECOND;
const RTC_LINES: usize = 2000;

/// A clock before this year was never set.
const FIRST_YEAR: u32 = 2001;

/// What a line says of the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saying {
    /// It was set, or found right, by a time server.
    Synced,
    /// It was set from a clock that runs while the machine is off.
    Rtc,
    /// It was set to a time saved earlier.
    Saved,
    /// It was set to the time when some program was built.
    BuildTime,
    /// The RTC itself was never set.
    RtcUnset,
}

/// A saying, and when it was said.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    pub(super) saying: Saying,
    pub(super) at: Monotonic,
}

/// Who speaks of the clock: units, and names that programs are known by.
const SERVERS: [(&str, &str); 10] = [
    ("systemd-timesyncd.service", "systemd-timesyn"),
    ("chronyd.service", "chronyd"),
    ("chrony.service", "chronyd"),
    ("ntpd.service", "ntpd"),
    ("ntp.service", "ntpd"),
    ("ntpsec.service", "ntpd"),
    ("openntpd.service", "ntpd"),
    ("timesync-https.service", "timesync-https."),
    ("timeinit-rtc.service", "timeinit-rtc.sh"),
    ("fake-hwclock.service", "fake-hwclock"),
];

/// Beginnings of texts by which a time server's client says that the clock is right now.
///
/// That chronyd selected a source is not among them: the step may still be to come.
const SYNCED: [&str; 8] = [
    "Initial clock synchronization to ",
    "Initial synchronization to time server ",
    "Synchronized to time server ",
    "System clock was stepped by ",
    "time reset ",
    "ntpd: time set ",
    "CLOCK: time stepped by ",
    "clock is now synced",
];

/// What the lines of a boot say of its clock, in order.
pub(super) fn read(source: &dyn Source, boot: usize) -> Vec<Said> {
    let mut terms = vec![format!("MESSAGE_ID={TIME_SYNC}"), format!("MESSAGE_ID={TIME_BUMP}")];
    terms.extend(SERVERS.iter().map(|(unit, _)| format!("_SYSTEMD_UNIT={unit}")));
    terms.extend(SERVERS.iter().map(|(_, name)| format!("SYSLOG_IDENTIFIER={name}")));
    terms.push("SYSLOG_IDENTIFIER=timesync-https.sh".to_owned());
    terms.push(format!("MESSAGE={BEFORE_BUILD}"));
    terms.sort_unstable();
    terms.dedup();
    let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    let glance = Glance { fields: &TELLING, passes: &may_say };
    let said = source.having_seen(boot, &terms, glance).into_iter().filter(|line| !is_users(source, line));
    let mut said: Vec<Said> = said.filter_map(|line| of(&line)).collect();
    if !said.iter().any(|said| said.saying == Saying::Synced) {
        said.extend(rtc(source, boot));
    }
    said.sort_by_key(|said| said.at);
    said
}

/// The fields that [`bumped`] and [`served`] look at.
const TELLING: [Cow<'static, str>; 4] = [
    Cow::Borrowed("MESSAGE"),
    Cow::Borrowed("MESSAGE_ID"),
    Cow::Borrowed("SYSLOG_IDENTIFIER"),
    Cow::Borrowed("_SYSTEMD_UNIT"),
];

const BEFORE_BUILD: &str = "System time before build time, advancing clock.";

/// What the kernel says of the RTC; its lines have no id, so the boot's first lines are read.
fn rtc(source: &dyn Source, boot: usize) -> Vec<Said> {
    let says = |line: &Line| line.message().contains(": setting system clock to ");
    let keep = |line: &Line| Sender::Kernel.wrote(line) && says(line);
    let glance = Some(Glance::at_message(&says));
    let wanted = Wanted { terms: Sender::Kernel.marks(), keep: &keep, glance };
    let lines = source.head(boot, RTC_LINES, RTC_UNTIL, wanted);
    let said = lines.iter().map(|line| {
        let message = line.message();
        let year = message.rsplit(" clock to ").next().and_then(|time| time.get(..4)?.parse::<u32>().ok());
        let is_set = year.is_some_and(|year| year >= FIRST_YEAR);
        Said { saying: if is_set { Saying::Rtc } else { Saying::RtcUnset }, at: line.monotonic }
    });
    said.collect()
}

/// Whether a line says something, whoever wrote it.
fn may_say(line: &Line) -> bool {
    let text = line.message();
    bumped(line, &text).is_some() || served(line, &text).is_some()
}

/// What one line says.
fn of(line: &Line) -> Option<Said> {
    let text = line.message();
    let saying = if is_managers(line) { bumped(line, &text) } else { None };
    let saying = saying.or_else(|| if is_servers(line) { served(line, &text) } else { None })?;
    Some(Said { saying, at: line.monotonic })
}

/// PID 1 and timesyncd, when the clock was certainly wrong.
fn bumped(line: &Line, text: &str) -> Option<Saying> {
    if text == BEFORE_BUILD {
        return Some(Saying::BuildTime);
    }
    if !line.is("MESSAGE_ID", TIME_BUMP) {
        return None;
    }
    // Timestamps are those of files that are touched while the clock is right.
    Some(if text.contains("built-in epoch") { Saying::BuildTime } else { Saying::Saved })
}

fn served(line: &Line, text: &str) -> Option<Saying> {
    let ident = line.text("SYSLOG_IDENTIFIER").unwrap_or_default();
    let is_set = text.starts_with("New time:");
    match ident {
        "fake-hwclock" => Some(Saying::Saved),
        "timeinit-rtc.sh" if is_set => Some(Saying::Rtc),
        "timesync-https.sh" if is_set => Some(Saying::Synced),
        _ if line.is("_SYSTEMD_UNIT", "fake-hwclock.service") => Some(Saying::Saved),
        _ if line.is("MESSAGE_ID", TIME_SYNC) || SYNCED.iter().any(|start| text.starts_with(start)) => {
            Some(Saying::Synced)
        }
        _ if text.contains("restoring from recorded timestamp") => Some(Saying::Saved),
        _ => None,
    }
}

fn is_managers(line: &Line) -> bool {
    Sender::Pid1.wrote(line) || line.is("_SYSTEMD_UNIT", "systemd-timesyncd.service")
}

/// A program of one of the units, or one that runs under such a name, says so; what merely calls itself so, does not.
fn is_servers(line: &Line) -> bool {
    SERVERS.iter().any(|(unit, name)| line.is("_SYSTEMD_UNIT", unit) || line.is("_COMM", name))
}
