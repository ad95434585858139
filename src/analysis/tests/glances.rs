//! What a first look at a line rules out is what reading it would have ruled out, and damage is told all the same.

use std::borrow::Cow;

use crate::analysis::JournalSource;
use crate::analysis::rules::Rulebook;
use crate::analysis::source::{Glance, Line, Source, Wanted};
use crate::file::Options;
use crate::format::Id128;
use crate::journal::Journal;
use crate::testkit::synth::{Codec, Record, Synth};

const WORD: &str = "panic";

/// A boot with lines of which every fourth has the word, in all the places where it may stand; beside them long values,
/// several messages, none, and bytes that are no text.
fn synth() -> Synth {
    let messages = |at: u64| -> Vec<Vec<u8>> {
        let text = |text: &str| format!("MESSAGE={text}").into_bytes();
        match at % 12 {
            0 => vec![text(WORD)],
            1 => vec![text(&format!("{at} and a {WORD}"))],
            2 => vec![],
            3 => vec![text("first"), text(&format!("second {WORD}"))],
            4 => vec![[&text(&format!("{at} ")), &b"\xff\xfe "[..], WORD.as_bytes()].concat()],
            5 => vec![text(&format!("{at}{}{WORD}", "x".repeat(5000)))],
            6 => vec![text(&format!("{at}{}{WORD}", "y".repeat(600)))],
            7 => vec![text(&format!("{at} {WORD}\0"))],
            _ => vec![text(&format!("line {at}"))],
        }
    };
    let record = |at: u64| {
        let record = Record::new(at).boot(1).field("_TRANSPORT=kernel").field("PRIORITY=6").field("_HOSTNAME=host");
        messages(at).iter().fold(record, |record, message| record.field(message))
    };
    (1..=400).fold(Synth::new().codec(Codec::Zstd).threshold(512), |synth, at| synth.entry(record(at)))
}

/// What a journal of these bytes answers with a glance and without, and what each found damaged.
fn asked(name: &str, bytes: &[u8]) -> [(Vec<Line>, String); 2] {
    let folder = std::env::temp_dir().join(format!("lastwords-glances-{}-{name}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("system.journal"), bytes).unwrap();
    let says = |line: &Line| line.message().contains(WORD);
    let keep = |line: &Line| line.is("_TRANSPORT", "kernel") && says(line);
    let answers = [None, Some(Glance::at_message(&says))].map(|glance| {
        let journal = Journal::open(&[&folder], Options::default()).unwrap();
        let source = JournalSource::of(&journal);
        let boot = source.boots().iter().position(|boot| boot.id == Id128([1; 16])).unwrap();
        let wanted = Wanted { terms: &["_TRANSPORT=kernel"], keep: &keep, glance };
        let mut lines = source.tail(boot, 300, u64::MAX, wanted);
        lines.extend(source.head(boot, usize::MAX, u64::MAX, wanted));
        let having = match glance {
            Some(glance) => source.having_seen(boot, &["PRIORITY=6"], glance),
            None => source.having(boot, &["PRIORITY=6"]),
        };
        lines.extend(having.into_iter().filter(keep));
        (lines, format!("{:?}", journal.unread()))
    });
    std::fs::remove_dir_all(&folder).unwrap();
    answers
}

#[test]
fn lines_that_are_looked_at_first_are_those_that_are_read() {
    let [read, seen] = asked("whole", &synth().build());
    assert_eq!(read.0.len(), seen.0.len());
    assert_eq!(format!("{read:?}"), format!("{seen:?}"));
    // Of twelve, the first two, the one that is no text, the one of 600 bytes and the one that ends in a zero.
    assert!((3 * 150..3 * 180).contains(&seen.0.len()), "{}", seen.0.len());
}

#[test]
fn damage_in_a_line_of_no_interest_is_told() {
    let synth = synth();
    let layout = synth.layout();
    for (name, damaged) in [("one", &["MESSAGE=line 20", "MESSAGE=line 200"][..]), ("all", &["_HOSTNAME=host"])] {
        let mut bytes = synth.build();
        for payload in damaged {
            let at = layout.find_data(payload.as_bytes()).unwrap().offset as usize;
            bytes[at] = 9;
        }
        let [read, seen] = asked(name, &bytes);
        assert_eq!(format!("{read:?}"), format!("{seen:?}"));
        assert!(seen.1.contains("data"), "{}", seen.1);
    }
}

#[test]
fn a_glance_rules_out_no_line_that_a_rule_fits() {
    let book = Rulebook::builtin();
    let tables = [book.table(false), book.table(true), book.sequence(), book.aftermath(), book.conditions()];
    let mut known = 0;
    for (rule, line) in book.rules().iter().flat_map(|rule| {
        let lines = rule.fires.iter().flat_map(|sample| sample.lines(rule).into_iter().collect::<Vec<_>>());
        lines.map(move |line| (rule, line)).collect::<Vec<_>>()
    }) {
        for table in tables {
            let is_glanced = |(name, _): &&(Cow<'static, str>, Vec<u8>)| table.glanced().contains(name);
            let fields = line.fields.iter().filter(is_glanced).cloned().collect();
            let glimpse = Line { fields, ..line.clone() };
            known += usize::from(table.knows(&line));
            assert!(!table.knows(&line) || table.may_know(&glimpse), "{}: {line:?}", rule.id);
        }
    }
    assert!(known > book.rules().len());
    let idle = Line { fields: vec![(Cow::Borrowed("MESSAGE"), b"nothing to see".to_vec())], ..Line::default() };
    assert!(tables.iter().all(|table| !table.may_know(&idle)));
}
