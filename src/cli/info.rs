//! `info`: what each file's header says.

use std::io::Write;

use super::args::{Common, Form};
use super::loss::Tally;
use super::zone::Zone;
use super::{Status, Stop, Terminal};
use crate::check::{Account, Salvage};
use crate::file::{JournalFile, Reach};
use crate::journal::{Accounts, Journal};
use crate::output::accounts::InAll;
use crate::output::info::{Facts, text, totals};
use crate::output::{Style, document};

pub(super) fn run(args: &Common, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let mut journal = args.inputs.open(&args.paths)?;
    let mut accounts = Accounts::of(&journal);
    let (mut tally, damaged) = (Tally::default(), closed_and_damaged(&journal, &accounts));
    let is_strict = journal.files().iter().any(|file| file.options().reach == Reach::Index);
    if is_strict {
        // Nothing beyond the index is to be read; what is lost without it is to be said all the same.
        let files = damaged.iter().filter_map(|index| Some((*index, journal.files().get(*index)?)));
        files.for_each(|(index, file)| tally.add(index, Salvage::of(file).losses));
    } else if !damaged.is_empty() {
        journal.look_beyond(&damaged);
        accounts = Accounts::of(&journal);
    }
    print(&journal, Some(&accounts), args.output, &args.zone, terminal, out)?;
    // Whether the lists of boots are right is not to be seen in the heads of objects.
    if !is_strict {
        journal.order();
    }
    Ok(tally.report(&journal, Status::Done))
}

/// The files that were taken by their index when they were opened, and whose objects say otherwise: then that is to be said
/// on stderr, too.
fn closed_and_damaged(journal: &Journal, accounts: &Accounts) -> Vec<usize> {
    let files = journal.files().iter().zip(&accounts.files).enumerate();
    let is_news = |(index, (file, account)): &(usize, (&JournalFile, &Account))| {
        journal.salvage(*index).is_none() && file.options().reach != Reach::Beyond && !account.is_sound()
    };
    files.filter(is_news).map(|(index, _)| index).collect()
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
        let counted = accounts.files.iter().zip(&accounts.lost);
        facts = facts.into_iter().zip(counted).map(|(facts, (account, lost))| facts.with(account, *lost)).collect();
    }
    match form {
        Form::Json => match accounts {
            Some(Accounts { counters, files, .. }) => {
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
                totals(accounts, &style, out)?;
            }
        }
    }
    Ok(())
}
