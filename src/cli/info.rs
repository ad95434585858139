//! `info`: what each file's header says.

use std::io::Write;

use super::args::{Common, Form};
use super::loss::Tally;
use super::zone::Zone;
use super::{Status, Stop, Terminal};
use crate::journal::{Accounts, Journal};
use crate::output::accounts::InAll;
use crate::output::info::{Facts, text, totals};
use crate::output::{Style, document};

pub(super) fn run(args: &Common, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let journal = args.inputs.open(&args.paths)?;
    let accounts = Accounts::of(&journal);
    print(&journal, Some(&accounts), args.output, &args.zone, terminal, out)?;
    Ok(Tally::default().report(&journal, Status::Done))
}

/// Writes what the header of each file says, and what its objects do where that was counted.
pub(super) fn print(
    journal: &Journal,
    accounts: Option<&Accounts>,
    form: Form,
    zone: &Zone,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> Result<(), Stop> {
    let mut facts: Vec<Facts> = journal.files().iter().map(Facts::of).collect();
    if let Some(accounts) = accounts {
        facts = facts.into_iter().zip(&accounts.files).map(|(facts, account)| facts.with(account)).collect();
    }
    match form {
        Form::Json => match accounts {
            Some(Accounts { counters, files }) => {
                let all = InAll::of(files.iter(), counters.clone());
                let whole = serde_json::json!({ "files": facts, "counters": counters, "in_all": all });
                document(&whole, terminal.interactive, out)?;
            }
            None => document(&facts, terminal.interactive, out)?,
        },
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: zone.zone(journal)? };
            for (index, facts) in facts.iter().enumerate() {
                if index > 0 {
                    out.write_all(b"\n")?;
                }
                text(facts, &style, out)?;
            }
            if let Some(accounts) = accounts.filter(|accounts| accounts.files.len() > 1) {
                out.write_all(b"\n")?;
                totals(accounts, out)?;
            }
        }
    }
    Ok(())
}
