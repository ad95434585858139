//! What is written when all entries are known: lists, tables, links, header.

use std::iter::Peekable;
use std::ops::Range;

use super::arrays::Chain;
use super::chains::Chains;
use super::draft::Draft;
use super::header::{ARCHIVED, Header};
use super::known::Known;
use super::links::Links;
use super::spool::Spool;
use super::writer::Field;
use super::{Report, Seqnums, Writer};
use crate::error::Error;
use crate::format::Layout;
use crate::format::header::incompatible;
use crate::format::table::{DATA_TYPE, FIELD_TYPE};

/// What only the end of a file knows.
#[derive(Debug)]
struct Ends {
    main: Chain,
    /// Lists by their numbers.
    lists: Vec<Chain>,
    data: Chains,
    fields: Chains,
    /// Where the buckets of the tables begin, and how many bytes they have.
    data_table: (u64, u64),
    field_table: (u64, u64),
}

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
        self.known = Known::new();
        let ends = self.ends()?;
        let (header, report) = (self.header(&ends), self.report());
        let uses = Uses {
            places: &self.places,
            links: &self.links,
            entries: &self.entries,
            fields: &self.fields,
            ends: &ends,
            layout: self.options.layout,
            renumbers: report.seqnums != Seqnums::Kept,
        };
        let middle = self.spool.middle();
        self.spool.mend([uses.within(0..middle), uses.within(middle..u64::MAX)])?;
        self.spool.head(header.bytes())?;
        Ok((report, self.spool.named(self.options.sync)?))
    }

    /// Appends the lists and the tables.
    fn ends(&mut self) -> Result<Ends, Error> {
        let (entries, layout) = (&self.entries, self.options.layout);
        let mut rest = entries.iter().copied();
        let main =
            self.spool.chain(layout, entries.len() as u64, &mut |most, out| out.extend(rest.by_ref().take(most)))?;
        let (hashes, places) = (self.hashes.iter().copied(), self.places.iter().copied());
        // The chains take no part in the file until their tables do.
        let (data, lists) = std::thread::scope(|scope| {
            let data = scope.spawn(|| Chains::of(hashes.zip(places)));
            let lists = lists(&mut self.spool, layout, &self.links, entries, self.places.len());
            (data.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), lists)
        });
        let (data, lists) = (data, lists?);
        let fields = Chains::of(self.fields.iter().map(|field| (field.hash, (field.at / 8) as u32)));
        let field_table = self.spool.table(FIELD_TYPE, &fields)?;
        let data_table = self.spool.table(DATA_TYPE, &data)?;
        Ok(Ends { main, lists, data, fields, data_table, field_table })
    }

    fn report(&self) -> Report {
        let entries = self.entries.len() as u64;
        let (seqnum_id, head_seqnum, tail_seqnum) = self.course.numbers(self.file_id, entries);
        Report {
            path: self.spool.target().to_owned(),
            entries,
            boots: self.course.boots(),
            fields: self.places.len() as u64,
            size: self.spool.end(),
            seqnums: self.course.seqnums(),
            seqnum_id,
            head_seqnum,
            tail_seqnum,
            head_realtime: self.course.head.map(|stamp| stamp.realtime).unwrap_or_default(),
            refused: self.course.refused,
            backwards: self.course.backwards,
        }
    }

    fn header(&self, ends: &Ends) -> Header {
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
        self.places_and_counts(ends, &mut header);
        header
    }

    fn places_and_counts(&self, ends: &Ends, header: &mut Header) {
        let (objects, last) = self.spool.objects();
        let arrays: u64 = ends.lists.iter().map(|list| list.arrays).sum();
        for (at, number) in [
            (96, self.spool.end() - super::header::SIZE as u64),
            (104, ends.data_table.0),
            (112, ends.data_table.1),
            (120, ends.field_table.0),
            (128, ends.field_table.1),
            (136, last),
            (144, objects),
            (152, self.entries.len() as u64),
            (176, ends.main.head),
            (208, self.places.len() as u64),
            (216, self.fields.len() as u64),
            (232, ends.main.arrays + arrays),
            (240, ends.data.depth),
            (248, ends.fields.depth),
            (256, ends.main.tail_word()),
        ] {
            header.number(at, number);
        }
    }
}

