//! The shape of the house, kept by reading the sources: no layer looks up, and only two know the operating system.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers that there are or may come, lowest first.
const ORDER: [&str; 10] =
    ["bytes", "format", "file", "check", "journal", "write", "query", "analysis", "output", "cli"];

/// Below all layers: they may use none of them.
const GROUND: [&str; 2] = ["corrupt.rs", "error.rs"];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn sources(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(below).unwrap_or_else(|error| panic!("{}: {error}", below.display()));
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The first line that names one of these layers, doc links included.
fn looks_up(source: &str, above: &[&str]) -> Option<String> {
    let names = |line: &str, layer: &&str| {
        let uses = format!("crate::{layer}");
        line.match_indices(&uses).any(|(at, _)| line[at + uses.len()..].starts_with([':', ';', ')', '`', ' ', ',']))
    };
    source.lines().find(|line| above.iter().any(|layer| names(line, layer))).map(str::to_owned)
}

/// Asserts that no source outside `allowed` has one of `words`.
fn only_in(allowed: &[&str], words: &[&str]) {
    for path in sources(&src()) {
        let place = path.strip_prefix(src()).unwrap();
        if allowed.iter().any(|layer| place.starts_with(layer)) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        let found = text.lines().find(|line| words.iter().any(|word| line.contains(word)));
        assert_eq!(found, None, "{}", place.display());
    }
}

#[test]
fn no_layer_looks_up() {
    let mut seen = 0;
    for (rank, layer) in ORDER.iter().enumerate().filter(|(_, layer)| src().join(layer).is_dir()) {
        for path in sources(&src().join(layer)) {
            let text = fs::read_to_string(&path).unwrap();
            assert_eq!(looks_up(&text, &ORDER[rank + 1..]), None, "{} looks up", path.display());
            seen += 1;
        }
    }
    for file in GROUND {
        let text = fs::read_to_string(src().join(file)).unwrap();
        assert_eq!(looks_up(&text, &ORDER), None, "{file} looks up");
    }
    assert!(seen > 40, "only {seen} sources found: has the house moved?");
}

#[test]
fn looking_up_is_noticed() {
    assert!(looks_up("use crate::query::Query;", &["query"]).is_some());
    assert!(looks_up("/// See [`x`](crate::cli) or [`crate::cli`].", &["cli"]).is_some());
    assert!(looks_up("use crate::bytes::Image;", &["query"]).is_none());
    assert!(looks_up("use crate::filing::Image;", &["file"]).is_none());
}

#[test]
fn only_bytes_and_cli_know_the_operating_system() {
    only_in(&["bytes", "cli", "tests"], &["std::os::", "libc::", "extern \"C\"", "cfg(unix)", "cfg(target_os"]);
}

#[test]
fn the_writer_knows_of_journals_only_their_format() {
    let others = ["file", "check", "journal", "testkit"];
    for path in sources(&src().join("write")).iter().filter(|path| !path.ends_with("tests.rs")) {
        assert_eq!(looks_up(&fs::read_to_string(path).unwrap(), &others), None, "{}", path.display());
    }
}

#[test]
fn unsafe_code_lives_in_bytes_only() {
    only_in(&["bytes", "tests"], &["unsafe {", "unsafe fn", "unsafe impl", "expect(unsafe_code", "allow(unsafe_code"]);
}
