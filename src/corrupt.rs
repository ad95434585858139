//! Damage as a value: what is wrong, where it lies, and which numbers show it.
//!
//! The same [`Corrupt`] is the error of a strict read, the note that a command prints, and the finding of a check, so
//! that one fact has one wording.

use std::fmt;

/// A place in a journal file, in bytes from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Offset(pub u64);

impl Offset {
    /// The offset `len` bytes further on, or `None` past the end of the number range.
    #[must_use]
    pub const fn checked_add(self, len: u64) -> Option<Self> {
        match self.0.checked_add(len) {
            Some(at) => Some(Self(at)),
            None => None,
        }
    }

    /// Whether this is a real place; journals write 0 for "none".
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0
    }

    /// Whether an object may start here: objects lie on multiples of 8.
    #[must_use]
    pub const fn is_aligned(self) -> bool {
        self.0.is_multiple_of(8)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// One piece of damage: the thing, its place, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Corrupt {
    /// Where the damaged thing starts.
    pub at: Offset,
    /// What was being read.
    pub what: &'static str,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Corrupt {
    /// Names damage.
    #[must_use]
    #[cold]
    pub const fn new(at: Offset, what: &'static str, fault: Fault) -> Self {
        Self { at, what, fault }
    }
}

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.what, self.at, self.fault)
    }
}

impl std::error::Error for Corrupt {}

/// The kinds of damage, each with the numbers that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The thing needs more bytes than the file has from there on.
    Short {
        /// Bytes that it needs.
        needs: u64,
        /// Bytes that remain.
        remain: u64,
    },
    /// The bytes do not follow the layout.
    Malformed,
    /// An object of one type lies where another must be.
    Type {
        /// The type that must be there.
        wanted: &'static str,
        /// The type byte that is there.
        found: u8,
    },
    /// An object's stated size is below what its type needs.
    Size {
        /// The stated size.
        found: u64,
        /// The least size of this type.
        least: u64,
    },
    /// A number lies outside what the format allows.
    Value {
        /// The number as stored.
        found: u64,
        /// What it must be.
        must: &'static str,
    },
    /// An offset is not a multiple of 8 or lies inside the header.
    Place {
        /// The offset as stored.
        found: u64,
    },
    /// A link that must point forward (or back) does not; following it would never end.
    Loop {
        /// Where the link leads.
        next: Offset,
    },
    /// A stored hash differs from that of the bytes.
    Hash {
        /// The hash in the file.
        stored: u64,
        /// The hash of the bytes.
        computed: u64,
    },
    /// A payload claims or yields more bytes than the limit allows.
    TooLarge {
        /// Its size in bytes as far as known; at least one more than the limit.
        size: u64,
        /// The limit in force.
        limit: u64,
    },
    /// A payload was not decompressed, since others of its file took all that the file's size pays for.
    Spent {
        /// How many bytes were decompressed at most.
        most: u64,
    },
    /// A compressed payload does not decompress.
    Decompress {
        /// The codec's name.
        codec: &'static str,
    },
    /// A compressed payload's codec is not built in.
    NotEnabled {
        /// The feature that reads it.
        codec: &'static str,
    },
    /// A field payload without `=`, or with a name that no field may have.
    Name,
    /// It is lost or contradicted, and was worked out from the rest of the file.
    MadeUp,
    /// Another journal begins there, as where files were written one behind the other.
    Another,
    /// What was written there is gone: other bytes, or none, have its place.
    Replaced,
    /// A number is not the one that the rest of the file asks for.
    Differs {
        /// The number as stored.
        found: u64,
        /// What it should be.
        wanted: u64,
    },
    /// A number or place that must come after another does not.
    Order {
        /// The number or place.
        found: u64,
        /// The one before.
        before: u64,
    },
    /// A link leads to something that it cannot mean.
    Leads {
        /// Where it leads.
        to: Offset,
        /// What must be there.
        wanted: &'static str,
    },
    /// It says something else than another place says of the same.
    Contradicts {
        /// What that place says.
        what: &'static str,
    },
    /// An object ends where no other one begins, so that its size must be wrong.
    Adrift {
        /// Where it ends.
        end: Offset,
    },
    /// An object reaches over another one, so that its size must be wrong.
    Overlaps {
        /// Where the other one lies.
        at: Offset,
    },
    /// Something is not where it must be listed.
    Unlisted {
        /// Where that thing lies.
        at: Offset,
        /// Where it should be listed.
        wanted: &'static str,
    },
    /// A seal that is not that of what it should seal.
    Seal {
        /// The number of the tag.
        tag: u64,
        /// Its epoch.
        epoch: u64,
    },
    /// Bytes in which nothing can be read.
    Lost {
        /// How many.
        bytes: u64,
    },
    /// The header claims another count than was found.
    Count {
        /// What the header claims.
        claimed: u64,
        /// What is there.
        found: u64,
    },
}

