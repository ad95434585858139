//! The end of a file, when all entries are known: lists, tables and links, by two threads that share the tasks.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread::Builder;

use super::Writer;
use super::chains::Chains;
use super::mend::Missing;
use super::plan::{Plan, Task};
use super::sheet::Sheet;
use crate::format::table::{DATA_TYPE, FIELD_TYPE};

/// What is to be written, and how far that has come.
#[derive(Debug)]
pub(super) struct Ends<'w> {
    missing: Missing<'w>,
    hashes: &'w [u64],
    /// Made by whoever needs them first; others wait for that.
    data: OnceLock<Chains>,
    /// For the chains of DATA.
    memory: Mutex<Vec<u64>>,
    names: Chains,
    /// Which task comes next.
    next: AtomicUsize,
    has_failed: AtomicBool,
}

impl<'w> Ends<'w> {
    /// `memory` is what is free to be used again.
    pub(super) fn of(writer: &'w Writer, plan: &'w Plan, renumbers: bool, memory: Vec<u64>) -> Self {
        let missing = Missing {
            places: &writer.places,
            links: &writer.links,
            entries: &writer.entries,
            fields: &writer.fields,
            plan,
            layout: writer.options.layout,
            renumbers,
        };
        let names = writer.fields.iter().map(|field| (field.hash, (field.at / 8) as u32));
        let names = Chains::of(names, Vec::new());
        let (next, has_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let memory = Mutex::new(memory);
        Self { missing, hashes: &writer.hashes, data: OnceLock::new(), memory, names, next, has_failed }
    }

    /// Writes everything; one thread does it where there is no second one.
    pub(super) fn write(&self, (own, other): (File, io::Result<File>)) -> io::Result<()> {
        std::thread::scope(|scope| {
            let chained = |file| {
                self.data();
                self.labour(file)
            };
            let other = other.and_then(|file| Builder::new().spawn_scoped(scope, move || chained(file)));
            let done = self.labour(own);
            let other = other.map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            other.unwrap_or(Ok(())).and(done)
        })
    }

    /// How many objects a look-up of DATA passes over at most, and one of fields' names.
    pub(super) fn depths(&self) -> (u64, u64) {
        (self.data().depth, self.names.depth)
    }

    fn data(&self) -> &Chains {
        let places = self.missing.places.iter().copied();
        let memory = || std::mem::take(&mut *self.memory.lock().unwrap_or_else(PoisonError::into_inner));
        self.data.get_or_init(|| Chains::of(self.hashes.iter().copied().zip(places), memory()))
    }

    /// Takes one task after the other, until there is none or one has failed.
    fn labour(&self, file: File) -> io::Result<()> {
        let (mut sheet, mut block) = (Sheet::of(file), Vec::new());
        while !self.has_failed.load(Ordering::Relaxed) {
            let Some(task) = self.missing.plan.tasks.get(self.next.fetch_add(1, Ordering::Relaxed)) else { break };
            let done = self.perform(task, &mut sheet, &mut block);
            if done.is_err() {
                self.has_failed.store(true, Ordering::Relaxed);
                return done;
            }
        }
        Ok(())
    }

    fn perform(&self, task: &Task, sheet: &mut Sheet, block: &mut Vec<u8>) -> io::Result<()> {
        let plan = self.missing.plan;
        match task {
            Task::Mend(part) => return self.missing.mend(part, (self.data(), &self.names), sheet.file(), block),
            Task::Main(at) => {
                let mut entries = self.missing.entries.iter().copied();
                let count = entries.len() as u64;
                sheet.begin(*at)?;
                sheet.list(self.missing.layout, count, &mut |most, out| out.extend(entries.by_ref().take(most)))?;
            }
            Task::Lists(fields, at) => {
                sheet.begin(*at)?;
                self.lists(fields.clone(), sheet)?;
            }
            Task::FieldTable => table(&self.names, (FIELD_TYPE, plan.field_table), 0..plan.field_table.1, sheet)?,
            Task::DataTable(part) => table(self.data(), (DATA_TYPE, plan.data_table), part.clone(), sheet)?,
        }
        sheet.end()
    }

    /// Appends the lists of some fields.
    fn lists(&self, fields: Range<usize>, sheet: &mut Sheet) -> io::Result<()> {
        let (links, entries) = (self.missing.links, self.missing.entries);
        for index in fields {
            let (Some(first), Some(list)) = links.of(index) else { continue };
            let mut others = links.entries(list, first);
            let mut places = |most: usize, out: &mut Vec<u32>| {
                others.append(most, out);
                // A loop of its own, in which no look waits for another.
                out.iter_mut().for_each(|number| *number = entries.get(*number as usize).copied().unwrap_or_default());
            };
            sheet.list(self.missing.layout, links.count(list), &mut places)?;
            sheet.ease()?;
        }
        Ok(())
    }
}

/// Writes some buckets of a table, with its head before the first.
fn table(chains: &Chains, (kind, (at, all)): (u8, (u64, u64)), part: Range<u64>, sheet: &mut Sheet) -> io::Result<()> {
    if part.start == 0 {
        sheet.begin(at)?;
        sheet.object(kind, 16 + all * 16);
    } else {
        sheet.begin(at + 16 + part.start * 16)?;
    }
    sheet.numbers(chains.words(part.start as usize..part.end as usize));
    Ok(())
}
