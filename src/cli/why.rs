//! `why`: how a boot ended, with the evidence.

use std::io::Write;

use super::args::{Form, Why};
use super::loss::Tally;
use super::{Status, Stop, Terminal};
use crate::analysis::{JournalSource, Orderliness, endings, judge};
use crate::error::Error;
use crate::output::{Style, document, report};
use crate::query::find_boot;

pub(super) fn run(args: &Why, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let journal = args.common.inputs.open(&args.common.paths)?;
    let source = JournalSource::of(&journal);
    let boot = match &args.boot {
        Some(text) => find_boot(&journal, text)?,
        None => newest_ended(&source),
    };
    let nothing = || Error::NotFound { what: "boot", input: "the journal has no entries".to_owned() };
    let Some(postmortem) = judge(&source, boot) else {
        Tally::default().report(&journal, Status::Failed);
        return Err(nothing().into());
    };
    match args.common.output {
        Form::Json => {
            document(&postmortem, terminal.interactive, out)?;
        }
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: args.common.zone.zone(&journal)? };
            report::text::write(&postmortem, &style, out)?;
        }
    }
    let status = match postmortem.ending.orderliness {
        Orderliness::Orderly | Orderliness::Running => Status::Done,
        _ => Status::Negative,
    };
    Ok(Tally::default().report(&journal, status))
}

/// The newest boot that has ended; where none has, the newest.
fn newest_ended(source: &JournalSource<'_>) -> usize {
    let endings = endings(source);
    let ended = endings.iter().rposition(|ending| ending.orderliness != Orderliness::Running);
    ended.unwrap_or_else(|| endings.len().saturating_sub(1))
}
