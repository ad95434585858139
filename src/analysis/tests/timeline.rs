//! The last minutes of a busy boot, and of a quiet one.

use super::super::{Evidence, Side, Strength, Timeline, Witness, timeline};
use super::log::Log;

/// So many lines does a timeline show at most, the last ones whole, and in so many parts of the time before something.
const MOST: usize = 60;
const LAST: usize = 20;
const PARTS: u64 = 20;

fn words(of: u64) -> String {
    // Numbers alone tell no two lines apart.
    of.to_string().bytes().map(|digit| char::from(digit - b'0' + b'g').to_string().repeat(2)).collect()
}

/// Ten minutes of five lines a second, with an error among the first.
fn busy() -> Timeline {
    let mut log = Log::new();
    log.boot(0);
    for second in 0..600 {
        for line in 0..5 {
            log.service("app.service", "app", &words(second * 5 + line));
        }
        if second == 30 {
            let by = [("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "app.service"), ("PRIORITY", "3")];
            log.line(&[&by[..], &[("MESSAGE", "it failed")]].concat());
        }
        log.after(1);
    }
    timeline(&log.listed(), 0, 600_000_000, false, &[])
}

#[test]
fn a_busy_boots_timeline_spans_all_of_its_time_and_counts_what_it_hides_where_it_is() {
    let timeline = busy();
    assert_eq!(timeline.moments.len(), MOST);
    let times: Vec<u64> = timeline.moments.iter().map(|moments| moments.place.monotonic.0).collect();
    let last = *times.last().unwrap();
    assert!(last - times[0] > 600_000_000 - 600_000_000 / PARTS, "{times:?}");
    let longest = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(longest <= 2 * 600_000_000 / PARTS, "{longest}: {times:?}");
    let shown: u64 = timeline.moments.iter().map(|moments| moments.count + moments.omitted).sum();
    assert_eq!(shown, timeline.entries);
    assert!(timeline.moments.iter().any(|moments| moments.place.message == "it failed"));
    let whole = timeline.moments.iter().rev().take(LAST);
    assert!(whole.clone().skip(1).all(|moments| moments.count == 1), "the last ones stand there one by one");
    assert!(whole.take(LAST - 1).all(|moments| moments.omitted == 0), "and nothing between them is hidden");
}

#[test]
fn a_line_that_is_evidence_stays() {
    let mut log = Log::new();
    log.boot(0);
    for number in 0..300 {
        log.service("app.service", "app", &words(number)).after(1);
    }
    let source = log.listed();
    let all = timeline(&source, 0, 600_000_000, true, &[]);
    let place = all.moments[101].place.clone();
    let is_shown = |evidence: &[Evidence]| {
        let thinned = timeline(&source, 0, 600_000_000, false, evidence);
        thinned.moments.iter().any(|moments| moments.place.offset == place.offset)
    };
    let evidence = Evidence {
        rule: "app.says".to_owned(),
        shows: "it says so".to_owned(),
        strength: Strength::Strong,
        side: Side::This,
        witness: Witness::Line(place.clone()),
    };
    assert!(!is_shown(&[]) && is_shown(&[evidence]));
}

#[test]
fn a_quiet_boots_timeline_is_whole() {
    let mut log = Log::new();
    log.boot(0);
    for number in 0..40 {
        log.service("app.service", "app", &words(number)).after(1);
    }
    let timeline = timeline(&log.listed(), 0, 600_000_000, false, &[]);
    assert!(timeline.moments.iter().all(|moments| moments.omitted == 0));
    assert_eq!(timeline.moments.iter().map(|moments| moments.count).sum::<u64>(), timeline.entries);
}
