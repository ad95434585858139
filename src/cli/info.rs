//! `info`: what each file's header says.

use std::io::Write;

use super::args::{Common, Form};
use super::loss::Tally;
use super::zone::Zone;
use super::{Status, Stop, Terminal};
use crate::journal::Journal;
use crate::output::info::{Facts, text};
use crate::output::{Style, document};

pub(super) fn run(args: &Common, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let journal = args.inputs.open(&args.paths)?;
    print(&journal, args.output, &args.zone, terminal, out)?;
    Ok(Tally::default().report(&journal, Status::Done))
}

/// Writes what the header of each file says.
pub(super) fn print(
    journal: &Journal,
    form: Form,
    zone: &Zone,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> Result<(), Stop> {
    let facts: Vec<Facts> = journal.files().iter().map(Facts::of).collect();
    match form {
        Form::Json => {
            document(&facts, terminal.interactive, out)?;
        }
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: zone.zone(journal)? };
            for (index, facts) in facts.iter().enumerate() {
                if index > 0 {
                    out.write_all(b"\n")?;
                }
                text(facts, &style, out)?;
            }
        }
    }
    Ok(())
}
