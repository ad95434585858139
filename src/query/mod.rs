//! Which entries: a [`Query`] says what is wanted, a [`Selection`] yields it in order, in chunks, from either end.
//!
//! Field terms are looked up in each file's hash index and become bitmaps over its main array before a single entry is
//! read; the order is walked over what is left. Chunks of the result can be rendered in parallel, see [`render`].

mod around;
mod build;
mod chunks;
pub mod container;
mod explain;
mod few;
mod gate;
pub mod identifier;
mod invocations;
mod join;
mod matches;
mod near;
mod part;
mod pattern;
mod places;
mod plan;
mod run;
mod select;
mod start;
pub mod stats;
mod term;
pub mod unit;
mod visit;
mod wanted;
mod when;
mod window;
pub mod word;
mod zone;

pub use around::{Around, Nearest};
pub use chunks::JoinedChunk;
pub use explain::{Deed, Intent, Way};
pub use invocations::{Invocation, Invocations, descriptor, of_run};
pub use join::joined;
pub use matches::Matches;
pub use places::Places;
pub use plan::{Judge, Reason};
pub use run::{Outcome, Sink, render, render_chunks, render_parts};
pub use select::{Chunk, Selection};
pub use start::Start;
pub use term::{Term, Which};
pub use visit::Entries;
pub use wanted::Wanted;
pub use when::{Now, is_yearless, moment, moments};
pub use zone::{DeviceZone, zone};

use crate::corrupt::Losses;
use crate::error::Error;
use crate::format::{Id128, Realtime};
use crate::journal::{Boot, Journal};

/// How many entries a chunk holds at most.
pub const CHUNK: usize = 1024;

/// Which entries are wanted, and in which direction.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Only entries of this boot, by index in [`Journal::boots`].
    pub boot: Option<usize>,
    /// Only entries received at or after this wall-clock time.
    pub since: Option<Realtime>,
    /// Only entries received at or before this wall-clock time.
    pub until: Option<Realtime>,
    /// Only entries with these fields.
    pub matches: Matches,
    /// Read every entry, and trust no hash table, list, or order of times.
    pub no_index: bool,
    /// Newest first.
    pub reverse: bool,
    /// Only from this entry on, in the direction asked for.
    pub start: Option<Start>,
    /// Only so many entries: the newest ones.
    pub last: Option<usize>,
    /// Only so many entries: the first ones in the direction asked for.
    pub first: Option<usize>,
    /// A field: each chunk tells the last entry before it that has it, see [`Chunk::landmark`].
    pub landmark: Option<&'static str>,
    /// What could not be read while the query was made, by file; [`Selection::losses`] tells of it as well.
    pub lost: Vec<(usize, Losses)>,
}

/// So many hex digits of a boot's id name it at least: as few as a narrow table of boots shows.
pub(crate) const BEGINNING: usize = 4;

/// Which boots can be asked for, for who asked for another.
fn there_are(boots: usize) -> String {
    match boots {
        0 => "there is none".to_owned(),
        1 => "there is 1 boot: 0".to_owned(),
        boots => format!("there are {boots} boots, from -{} to 0: `lastwords boots` lists them", boots - 1),
    }
}

/// Finds the boot that `text` names: an id or its first four digits or more, a number counted from the newest (0, -1, …) or from the oldest (1, 2, …),
/// or an id with an offset such as `ID-1`.
///
/// # Errors
/// When the text is neither, or there is no such boot.
pub fn find_boot(journal: &Journal, text: &str) -> Result<usize, Error> {
    let boots = journal.boots();
    let missing = || Error::NotFound { what: "boot", input: format!("{text} ({})", there_are(boots.len())) };
    let refused = |why: &str| Error::BadQuery { what: "boot", input: text.to_owned(), why: why.to_owned() };
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let bad = || match text.len() {
        1..BEGINNING if is_hex => {
            refused("too short: an id's first 4 hex digits or more tell a boot, as `boots` shows them")
        }
        BEGINNING..32 if is_hex => missing(),
        _ => {
            refused("give an id of 32 hex digits, an id with an offset (ID-1), 0 for the newest, -1 for the one before")
        }
    };
    // The number of a boot that is there goes before the beginning of an id.
    let is_number = text.parse().is_ok_and(|number: usize| number <= boots.len());
    let prefixed = |boot: &Boot| {
        !is_number && text.len() >= BEGINNING && boot.id.to_string().starts_with(&text.to_ascii_lowercase())
    };
    let mut prefixed = boots.iter().enumerate().filter(|(_, boot)| prefixed(boot));
    match (prefixed.next(), prefixed.next()) {
        (Some((index, _)), None) => return Ok(index),
        (Some(_), Some(_)) => return Err(refused("several boots' ids begin so: more digits tell them apart")),
        (None, _) => {}
    }
    let (id, offset) = match text.get(..32).and_then(|id| Some((id.parse::<Id128>().ok()?, text.get(32..)?))) {
        Some((id, offset)) => (Some(id), offset),
        None => (None, text),
    };
    let offset: i64 = match offset {
        "" if id.is_some() => 0,
        "" => return Err(bad()),
        offset if id.is_some() && !offset.starts_with(['+', '-']) => return Err(bad()),
        offset => offset.parse().map_err(|_| bad())?,
    };
    let base = match id {
        Some(id) => boots.iter().position(|boot| boot.id == id).ok_or_else(missing)?,
        None if offset > 0 => 0,
        None => boots.len().checked_sub(1).ok_or_else(missing)?,
    };
    let steps = if id.is_none() && offset > 0 { offset - 1 } else { offset };
    let index = i64::try_from(base).ok().and_then(|base| base.checked_add(steps)).ok_or_else(missing)?;
    usize::try_from(index).ok().filter(|index| *index < boots.len()).ok_or_else(missing)
}
