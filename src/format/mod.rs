//! One object at one offset.

mod id;
mod stamp;

pub use id::{Id128, NotAnId};
pub use stamp::{Monotonic, Realtime, Seqnum, TIME_LIMIT};
