//! The flood of stops: most of the services that were up, stopped one after the other.
//!
//! It is asked for only where no target names the shutdown, since it needs the life of every service.

use std::collections::{HashMap, HashSet};

use super::source::{Line, Source, is_users};
use super::unit::{self, Step};

/// So many of a hundred services that were up must be stopped.
const SHARE: usize = 60;
/// With fewer, a share says nothing.
const LEAST: usize = 5;

/// The first line of a flood of stops in a boot's last lines.
pub(super) fn start(source: &dyn Source, boot: usize, tail: &[&Line]) -> Option<Line> {
    let stopped = stopped(source, tail);
    if stopped.len() < LEAST {
        return None;
    }
    let first = stopped.values().min_by_key(|line| (line.monotonic, line.seqnum))?;
    let up = up_at(source, boot, first);
    let hit = stopped.keys().filter(|unit| up.contains(*unit)).count();
    (hit >= LEAST && hit * 100 >= up.len() * SHARE).then(|| Line::clone(first))
}

/// The services that were stopped for good and did not come back, with the line that says so.
///
/// What PID 1 stops in order to start it again is under way to its next life.
fn stopped<'a>(source: &dyn Source, tail: &[&'a Line]) -> HashMap<String, &'a Line> {
    let mut stopped = HashMap::new();
    let is_restart = |line: &Line| line.is("JOB_TYPE", "restart");
    for line in tail.iter().filter(|line| !is_users(source, line) && !is_restart(line)) {
        match unit::step(line) {
            Some((Step::Stopping | Step::Stopped, unit)) if unit.ends_with(".service") => {
                stopped.entry(unit.into_owned()).or_insert(*line);
            }
            Some((Step::Starting | Step::Started, unit)) => {
                stopped.remove(unit.as_ref());
            }
            _ => {}
        }
    }
    stopped
}

/// The services that were up when `before` was written.
///
/// A service that runs once is reported as done first and as started after: it is not up, until it starts again.
fn up_at(source: &dyn Source, boot: usize, before: &Line) -> HashSet<String> {
    let terms = [Step::Starting, Step::Started, Step::Stopped, Step::Success].map(unit::term);
    let (mut up, mut done) = (HashSet::new(), HashSet::new());
    let lines = source.having(boot, &terms.each_ref().map(String::as_str));
    let earlier = |line: &&Line| (line.monotonic, line.seqnum) < (before.monotonic, before.seqnum);
    for line in lines.iter().filter(|line| !is_users(source, line)).take_while(earlier) {
        let Some((step, unit)) = unit::step(line) else { continue };
        if !unit.ends_with(".service") {
            continue;
        }
        match step {
            Step::Started if !done.contains(unit.as_ref()) => drop(up.insert(unit.into_owned())),
            Step::Started | Step::Stopping => {}
            Step::Starting | Step::Stopped => {
                done.remove(unit.as_ref());
                up.remove(unit.as_ref());
            }
            Step::Success => {
                up.remove(unit.as_ref());
                done.insert(unit.into_owned());
            }
        }
    }
    up
}
