//! `man`: what `man` wants to know of this command, made from its own options.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

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
        clap_mangen::Man::new(Cli::command()).render(out)?;
        return Ok(Status::Done);
    };
    let failed = |path: &Path, source| Error::Io { path: path.to_owned(), source };
    fs::create_dir_all(directory).map_err(|source| failed(directory, source))?;
    clap_mangen::generate_to(Cli::command(), directory).map_err(|source| failed(directory, source))?;
    Ok(Status::Done)
}
