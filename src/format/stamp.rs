//! The numbers that place an entry: three newtypes, so that none is taken for another.

use std::fmt;

macro_rules! stamp {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}

stamp! {
    /// Microseconds since 1970-01-01 UTC by the machine's wall clock, right or wrong.
    Realtime
}
stamp! {
    /// Microseconds since the boot began, by the clock that stops while the machine sleeps.
    Monotonic
}
stamp! {
    /// The number of an entry, counted up by the writer within one `seqnum_id`; at least 1.
    Seqnum
}

/// Times at or beyond 2^55 µs (the year 3111) are damage, by the writer's own rule.
pub const TIME_LIMIT: u64 = 1 << 55;

impl Realtime {
    /// Whether a writer could have stored this wall-clock time.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.0 > 0 && self.0 < TIME_LIMIT
    }
}

impl Monotonic {
    /// Whether a writer could have stored this time since boot.
    #[must_use]
    pub const fn is_valid(self) -> bool {
        self.0 < TIME_LIMIT
    }
}
