//! Sessions of people: whose, and whether they were open when somebody asked.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::ids::Cause;
use super::item::{Item, Role};
use super::logins::{Logins, NEAR};
use super::machine;
use crate::analysis::ending::Case;
use crate::analysis::report::{Stage, Strength};
use crate::analysis::rules::Observed;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::{Sign, TAIL_LINES, TAIL_WINDOW};
use crate::analysis::source::{Line, Wanted};

const SECOND: u64 = 1_000_000;
const OPENED: &str = "8d45620c1a4348dbb17410da57c60c66";
const CLOSED: &str = "3354939424b4456d9802ca8333ed424a";
/// The rule of logins that sshd tells of.
const LOGIN: &str = "user.ssh";
/// The rule of commands that sudo ran without a terminal, as over `ssh box sudo reboot`.
const UNATTENDED: &str = "user.sudo-unattended";
/// The rule of messages left with a request.
const WALL: &str = "request.wall";
/// A session that ends with the request itself, as of `ssh box reboot`, was open when it was made.
const LINGERS: u64 = 5 * SECOND;

/// A session as logind tells of it.
#[derive(Clone, Debug)]
struct Session {
    id: String,
    account: String,
    whose: Whose,
    from: u64,
    until: Option<u64>,
}

/// Whose a session is. User managers, jobs and login screens have sessions too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// By its class, or by who let the person in.
    Persons,
    /// systemd before 255 says nothing of the class.
    Untold,
    /// By its class, or by the job that it is for.
    Others,
}

/// Takes the weight from accounts that had no session when they asked, from messages that nobody in a session can have
/// left, and from sessions that were over by then; gives it to commands without a terminal that ran in one.
pub(super) fn settle(case: &Case<'_>, items: &mut [Item], observed: &[Observed]) {
    let named = |seen: &Observed| {
        let is_told = Sender::Logind.wrote(&seen.line) || seen.rule.id == UNATTENDED;
        seen.rule.causes.contains(&Cause::RequestedUser) && is_told
    };
    if !observed.iter().any(named) {
        return;
    }
    // logind tells of the same login again.
    if observed.iter().any(|seen| named(seen) && seen.line.is("MESSAGE_ID", OPENED)) {
        items.iter_mut().filter(|item| item.rule == LOGIN).for_each(|item| item.role = Role::Note);
    }
    let asks = |seen: &Observed| named(seen) && !seen.line.is("MESSAGE_ID", OPENED);
    let is_asked = observed.iter().any(asks);
    let mut sessions = sessions(case, is_asked);
    let logins = if is_asked { Logins::of(case) } else { Logins::default() };
    sessions.iter_mut().for_each(|session| session.whose = session.whose(&logins));
    let first_login = untold_login(&sessions, &logins);
    let has_beginning = LazyCell::new(|| machine::has_beginning(case.source, case.boot));
    let stops = case.sequence.steps.iter().filter(|step| step.stage() >= Some(Stage::S1)).map(Sign::at).min();
    let asked = observed.iter().filter(|seen| super::requests::is_acted_on(seen)).map(|seen| seen.line.monotonic.0);
    let asked = asked.max().into_iter().chain(stops).min();
    for (item, seen) in items.iter_mut().zip(observed).filter(|(_, seen)| named(seen)) {
        let at = seen.line.monotonic.0;
        if let Some(operator) = seen.line.text("OPERATOR") {
            let own = |session: &Session| session.whose != Whose::Others && session.account == operator;
            let is_in = sessions.iter().any(|session| own(session) && session.is_open(at));
            item.strength = if is_in { item.strength } else { item.strength.min(Strength::Weak) };
        } else if seen.rule.id == UNATTENDED {
            item.strength =
                if is_in_session(&sessions, &logins, &seen.line) { Strength::Strong } else { item.strength };
        } else if seen.rule.id == WALL {
            // Programs leave messages too; but who logged in before the log begins may still be there.
            let may_be_in = is_in_any(&sessions, at) || first_login.is_some_and(|first| first <= at) || !*has_beginning;
            item.strength = if may_be_in { item.strength } else { item.strength.min(Strength::Weak) };
        } else if seen.line.is("MESSAGE_ID", OPENED) {
            let own = sessions.iter().find(|session| session.from == at);
            let is_jobs = own.is_some_and(|session| session.whose == Whose::Others);
            if is_jobs || asked.zip(own).is_some_and(|(asked, session)| !session.is_open(asked)) {
                item.role = Role::Note;
            }
        }
    }
}

