//! What of a sequence the log's end bears out.

use super::{
    FLOOD_HOLDS, LOST_HOLDS, REQUEST_HOLDS, REQUEST_TO_STOP, SLEEP_HOLDS, STOPS_HOLD, STOPS_LAST, Sequence, announced,
};
use crate::analysis::plan::{Due, due};
use crate::analysis::report::Stage;
use crate::analysis::rules::{Means, Structural};
use crate::analysis::sign::{Sign, TERMINAL_HOLDS};
use crate::analysis::source::Moment;
use crate::analysis::strays;

impl Sequence {
    /// Drops what the log's end does not bear out; `starts_again` tells whether a service that was stopped after a moment was
    /// started again, which a shutdown does not allow.
    pub(super) fn settle(&mut self, end: Moment, starts_again: impl Fn(u64) -> bool) {
        let last = end.monotonic.0;
        let (steps, strays) = strays::part(std::mem::take(&mut self.steps), last, self.service_stop.is_some());
        self.steps = steps;
        let stops = || self.steps.iter().filter(|step| step.stage() > Some(Stage::S0)).map(Sign::at);
        let (began, latest) = (stops().min(), stops().max());
        let announced = began.map_or(0, |began| announced(&self.steps, began));
        let hold = if self.is_unasked_flood() { FLOOD_HOLDS } else { STOPS_HOLD };
        let outlived = latest.is_some_and(|latest| latest.saturating_add(hold) < last);
        // What had been asked for may hang for hours, unless what it had stopped was started again.
        let is_over = |began: u64| began.saturating_add(STOPS_LAST) < last && starts_again(began);
        let outlived =
            (outlived && !self.is_asked_for()) || (self.stage() < Some(Stage::S3) && began.is_some_and(is_over));
        let void = (outlived && self.stage() < Some(Stage::S3)) || self.left_graphical_mode(last);
        let is_void = |step: &Sign| step.stage() > Some(Stage::S0) || Some(step.at()) <= latest;
        let holds = |step: &Sign| match began {
            Some(_) if void && is_void(step) => false,
            Some(_) if !void => step.is_plan() || step.at().saturating_add(REQUEST_TO_STOP) >= announced,
            // What was asked for behind stops that came to nothing is another matter.
            _ => step.at().saturating_add(REQUEST_HOLDS) >= last && !is_ahead(step, end),
        };
        (self.steps, self.ignored) = std::mem::take(&mut self.steps).into_iter().partition(holds);
        self.ignored.extend(strays);
        self.ignored.append(&mut self.strays);
        self.ignored.extend_from_slice(&self.others);
        self.sleep.retain(|sign| sign.at().saturating_add(SLEEP_HOLDS) >= last);
        self.log_lost.retain(|sign| sign.at().saturating_add(LOST_HOLDS) >= last);
        self.reset.retain(|sign| sign.is_sure() && sign.at().saturating_add(sign.holds()) >= last);
        self.settle_service_stop(last);
        self.settle_hearsay();
    }

    /// Whoever stops journald alone shuts nothing down, though it never starts again. That it stopped its own last line says:
    /// root can write the one about the signal into the kernel's log.
    fn settle_service_stop(&mut self, last: u64) {
        let is_stop = |step: &Sign| step.role() == Means::JournalStopped;
        let is_alone = !self.steps.is_empty() && self.steps.iter().all(is_stop);
        let is_last = |sign: &Sign| sign.at().saturating_add(TERMINAL_HOLDS) >= last;
        self.service_stop = self.service_stop.take().filter(|sign| is_alone && is_last(sign));
        if self.service_stop.is_some() {
            self.ignored.append(&mut self.steps);
        }
    }

    /// Keeps what stands under a daemon's name in the kernel's log beside surer lines only: root can write there too, so
    /// that it takes no shutdown further, and no log to its end.
    fn settle_hearsay(&mut self) {
        let stage = self.stage();
        let began = self.steps.iter().filter(|step| step.stage() > Some(Stage::S0)).map(Sign::at).min();
        let hearsay = std::mem::take(&mut self.hearsay).into_iter();
        self.steps.extend(hearsay.filter(|step| step.stage() <= stage && began.is_some_and(|at| at <= step.at())));
        if !self.log_lost.iter().any(Sign::is_sure) {
            self.log_lost.clear();
        }
    }

    /// Whether all that stopped is the graphical mode, unasked before, and the log went on, or a person had just asked for
    /// that: a shutdown stops the other targets in the same moment.
    fn left_graphical_mode(&self, last: u64) -> bool {
        let stops = || self.steps.iter().filter(|step| step.stage() > Some(Stage::S0));
        let is_left = stops().all(|step| step.line.is("UNIT", "graphical.target"));
        let holds = |step: &Sign| step.at().saturating_add(REQUEST_HOLDS) >= last;
        let first = stops().min_by_key(|step| step.at());
        let is_by_person = self
            .isolated
            .zip(first.map(Sign::at))
            .is_some_and(|(isolated, first)| (isolated..=isolated.saturating_add(REQUEST_HOLDS)).contains(&first));
        let is_asked = first.is_some_and(|first| self.steps.iter().any(|step| strays::leads_to(step, first)));
        is_left && !is_asked && (is_by_person || !stops().any(holds))
    }

    /// Whether many services were stopped and nothing else, and nobody had asked for an end just before: a person may have
    /// stopped them.
    fn is_unasked_flood(&self) -> bool {
        let is_flood = |step: &&Sign| step.rule.id == Structural::StopFlood.id();
        let Some(flood) = self.steps.iter().find(is_flood) else { return false };
        // What came to nothing long before asked for none.
        let is_past = |step: &Sign| {
            let is_request = step.stage() <= Some(Stage::S0) && step.at() < flood.at();
            is_request && !strays::may_lead_to(step, flood)
        };
        self.steps.iter().all(|step| is_flood(&step) || is_past(step))
    }
}

/// Whether a step is a plan whose time had not come when the log ended.
fn is_ahead(step: &Sign, end: Moment) -> bool {
    let when = step.capture("when").filter(|_| step.is_plan());
    when.is_some_and(|when| due(when, Some(end.realtime.0), 0) == Due::No)
}
