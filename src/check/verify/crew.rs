//! A handful of threads that share a list of jobs, each with a state of its own.

use std::sync::Mutex;

/// Does all jobs in at most `threads` threads; returns the state of each thread.
pub(super) fn crew<J: Send, S: Send>(
    threads: usize,
    jobs: Vec<J>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, J) + Sync,
) -> Vec<S> {
    let threads = threads.min(jobs.len()).max(1);
    let queue = Mutex::new(jobs.into_iter());
    let one = || {
        let mut state = state();
        // A poisoned queue means that another thread panicked; what is left is done all the same.
        let next = || queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
        while let Some(job) = next() {
            work(&mut state, job);
        }
        state
    };
    if threads == 1 {
        return vec![one()];
    }
    std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let join = |hand: std::thread::ScopedJoinHandle<'_, S>| match hand.join() {
            Ok(state) => state,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        hands.into_iter().map(join).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_job_is_done_once() {
        for threads in [1, 3, 50] {
            let mut done: Vec<u32> =
                crew(threads, (0..40).collect(), Vec::new, |state: &mut Vec<u32>, job| state.push(job)).concat();
            done.sort_unstable();
            assert_eq!(done, (0..40).collect::<Vec<_>>());
        }
    }
}
