//! Synthetic journals and named damage, for tests.
