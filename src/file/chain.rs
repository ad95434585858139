//! The careful walker: every chain of links in a file is followed by this one, so that its end is proven once.

use crate::corrupt::{Corrupt, Fault, Offset};

/// Which way the links of a chain must lead.
#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// To higher offsets: hash chains and entry arrays.
    Up,
    /// To lower offsets: the DATA of a FIELD.
    Down,
}

/// An iterator along links; it ends at a link of 0, and after the first damage.
///
/// Objects of one chain overlap nowhere, so all of them together are no longer than the file.
pub(super) struct Chain<R> {
    next: Option<Result<Offset, Corrupt>>,
    before: Offset,
    way: Way,
    what: &'static str,
    read: R,
}

impl<R> Chain<R> {
    /// A walk that starts at `head`; `read` gives each item, the link to the next, and how many bytes its object has.
    pub(super) fn new(head: Offset, way: Way, what: &'static str, read: R) -> Self {
        Self { next: head.is_some().then_some(Ok(head)), before: Offset(u64::MAX), way, what, read }
    }

    /// A link against the chain's direction would never end; one into the object itself makes much out of little.
    fn onward(&self, at: Offset, end: Offset, next: Offset) -> Result<Offset, Corrupt> {
        let ahead = match self.way {
            Way::Up => next >= end,
            Way::Down => next < at,
        };
        if ahead { Ok(next) } else { Err(Corrupt::new(at, self.what, Fault::Loop { next })) }
    }

    fn step<T>(&mut self, at: Offset) -> Result<T, Corrupt>
    where
        R: FnMut(Offset) -> Result<(T, Offset, usize), Corrupt>,
    {
        let (item, link, size) = (self.read)(at)?;
        let end = Offset(at.0.saturating_add(size as u64));
        if matches!(self.way, Way::Down) && end > self.before {
            return Err(Corrupt::new(self.before, self.what, Fault::Loop { next: at }));
        }
        self.before = at;
        self.next = link.is_some().then(|| self.onward(at, end, link));
        Ok(item)
    }
}

impl<T, R: FnMut(Offset) -> Result<(T, Offset, usize), Corrupt>> Iterator for Chain<R> {
    type Item = Result<T, Corrupt>;

    fn next(&mut self) -> Option<Self::Item> {
        // Taken: any failure below ends the walk.
        let at = match self.next.take()? {
            Ok(at) => at,
            Err(damage) => return Some(Err(damage)),
        };
        Some(self.step(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(way: Way, links: &'static [(u64, u64)]) -> Vec<Result<u64, Corrupt>> {
        let read = |at: Offset| links.iter().find(|(from, _)| *from == at.0).map(|(from, to)| (*from, Offset(*to), 8));
        let missing = |at| Corrupt::new(at, "link", Fault::Malformed);
        Chain::new(Offset(links[0].0), way, "link", move |at| read(at).ok_or(missing(at))).collect()
    }

    #[test]
    fn a_chain_that_points_back_ends_with_one_error_after_its_good_items() {
        let walked = walk(Way::Up, &[(8, 16), (16, 8)]);
        assert_eq!(walked[..2], [Ok(8), Ok(16)]);
        assert_eq!(
            walked[2].as_ref().unwrap_err().to_string(),
            "link at 0x10: links on to 0x8, against the direction of its chain"
        );
        assert_eq!(walked.len(), 3);
        assert_eq!(walk(Way::Up, &[(8, 8)]).len(), 2);
        assert_eq!(walk(Way::Down, &[(16, 8), (8, 0)]), [Ok(16), Ok(8)]);
        assert_eq!(walk(Way::Up, &[(8, 24)]).len(), 2);
    }

    #[test]
    fn objects_of_a_chain_that_overlap_end_it() {
        for (way, links) in [(Way::Up, &[(8, 12), (12, 0)]), (Way::Down, &[(12, 8), (8, 0)])] {
            let walked = walk(way, links);
            assert_eq!(walked.len(), 2);
            assert!(matches!(&walked[1], Err(Corrupt { fault: Fault::Loop { .. }, .. })), "{walked:?}");
        }
    }
}
