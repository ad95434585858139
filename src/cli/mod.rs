//! The command: what was typed, turned into queries, and answers turned into text.
//!
//! Only this layer knows the terminal, the time zone and exit codes; everything below is a function of bytes. Exit
//! status, one rule for all commands: 0 done, also when nothing matched; 1 a negative answer to a question that was
//! asked; 2 could not run; 3 done, but something could not be read; 130 interrupted.

mod again;
mod args;
mod around;
mod boots;
mod braces;
mod chosen;
mod compat;
mod complete;
mod containers;
mod explain;
mod fields;
mod filters;
mod given;
mod help;
mod info;
mod inputs;
mod interrupt;
mod invocation;
mod look;
mod look_back;
mod loss;
mod manual;
mod mistyped;
mod near;
mod nothing;
mod numbers;
mod progress;
mod questions;
mod request;
mod rescue;
mod resume;
mod rules;
mod salvage;
mod shorthand;
mod show;
mod stats;
mod target;
mod typed;
mod values;
mod verify;
mod why;
mod zone;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Status {
    Done = 0,
    Negative = 1,
    Failed = 2,
    Lossy = 3,
    Interrupted = 130,
}

/// Where a command writes, and what it may assume of the reader.
struct Terminal {
    /// Whether a person reads the output, so that bytes from the journal must be made harmless.
    interactive: bool,
    /// Whether colours are wanted.
    color: bool,
    /// Columns that lines should fit.
    width: usize,
}

/// Why a command stopped before its end.
#[derive(Debug, thiserror::Error)]
enum Stop {
    #[error(transparent)]
    Error(#[from] crate::error::Error),
    #[error(transparent)]
    Rules(#[from] crate::analysis::RulesError),
    #[error("nothing could be read")]
    Nothing,
    #[error(
        "no journal files here, nor in /var/log/journal and /run/log/journal: name files or directories that have some, \
         as in `lastwords boots /mnt/var/log/journal`; `lastwords --help` lists all commands"
    )]
    Nowhere,
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl Stop {
    /// Whether the reader of our output has gone, which is no failure of ours.
    fn is_closed_pipe(&self) -> bool {
        match self {
            Self::Write(error) => error.kind() == io::ErrorKind::BrokenPipe,
            Self::Json(error) => error.io_error_kind() == Some(io::ErrorKind::BrokenPipe),
            Self::Error(_) | Self::Rules(_) | Self::Nothing | Self::Nowhere => false,
        }
    }
}

/// Runs the command with the process's own arguments and streams.
#[must_use]
pub fn run() -> ExitCode {
    crate::bytes::guard();
    let typed: Vec<_> = std::env::args_os().collect();
    if let Some(why) = mistyped::command(&typed) {
        loss::say(&why);
        return ExitCode::from(Status::Failed as u8);
    }
    let arguments = args::prepared(typed.clone());
    let status = match Cli::try_parse_from(&arguments) {
        Ok(mut cli) => execute(&mut cli),
        Err(error) if error.kind() == clap::error::ErrorKind::DisplayHelp => {
            match help::of(&args::built(), &arguments, columns()) {
                // Nothing can be done when even this cannot be written.
                Some(text) => drop(anstream::stdout().write_all(text.as_bytes())),
                None => drop(error.print()),
            }
            Status::Done
        }
        Err(error) => {
            if let Some(why) = mistyped::why((&typed, &arguments), &error) {
                loss::say(&why);
                return ExitCode::from(Status::Failed as u8);
            }
            let status = if error.use_stderr() { Status::Failed } else { Status::Done };
            // Nothing can be done when even this cannot be written.
            let _ = error.print();
            status
        }
    };
    ExitCode::from(status as u8)
}

fn execute(cli: &mut Cli) -> Status {
    let terminal = Terminal::of(cli);
    let mut out = io::stdout().lock();
    let done = match &mut cli.command {
        Command::Show(args) => {
            args.take_back();
            show::run(args, &terminal, &mut out)
        }
        Command::Salvage(args) => salvage::run(args, &terminal, &mut out),
        Command::Boots(args) => boots::run(args, &terminal, &mut out),
        Command::Fields(args) => fields::run(args, &terminal, &mut out),
        Command::Stats(args) => stats::run(args, &terminal, &mut out),
        Command::Info(args) => info::run(args, &terminal, &mut out),
        Command::Verify(args) => verify::run(args, &terminal, &mut out),
        Command::Completions(args) => complete::run(args, &mut out),
        Command::Man(args) => manual::man(args, &mut out),
        Command::Why(args) => why::run(args, &terminal, &mut out),
        Command::Rules(args) => rules::run(args, &terminal, &mut out),
    };
    match done.and_then(|status| out.flush().map(|()| status).map_err(Stop::from)) {
        Ok(status) => status,
        Err(stop) if stop.is_closed_pipe() => Status::Done,
        Err(stop) => {
            loss::say(&loss::hinted(&stop));
            Status::Failed
        }
    }
}

impl Terminal {
    fn of(cli: &Cli) -> Self {
        let stdout = io::stdout();
        let color = match cli.color {
            args::Color::Always => true,
            args::Color::Never => false,
            // As systemd takes it, NO_COLOR counts also when it is empty.
            args::Color::Auto => systemd_colors().unwrap_or_else(|| {
                std::env::var_os("NO_COLOR").is_none()
                    && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
            }),
        };
        Self { interactive: stdout.is_terminal(), color, width: columns() }
    }
}

/// What SYSTEMD_COLORS asks of all tools of systemd, wherever the output goes: a boolean, or how many colours.
fn systemd_colors() -> Option<bool> {
    let wanted = std::env::var("SYSTEMD_COLORS").ok()?.to_ascii_lowercase();
    match wanted.as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" | "16" | "256" | "24bit" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

/// Columns of the terminal: what COLUMNS says if that can be, what the terminal says, or 80.
fn columns() -> usize {
    let width = terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0));
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<u16>().ok());
    said.filter(|columns| *columns > 0).map_or(width, usize::from)
}