/// Appends the lists of all fields that have one.
fn lists(
    spool: &mut Spool,
    layout: Layout,
    links: &Links,
    entries: &[u32],
    fields: usize,
) -> Result<Vec<Chain>, Error> {
    let mut lists = vec![Chain::default(); links.lists()];
    for index in 0..fields {
        if let (Some(first), Some(list)) = links.of(index) {
            let mut others = links.entries(list, first);
            let mut places = |most: usize, out: &mut Vec<u32>| {
                others.append(most, out);
                // A loop of its own, in which no look waits for another.
                out.iter_mut().for_each(|number| *number = entries.get(*number as usize).copied().unwrap_or_default());
            };
            let chain = spool.chain(layout, links.count(list), &mut places)?;
            lists.get_mut(list).into_iter().for_each(|place| *place = chain);
        }
    }
    Ok(lists)
}

/// Everything that says what belongs into the objects that lie in the file already.
struct Uses<'w> {
    places: &'w [u32],
    links: &'w Links,
    entries: &'w [u32],
    fields: &'w [Field],
    ends: &'w Ends,
    layout: Layout,
    renumbers: bool,
}

/// The bytes of a DATA object before its payload, at most.
const DATA_HEAD: u64 = 72;

impl Uses<'_> {
    /// What belongs into a part of the file: each a place and the number there, ascending.
    fn within(&self, part: Range<u64>) -> impl Iterator<Item = (u64, u64)> {
        let begin = self.places.partition_point(|place| byte(*place) + DATA_HEAD <= part.start);
        let end = self.places.partition_point(|place| byte(*place) < part.end);
        let of_data = (begin..end).flat_map(|index| self.words(index));
        let of_fields = self.fields.iter().zip(&self.ends.fields.next).flat_map(|(field, next)| field.words(*next));
        let renumbered = if self.renumbers { self.entries.len() } else { 0 };
        let of_entries = self.entries.iter().take(renumbered).zip(1..).map(|(at, number)| (byte(*at) + 16, number));
        let words = merged(merged(of_data, of_fields), of_entries);
        words.filter(move |(at, word)| *word != 0 && part.contains(at))
    }

    /// The links of a DATA object: each a place and what belongs there.
    #[inline]
    fn words(&self, index: usize) -> [(u64, u64); 5] {
        let at = self.places.get(index).copied().map_or(0, byte);
        let next = self.ends.data.next.get(index).copied().map_or(0, byte);
        let (first, list) = self.links.of(index);
        let entry = first.and_then(|first| self.entries.get(first as usize)).copied().map_or(0, byte);
        let chain = list.and_then(|list| self.ends.lists.get(list)).copied().unwrap_or_default();
        let others = list.map_or(0, |list| self.links.count(list));
        let count = others + u64::from(first.is_some());
        let tail = if self.layout == Layout::Compact { chain.tail_word() } else { 0 };
        [(at + 24, next), (at + 40, entry), (at + 48, chain.head), (at + 56, count), (at + 64, tail)]
    }
}

impl Field {
    /// The links of a FIELD object.
    fn words(self, next: u32) -> [(u64, u64); 2] {
        [(self.at + 24, byte(next)), (self.at + 32, self.newest)]
    }
}

/// A place in bytes; places are kept in steps of 8.
fn byte(place: u32) -> u64 {
    u64::from(place) * 8
}

/// Two sequences of places in order as one.
fn merged<A, B>(a: A, b: B) -> Merged<A, B>
where
    A: Iterator<Item = (u64, u64)>,
    B: Iterator<Item = (u64, u64)>,
{
    Merged { a: a.peekable(), b: b.peekable() }
}

/// See [`merged`].
struct Merged<A: Iterator, B: Iterator> {
    a: Peekable<A>,
    b: Peekable<B>,
}

impl<A, B> Iterator for Merged<A, B>
where
    A: Iterator<Item = (u64, u64)>,
    B: Iterator<Item = (u64, u64)>,
{
    type Item = (u64, u64);

    #[inline]
    fn next(&mut self) -> Option<(u64, u64)> {
        match (self.a.peek(), self.b.peek()) {
            (Some(a), Some(b)) if b.0 < a.0 => self.b.next(),
            (None, _) => self.b.next(),
            _ => self.a.next(),
        }
    }
}
