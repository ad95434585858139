//! Both programs, run with the same arguments in the same surrounding.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::support::{DEMO, Folder, root};
use crate::table::{Line, Table};

/// What a program answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: i32,
    pub(crate) stdout: Output,
    /// Whether anything stood on stderr, and what.
    pub(crate) stderr: String,
}

/// An output: as it came, or what was recorded of it.
#[derive(Clone, Debug)]
pub(crate) enum Output {
    Raw(Vec<u8>),
    Recorded(crate::recording::Digest),
}

/// A journalctl that can be asked.
#[derive(Debug)]
pub(crate) struct Journalctl {
    program: String,
    pub(crate) version: u32,
    /// The first line of its `--version`.
    pub(crate) title: String,
}

impl Journalctl {
    /// The journalctl that `JOURNALCTL` names, or the installed one.
    pub(crate) fn find() -> Option<Self> {
        let program = std::env::var("JOURNALCTL").unwrap_or_else(|_| "journalctl".to_owned());
        let output = Command::new(&program).arg("--version").output().ok()?;
        let title = String::from_utf8(output.stdout).ok()?.lines().next()?.to_owned();
        let version = title.strip_prefix("systemd ")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
        Some(Self { program, version, title })
    }

    pub(crate) fn reply(&self, table: &Table, line: &Line, place: Option<&str>) -> Reply {
        let start = [self.program.as_str(), "--no-pager"];
        run(table, line, &start, place, &line.args)
    }
}

/// What this lastwords answers.
pub(crate) fn lastwords(table: &Table, line: &Line, place: Option<&str>) -> Reply {
    let program = std::env::var("LASTWORDS_BIN").unwrap_or_else(|_| env!("CARGO_BIN_EXE_lastwords").to_owned());
    let colour = line.setting.iter().any(|(name, _)| name == "SYSTEMD_COLORS");
    let start = [program.as_str(), if colour { "--color=always" } else { "--color=never" }, "show"];
    let reply = run(table, line, &start, place, line.ours());
    assert!(!reply.stderr.contains("panicked"), "{line}: {}", reply.stderr);
    reply
}

/// The options that name what is read.
fn input(line: &Line, place: Option<&str>) -> Vec<String> {
    let words = |option: &str, path: &str| vec![option.to_owned(), path.to_owned()];
    match (place, line.input.as_str()) {
        (Some(place), _) => words("--directory", place),
        (None, "demo") => words("--directory", DEMO),
        (None, "-") => Vec::new(),
        (None, path) => {
            let option = if root().join("testdata").join(path).is_file() { "--file" } else { "--directory" };
            words(option, &format!("testdata/{path}"))
        }
    }
}

/// Runs a program by a shell, which splits the arguments and puts in the names; `$TMP` is a folder of this run alone.
fn run(table: &Table, line: &Line, start: &[&str], place: Option<&str>, args: &str) -> Reply {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let folder = Folder::new(&format!("line-{}", RUNS.fetch_add(1, Ordering::Relaxed)));
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("\"$@\" {args}")).arg("sh").args(start).args(input(line, place));
    surround(&mut command, folder.path());
    command.envs(table.names.iter().cloned()).envs(line.setting.iter().cloned());
    let output = command.output().expect("a shell runs");
    Reply {
        status: output.status.code().unwrap_or_else(|| panic!("{line}: killed: {:?}", output.status)),
        stdout: Output::Raw(output.stdout),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn surround(command: &mut Command, folder: &Path) {
    command.current_dir(root()).stdin(Stdio::null()).env("TMP", folder);
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "NO_COLOR", "COLORTERM", "SYSTEMD_PAGER", "SYSTEMD_URLIFY"] {
        command.env_remove(name);
    }
    command.envs([("TZ", "UTC"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "80"), ("TERM", "xterm-256color")]);
    command.envs([("SYSTEMD_COLORS", "0"), ("SYSTEMD_URLIFY", "0")]);
}
