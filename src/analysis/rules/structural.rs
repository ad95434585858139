//! Signs that no single line shows: code finds them, and the catalogue says under `[[structural]]` what they mean.

macro_rules! structural {
    ($($variant:ident $id:literal)*) => {
        /// A sign that code finds, by the rule that states what it means and weighs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Structural {
            $(#[doc = concat!("`", $id, "`.")] $variant,)*
        }

        impl Structural {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The id of its rule.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id),* }
            }
        }
    };
}

structural! {
    StopFlood "stop.flood"
    TailCap "tail.cap"
    TailNewest "tail.newest"
    TailMissing "tail.missing"
    TailUnwritable "tail.unwritable"
    TailAsleep "tail.asleep"
    TailBrokenOff "tail.broken-off"
    TailOrdinary "tail.ordinary"
    FileSetAside "file.set-aside"
    SeqnumGap "seqnum.gap"
    SeqnumNext "seqnum.next"
    PstoreSurvived "pstore.survived"
    EmergencyLeft "emergency.left"
    MemoryThrashed "memory.thrashed"
    WatchdogLeftArmed "watchdog.left-armed"
    WatchdogGap "watchdog.gap"
    GapEqual "gap.equal"
    GapLong "gap.long"
    AmdSilent "amd.silent"
    DriveCounted "drive.counted"
    FleetTogether "fleet.together"
    LoopCrash "loop.crash"
    LoopShort "loop.short"
    ClockMoved "clock.moved"
    VersionChanged "version.changed"
}

impl Structural {
    /// Those that compare times of day.
    pub(in crate::analysis) const BY_WALL_CLOCK: &'static [Self] =
        &[Self::WatchdogGap, Self::GapEqual, Self::GapLong, Self::FleetTogether];
}
