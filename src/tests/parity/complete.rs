//! What bash offers behind the words that were typed, by the script that the command prints.

use std::process::Command;

use crate::support::lastwords;

/// Words, the last of which is begun, as bash splits them: at blanks, and round `=`.
fn words(line: &str) -> Vec<String> {
    let line = line.replace('=', " = ");
    let mut words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    if line.ends_with(' ') && !line.ends_with("= ") {
        words.push(String::new());
    }
    words
}

/// What is offered behind a line; `None` where there is no bash to ask.
fn offered(line: &str) -> Option<Vec<String>> {
    let script = lastwords(&["completions", "bash"]);
    let words = words(line);
    let (last, before) = (words.last()?, words.get(words.len().checked_sub(2)?)?);
    // Right behind `=`, it is a word of its own and nothing is begun.
    let begun = if last == "=" { "" } else { last };
    let ask = "eval \"$1\"; shift; COMP_WORDS=(\"${@:3}\"); COMP_CWORD=$(($# - 3)); \
               _lastwords lastwords \"$1\" \"$2\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let asked = Command::new("bash").args(["-c", ask, "bash", script.text(), begun, before]).args(&words).output();
    let answer = asked.ok()?;
    assert!(answer.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&answer.stderr));
    let text = String::from_utf8(answer.stdout).unwrap();
    Some(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn assert_offered(line: &str, expected: &[&str]) {
    if let Some(offered) = offered(line) {
        assert_eq!(offered, expected, "{line}");
    }
}

#[test]
fn a_directory_alone_has_the_options_of_why() {
    assert_offered("lastwords DIR --bo", &["--boot"]);
    assert_offered("lastwords --color never DIR --bo", &["--boot"]);
    assert_offered("lastwords --color=never DIR --bo", &["--boot"]);
    assert_offered("lastwords show DIR --list-b", &["--list-boots"]);
    assert_offered("lastwords bo", &["boots"]);
    assert_offered("lastwords --color never bo", &["boots"]);
    assert_offered("lastwords --color=al", &["always"]);
}

#[test]
fn values_are_offered_by_their_names_behind_a_blank_and_behind_an_equals_sign() {
    for option in ["--output ", "--output=", "-o "] {
        assert_offered(&format!("lastwords show DIR {option}json-"), &["json-pretty", "json-sse", "json-seq"]);
    }
    assert_offered("lastwords show --stream=", &["stdout", "stderr"]);
    assert_offered("lastwords show DIR -p e", &["emerg", "err"]);
    assert_offered("lastwords boots --priority=w", &["warning"]);
    assert_offered("lastwords show --facility au", &["auth", "authpriv"]);
    assert_offered("lastwords show --facility 1", &[]);
    assert_offered("lastwords DIR --tz de", &["device"]);
    assert_offered("lastwords show DIR --tz=loc", &["local"]);
    if std::path::Path::new("/usr/share/zoneinfo/zone.tab").exists() {
        assert_offered("lastwords DIR --tz Europe/Berl", &["Europe/Berlin"]);
        assert_offered("lastwords show --tz=America/Indiana/K", &["America/Indiana/Knox"]);
    }
    assert_offered("lastwords show --now=j", &["journal-end"]);
    assert_offered("lastwords stats DIR --by=", &lastwords::query::stats::Key::NAMES);
    assert_offered("lastwords why -b ", &["0", "-1", "-2", "-3"]);
}