/// The sessions of a boot, in order; those of its end only, where nobody asked by name.
fn sessions(case: &Case<'_>, is_whole: bool) -> Vec<Session> {
    let (opened, closed) = (format!("MESSAGE_ID={OPENED}"), format!("MESSAGE_ID={CLOSED}"));
    let terms: [&str; 2] = [&opened, &closed];
    let lines = if is_whole {
        case.source.having(case.boot, &terms)
    } else {
        let wanted = Wanted { terms: &terms, keep: &|line| Sender::Logind.wrote(line), ..Wanted::ALL };
        case.source.tail(case.boot, TAIL_LINES, TAIL_WINDOW, wanted)
    };
    let (mut sessions, mut open): (Vec<Session>, BTreeMap<String, usize>) = Default::default();
    for line in lines.iter().filter(|line| Sender::Logind.wrote(line)) {
        let id = line.text("SESSION_ID").unwrap_or_default();
        if line.is("MESSAGE_ID", CLOSED) {
            let closed = open.remove(id).and_then(|at| sessions.get_mut(at));
            closed.into_iter().for_each(|session| session.until = Some(line.monotonic.0));
        } else if let Some(account) = line.text("USER_ID") {
            open.insert(id.to_owned(), sessions.len());
            let (id, account) = (id.to_owned(), account.to_owned());
            sessions.push(Session { id, account, whose: by_class(line), from: line.monotonic.0, until: None });
        }
    }
    sessions
}

/// Whether a session that may be a person's was open.
fn is_in_any(sessions: &[Session], at: u64) -> bool {
    sessions.iter().any(|session| session.whose != Whose::Others && session.is_open(at))
}

/// The first login of which logind does not tell, so that it is not known when it was over.
fn untold_login(sessions: &[Session], logins: &Logins) -> Option<u64> {
    let opened: BTreeSet<(&str, u64)> = sessions.iter().map(|session| (&*session.account, session.from)).collect();
    let is_told = |account: &str, at: u64| {
        opened.range((account, at.saturating_sub(NEAR))..=(account, at.saturating_add(NEAR))).next().is_some()
    };
    let untold = logins.people(u64::MAX).find(|(at, account)| !is_told(account, *at));
    untold.map(|(at, _)| *at)
}

/// Whose a session is by its class, where its line tells that.
fn by_class(line: &Line) -> Whose {
    let message = line.message();
    let told = message.split_once(" with class '").map(|(_, class)| class);
    match line.text("CLASS").or(told) {
        Some(class) if class.starts_with("user") => Whose::Persons,
        Some(_) => Whose::Others,
        None => Whose::Untold,
    }
}

/// Whether a process surely ran in a person's session: under a connection's own unit, or in a session of a class of
/// people; where the class is not told, in one that a login opened, and no job.
fn is_in_session(sessions: &[Session], logins: &Logins, line: &Line) -> bool {
    let (Some(unit), at) = (line.text("_SYSTEMD_UNIT"), line.monotonic.0) else { return false };
    let Some(id) = unit.strip_prefix("session-").and_then(|unit| unit.strip_suffix(".scope")) else {
        return ["sshd@", "ssh@", "dropbear@"].iter().any(|start| unit.starts_with(start));
    };
    if let Some(known) = sessions.iter().rfind(|session| session.id == id) {
        return known.whose == Whose::Persons && known.is_open(at);
    }
    let message = line.message();
    let account = message.split_once(" : ").map(|(account, _)| account.trim()).unwrap_or_default();
    logins.people(at).any(|(_, known)| known == account) && !logins.is_job_near(account, at)
}

impl Session {
    /// Whose it is, where its class does not tell, by who asked for it.
    fn whose(&self, logins: &Logins) -> Whose {
        match self.whose {
            Whose::Untold if logins.is_job_near(&self.account, self.from) => Whose::Others,
            Whose::Untold if logins.is_person_near(&self.account, self.from) => Whose::Persons,
            told => told,
        }
    }

    fn is_open(&self, at: u64) -> bool {
        self.from <= at && self.until.is_none_or(|until| until.saturating_add(LINGERS) >= at)
    }
}
