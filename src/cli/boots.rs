//! `boots`: lists all boots, or those that have entries of a kind.

use std::io::Write;

use clap::Args;

use super::again::{Round, first_walk, until_done};
use super::args::{Common, Form};
use super::chosen::{Chosen, Threads, sorted, threads};
use super::interrupt::Interrupt;
use super::loss::Tally;
use super::numbers;
use super::progress::Progress;
use super::rules::OwnRules;
use super::{Status, Stop, Terminal};
use crate::analysis::{JournalSource, Source, overview};
use crate::journal::Journal;
use crate::output::Style;
use crate::output::accounts::accounts;
use crate::output::boots::{Row, history, json, text};
use crate::query::{Selection, stats};

/// The options of `boots`.
#[derive(Debug, Args)]
#[command(
    mut_arg("paths", super::chosen::with_terms),
    after_help = "With conditions on entries, only boots that have such entries are listed, and how many."
)]
pub(super) struct Boots {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    own: OwnRules,
    /// Exit with status 1 if any boot listed ended abruptly, also where something could not be read
    #[arg(long, help_heading = "Other options")]
    check: bool,
}

pub(super) fn run(args: &Boots, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let _ = Interrupt::install();
    let (paths, terms) = sorted(&args.common.paths);
    args.threads.start();
    let mut journal = args.common.inputs.open(&paths)?;
    until_done(&mut journal, |journal| answer(args, &terms, journal, terminal, out))
}

fn answer(
    args: &Boots,
    terms: &[Vec<u8>],
    journal: &Journal,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> Result<Round<Status>, Stop> {
    let book = args.own.book()?;
    let mut tally = Tally::default();
    let query = args.chosen.query(journal, args.common.inputs.of_user(), args.common.zone.zone(journal)?, terms)?;
    let selection = query.as_ref().map(|query| Selection::of(journal, query));
    let otherwise = "nothing to choose by: of each boot what a verdict rests on is read";
    args.chosen.explain(journal, selection.as_ref(), otherwise);
    let matching = match &selection {
        Some(selection) => {
            let (counts, losses) = stats::boots(selection, threads(None));
            tally.add_all(losses);
            tally.given_up(selection.given_up());
            args.chosen.explain_after(journal, selection);
            Some(counts)
        }
        None => None,
    };
    let boots = journal.boots();
    let source = JournalSource::of(journal).reading(&book);
    let all = Progress::during("judging the boots of", journal, || overview(&source, &book));
    let damaged = first_walk(journal, &journal.unread());
    if !damaged.is_empty() {
        return Ok(Round::Damaged(damaged));
    }
    tally.add_all(journal.unread());
    numbers::report_conflicts(journal.conflicts());
    numbers::report_twice(journal);
    let salvaged = journal.salvaged();
    let named: Vec<_> = source.boots().iter().map(|boot| (boot.index, boot.machine)).collect();
    let is_json = args.common.output == Form::Json;
    let known = (0..boots.len()).filter_map(|at| source.boot(at)).zip(source.boots());
    let known = known.zip(all.chronology.spans()).zip(all.endings.into_iter().zip(all.remarks));
    let rows = known.enumerate().map(|(at, (((boot, facts), span), (ending, remarks)))| Row {
        boot,
        ending,
        remarks,
        span,
        index: facts.index,
        entries: facts.entries,
        guests: &facts.guests,
        history: if is_json { all.history.told(&named, at) } else { Vec::new() },
        salvaged: salvaged.get(&boot.id).copied().unwrap_or_default(),
        by_head_alone: journal.is_by_head_alone(at),
        matching: matching.as_ref().map(|counts| counts.get(at).copied().unwrap_or_default()),
    });
    let rows: Vec<Row<'_>> = rows.filter(|row| row.matching != Some(0)).collect();
    match args.common.output {
        Form::Json => json(&rows, accounts(journal), out)?,
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: args.common.zone.zone(journal)? };
            text(&rows, &style, out)?;
            history(&all.history, &named, &style, out)?;
        }
    }
    if let Some(query) = query.as_ref().filter(|_| rows.is_empty()) {
        let zone = args.common.zone.zone(journal)?;
        args.chosen.explain_nothing(journal, query, terms, (args.common.inputs.of_user(), &zone));
    }
    let is_bad = args.check && rows.iter().any(Row::is_abrupt);
    Ok(Round::Done(tally.answer(journal, is_bad)))
}
