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

#[cfg(not(target_os = "linux"))]
const fn advise(_file: &File, _start: i64, _len: i64) {}
