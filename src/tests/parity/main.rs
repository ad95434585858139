//! Options that journalctl has too: as many lines as it prints, and its words where it has any.
//!
//! The numbers are what `TZ=UTC LC_ALL=C.UTF-8 journalctl -D DEMO ARGS | wc -l` of systemd 252 says, run on the demo.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod asides;
mod complete;
mod conditions;
mod lists;
mod nothing;
#[path = "../support/mod.rs"]
mod support;

use support::{Answer, DEMO, lastwords};

/// `show` of the demo with more arguments, typed in one line.
fn show(line: &str) -> Answer {
    let args = ["show", "-D", DEMO].into_iter().chain(line.split_whitespace());
    lastwords(&args.collect::<Vec<_>>())
}

fn assert_lines(line: &str, expected: usize) {
    let answer = show(line);
    assert_eq!((answer.status, answer.text().lines().count()), (0, expected), "{line}: {}", answer.stderr);
}
