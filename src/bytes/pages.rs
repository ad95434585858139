//! How the system lays out memory that this program holds.

/// What large pages are aligned to on most systems; a multiple of the small ones on all.
const LARGE: usize = 2 << 20;

/// Says that a table of many MiB is going to be read here and there, before anything is in it.
///
/// The system may then give it large pages, so that a look at some place of it takes one access to memory and not
/// several. Nothing changes but how long that takes; smaller tables are left alone.
pub(crate) fn used_at_random<T>(table: &[T]) {
    let all = table.as_ptr_range();
    let Some(start) = all.start.addr().checked_next_multiple_of(LARGE) else { return };
    let Some(len) = (all.end.addr() & !(LARGE - 1)).checked_sub(start).filter(|len| *len > 0) else { return };
    advise(all.start.with_addr(start).cast(), len);
}

#[cfg(target_os = "linux")]
fn advise(start: *const u8, len: usize) {
    // SAFETY: this advice changes neither what the memory holds nor who may use it, whatever lies there.
    #[expect(unsafe_code, reason = "the standard library has no advice about memory")]
    let _ = unsafe { libc::madvise(start.cast_mut().cast(), len, libc::MADV_HUGEPAGE) };
}

#[cfg(not(target_os = "linux"))]
const fn advise(_start: *const u8, _len: usize) {}

#[cfg(test)]
mod tests {
    use super::used_at_random;

    #[test]
    fn what_a_table_holds_stays_as_it_is() {
        for size in [0, 1, 1 << 10, 3 << 20] {
            let mut table: Vec<u64> = (0..size).collect();
            used_at_random(&table);
            assert!(table.iter().copied().eq(0..size), "{size}");
            table.resize(table.len() * 2, 7);
            assert_eq!(table.iter().filter(|word| **word == 7).count() as u64, size + u64::from(size > 7));
        }
    }
}
