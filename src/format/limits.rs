//! Every bound on what a file may make us do, with its reason.

/// Decompressed payloads beyond this are a finding unless the caller raises the limit; real ones are kilobytes.
pub const PAYLOAD_DEFAULT: u64 = 64 << 20;

/// The largest payload that any systemd writes or accepts (`DATA_SIZE_MAX`), so no limit may be set above it.
pub const PAYLOAD_MOST: u64 = 768 << 20;

/// The smallest header that ever was (systemd 38 to 186); a shorter file has no entries.
pub const HEADER_LEAST: u64 = 208;

/// The largest decoder memory for one xz payload; writers use a dictionary of 1 MiB.
pub const XZ_MEMORY: u64 = 64 << 20;

/// The smallest FIELD, padded: what a file's length is divided by for the most that all buckets together can hold.
pub const FIELD_LEAST: u64 = 48;

/// The head of an ENTRY object: no entry is smaller.
pub const ENTRY_LEAST: u64 = 64;

/// The smallest item of an entry: what a file's length is divided by for the most that all entries together can have.
pub const ITEM_LEAST: u64 = 4;

/// How many entries of one identity a merge remembers to tell repeats: more than files that disagree about a seqnum.
pub const REPEATS_KEPT: usize = 64;

/// The most bytes that one question to a file (its boots, the values of a field) inflates, for each byte of the file.
/// Whole files of text shrink to a tenth; a few kilobytes that inflate to the payload limit, times the objects that fit
/// a file, would take hours and all memory.
pub const INFLATE_RATIO: u64 = 64;

/// The most bytes that a search through a file's values (a pattern, the lines that a judgement asks for) inflates, for each
/// byte of the file. More than [`INFLATE_RATIO`], since what a search leaves out may be what was searched for: a file of
/// entries that are mostly one long value that shrinks to a hundredth is still searched whole.
pub const SEARCH_RATIO: u64 = 256;

/// The least that [`SEARCH_RATIO`] comes to, in payloads of the largest size that the caller allows: of small files any
/// may be all of one large value.
pub const SEARCH_PAYLOADS: u64 = 4;

/// How many bytes of payloads a check reads again, for each byte of the file, where it cannot remember their hashes. Of
/// sound files it is each byte once, or as often as entries have a value where there are millions of values.
pub const AGAIN_RATIO: u64 = 64;

/// How many bytes a walk looks at in vain, for each byte of the file, while it searches for objects after damage. What is
/// found is looked at once; only headers that lie about their size cost more.
pub const VAIN_RATIO: u64 = 8;

/// Payloads up to this are hashed whenever their bytes leave doubt about their length; longer ones as [`DOUBTED_RATIO`]
/// allows, since a file full of objects that claim to be as long as the file would else take hours.
pub const DOUBTED_MOST: usize = 4096;

/// How many bytes of long payloads are hashed for doubt about their length, for each byte of the file.
pub const DOUBTED_RATIO: u64 = 16;
