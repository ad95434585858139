//! The catalogue and the reader of rules files.

use std::collections::BTreeMap;

use super::*;
use crate::analysis::Strength;

#[test]
fn the_catalogue_has_no_faults() {
    let read = |care| load::read(CATALOGUE_NAME, CATALOGUE, &BTreeMap::new(), care).err().unwrap_or_default();
    let faults = [Care::Catalogue, Care::Strict].map(read).concat();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_rule_of_the_catalogue_says_of_which_versions_it_is() {
    let read = |care| load::read("my.toml", &file(RULE), &BTreeMap::new(), care).err().unwrap_or_default();
    let faults: Vec<String> = read(Care::Catalogue).iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["5: rule gate.restart: versions: this is missing"]);
    assert!(read(Care::Strict).is_empty(), "a user need not");
}

/// What is wrong with a file, as a user sees it.
fn faults(text: &str) -> Vec<String> {
    let error = Rulebook::builtin().with("my.toml", text).unwrap_err();
    error.to_string().lines().map(str::to_owned).collect()
}

const RULE: &str = "
[[rule]]
id = 'gate.restart'
by = 'gate'
pattern = '^restart in (?P<seconds>[0-9]+) s$'
literal = 'restart in '
cause = 'requested.orchestrator'
strength = 'strong'
shows = 'the gate asked for a restart in {seconds} s'
fires = ['restart in 5 s']
not = ['no restart in sight', { MESSAGE = 'restart in 5 s', _SYSTEMD_UNIT = 'app.service' }]
";

fn file(rule: &str) -> String {
    format!("version = 1\n[senders]\ngate = [['_SYSTEMD_UNIT=gate.service']]\n{rule}")
}

#[test]
fn a_users_rule_counts_beside_the_others() {
    let book = Rulebook::builtin().with("my.toml", &file(RULE)).unwrap();
    assert_eq!(book.rules().len(), Rulebook::builtin().rules().len() + 1);
    let rule = book.rule("gate.restart").unwrap();
    assert_eq!((rule.stated_at, &*rule.file), (5, "my.toml"));
    let line = &rule.fires[0].lines(rule)[0];
    let observed = book.observe(false, line);
    assert_eq!(observed.len(), 1);
    assert_eq!(observed[0].shows(), "the gate asked for a restart in 5 s");
}

