//! The catalogue and the reader of rules files.

use std::collections::BTreeMap;

use super::*;

#[test]
fn the_catalogue_has_no_faults() {
    let faults = load::read(CATALOGUE_NAME, CATALOGUE, &BTreeMap::new(), true).err().unwrap_or_default();
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
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
