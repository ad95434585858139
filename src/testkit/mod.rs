//! Synthetic journals and named damage, for tests, fuzzing and benches.
//!
//! [`synth`] writes whole journal files from a list of records, and [`wound`] breaks them in ways that have names. None
//! of it uses the structs or the offsets of `format`: it is a second opinion on the layout, so that a mistake in the
//! decoder meets a file that disagrees with it. For the same reason it brings its own [`jenkins`] hash. [`probe`] holds the
//! library to its promises on such files; fuzz targets and unit tests share it.
//!
//! The builder checks no record: an empty field, a repeated sequence number or a clock that runs backwards becomes a file
//! that says so.

pub mod jenkins;
pub mod probe;
pub mod synth;
pub mod wound;