#[test]
fn everything_that_is_wrong_with_a_file_is_said_at_once() {
    let text = file(
        &(RULE.replace("strong'", "stronk'").replace("+) s$'", "+ s$'")
            + &RULE.replace("cause", "course").replace("fires = ['restart in", "fires = ['restarts in")),
    );
    let found = faults(&text);
    let expected = [
        "my.toml:8: rule gate.restart: pattern: unclosed group",
        "my.toml:11: rule gate.restart: strength: `stronk` is not one of proof, strong, moderate, weak, context",
        "my.toml:17: rule gate.restart: id: another rule of this file has this id",
        "my.toml:21: rule gate.restart: course: no such field; there are ",
        "my.toml:24: rule gate.restart: fires: the rule does not fire on this line",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn every_rule_comes_with_lines_that_fire_it_and_lines_that_must_not() {
    for rule in Rulebook::builtin().rules().iter().filter(|rule| rule.sign.is_some()) {
        assert!(!rule.fires.is_empty() && !rule.not.is_empty(), "{}", rule.id);
        assert!(rule.source.is_some(), "{}: no source", rule.id);
    }
}

#[test]
fn every_field_that_a_rule_asks_for_is_read() {
    for field in Rulebook::builtin().fields() {
        assert!(crate::analysis::source::READ.contains(&field), "{field}");
    }
}

#[test]
fn the_table_finds_for_each_line_the_rules_that_fit_it() {
    let book = Rulebook::builtin();
    for rule in book.rules() {
        for line in rule.fires.iter().chain(&rule.not).flat_map(|sample| sample.lines(rule)) {
            for in_next in [false, true] {
                let here = |rule: &&Arc<Rule>| if in_next { rule.is_of_next() } else { rule.is_of_ending() };
                let fits = book.rules().iter().filter(here).filter(|rule| matching::fits(rule, &line).is_some());
                let expected: Vec<&str> = fits.map(|rule| rule.id.as_str()).collect();
                let observed = book.observe(in_next, &line);
                let found: Vec<&str> = observed.iter().map(|seen| seen.rule.id.as_str()).collect();
                assert_eq!(found, expected, "{line:?}");
                let table = book.table(in_next);
                assert_eq!(table.knows(&line), !expected.is_empty(), "{line:?}");
                assert!(expected.is_empty() || line.has(&table.marks()), "no mark of a writer: {line:?}");
            }
        }
    }
}

#[test]
fn what_a_condition_finds_in_a_message_is_heard_from_its_writer() {
    let book = Rulebook::builtin();
    let is_heard = |seen: &Observed| seen.rule.sign.as_ref().is_some_and(Sign::is_heard);
    let samples = book.rules().iter().flat_map(|rule| rule.fires.iter().flat_map(|sample| sample.lines(rule)));
    let found = samples.filter(|line| book.conditions().observe(line).iter().any(is_heard));
    let heard = found.inspect(|line| {
        let said = line.first("MESSAGE").map_or(0, |message| book.voices().of_message(message, u64::MAX));
        let told = book.voices().marks().iter().filter(|(term, _)| line.has(&[term]));
        assert_ne!(told.fold(0, |all, (_, voices)| all | voices) & said, 0, "{line:?}");
    });
    assert!(heard.count() > 50);
    assert_eq!(book.voices().of_message(b"nothing of interest", u64::MAX), 0);
}

/// Ways in which a program can write what it likes.
const APPS: [&[(&str, &str)]; 5] = [
    &[("_TRANSPORT", "stdout"), ("_SYSTEMD_UNIT", "app.service"), ("_UID", "1000"), ("_PID", "812"), ("_COMM", "app")],
    &[("_TRANSPORT", "syslog"), ("_SYSTEMD_UNIT", "app.service"), ("_UID", "0"), ("_PID", "812"), ("_COMM", "app")],
    &[("_TRANSPORT", "journal"), ("_SYSTEMD_UNIT", "docker.service"), ("_UID", "0"), ("_PID", "812"), ("_COMM", "app")],
    &[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "1")],
    &[("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "23")],
];

#[test]
fn what_an_app_prints_is_no_sign() {
    let book = Rulebook::builtin();
    for rule in book.rules() {
        for sample in &rule.fires {
            for app in APPS {
                let own = sample.lines(rule).into_iter().flat_map(|line| line.fields);
                let chosen = own.filter(|(name, _)| !name.starts_with('_') && *name != "SYSLOG_FACILITY");
                // It may call itself what it likes, but journald's own names and the kernel's log are taken below.
                let chosen = chosen.filter(|(name, _)| *name != "SYSLOG_IDENTIFIER" || app.len() > 2);
                let theirs = app.iter().map(|(name, value)| ((*name).into(), value.as_bytes().to_vec()));
                let line = Line { fields: theirs.chain(chosen).collect(), ..Line::default() };
                for in_next in [false, true] {
                    for seen in book.observe(in_next, &line) {
                        // What a service of root calls itself counts a little, where nothing better tells a script.
                        let is_named = line.is("_UID", "0") && line.first("SYSLOG_IDENTIFIER").is_some();
                        let most = if is_named { Strength::Moderate } else { Strength::Ctx };
                        assert!(is_named && seen.strength <= most, "{}: {line:?}", seen.rule.id);
                    }
                }
            }
        }
    }
}

#[test]
fn names_in_the_kernels_log_make_no_proof() {
    let book = Rulebook::builtin();
    for rule in book.rules() {
        for (sample, ident) in rule.fires.iter().flat_map(|sample| [(sample, "systemd"), (sample, "systemd-journald")])
        {
            let own = sample.lines(rule).into_iter().flat_map(|line| line.fields);
            let chosen = own.filter(|(name, _)| !name.starts_with('_') && !name.starts_with("SYSLOG_"));
            let named = [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", ident)];
            let named = named.iter().map(|(name, value)| ((*name).into(), value.as_bytes().to_vec()));
            let line = Line { fields: named.chain(chosen).collect(), ..Line::default() };
            for seen in [book.observe(false, &line), book.observe(true, &line)].iter().flatten() {
                assert!(seen.strength < Strength::Proof, "{}: {line:?}", seen.rule.id);
            }
        }
    }
}

/// The ids of REBOOTS 2.0 that no rule and no code asks for, and why.
const LEFT_OUT: [(&str, &str); 5] = [
    ("b2bcbaf5edf948e093ce50bbea0e81ec", "secure attention key: it asks for nothing; who acts on it says so"),
    ("b72ea4a2881545a0b50e200e55b9b06f", "lid opened: nothing ends by it, and a machine that wakes says so itself"),
    ("ae8f7b866b0347b9af31fe1c80b127c0", "what a unit consumed: its stop has an id of its own"),
    ("50876a9db00f4c40bde1a2ad381c3a1b", "the system is tainted: how it was built, at every boot"),
    ("f27a3f94406a4783b946a9bc849e9452", "an ordering cycle: how a boot came up; what failed by it says so"),
];

/// All ids of REBOOTS 2.0, each with its name.
const IDS: &str = include_str!("ids.txt");

#[test]
fn every_message_id_of_the_specification_is_asked_for_or_left_out_for_a_reason() {
    let stated: BTreeSet<&str> = Rulebook::builtin()
        .rules()
        .iter()
        .filter_map(|rule| rule.sign.as_ref())
        .flat_map(|sign| sign.message_ids.iter().map(String::as_str))
        .collect();
    let steps = ["starting", "started", "stopping", "stopped", "success"];
    let steps: Vec<String> = steps.iter().map(|step| crate::analysis::unit::term(step.parse().unwrap())).collect();
    let mut known = 0;
    for id in IDS.lines().filter_map(|line| line.split(' ').next()) {
        assert_eq!(id.len(), 32, "{id}");
        let is_step = steps.iter().any(|term| term.ends_with(id));
        let is_used = stated.contains(id) || is_step;
        let is_left_out = LEFT_OUT.iter().any(|(left, why)| *left == id && !why.is_empty());
        assert!(is_used != is_left_out, "{id}: used {is_used}, left out {is_left_out}");
        known += 1;
    }
    assert!(known > 50, "{known} ids");
}

#[test]
fn every_literal_of_a_condition_is_heard_wherever_it_stands() {
    let book = Rulebook::builtin();
    let conditions = book.rules().iter().filter(|rule| rule.is_of_ending() && rule.contributing.is_some());
    let signs = conditions.filter_map(|rule| rule.sign.as_ref()).filter(|sign| sign.is_heard());
    let literals: Vec<&String> = signs.flat_map(|sign| sign.text.literals()).collect();
    assert!(literals.iter().any(|literal| literal.len() < 7) && literals.iter().any(|literal| literal.len() > 7));
    for literal in literals {
        for (before, after) in [(0, 0), (1, 40), (40, 0), (33, 2)] {
            let message = [&vec![b'~'; before], literal.as_bytes(), &vec![b'~'; after]].concat();
            assert_ne!(book.voices().of_message(&message, u64::MAX), 0, "{literal}");
            assert_eq!(book.voices().of_message(&message[..before], u64::MAX), 0, "{literal}");
        }
    }
}
