//! The self-control of precursors: does a machine show the same when nothing ends?
//!
//! A sign that stands in a good part of a machine's quiet hours says little at its end, unless it comes there much faster
//! than ever else.

const SECOND: u64 = 1_000_000;
/// The life of a machine is looked at in windows of ten minutes, or of one where there are too few of them.
const WINDOWS: [u64; 2] = [600 * SECOND, 60 * SECOND];
/// So many quiet windows tell something.
const ENOUGH: usize = 6;
/// Signs count as being at the end within this.
const NEAR: u64 = 60 * SECOND;
/// So many times as fast as in quiet times is another thing.
const FASTER: f64 = 3.0;
/// And at least so many.
const CLUSTER: usize = 3;
/// So many other boots with the sign tell whether it harms.
const BOOTS: usize = 2;

/// What comes as a boot begins, within this, may come with each; later only how often it comes tells.
const BEGINNING: u64 = 3600 * SECOND;

/// When a sign came in one boot of a machine, and how long that boot lasted, in microseconds.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Life {
    /// When it began, as far as lines tell.
    pub(in crate::analysis) from: u64,
    /// When its last entry was written.
    pub(in crate::analysis) until: u64,
    /// When the sign came.
    pub(in crate::analysis) times: Vec<u64>,
    /// Whether it did not end abruptly, whatever had come before.
    pub(in crate::analysis) ended_well: bool,
}

/// Whether a sign of the boot `this` of a machine is noise: it comes in at least `share` of the quiet windows of all
/// its boots, or of the other boots that have it in the same phase at least that share ended well; and it comes not faster at
/// this end.
pub(in crate::analysis) fn is_noise(lives: &[Life], this: usize, share: f64) -> bool {
    lives
        .get(this)
        .is_some_and(|own| is_usual(lives, own, share) || (is_harmless(lives, this, share) && at_end(own) < CLUSTER))
}

/// How often it came just before the end.
fn at_end(life: &Life) -> usize {
    life.times.iter().filter(|at| **at + NEAR >= life.until).count()
}

/// Whether other boots had the sign, as long after their start, and came to no harm: what comes with the start of each.
fn is_harmless(lives: &[Life], this: usize, share: f64) -> bool {
    let Some((own, last)) = lives.get(this).and_then(|own| Some((own, own.times.iter().max()?))) else { return false };
    let up = last.saturating_sub(own.from);
    let is_as_long = |life: &Life, at: &u64| at.saturating_sub(life.from).abs_diff(up) <= WINDOWS[0];
    let has = |life: &Life| up <= BEGINNING && life.times.iter().any(|at| is_as_long(life, at));
    let others = lives.iter().enumerate().filter(|(at, life)| *at != this && has(life));
    let (had, well) = others.fold((0, 0), |(had, well), (_, life)| (had + 1, well + usize::from(life.ended_well)));
    had >= BOOTS && well as f64 >= share * had as f64
}

fn is_usual(lives: &[Life], own: &Life, share: f64) -> bool {
    for window in WINDOWS {
        let quiet: Vec<usize> = lives.iter().flat_map(|life| counts(life, window)).collect();
        if quiet.len() < ENOUGH {
            continue;
        }
        let met = quiet.iter().filter(|count| **count > 0).count() as f64 / quiet.len() as f64;
        let usual = quiet.iter().sum::<usize>() as f64 / quiet.len() as f64 * NEAR as f64 / window as f64;
        let near = at_end(own);
        let is_faster = near >= CLUSTER && near as f64 > FASTER * usual;
        return met >= share && !is_faster;
    }
    false
}

/// How often the sign came in each window of a boot that is far from its end.
fn counts(life: &Life, window: u64) -> Vec<usize> {
    let quiet = life.until.saturating_sub(life.from).saturating_sub(window) / window;
    let mut counts = vec![0; usize::try_from(quiet).unwrap_or(0)];
    for at in &life.times {
        let place = usize::try_from(at.saturating_sub(life.from) / window).ok();
        if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
            *count += 1;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60 * SECOND;

    fn life(minutes: u64, times: impl IntoIterator<Item = u64>) -> Life {
        Life { from: 0, until: minutes * MINUTE, times: times.into_iter().collect(), ended_well: false }
    }

    #[test]
    fn what_comes_all_the_time_is_noise() {
        let chatter = life(600, (0..60).map(|at| at * 10 * MINUTE));
        assert!(is_noise(std::slice::from_ref(&chatter), 0, 0.3));
        assert!(is_noise(&[life(600, []), chatter], 1, 0.3), "in half of all windows");
    }

    #[test]
    fn what_comes_at_the_end_only_is_none() {
        assert!(!is_noise(&[life(600, [599 * MINUTE])], 0, 0.3));
        assert!(!is_noise(&[life(3, [])], 0, 0.3), "too short a life tells nothing");
    }

    #[test]
    fn what_comes_much_faster_at_the_end_is_none() {
        let chatter = (0..60).map(|at| at * 10 * MINUTE);
        let storm = (0..8).map(|at| 600 * MINUTE - at * 5 * SECOND);
        assert!(!is_noise(&[life(600, chatter.chain(storm))], 0, 0.3));
    }

    #[test]
    fn what_other_boots_survived_is_noise_unless_it_comes_in_a_cluster() {
        let harmless = |minutes, at: u64| Life { ended_well: true, ..life(minutes, [at * SECOND]) };
        let others = [harmless(2, 60), life(2, [70 * SECOND])];
        let this = |times: &[u64]| [&others[..], &[life(2, times.iter().map(|at| at * SECOND))]].concat();
        assert!(is_noise(&this(&[110]), 2, 0.3));
        assert!(!is_noise(&this(&[100, 110, 119]), 2, 0.3));
        assert!(!is_noise(&this(&[110])[1..], 1, 0.3), "one other boot tells nothing");
        // What they had once in hours, and not towards their end, is no habit.
        let others = [harmless(1200, 36_000), harmless(1200, 36_000)];
        let at = |minutes: u64| [&others[..], &[life(minutes, [minutes * MINUTE])]].concat();
        assert!(!is_noise(&at(1200), 2, 0.3) && !is_noise(&at(600), 2, 0.3));
        let early = [harmless(1200, 900), harmless(1200, 900), life(15, [900 * SECOND])];
        assert!(is_noise(&early, 2, 0.3), "but what comes with each start is one");
    }

    #[test]
    fn short_lives_are_looked_at_by_the_minute() {
        let lives: Vec<Life> = (0..6).map(|_| life(4, [10 * SECOND, 100 * SECOND])).collect();
        assert!(is_noise(&lives, 0, 0.3));
    }
}
