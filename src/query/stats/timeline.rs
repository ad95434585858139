//! How much was logged when, at a resolution that fits what there is.

use std::collections::BTreeMap;

use super::Sum;
use crate::format::Realtime;

/// Lengths of bars in seconds; each is a multiple of the one before, so that bars can be joined exactly.
const STEPS: [u64; 20] = [
    1,
    5,
    15,
    30,
    60,
    300,
    900,
    1800,
    3600,
    3 * 3600,
    6 * 3600,
    12 * 3600,
    DAY,
    7 * DAY,
    28 * DAY,
    364 * DAY,
    3640 * DAY,
    36_400 * DAY,
    364_000 * DAY,
    3_640_000 * DAY,
];

const DAY: u64 = 86_400;

/// Bars beyond this are joined while counting: many times what a terminal can show.
const MOST: usize = 4096;

/// So many long gaps may be cut short; with more, an axis of time says little.
const CUTS: usize = 3;

/// Sums over stretches of time of equal length; stretches without entries are left out.
///
/// Bars begin with the minute, hour, day or Monday of the offset from UTC that it was made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The index in `STEPS`.
    step: usize,
    /// Seconds to add to the time so that it divides into bars.
    shift: u64,
    bars: BTreeMap<u64, Sum>,
    /// The bar in work, not yet among the others.
    current: (u64, Sum),
}

impl Timeline {
    /// No entries yet; `offset` is that from UTC in seconds.
    pub(super) fn new(offset: i64) -> Self {
        // 1970 began on a Thursday, and three days before was a Monday; a whole 364 days more keep the shift positive.
        let shift = (367 * DAY).saturating_add_signed(offset);
        Self { step: 0, shift, bars: BTreeMap::new(), current: (0, Sum::default()) }
    }

    /// How long a bar is, in microseconds.
    #[must_use]
    pub fn step_us(&self) -> u64 {
        self.seconds() * 1_000_000
    }

