//! Where everything behind the entries will lie, which is known before any of it is written.

use std::ops::Range;

use super::Writer;
use super::arrays::Chain;
use super::chains::buckets;
use super::links::Links;
use crate::error::Error;
use crate::format::Layout;

/// So much of the file is written by one task, or a little more.
pub(super) const BLOCK: u64 = 1 << 20;

/// Where the lists and tables lie: main list, lists by their fields, FIELD table, DATA table.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) main: Chain,
    /// Lists by their numbers.
    pub(super) lists: Vec<Chain>,
    /// How many arrays there are.
    pub(super) arrays: u64,
    /// Where the objects of the tables lie, and how many buckets they have.
    pub(super) field_table: (u64, u64),
    pub(super) data_table: (u64, u64),
    /// Where the file ends.
    pub(super) end: u64,
    /// What is to be written, in an order in which what needs most to be known comes last.
    pub(super) tasks: Vec<Task>,
}

/// A part of the work, that needs no other one to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Task {
    /// The main list, at a place.
    Main(u64),
    /// The lists of some fields, the first of which lies at a place.
    Lists(Range<usize>, u64),
    /// The table of the fields' names.
    FieldTable,
    /// Some buckets of the table of DATA.
    DataTable(Range<u64>),
    /// What is missing in a part of the file that was written before.
    Mend(Range<u64>),
}

impl Writer {
    /// Plans what is to be written behind what there is.
    ///
    /// # Errors
    /// When the file would become too large.
    pub(super) fn plan(&self) -> Result<Plan, Error> {
        let begin = self.spool.end();
        let mut plan = Plan { lists: vec![Chain::default(); self.links.lists()], end: begin, ..Plan::default() };
        plan.tasks.push(Task::Main(begin));
        plan.main = plan.list(self.entries.len() as u64, self.options.layout);
        plan.lists_of(&self.links, self.places.len(), self.options.layout);
        plan.field_table = plan.table(buckets(self.fields.len()) as u64);
        plan.tasks.push(Task::FieldTable);
        plan.data_table = plan.table(buckets(self.places.len()) as u64);
        plan.tasks.extend(blocks(0..plan.data_table.1, BLOCK / 16).map(Task::DataTable));
        plan.tasks.extend(blocks(0..begin, BLOCK).map(Task::Mend));
        self.spool.has_room(plan.end - begin)?;
        Ok(plan)
    }
}

impl Plan {
    /// Adds a list of `count` entries.
    fn list(&mut self, count: u64, layout: Layout) -> Chain {
        let (chain, arrays, end) = Chain::at(self.end, count, width(layout));
        (self.arrays, self.end) = (self.arrays + arrays, end);
        chain
    }

    /// Adds the lists of all fields that have one.
    fn lists_of(&mut self, links: &Links, fields: usize, layout: Layout) {
        let (mut begin, mut at) = (0, self.end);
        for field in 0..fields {
            let (Some(_), Some(list)) = links.of(field) else { continue };
            let chain = self.list(links.count(list), layout);
            self.lists.get_mut(list).into_iter().for_each(|place| *place = chain);
            if self.end - at >= BLOCK {
                self.tasks.push(Task::Lists(begin..field + 1, at));
                (begin, at) = (field + 1, self.end);
            }
        }
        self.tasks.push(Task::Lists(begin..fields, at));
    }

    /// Adds a table; where it lies, and its buckets.
    fn table(&mut self, buckets: u64) -> (u64, u64) {
        let at = self.end;
        self.end = at + 16 + buckets * 16;
        (at, buckets)
    }
}

/// How many bytes a slot of an array has.
pub(super) const fn width(layout: Layout) -> u64 {
    match layout {
        Layout::Compact => 4,
        Layout::Regular => 8,
    }
}

/// A range cut where numbers are multiples of `size`.
fn blocks(range: Range<u64>, size: u64) -> impl Iterator<Item = Range<u64>> {
    let mut start = range.start;
    std::iter::from_fn(move || {
        let end = range.end.min((start / size + 1) * size);
        let block = start..end;
        start = end;
        (!block.is_empty()).then_some(block)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_leave_nothing_out() {
        assert_eq!(blocks(0..2500, 1000).collect::<Vec<_>>(), [0..1000, 1000..2000, 2000..2500]);
        let mut whole = blocks(0..1000, 1000);
        assert_eq!((whole.next(), whole.next()), (Some(0..1000), None));
        assert_eq!(blocks(5..5, 1000).count(), 0);
    }
}
