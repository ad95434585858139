//! `salvage`: prints only what no index reaches.

use std::io::Write;

use clap::Args;

use super::args::Show;
use super::given::Given;
use super::{Status, Stop, Terminal, rescue, show};
use crate::file::Reach;

pub(super) const EXAMPLES: &str = "\
Examples:
  lastwords salvage DIR                      what journalctl cannot show
  lastwords salvage FILE --provenance        and where each entry lies
  lastwords salvage DIR -o export -n 100
  lastwords salvage DIR --output OUT/        sound files of all there is

All options are those of `show`, which has these entries too, in their place;
but OUT/ gets all entries, so that no option chooses any.
Boots are counted among those that have such an entry.";

/// The options of `salvage`: those of `show`; a directory for `--output` asks for files.
#[derive(Debug, Args)]
pub(super) struct Salvage {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    show: Show,
}

pub(super) fn run(args: &mut Salvage, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    if let Some(directory) = rescue::directory(&args.show.output) {
        return rescue::run(&args.show, &args.given, &directory);
    }
    args.show.inputs.reach = Reach::Beyond;
    show::run(&args.show, terminal, out)
}
