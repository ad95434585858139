//! `why`: how a boot ended, with the evidence.

use std::io::Write;

use clap::Args;
use serde::Serialize;

use super::again::{Round, first_walk, until_done};
use super::args::{Common, Form};
use super::chosen::{Conditions, Threads, sorted};
use super::interrupt::Interrupt;
use super::look_back::LookBack;
use super::loss::Tally;
use super::numbers;
use super::progress::Progress;
use super::rules::OwnRules;
use super::{Status, Stop, Terminal};
use crate::analysis::{JournalSource, Orderliness, Postmortem, judge_by, judge_newest};
use crate::error::Error;
use crate::journal::Journal;
use crate::output::accounts::{FileAccount, InAll, accounts};
use crate::output::{Style, document, report};
use crate::query::find_boot;

/// The options of `why`.
#[derive(Debug, Args)]
#[command(
    mut_arg("paths", super::chosen::with_terms),
    after_help = "Exits with status 1 when the boot ended abruptly, also where something could not be read.\n\nConditions on entries choose which of the boot's last entries are shown. The verdict and its \
                        evidence always rest on all entries.\n\nA line counts as somebody's by the fields that journald \
                        writes. Whoever imports or rewrites a journal can forge them, which no reader can see."
)]
pub(super) struct Why {
    #[command(flatten)]
    common: Common,
    /// The boot: 0 the newest, -1 the one before, 1 the oldest, an id or its beginning, or ID-1;
    /// without it the newest boot that has ended
    #[arg(short, long, value_name = "BOOT", help_heading = "Time")]
    boot: Option<String>,
    #[command(flatten)]
    look: LookBack,
    #[command(flatten)]
    own: OwnRules,
    #[command(flatten)]
    conditions: Conditions,
    #[command(flatten)]
    threads: Threads,
}

pub(super) fn run(args: &Why, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let _ = Interrupt::install();
    let (paths, terms) = sorted(&args.common.paths);
    args.threads.start();
    let mut journal = args.common.inputs.open(&paths)?;
    until_done(&mut journal, |journal| answer(args, &terms, journal, terminal, out))
}

fn answer(
    args: &Why,
    terms: &[Vec<u8>],
    journal: &Journal,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> Result<Round<Status>, Stop> {
    let book = args.own.book()?;
    let boot = args.boot.as_deref().map(|text| find_boot(journal, text)).transpose()?;
    let (source, judged) = Progress::during("judging the boots of", journal, || {
        let source = JournalSource::of(journal).reading(&book);
        let judged = match boot {
            Some(boot) => judge_by(&source, &book, boot).map(|postmortem| (boot, postmortem)),
            None => judge_newest(&source, &book),
        };
        (source, judged)
    });
    let Some((boot, mut postmortem)) = judged else {
        Tally::default().report(journal, Status::Failed);
        return Err(Error::NotFound { what: "boot", input: "the journal has no entries".to_owned() }.into());
    };
    args.look.apply(&source, boot, &mut postmortem);
    let mut tally = Tally::default();
    if let Some(query) = args.conditions.query(
        journal,
        args.common.inputs.of_user(),
        args.common.zone.zone(journal)?,
        terms,
        Some(boot),
    )? {
        let matches = query.matches.clone();
        tally.add_all(source.restrict(&mut postmortem, boot, query));
        tally.given_up(matches.given_up());
    }
    let damaged = first_walk(journal, &journal.unread());
    if !damaged.is_empty() {
        return Ok(Round::Damaged(damaged));
    }
    tally.add_all(journal.unread());
    numbers::report_conflicts(journal.conflicts());
    numbers::report_twice(journal);
    match args.common.output {
        Form::Json => {
            let (accounts, accounts_in_all) = accounts(journal);
            document(&Whole { postmortem: &postmortem, accounts, accounts_in_all }, terminal.interactive, out)?;
        }
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone: args.common.zone.zone(journal)? };
            report::text::write(&postmortem, args.look.explain, &style, out)?;
        }
    }
    Ok(Round::Done(tally.answer(journal, postmortem.ending.orderliness == Orderliness::Abrupt)))
}

/// The report with what is lost around it.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    postmortem: &'a Postmortem,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts: Vec<FileAccount<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accounts_in_all: Option<InAll>,
}
