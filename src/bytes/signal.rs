//! What is done with signals.

/// Whether the process was started to pay no heed to a signal, as `nohup` and shells in the background ask for.
#[expect(unsafe_code, reason = "the standard library knows nothing of signals")]
pub(crate) fn is_ignored(signal: i32) -> bool {
    // SAFETY: all bytes of the structure may be zero, and the system only fills it in.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0 && action.sa_sigaction == libc::SIG_IGN
    }
}
