//! Untrusted text: what a journal says cannot act on the terminal that shows it, and a pipe gets the bytes as they are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;
use std::process::Command;

use lastwords::output::Format;
use lastwords::testkit::synth::{Record, Synth};
use support::{Folder, command, lastwords};

/// Everything that acts on a terminal: escape sequences, C1 controls raw and encoded, overrides, BEL, CR, backspace.
const NASTY: &[u8] = "a\x1b[31mred\x1b]0;title\x07\rover\x08\x7f\u{9b}2J\u{202e}rtl\u{2066}\0end".as_bytes();

fn field(name: &str, value: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b"=", value].concat()
}

/// A machine whose every text is nasty and whose first boot ends in order, so that a report cites much.
fn journal() -> Vec<u8> {
    let id = [b"\x9b1;31m\xff\xfe".as_slice(), NASTY].concat();
    let line = |seqnum: u64, boot: u8, message: &[u8]| {
        let record = Record::new(seqnum).boot(boot).field(field("MESSAGE", message));
        [("_HOSTNAME", NASTY), ("SYSLOG_IDENTIFIER", &id), ("_COMM", NASTY), ("_SYSTEMD_UNIT", NASTY), ("X", &id)]
            .into_iter()
            .fold(record, |record, (name, value)| record.field(field(name, value)))
            .field("PRIORITY=3")
            .field("_PID=1")
            .field("_MACHINE_ID=3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a3a")
    };
    let two_lines = [NASTY, b"\nsecond line ", NASTY].concat();
    let records = [
        line(1, 1, NASTY),
        line(2, 1, &two_lines),
        line(3, 1, &field("Out of memory: Killed process 7 (x) ", NASTY)),
        line(4, 1, b"Journal stopped").field("MESSAGE_ID=d93fb3c9c24d451a97cea615ce59c00b"),
        line(5, 2, NASTY),
        line(6, 2, &two_lines),
    ];
    records.into_iter().fold(Synth::new(), Synth::entry).build()
}

/// A folder that holds the journal under a name that is nasty too.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.file("user-\x1b[31m\u{202e}\x07.journal", &journal());
    folder
}

/// What the command writes to a terminal of its own.
fn on_a_terminal(args: &[&str]) -> Vec<u8> {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let program = quoted(env!("CARGO_BIN_EXE_lastwords"));
    let line: Vec<String> = std::iter::once(program).chain(args.iter().map(|arg| quoted(arg))).collect();
    let mut terminal = Command::new("script");
    let surrounding = command();
    terminal.envs(surrounding.get_envs().filter_map(|(name, value)| Some((name, value?)))).env_remove("NO_COLOR");
    terminal.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
    let output = terminal.stdin(std::process::Stdio::null()).output().expect("script (util-linux) gives a terminal");
    assert!(!output.stdout.is_empty(), "{args:?}");
    output.stdout
}

/// Takes colours that only set how text looks out of it, and the CR that the terminal itself puts before a newline.
fn without_our_colours(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).replace("\r\n", "\n");
    let mut parts = text.split("\x1b[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let length = part.bytes().take_while(|byte| byte.is_ascii_digit() || b";:".contains(byte)).count();
        match part[length..].strip_prefix('m') {
            Some(rest) => plain.push_str(rest),
            None => plain.extend(["\x1b[", part]),
        }
    }
    plain.into_bytes()
}

/// The first character that acts on a terminal, with what stands around it.
fn harm(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text).into_owned();
    let acts = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let at = text.find(acts)?;
    let around = text[at..].chars().take(20).collect::<String>();
    Some(format!("{around:?} behind {:?}", text[..at].lines().next_back()))
}

fn assert_harmless(args: &[&str]) {
    let shown = on_a_terminal(args);
    let mut plain = without_our_colours(&shown);
    if args.contains(&"json-seq") {
        // The record separator in front of each line is the format's own.
        plain = plain
            .split(|byte| *byte == b'\n')
            .flat_map(|line| [line.strip_prefix(b"\x1e").unwrap_or(line), b"\n"].concat())
            .collect();
    }
    assert_eq!(harm(&plain), None, "{args:?}");
    // What a message coloured must not pass as a colour of ours.
    let text = String::from_utf8_lossy(&shown);
    assert!(!text.contains("\x1b[31mred"), "{args:?} passes colours of the journal on");
}

#[test]
fn no_format_of_show_passes_control_characters_to_a_terminal() {
    let folder = folder("outputs-show");
    let path = folder.path().to_str().unwrap();
    for format in Format::NAMES {
        for all in [&[][..], &["--all"]] {
            assert_harmless(&[&["show", path, "-o", format], all].concat());
        }
    }
}

#[test]
fn no_text_passes_control_characters_to_a_terminal() {
    let folder = folder("outputs-text");
    let path = folder.path().to_str().unwrap();
    for args in [&["boots"][..], &["why", "-b", "-1"], &["why", "-b", "0"], &["info"], &["fields"]] {
        assert_harmless(&[args, &[path]].concat());
    }
    for name in ["MESSAGE", "_HOSTNAME", "X", "SYSLOG_IDENTIFIER"] {
        assert_harmless(&["fields", path, name]);
    }
}

#[test]
fn no_complaint_passes_control_characters_to_a_terminal() {
    let folder = Folder::new("outputs-stderr");
    folder.file("user-\x1b[31m\x07.journal", &journal());
    folder.file("system@\x1b[31m\x07.journal", b"zzzz no journal");
    let path = folder.path().to_str().unwrap();
    assert_harmless(&["boots", path]);
    assert_harmless(&["show", path, "-b", "\x1b[31mred\x07"]);
    assert_harmless(&["show", path, "\x1b[31mred=\x07"]);
    assert_harmless(&["show", path, "-S", "\x1b[31mred\x07"]);
    assert_harmless(&["show", &format!("{path}/\x1b[31mred\x07")]);
    assert_harmless(&["boots", path, "-o", "json"]);
}

#[test]
fn raw_passes_them_on_where_that_is_asked_for() {
    let folder = folder("outputs-raw");
    let shown = on_a_terminal(&["show", folder.path().to_str().unwrap(), "-o", "cat", "--raw", "-n", "1"]);
    assert!(String::from_utf8_lossy(&shown).contains("\x1b[31mred"), "{shown:?}");
}

#[test]
fn a_pipe_gets_messages_as_they_are() {
    let folder = folder("outputs-pipe");
    let answer = lastwords(&["show", folder.path().to_str().unwrap(), "-o", "cat", "-b", "-1", "-n", "all"]);
    let two_lines = [NASTY, b"\nsecond line ", NASTY, b"\n"].concat();
    assert!(answer.stdout.starts_with(&[NASTY, b"\n", &two_lines].concat()), "{:?}", answer.stdout);
}

#[test]
fn colours_are_for_terminals_and_for_those_who_ask() {
    let demo = Path::new(support::DEMO).to_str().unwrap();
    let colours = |color: &str| {
        let answer = command().args(["boots", demo, "--color", color]).env_remove("NO_COLOR").output().unwrap();
        answer.stdout.contains(&0x1b)
    };
    assert_eq!(["auto", "always", "never"].map(colours), [false, true, false]);
    assert!(on_a_terminal(&["boots", demo]).contains(&0x1b));
    assert!(!on_a_terminal(&["boots", demo, "--color", "never"]).contains(&0x1b));
}
