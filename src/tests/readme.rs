//! The README's examples are what the command prints.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

/// Stands for the rest of an output that is too long to be shown.
const CUT: &str = "[…]";

/// The blocks of the README that show a command of ours, as command and output.
fn examples(readme: &str) -> Vec<(String, String)> {
    let blocks = readme.split("```console\n").skip(1).filter_map(|rest| rest.split_once("\n```"));
    let parts = blocks.filter_map(|(block, _)| block.strip_prefix("$ ")?.split_once('\n'));
    let ours =
        parts.map(|(command, output)| (command.replace("cargo run --release -- ", "lastwords "), output.to_owned()));
    ours.filter(|(command, _)| command.starts_with("lastwords ")).collect()
}

/// Runs a line by the shell, with the binary of this build as `lastwords`.
fn run(line: &str) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_lastwords"));
    let path = format!("{}:{}", binary.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(env!("CARGO_MANIFEST_DIR"));
    shell.env("PATH", path).env("TZ", "UTC").env("COLUMNS", "80").env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8");
    String::from_utf8(shell.output().unwrap().stdout).unwrap()
}

#[test]
fn every_example_prints_what_the_readme_shows() {
    let readme = include_str!("../../README.md");
    let examples = examples(readme);
    assert!(examples.len() >= 7, "only {} examples found", examples.len());
    for (command, shown) in examples {
        let printed = run(&command);
        match shown.strip_suffix(CUT) {
            Some(start) => assert!(printed.starts_with(start), "$ {command}\n{printed}"),
            None => assert_eq!(printed.trim_end(), shown.trim_end(), "$ {command}"),
        }
    }
}

#[test]
fn the_two_commands_are_there() {
    let readme = include_str!("../../README.md");
    assert!(readme.contains("\n$ cargo run --release -- testdata/demo\n"));
    assert!(readme.contains("\n$ cargo test --all-features\n"));
    assert!(include_str!("../../.ci/run").contains("run cargo test --all-features "));
}
