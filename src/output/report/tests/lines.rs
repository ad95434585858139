//! What single lines of a report say.

use super::*;
use crate::analysis::Heartbeat;

/// A report as text, at 200 columns.
fn wide(report: &Postmortem) -> String {
    let style = Style { width: 200, color: false, zone: jiff::tz::TimeZone::UTC };
    let mut out = Vec::new();
    text::write(report, false, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_one_sign_excludes_stands_on_one_line() {
    let mut report = report();
    let excluded = |id, rule: &str| Excluded { id, rule: rule.to_owned(), shows: format!("{rule} shows it") };
    report.excluded = vec![
        excluded(Cause::PowerLoss, "reset.amd"),
        excluded(Cause::ThermalTrip, "reset.amd"),
        excluded(Cause::VmStop, "machine.real"),
        excluded(Cause::PowerResetPin, "reset.amd"),
    ];
    let text = wide(&report);
    for line in [
        "  - not power.loss, thermal.trip, power.reset-pin: reset.amd shows it (reset.amd)\n",
        "  - not vm.stop: machine.real shows it (machine.real)\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    report.alternatives.clear();
    assert!(wide(&report).contains("\nWhat it cannot have been\n  - not power.loss"), "{text}");
}

#[test]
fn what_no_line_says_quotes_none() {
    let mut report = report();
    let shows = "one of 3 short abrupt ends in a row";
    report.evidence =
        vec![Evidence { rule: "loop.crash".to_owned(), ..evidence(Side::This, shows, &place(0, "unrelated")) }];
    report.timeline.moments.clear();
    let text = wide(&report);
    let told = "one of 3 short abrupt ends in a row (strong)\n     by when boots began and ended; loop.crash\n";
    assert!(text.contains(told) && !text.contains("unrelated"), "{text}");
}

#[test]
fn a_heartbeat_says_which_line_came() {
    let mut report = report();
    let line = format!("uplink ok rtt=22ms {}", "x".repeat(80));
    let beat = |stopped_before| Heartbeat {
        by: "app.service".to_owned(),
        line: line.clone(),
        period_us: 300_000_000,
        last: Realtime(START),
        missing_from: Realtime(START + 330_000_000),
        stopped_before,
    };
    report.death.as_mut().unwrap().heartbeats = vec![beat(true), beat(false)];
    let text = wide(&report);
    let came = "app.service wrote a line like “uplink ok rtt=22ms xxxxxxxxxxxxxxxxxxxxx…” every 5 min";
    assert_eq!(text.matches(came).count(), 2, "{text}");
    assert!(text.contains("though the log goes on past"), "{text}");
}
