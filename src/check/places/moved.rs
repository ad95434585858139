//! Pages that lie together as they were written, in the place of others.

use super::{PAGE, Pages};
use crate::check::starts::Starts;
use crate::file::{JournalFile, Link};

/// So many DATA are asked of each page in which the hash table knows none.
const ASKED: usize = 8;
/// Of a file's length, so little is spent on following links.
const LINKS_RATIO: u64 = 8;

/// A DATA where its chain does not lead.
struct Stray {
    page: u64,
    /// How many pages before this the chain leads to, to the same place within a page; wrapping.
    away: Option<u64>,
}

/// The pages that objects join with each other, and that were moved together: the hash table has none of their DATA where
/// they lie, and two of them as many pages away, where other objects lie now.
pub(super) fn pages(file: &JournalFile, sound: &Starts, joined: &Pages) -> Pages {
    let len = file.image().len();
    let (mut linked, mut moved, mut strays) = (Pages::of(len), Pages::of(len), Vec::<Stray>::new());
    let mut links = len / LINKS_RATIO;
    for at in sound.iter() {
        let page = at.0 / PAGE;
        let is_asked = || strays.iter().rev().take_while(|stray| stray.page == page).count() >= ASKED;
        if linked.contains(page) || is_asked() {
            continue;
        }
        let Ok(data) = file.data(at) else { continue };
        match file.link_of(&data, &mut links) {
            Some(Link::Here) => linked.insert(page),
            Some(Link::Elsewhere(place)) => {
                let is_same = place.0 % PAGE == at.0 % PAGE && place != at;
                strays.push(Stray { page, away: is_same.then(|| page.wrapping_sub(place.0 / PAGE)) });
            }
            Some(Link::Nowhere) | None => {}
        }
    }
    let (mut first, end) = (0, (len / PAGE).saturating_add(1));
    for behind in (1..=end).filter(|page| *page == end || !joined.contains(*page)) {
        let extent = first..behind;
        if are_moved(&strays, &extent) && !extent.clone().any(|page| linked.contains(page)) {
            extent.for_each(|page| moved.insert(page));
        }
        first = behind;
    }
    moved
}

/// Whether two of the strays in an extent are as many pages away from where they should be.
fn are_moved(strays: &[Stray], extent: &std::ops::Range<u64>) -> bool {
    let before = |page| strays.partition_point(|stray| stray.page < page);
    let here = strays.get(before(extent.start)..before(extent.end)).unwrap_or_default();
    let mut away: Vec<u64> = here.iter().filter_map(|stray| stray.away).collect();
    away.sort_unstable();
    away.windows(2).any(|two| two.first() == two.last())
}
