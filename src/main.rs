//! The `lastwords` command; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    lastwords::cli::run()
}
