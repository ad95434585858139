//! `boots`: lists all boots.

use std::io::Write;

use super::args::{Common, Form};
use super::loss::Tally;
use super::{Status, Stop, Terminal};
use crate::analysis::{JournalSource, endings};
use crate::output::Style;
use crate::output::boots::{Row, json, text};

pub(super) fn run(args: &Common, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let journal = args.inputs.open(&args.paths)?;
    let source = JournalSource::of(&journal);
    let endings = endings(&source);
    let rows: Vec<Row<'_>> = journal.boots().iter().zip(endings).map(|(boot, ending)| Row { boot, ending }).collect();
    match args.output {
        Form::Json => json(&rows, out)?,
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: args.zone.zone(&journal)? };
            text(&rows, &style, out)?;
        }
    }
    Ok(Tally::default().report(&journal, Status::Done))
}
