//! How what was written to a file gets to the disk.

use std::fs::File;
use std::ops::Range;

/// Says that a part of a file will not change any more, so that the system may begin to bring it to the disk.
///
/// Nothing waits for that and nothing is promised by it; who needs the bytes on the disk still asks for that, and waits
/// less.
pub(crate) fn begin(file: &File, part: Range<u64>) {
    let (Ok(start), Ok(len)) = (i64::try_from(part.start), i64::try_from(part.end.saturating_sub(part.start))) else {
        return;
    };
    if len > 0 {
        advise(file, start, len);
    }
}

#[cfg(target_os = "linux")]
fn advise(file: &File, start: i64, len: i64) {
    use std::os::fd::AsRawFd;
    // SAFETY: no memory takes part, and the file is open as long as it is borrowed.
    #[expect(unsafe_code, reason = "the standard library writes back whole files only")]
    let _ = unsafe { libc::sync_file_range(file.as_raw_fd(), start, len, libc::SYNC_FILE_RANGE_WRITE) };
}

/// Says that a part of a file is about to be written, so that the system may find its place on the disk at once and not
/// page by page.
///
/// Nothing depends on it: who is refused for want of space is told so when the bytes are written. What the file has
/// behind its end then goes with [`File::set_len`].
pub(crate) fn reserve(file: &File, part: Range<u64>) {
    let (Ok(start), Ok(len)) = (i64::try_from(part.start), i64::try_from(part.end.saturating_sub(part.start))) else {
        return;
    };
    if len > 0 {
        allocate(file, start, len);
    }
}

#[cfg(target_os = "linux")]
fn allocate(file: &File, start: i64, len: i64) {
    use std::os::fd::AsRawFd;
    // Some file systems answer what goes beyond the limit of a process with a signal, though nothing was written there;
    // and where files lie in memory, room for what is not written yet is taken from everybody.
    if is_allowed(start.saturating_add(len)) && !is_in_memory(file) {
        // SAFETY: no memory takes part, and the file is open as long as it is borrowed.
        #[expect(unsafe_code, reason = "the standard library makes files longer only by holes")]
        let _ = unsafe { libc::fallocate(file.as_raw_fd(), libc::FALLOC_FL_KEEP_SIZE, start, len) };
    }
}

/// Whether a file lies in memory, as far as the system tells.
#[cfg(target_os = "linux")]
fn is_in_memory(file: &File) -> bool {
    use std::os::fd::AsRawFd;
    let mut about = std::mem::MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: `about` is what is filled in, outlives the call, and is valid as zeros too.
    #[expect(unsafe_code, reason = "the standard library does not tell file systems")]
    let about = unsafe {
        libc::fstatfs(file.as_raw_fd(), about.as_mut_ptr());
        about.assume_init()
    };
    about.f_type == libc::TMPFS_MAGIC
}

/// Whether a file of this process may end there.
#[cfg(target_os = "linux")]
fn is_allowed(end: i64) -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is what is filled in, and outlives the call.
    #[expect(unsafe_code, reason = "the standard library does not tell limits")]
    let told = unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) };
    told == 0 && u64::try_from(end).is_ok_and(|end| end <= limit.rlim_cur)
}

#[cfg(not(target_os = "linux"))]
const fn allocate(_file: &File, _start: i64, _len: i64) {}

#[cfg(not(target_os = "linux"))]
const fn advise(_file: &File, _start: i64, _len: i64) {}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn what_is_reserved_changes_no_byte_and_is_given_back() {
        let path = std::env::temp_dir().join(format!("lastwords-disk-{}", std::process::id()));
        let mut file = File::create(&path).unwrap();
        file.write_all(b"begun").unwrap();
        reserve(&file, 5..8 << 20);
        // What no disk has is refused, and nobody is told.
        reserve(&file, 0..u64::MAX);
        reserve(&file, 0..i64::MAX as u64);
        file.write_all(b", and gone on with").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"begun, and gone on with");
        file.set_len(23).unwrap();
        file.sync_all().unwrap();
        let taken = file.metadata().unwrap().blocks() * 512;
        std::fs::remove_file(&path).unwrap();
        assert!(taken <= 1 << 20, "{taken}");
    }
}
