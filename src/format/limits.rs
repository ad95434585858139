//! Every bound on what a file may make us do, with its reason.

/// Decompressed payloads beyond this are a finding unless the caller raises the limit; real ones are kilobytes.
pub const PAYLOAD_DEFAULT: u64 = 64 << 20;

/// The largest payload that any systemd writes or accepts (`DATA_SIZE_MAX`), so no limit may be set above it.
pub const PAYLOAD_MOST: u64 = 768 << 20;

/// The smallest header that ever was (systemd 38 to 186); a shorter file has no entries.
pub const HEADER_LEAST: u64 = 208;

/// The largest decoder memory for one xz payload; writers use a dictionary of 1 MiB.
pub const XZ_MEMORY: u64 = 64 << 20;