impl Fault {
    /// An entry's head states another boot than the entry's own field, which a hash covers.
    const OTHER_BOOT: Self = Self::Contradicts { what: "the boot that its own field names" };

    /// An entry's head breaks off in the id of its boot, which those before and behind are of.
    pub(crate) const BOOT_BESIDE: Self = Self::Contradicts { what: "the boot of the entries beside" };

    /// An entry's head states a boot whose id differs in a few bits from that of one that other entries are of.
    pub(crate) const BOOT_NEARLY: Self = Self::Contradicts { what: "the boot of others, whose id is nearly the same" };

    /// What is wrong with an entry whose head states a boot that is not its own: none, where that is null.
    pub(crate) const fn of_boot(is_null: bool) -> Self {
        if is_null { Self::Value { found: 0, must: "the id of a boot" } } else { Self::OTHER_BOOT }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { needs, remain } => write!(f, "needs {needs} bytes, {remain} remain"),
            Self::Malformed => f.write_str("does not follow the layout"),
            Self::Type { wanted, found } => write!(f, "object type {found} where {wanted} must be"),
            Self::Size { found, least } => write!(f, "size {found} is below {least}"),
            Self::Value { found, must } => write!(f, "{found} must be {must}"),
            Self::Place { found } => write!(f, "points to {found:#x}, where no object can be"),
            Self::Loop { next } => write!(f, "links on to {next}, against the direction of its chain"),
            Self::Hash { stored, computed } => write!(f, "stored hash {stored:016x}, computed {computed:016x}"),
            Self::TooLarge { size, limit } => write!(f, "{size} bytes or more, the limit is {limit}"),
            Self::Spent { most } => {
                write!(
                    f,
                    "left out: values of this file inflate to {most} bytes or more, far beyond what its size explains"
                )
            }
            Self::Decompress { codec } => write!(f, "{codec} payload does not decompress"),
            Self::NotEnabled { codec } => write!(f, "built without feature {codec}"),
            Self::Name => f.write_str("no field name before '='"),
            Self::Another => f.write_str("another journal begins here, which is not read: cut the file here"),
            Self::MadeUp => f.write_str("unusable, worked out from the objects"),
            Self::Replaced => f.write_str("what the entry was written with is gone from there"),
            Self::Differs { found, wanted } => write!(f, "{found} where {wanted} must be"),
            Self::Order { found, before } => write!(f, "{found:#x} after {before:#x}"),
            Self::Contradicts { what } => write!(f, "contradicts {what}"),
            Self::Leads { to, wanted } => write!(f, "leads to {to}, where no {wanted} is"),
            Self::Adrift { end } => write!(f, "ends at {end}, where no other object begins"),
            Self::Overlaps { at } => write!(f, "reaches over the object at {at}"),
            Self::Unlisted { at, wanted } => write!(f, "{at} is not in {wanted}"),
            Self::Seal { tag, epoch } => {
                write!(f, "number {tag} of epoch {epoch} is not the seal of what lies before it")
            }
            Self::Lost { bytes } => write!(f, "{bytes} bytes without an object"),
            Self::Count { claimed, found } => write!(f, "header claims {claimed}, found {found}"),
        }
    }
}

