//! What is written when all entries are known: lists, tables, links, header.

use super::draft::Draft;
use super::ends::Ends;
use super::header::{ARCHIVED, Header};
use super::known::Known;
use super::plan::Plan;
use super::writer::byte;
use super::{Report, Seqnums, Writer};
use crate::error::Error;
use crate::format::header::incompatible;

impl Writer {
    /// Writes what is left, waits for the disk if that was asked for, and gives the file its name.
    ///
    /// # Errors
    /// When it cannot be written, or the name is taken by now; then there is no file.
    pub fn finish(self) -> Result<Report, Error> {
        let (report, draft) = self.finish_draft()?;
        draft.keep();
        Ok(report)
    }

    /// The same for a file that is of no use yet: it has its name, but goes unless it is kept.
    ///
    /// # Errors
    /// As of [`Writer::finish`].
    pub fn finish_draft(mut self) -> Result<(Report, Draft), Error> {
        let memory = std::mem::replace(&mut self.known, Known::new(0)).into_slots();
        let plan = self.plan()?;
        let files = self.spool.rest(plan.end)?;
        let report = self.report(&plan);
        let ends = Ends::of(&self, &plan, report.seqnums != Seqnums::Kept, memory);
        ends.write(files).map_err(|error| self.spool.failed(error))?;
        let header = self.header(&plan, ends.depths());
        drop(ends);
        self.spool.head(header.bytes(), plan.end)?;
        Ok((report, self.spool.named(self.options.sync)?))
    }

    fn report(&self, plan: &Plan) -> Report {
        let entries = self.entries.len() as u64;
        let (seqnum_id, head_seqnum, tail_seqnum) = self.course.numbers(self.file_id, entries);
        Report {
            path: self.spool.target().to_owned(),
            entries,
            boots: self.course.boots(),
            fields: self.places.len() as u64,
            size: plan.end,
            seqnums: self.course.seqnums(),
            seqnum_id,
            head_seqnum,
            tail_seqnum,
            head_realtime: self.course.head.map(|stamp| stamp.realtime).unwrap_or_default(),
            refused: self.course.refused,
            backwards: self.course.backwards,
        }
    }

    fn header(&self, plan: &Plan, depths: (u64, u64)) -> Header {
        let mut header = Header::new();
        let zstd = if self.compressed { incompatible::ZSTD } else { 0 };
        let compact = if self.is_compact() { incompatible::COMPACT } else { 0 };
        header.put(12, &(incompatible::KEYED_HASH | zstd | compact).to_le_bytes());
        header.put(16, &[ARCHIVED]);
        let (head, tail) = (self.course.head, self.course.tail);
        let (seqnum_id, head_seqnum, tail_seqnum) = self.course.numbers(self.file_id, self.entries.len() as u64);
        let boot = tail.map(|stamp| stamp.boot_id).unwrap_or_default();
        for (at, id) in [(24, self.file_id), (40, self.options.machine_id), (56, boot), (72, seqnum_id)] {
            header.put(at, &id.0);
        }
        for (at, number) in [
            (160, tail_seqnum.0),
            (168, head_seqnum.0),
            (184, head.map_or(0, |stamp| stamp.realtime.0)),
            (192, tail.map_or(0, |stamp| stamp.realtime.0)),
            (200, tail.map_or(0, |stamp| stamp.monotonic.0)),
            (264, self.entries.last().copied().map_or(0, byte)),
        ] {
            header.number(at, number);
        }
        self.places_and_counts(plan, depths, &mut header);
        header
    }

    fn places_and_counts(&self, plan: &Plan, (data_depth, fields_depth): (u64, u64), header: &mut Header) {
        for (at, number) in [
            (96, plan.end - super::header::SIZE as u64),
            (104, plan.data_table.0 + 16),
            (112, plan.data_table.1 * 16),
            (120, plan.field_table.0 + 16),
            (128, plan.field_table.1 * 16),
            (136, plan.data_table.0),
            (144, self.spool.objects() + plan.arrays + 2),
            (152, self.entries.len() as u64),
            (176, plan.main.head()),
            (208, self.places.len() as u64),
            (216, self.fields.len() as u64),
            (232, plan.arrays),
            (240, data_depth),
            (248, fields_depth),
            (256, plan.main.tail_word()),
        ] {
            header.number(at, number);
        }
    }
}
