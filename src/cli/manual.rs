//! `man`: what `man` wants to know of this command, made from its own options.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::roff::{Roff, roman};

use super::args::Cli;
use super::{Status, Stop};
use crate::error::Error;

/// Where to.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write a page for each command into this directory, which is made; without it the main page is printed
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Writes the pages.
pub(super) fn man(args: &Man, out: &mut dyn Write) -> Result<Status, Stop> {
    let Some(directory) = &args.directory else {
        page(&Cli::command(), out)?;
        return Ok(Status::Done);
    };
    let failed = |source| Error::Io { path: directory.clone(), source };
    fs::create_dir_all(directory).map_err(failed)?;
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    pages(&cli, directory).map_err(failed)?;
    Ok(Status::Done)
}

/// Writes the pages of a command and of those below it.
fn pages(command: &Command, directory: &Path) -> io::Result<()> {
    command.get_subcommands().filter(|below| !below.is_hide_set()).try_for_each(|below| pages(below, directory))?;
    let mut text = Vec::new();
    page(command, &mut text)?;
    fs::write(directory.join(clap_mangen::Man::new(command.clone()).get_filename()), text)
}

/// Writes one page: the examples behind the description, as they are.
fn page(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let man = clap_mangen::Man::new(command.clone());
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (examples, notes) = match text.strip_prefix("Examples:\n") {
        Some(text) => text.split_once("\n\n").unwrap_or((text, "")),
        None => ("", text.as_str()),
    };
    section("EXAMPLES", examples, out)?;
    if command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(out)?;
    }
    if command.get_subcommands().any(|below| !below.is_hide_set()) {
        man.render_subcommands_section(out)?;
    }
    section("NOTES", notes, out)?;
    if command.get_version().is_some() {
        man.render_version_section(out)?;
    }
    Ok(())
}

/// Writes paragraphs, if there are any, under a title; those with indented lines are not filled.
fn section(title: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut roff = Roff::new();
    if !text.is_empty() {
        roff.control("SH", [title]);
    }
    for paragraph in text.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        let is_as_typed = paragraph.lines().any(|line| line.starts_with(' '));
        roff.control(if is_as_typed { "nf" } else { "PP" }, []);
        for line in paragraph.lines() {
            roff.text([roman(line)]);
        }
        roff.control(if is_as_typed { "fi" } else { "PP" }, []);
    }
    roff.to_writer(out)
}
