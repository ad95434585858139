//! Who came in: what programs say that let people in, and those that run jobs, each of which opens sessions.

use crate::analysis::ending::Case;
use crate::analysis::sequence::{TAIL_LINES, TAIL_WINDOW};
use crate::analysis::source::{Line, Wanted};

const SECOND: u64 = 1_000_000;
/// logind tells of a session so soon before or after who asked for it.
pub(super) const NEAR: u64 = 10 * SECOND;
/// Programs that let people in, which run as root.
const LOGINS: [&str; 4] = ["_COMM=sshd", "_COMM=sshd-session", "_COMM=login", "_COMM=dropbear"];
/// Programs that run jobs: the names that they give themselves are enough, since they speak against a person.
const JOBS: [&str; 6] = [
    "SYSLOG_IDENTIFIER=CROND",
    "SYSLOG_IDENTIFIER=CRON",
    "SYSLOG_IDENTIFIER=crond",
    "SYSLOG_IDENTIFIER=cron",
    "SYSLOG_IDENTIFIER=atd",
    "SYSLOG_IDENTIFIER=anacron",
];

/// When accounts came in, in order: those of people that logged in, and those of jobs at a boot's end.
#[derive(Debug, Default)]
pub(super) struct Logins {
    people: Vec<(u64, String)>,
    jobs: Vec<(u64, String)>,
}

impl Logins {
    /// Reads the lines of a boot.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let logins = case.source.having(case.boot, &LOGINS);
        let logins = logins.iter().filter(|line| line.is("_UID", "0") && line.first("CONTAINER_NAME").is_none());
        let wanted = Wanted { terms: &JOBS, keep: &|line| line.has(&JOBS), ..Wanted::ALL };
        let jobs = case.source.tail(case.boot, TAIL_LINES, TAIL_WINDOW, wanted);
        Self { people: logins.filter_map(came_in).collect(), jobs: jobs.iter().filter_map(came_in).collect() }
    }

    /// Whether a person logged in about a time.
    pub(super) fn is_person_near(&self, account: &str, at: u64) -> bool {
        is_near(&self.people, account, at)
    }

    /// Whether a job began about a time.
    pub(super) fn is_job_near(&self, account: &str, at: u64) -> bool {
        is_near(&self.jobs, account, at)
    }

    /// The logins of people until a time, with their accounts.
    pub(super) fn people(&self, until: u64) -> impl Iterator<Item = &(u64, String)> {
        self.people.iter().take_while(move |(at, _)| *at <= until)
    }
}

fn is_near(known: &[(u64, String)], account: &str, at: u64) -> bool {
    let first = known.partition_point(|(then, _)| then.saturating_add(NEAR) < at);
    let near = known.iter().skip(first).take_while(|(then, _)| *then <= at.saturating_add(NEAR));
    near.into_iter().any(|(_, known)| known == account)
}

/// When an account came in, where a line tells.
fn came_in(line: &Line) -> Option<(u64, String)> {
    Some((line.monotonic.0, account(&line.message())?.to_owned()))
}

/// The account that a line says to have come in: `Accepted publickey for ops from …`, `pam_unix(sshd:session): session
/// opened for user ops(uid=1000) by …`, `(ops) CMD (…)`.
fn account(message: &str) -> Option<&str> {
    if let Some((account, _)) = message.strip_prefix('(').and_then(|rest| rest.split_once(") CMD (")) {
        return Some(account);
    }
    let named = match message.strip_prefix("Accepted ") {
        Some(rest) => rest.split_once(" for ")?.1,
        None => message.strip_prefix("pam_unix(")?.split_once(":session): session opened for user ")?.1,
    };
    named.split(['(', ' ']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_told_in_several_ways() {
        for (message, of) in [
            ("Accepted publickey for ops from 10.0.0.1 port 50000 ssh2: ED25519 SHA256:x", Some("ops")),
            ("Accepted keyboard-interactive/pam for ops from 10.0.0.1 port 50000 ssh2", Some("ops")),
            ("pam_unix(sshd:session): session opened for user ops(uid=1000) by (uid=0)", Some("ops")),
            ("pam_unix(cron:session): session opened for user ops by (uid=0)", Some("ops")),
            ("(ops) CMD (sudo reboot)", Some("ops")),
            ("pam_unix(sshd:session): session closed for user ops", None),
            ("Failed password for ops from 10.0.0.1 port 50000 ssh2", None),
        ] {
            assert_eq!(account(message), of, "{message}");
        }
    }
}
