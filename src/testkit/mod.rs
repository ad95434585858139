//! Synthetic journals and named damage, for tests, fuzzing and benches.

pub mod jenkins;
pub mod wound;
