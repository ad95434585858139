//! What a file is: bytes that someone holds ([`Source`]), a view of them ([`Image`]), and short reads where
//! little is wanted ([`Reads`]).
//!
//! Knows nothing of journals. This is the only layer with `unsafe` code, because a memory map needs it.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub(crate) mod disk;
mod guard;
mod image;
mod key;
mod lately;
mod mix;
mod pages;
mod reads;
#[cfg(all(unix, feature = "cli"))]
pub(crate) mod signal;
mod source;

pub use guard::guard;
pub use image::Image;
pub use key::FileKey;
pub(crate) use lately::Lately;
pub(crate) use mix::Mix;
pub(crate) use pages::used_at_random;
pub use reads::{Handle, Reads, Sparing};
pub use source::Source;
