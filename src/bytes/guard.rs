//! What happens when a mapped file cannot give its bytes any more: it was shortened, or its medium fails.
//!
//! The system then sends `SIGBUS`, which ends the process. [`guard`] installs a handler instead: where the address lies
//! in one of our maps, that page reads as zeros from then on, and the map is marked. Zeros are damage like any other to
//! whoever reads a journal, and the mark tells why.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};

/// Whether maps are watched: from [`guard`] on.
static ARMED: AtomicBool = AtomicBool::new(false);

/// All maps made since then; nodes are never freed, since a handler may walk along them at any moment.
static REGIONS: AtomicPtr<Region> = AtomicPtr::new(std::ptr::null_mut());

/// One map: where it lies, and whether a page of it was lost.
#[derive(Debug)]
struct Region {
    start: usize,
    /// 0 once the map is gone.
    len: AtomicUsize,
    lost: AtomicBool,
    next: *const Self,
}

/// Keeps watch over a map for as long as it is held.
#[derive(Debug)]
pub(super) struct Watch(&'static Region);

impl Watch {
    /// Watches over `map`; nobody does before [`guard`] was called.
    pub(super) fn over(map: &[u8]) -> Option<Self> {
        if !ARMED.load(Ordering::Acquire) {
            return None;
        }
        let (start, len) = (map.as_ptr().addr(), AtomicUsize::new(map.len()));
        let region = Box::leak(Box::new(Region { start, len, lost: AtomicBool::new(false), next: std::ptr::null() }));
        let mut head = REGIONS.load(Ordering::Acquire);
        loop {
            region.next = head;
            match REGIONS.compare_exchange_weak(head, region, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(Self(region)),
                Err(newer) => head = newer,
            }
        }
    }

    /// Whether a page of the map was lost.
    pub(super) fn has_lost(&self) -> bool {
        self.0.lost.load(Ordering::Acquire)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.len.store(0, Ordering::Release);
    }
}

// SAFETY: a region is written only through its atomics once it is in the list; `next` is set before that and points to
// a node that is never freed.
#[expect(unsafe_code, reason = "a list that a signal handler reads cannot be made without it")]
unsafe impl Sync for Region {}

/// From now on, a file that shrinks or cannot be read while it is mapped no longer ends the process.
///
/// For programs, once, before files are opened; a library must leave signals to its program, so that without this call
/// the system's default stays: `SIGBUS` ends the process. Does nothing on systems without such signals.
pub fn guard() {
    #[cfg(unix)]
    if !ARMED.swap(true, Ordering::AcqRel) && !unix::install() {
        ARMED.store(false, Ordering::Release);
    }
}

#[cfg(unix)]
mod unix {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::{REGIONS, Region};

    /// The size of a page, asked before the first signal can come.
    static PAGE: AtomicUsize = AtomicUsize::new(4096);

    /// Installs the handler; says whether that could be done.
    #[expect(unsafe_code, reason = "signal handlers are the system's business")]
    pub(super) fn install() -> bool {
        // SAFETY: sysconf only reads; an error is -1, which is no size.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        if let Some(page) = usize::try_from(page).ok().filter(|page| page.is_power_of_two()) {
            PAGE.store(page, Ordering::Release);
        }
        // SAFETY: all bytes of the structure may be zero: no flags, an empty mask. The handler has the signature that
        // SA_SIGINFO asks for, and calls only what may be called in a handler: atomics, and mmap and signal, which are
        // bare system calls.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_bus_error as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
            libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut()) == 0
        }
    }

    /// Replaces the page by zeros if it is one of ours; else the signal does what it always does.
    #[expect(unsafe_code, reason = "signal handlers are the system's business")]
    extern "C" fn on_bus_error(signal: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
        // SAFETY: the system hands over a valid structure; for SIGBUS it has the address.
        let address = unsafe { (*info).si_addr() }.addr();
        let page = PAGE.load(Ordering::Acquire);
        let start = address & !page.wrapping_sub(1);
        if let Some(region) = region_of(address)
            && replace(start, page)
        {
            region.lost.store(true, Ordering::Release);
            return;
        }
        // SAFETY: with the default back in place, the access is tried again and ends the process as it would have.
        unsafe {
            libc::signal(signal, libc::SIG_DFL);
        }
    }

    /// The region that an address lies in.
    #[expect(unsafe_code, reason = "the list is made of pointers")]
    fn region_of(address: usize) -> Option<&'static Region> {
        let mut node: *const Region = REGIONS.load(Ordering::Acquire);
        // SAFETY: nodes are leaked on purpose: each pointer in the list is null or valid for ever.
        while let Some(region) = unsafe { node.as_ref() } {
            if address.checked_sub(region.start).is_some_and(|within| within < region.len.load(Ordering::Acquire)) {
                return Some(region);
            }
            node = region.next;
        }
        None
    }

    /// Puts a page of zeros in place of one that has no bytes any more.
    #[expect(unsafe_code, reason = "maps are the system's business")]
    fn replace(start: usize, page: usize) -> bool {
        let at = std::ptr::with_exposed_provenance_mut(start);
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
        // SAFETY: the page lies within a map of ours that is read-only and only ever seen as bytes, of which every
        // value is valid; what was there could not be read.
        let made = unsafe { libc::mmap(at, page, libc::PROT_READ, flags, -1, 0) };
        made != libc::MAP_FAILED
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, File};

    use super::super::Source;
    use super::guard;

    #[test]
    fn a_file_that_shrinks_reads_as_zeros_and_says_so() {
        guard();
        let path = std::env::temp_dir().join(format!("lastwords-guard-{}", std::process::id()));
        fs::write(&path, vec![7; 1 << 18]).unwrap();
        let (shrinks, stays) = (Source::map(&path).unwrap(), Source::map(&path).unwrap());
        assert_eq!(shrinks.image().bytes()[200_000], 7);
        File::options().write(true).open(&path).unwrap().set_len(1 << 16).unwrap();
        assert!(!shrinks.has_lost());
        let sum: u64 = shrinks.image().bytes().iter().map(|byte| u64::from(*byte)).sum();
        assert_eq!(sum, 7 << 16, "what is left, and zeros");
        assert!(shrinks.has_lost());
        assert_eq!(stays.image().bytes()[60_000], 7);
        assert!(!stays.has_lost(), "nothing beyond the end was asked of it");
        fs::remove_file(path).unwrap();
    }
}
