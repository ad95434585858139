//! The compiled catalogue: a table of ids and languages, and the texts.

use nom::bytes::complete::{tag, take};
use nom::number::complete::{le_u32, le_u64};
use nom::{IResult, Parser};

use crate::format::Id128;

const MAGIC: &[u8] = b"RHHHKSLP";

/// The shortest header and row that hold what is read here.
const LEAST: (u64, u64) = (40, 56);

/// One row of the table.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) id: Id128,
    pub(super) language: &'a str,
    /// Where the text starts in the file.
    pub(super) start: usize,
}

/// The header: its own size, the number of rows, the size of a row.
fn header(i: &[u8]) -> IResult<&[u8], (u64, u64, u64)> {
    let (i, (_, _, incompatible)) = (tag(MAGIC), le_u32, le_u32).parse(i)?;
    if incompatible != 0 {
        return Err(nom::Err::Error(nom::error::Error::new(i, nom::error::ErrorKind::Verify)));
    }
    (le_u64, le_u64, le_u64).parse(i)
}

/// Id, language and the text's place behind the table.
type Row<'a> = (&'a [u8], &'a [u8], u64);

fn row(i: &[u8]) -> IResult<&[u8], Row<'_>> {
    (take(16_usize), take(32_usize), le_u64).parse(i)
}

/// The rows of a database; `None` if it is none, or shorter than its header says.
pub(super) fn items(bytes: &[u8]) -> Option<Vec<Item<'_>>> {
    let (_, (size, rows, width)) = header(bytes).ok()?;
    if size < LEAST.0 || width < LEAST.1 {
        return None;
    }
    let texts = rows.checked_mul(width)?.checked_add(size)?;
    let (size, texts) = (usize::try_from(size).ok()?, usize::try_from(texts).ok()?);
    let (rows, width) = (usize::try_from(rows).ok()?, usize::try_from(width).ok()?);
    let table = bytes.get(size..texts)?;
    // The whole table lies in the file, so that it cannot claim more rows than there are bytes.
    Some(table.chunks_exact(width).take(rows).filter_map(|bytes| item(bytes, texts)).collect())
}

/// A row, whose text lies so far behind `texts`; `None` for one that no reader could ask for.
fn item(bytes: &[u8], texts: usize) -> Option<Item<'_>> {
    let (_, (id, language, offset)) = row(bytes).ok()?;
    let language = language.split(|byte| *byte == 0).next().unwrap_or_default();
    let start = usize::try_from(offset).ok()?.checked_add(texts)?;
    Some(Item { id: Id128(*id.first_chunk()?), language: std::str::from_utf8(language).ok()?, start })
}