/// How many pieces of damage are kept in full; the rest is only counted.
pub const DAMAGE_KEPT: usize = 16;

/// What could not be read: counts, and the first pieces of damage in full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Losses {
    /// Entries that the index names and that cannot be read.
    pub entries: u64,
    /// Fields left out of entries that were read.
    pub fields: u64,
    /// Damage to the file's structure: arrays, tables, claims of the header.
    pub structure: u64,
    /// The pieces of damage at the lowest places, at most [`DAMAGE_KEPT`], in their order.
    pub first: Vec<Corrupt>,
}

impl Losses {
    /// Counts an entry that cannot be read.
    #[cold]
    pub fn entry(&mut self, damage: Corrupt) {
        self.entries = self.entries.saturating_add(1);
        self.keep(damage);
    }

    /// Counts a field that cannot be read.
    #[cold]
    pub fn field(&mut self, damage: Corrupt) {
        self.fields = self.fields.saturating_add(1);
        self.keep(damage);
    }

    /// Counts damage to the structure.
    #[cold]
    pub fn structure(&mut self, damage: Corrupt) {
        self.structure = self.structure.saturating_add(1);
        self.keep(damage);
    }

    /// Whether nothing was lost.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.entries == 0 && self.fields == 0 && self.structure == 0
    }

    /// Whether any of it is damage, and not only too large or in a codec that this build lacks.
    #[must_use]
    pub fn tells_of_damage(&self) -> bool {
        let is_damage = |damage: &Corrupt| {
            !matches!(damage.fault, Fault::NotEnabled { .. } | Fault::TooLarge { .. } | Fault::Spent { .. })
        };
        self.first.iter().any(is_damage)
    }

    /// Adds what somebody else could not read.
    pub fn add(&mut self, other: Self) {
        self.entries = self.entries.saturating_add(other.entries);
        self.fields = self.fields.saturating_add(other.fields);
        self.structure = self.structure.saturating_add(other.structure);
        for damage in other.first {
            self.keep(damage);
        }
    }

    /// Adds what a search could not read of entries of which this is lost already: a field that both met is one.
    ///
    /// As far as the damage is kept; beyond that it is counted twice.
    pub fn add_searched(&mut self, mut other: Losses) {
        let both = other.first.iter().filter(|damage| self.first.contains(damage)).count() as u64;
        other.fields = other.fields.saturating_sub(both.min(self.fields));
        self.add(other);
    }

    fn keep(&mut self, damage: Corrupt) {
        // Threads meet damage in any order.
        let place = self.first.partition_point(|known| known.at <= damage.at);
        if place < DAMAGE_KEPT && !self.first.contains(&damage) {
            self.first.insert(place, damage);
            self.first.truncate(DAMAGE_KEPT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_says_what_where_and_which_numbers() {
        let damage = Corrupt::new(Offset(0x3a10), "entry array", Fault::Short { needs: 64, remain: 24 });
        assert_eq!(damage.to_string(), "entry array at 0x3a10: needs 64 bytes, 24 remain");
    }

    #[test]
    fn a_field_that_a_search_could_not_read_either_is_lost_once() {
        let damage = |at| Corrupt::new(Offset(at), "data", Fault::Replaced);
        let of = |places: &[u64]| {
            let mut losses = Losses::default();
            places.iter().for_each(|at| losses.field(damage(*at)));
            losses
        };
        let mut shown = of(&[64, 128, 128]);
        shown.add_searched(of(&[128, 256]));
        assert_eq!(shown.fields, 4);
        let mut none = of(&[]);
        none.add_searched(of(&[128]));
        assert_eq!(none.fields, 1);
    }
}
