//! The lines of a boot that rules have something to say of.

use super::believed::AROUND;
use crate::analysis::rules::{Observed, Rulebook};
use crate::analysis::sequence::{HEAD_LINES, HEAD_WINDOW, Sequence, TAIL_LINES, TAIL_WINDOW};

use crate::analysis::source::{Glance, Line, Source, Wanted, is_users};

/// What rules say of a boot that ends, in order of time; where its shutdown began long before the end and hung, from a
/// while before that.
///
/// A user's own lines are of account too: sudo's stand there. Who wrote them is told by fields that no user sets.
pub(in crate::analysis) fn in_ending(
    (source, book): (&dyn Source, &Rulebook),
    boot: usize,
    sequence: &Sequence,
) -> Vec<Observed> {
    let table = book.table(false);
    let (marks, keep) = (table.marks(), |line: &Line| table.knows(line));
    let ends = source.boots().get(boot).map_or(0, |facts| facts.last.monotonic.0);
    let hung = sequence.announced().map_or(0, |began| ends.saturating_sub(began));
    let window = if hung > TAIL_WINDOW / 2 { hung.saturating_add(AROUND) } else { TAIL_WINDOW };
    let may = |line: &Line| table.may_know(line);
    let glance = Some(Glance { fields: table.glanced(), passes: &may });
    let lines = source.tail(boot, TAIL_LINES, window, Wanted { terms: &marks, keep: &keep, glance });
    lines.iter().flat_map(|line| book.observe(false, line)).collect()
}

/// What rules say of the beginning of a boot, for the boot before it.
pub(in crate::analysis) fn in_next(source: &dyn Source, book: &Rulebook, boot: usize) -> Vec<Observed> {
    let table = book.table(true);
    let (marks, keep) = (table.marks(), |line: &Line| table.knows(line));
    let may = |line: &Line| table.may_know(line);
    let glance = Some(Glance { fields: table.glanced(), passes: &may });
    let lines = source.head(boot, HEAD_LINES, HEAD_WINDOW, Wanted { terms: &marks, keep: &keep, glance });
    lines.iter().filter(|line| !is_users(source, line)).flat_map(|line| book.observe(true, line)).collect()
}