    /// When each bar with entries begins, and its sum; in order. The first may begin before 1970, and then says 1970.
    pub fn bars(&self) -> impl DoubleEndedIterator<Item = (Realtime, &Sum)> + '_ {
        let start = |bar: u64| (bar * self.seconds()).saturating_sub(self.shift) * 1_000_000;
        self.bars.iter().map(move |(bar, sum)| (Realtime(start(*bar)), sum))
    }

    /// How many bars without entries lie before each bar with entries, and its sum; in order.
    pub fn gaps(&self) -> impl Iterator<Item = (u64, &Sum)> + '_ {
        let mut next = self.bars.keys().next().copied().unwrap_or_default();
        self.bars.iter().map(move |(bar, sum)| {
            let gap = bar.saturating_sub(next);
            next = bar.saturating_add(1);
            (gap, sum)
        })
    }

    /// The same with bars joined until they and the gaps between them fit into `columns`; up to three gaps of more than
    /// `longest` bars take one column each.
    #[must_use]
    pub fn fitted(&self, columns: usize, longest: u64) -> Self {
        let mut fitted = self.clone();
        while fitted.columns(longest) > columns as u64 && fitted.join() {}
        fitted
    }

    /// The same with bars joined until no more than `most` have entries.
    #[must_use]
    pub fn joined(&self, most: usize) -> Self {
        let mut joined = self.clone();
        while joined.bars.len() > most && joined.join() {}
        joined
    }

    fn columns(&self, longest: u64) -> u64 {
        let cuts = self.gaps().filter(|(gap, _)| *gap > longest).count();
        let width = |gap: u64| if gap > longest && cuts <= CUTS { 1 } else { gap };
        self.gaps().fold(0, |sum, (gap, _)| sum.saturating_add(width(gap)).saturating_add(1))
    }

    const fn seconds(&self) -> u64 {
        STEPS[self.step]
    }

    /// Counts an entry.
    #[inline]
    pub(super) fn add(&mut self, at: Realtime, sum: Sum) {
        let bar = (at.0 / 1_000_000).saturating_add(self.shift) / self.seconds();
        if bar != self.current.0 {
            self.turn_to(bar);
        }
        self.current.1.add(sum);
    }

    fn turn_to(&mut self, bar: u64) {
        self.settle();
        let step = self.step;
        while self.bars.len() > MOST && self.join() {}
        self.current.0 = bar * STEPS[step] / self.seconds();
    }

    /// Puts the bar in work among the others.
    fn settle(&mut self) {
        if self.current.1.entries > 0 {
            self.bars.entry(self.current.0).or_default().add(std::mem::take(&mut self.current.1));
        }
    }

    /// Makes the bars longer by one step, if there is a longer one.
    fn join(&mut self) -> bool {
        let Some(next) = STEPS.get(self.step + 1) else { return false };
        let by = next / self.seconds();
        let mut joined = BTreeMap::<u64, Sum>::new();
        for (bar, sum) in std::mem::take(&mut self.bars) {
            joined.entry(bar / by).or_default().add(sum);
        }
        self.bars = joined;
        self.step += 1;
        true
    }

    /// Adds what another worker counted.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.settle();
        other.settle();
        while self.step < other.step && self.join() {}
        while other.step < self.step && other.join() {}
        for (bar, sum) in other.bars {
            self.bars.entry(bar).or_default().add(sum);
        }
        self.current.0 = 0;
        while self.bars.len() > MOST && self.join() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Sum {
        Sum { entries: 1, bytes: 10, disk: 5 }
    }

    fn made(times: impl IntoIterator<Item = u64>) -> Timeline {
        let mut timeline = Timeline::new(0);
        times.into_iter().for_each(|second| timeline.add(Realtime(second * 1_000_000), one()));
        let mut all = Timeline::new(0);
        all.merge(timeline);
        all
    }

    fn bars(timeline: &Timeline) -> Vec<(u64, u64)> {
        timeline.bars().map(|(start, sum)| (start.0 / 1_000_000, sum.entries)).collect()
    }

    #[test]
    fn each_step_is_a_multiple_of_the_one_before() {
        assert!(STEPS.windows(2).all(|pair| pair[1] % pair[0] == 0 && pair[1] > pair[0]));
        assert_eq!((367 * DAY) % (7 * DAY), 3 * DAY);
    }

    #[test]
    fn entries_count_in_the_second_they_came_in_whatever_their_order() {
        let timeline = made([100, 101, 100, 103, 100]);
        assert_eq!(bars(&timeline), [(100, 3), (101, 1), (103, 1)]);
        assert_eq!(timeline.step_us(), 1_000_000);
        assert_eq!(timeline.gaps().map(|(gap, _)| gap).collect::<Vec<_>>(), [0, 0, 1]);
    }

    #[test]
    fn bars_are_joined_until_they_fit_and_long_gaps_count_as_one() {
        // Two hours of one entry a minute, then a year of nothing, then one more.
        let timeline = made((0..120).map(|minute| minute * 60).chain([31_536_000]));
        let fitted = timeline.fitted(80, 20);
        assert_eq!(fitted.step_us(), 300_000_000);
        assert_eq!(bars(&fitted), (0..24).map(|bar| (bar * 300, 5)).chain([(31_536_000, 1)]).collect::<Vec<_>>());
        let total: u64 = fitted.bars().map(|(_, sum)| sum.bytes).sum();
        assert_eq!(total, 1210);
        assert_eq!(timeline.fitted(1, 0).bars().count(), 1);
        assert_eq!(timeline.joined(25).step_us(), 300_000_000);
    }

    #[test]
    fn many_bars_are_joined_while_counting() {
        let timeline = made((0..100_000).map(|second| second * 3));
        assert!(timeline.bars().count() <= MOST);
        assert_eq!(timeline.bars().map(|(_, sum)| sum.entries).sum::<u64>(), 100_000);
        let (first, second) = (made(0..10), made([86_400 * 365 * 50]));
        let mut both = first.clone();
        both.merge(second);
        assert_eq!(both.bars().map(|(_, sum)| sum.entries).sum::<u64>(), 11);
        assert_eq!(bars(&made(0..7)).len(), 7);
    }

    #[test]
    fn days_begin_at_midnight_of_the_offset_and_weeks_on_monday() {
        let mut timeline = Timeline::new(3600);
        timeline.add(Realtime(1_792_146_949_916_518), one()); // Friday 2026-10-16
        timeline.settle();
        while timeline.seconds() < DAY && timeline.join() {}
        assert_eq!(bars(&timeline)[0].0, 1_792_105_200); // 2026-10-15T23:00Z
        timeline.join();
        assert_eq!(bars(&timeline)[0].0, 1_792_105_200 - 4 * DAY);
    }
}
