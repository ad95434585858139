//! The rules by name: what each asks of a file, and what a reader loses where it is broken.

use serde::{Serialize, Serializer};

/// How much a broken rule weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// The file is not what a writer leaves behind.
    Fault,
    /// Worth knowing: an append that was cut short, or something that another systemd judges otherwise.
    Remark,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $weight:ident $name:literal $means:literal,)*) => {
        /// A rule that every sound file keeps.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule { $($(#[$doc])* $rule,)* }

        impl Rule {
            /// All rules, in the order of a report.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// The rule's name, as reports and scripts know it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// What it means for a reader where the rule is broken.
            #[must_use]
            pub const fn means(self) -> &'static str {
                match self { $(Self::$rule => $means,)* }
            }

            /// How much it weighs where the rule is broken, unless the finding says otherwise.
            #[must_use]
            pub const fn weight(self) -> Weight {
                match self { $(Self::$rule => Weight::$weight,)* }
            }
        }
    };
}

rules! {
    /// The file begins with the signature of a journal, and no flag asks for a newer reader.
    Signature Fault "signature" "systemd refuses to open the file; its header was read or made up with care",
    /// No compatible flag is unknown.
    CompatibleFlags Fault "compatible-flags" "every reader goes on; no systemd verifies such a file",
    /// The state is offline, online or archived.
    State Fault "state" "systemd refuses to open the file; nothing in it is lost",
    /// The reserved bytes of the header are 0.
    HeaderReserved Fault "header-reserved" "no reader looks there; the header was changed after it was written",
    /// The header has a size that a writer gives it.
    HeaderSize Fault "header-size" "systemd refuses to open the file",
    /// The header is that of the objects.
    HeaderMadeUp Fault "header-made-up" "systemd reads by what the header says, and fails; here it was worked out from the objects",
    /// Header and arena fit the file, and the objects lie within.
    Arena Fault "arena" "systemd before 262 refuses to open the file; what lay behind the file's end is lost",
    /// The tail object is the last one.
    TailObject Fault "tail-object" "systemd does not look behind it, or refuses to open the file",
    /// The header knows where both hash tables lie and how large they are.
    HashTable Fault "hash-table" "look-ups by field or by value go wrong",
    /// The header's counts are those of the objects.
    Count Fault "count" "what the header says of the file is wrong; with too few entries the last ones are not shown",
    /// The header knows the first entry.
    HeadEntry Fault "head-entry" "files are put in a wrong order, and the first entries may be taken for others",
    /// The header knows the last entry.
    TailEntry Fault "tail-entry" "boots and files may be put in a wrong order",
    /// The header knows the last array of the main chain.
    TailArray Fault "tail-array" "a writer that goes on would overwrite or lose entries; readers do not use it",
    /// Every object is of a known type and fits the file.
    Object Fault "object" "what lay here is lost; systemd stops here",
    /// Between objects lies nothing.
    Gap Fault "gap" "what lay here is lost; systemd stops here",
    /// No object lies behind the tail object.
    BehindTail Fault "behind-tail" "systemd does not see what lies there",
    /// Reserved bytes and unknown flags of objects are 0.
    ObjectReserved Fault "object-reserved" "no reader looks there; the object was changed after it was written",
    /// Padding between objects is 0.
    Padding Remark "padding" "no reader looks there",
    /// Only DATA is compressed, with one codec, which the header announces.
    ObjectFlags Fault "object-flags" "the value may not be readable",
    /// A payload decompresses.
    Payload Fault "payload" "the value is lost to all entries that have it",
    /// A payload has the hash that is stored with it.
    DataHash Fault "data-hash" "the value is not what was logged, in all entries that have it",
    /// A payload begins with a field name.
    DataName Fault "data-name" "the value belongs to no field; journalctl's export ends at such an entry",
    /// The links of a DATA object can be links, and agree with its count of entries.
    DataLinks Fault "data-links" "look-ups of this value go wrong",
    /// A field name has the hash that is stored with it.
    FieldHash Fault "field-hash" "the field is not found by its name",
    /// The links of a FIELD object can be links.
    FieldLinks Fault "field-links" "the values of this field, or other fields, are not found",
    /// An entry has a seqnum, valid clocks and a boot.
    EntryHead Fault "entry-head" "the entry is skipped, or has no place in time",
    /// An entry's items are DATA objects.
    EntryItem Fault "entry-item" "a field of the entry is lost",
    /// An item states the hash of its DATA.
    EntryItemHash Fault "entry-item-hash" "a field of the entry may be another's",
    /// An entry's hash is that of its payloads.
    EntryHash Fault "entry-hash" "a field of the entry was exchanged, or its hash changed; cursors name another entry",
    /// An entry's boot is the one that its `_BOOT_ID` names.
    EntryBoot Fault "entry-boot" "a look-up by boot and the entry itself disagree about its boot",
    /// Seqnums ascend.
    EntrySeqnum Fault "entry-seqnum" "the entry is shown out of order, or dropped where files are merged",
    /// Within a boot the monotonic clock does not go back.
    EntryMonotonic Fault "entry-monotonic" "the entry is shown out of order, or not found by its time since boot",
    /// An array's link leads forward, and its slots can be places of entries.
    ArrayLinks Fault "array-links" "entries behind it are not reached",
    /// The main chain of arrays is whole.
    MainChain Fault "main-chain" "entries behind it are not shown",
    /// The main array names entries, in order.
    MainItem Fault "main-item" "entries are skipped, or those behind it are not found",
    /// Every entry is in the main array.
    EntryUnlinked Fault "entry-unlinked" "the entry is not shown",
    /// The list of a value's entries is whole and in order.
    DataList Fault "data-list" "look-ups of this value miss entries",
    /// The list of a value's entries names entries that have it.
    DataListItem Fault "data-list-item" "look-ups of this value find an entry that does not have it, or stop there",
    /// Every entry is in the lists of all its values.
    EntryUnlisted Fault "entry-unlisted" "the entry is not found by this value",
    /// A compact file's value knows the last array of its list.
    DataTail Fault "data-tail" "a writer that goes on would lose entries from the list; readers do not use it",
    /// Every array belongs to one list.
    ArrayOwner Fault "array-owner" "an array that two lists share, or that belongs to none, makes look-ups go wrong",
    /// Every bucket of a hash table leads to a chain of its objects, and knows its end.
    Bucket Fault "bucket" "look-ups of values behind it fail; journalctl may never end",
    /// Every value and every field name is in the chain of its bucket.
    Unhashed Fault "unhashed" "it is not found by look-ups",
    /// Every field lists all of its values.
    FieldList Fault "field-list" "listing the values of this field misses some",
    /// A value has entries.
    Unused Remark "unused" "it was stored for an entry that was never finished; its time is unknown",
    /// No chain is shorter than the header has seen it.
    ChainDepth Remark "chain-depth" "the header remembers a longer chain than there is: objects may have been cut off; systemd does not check it",
    /// The last entry is in the lists of all its values.
    LastUnlisted Remark "last-unlisted" "normal where writing was cut short: the last entry is not found by this value",
    /// The flags of the file are known to every systemd.
    NewerFlags Remark "newer-flags" "journalctl --verify of an older systemd refuses the file; reading works",
    /// No entry has an item twice.
    ItemTwice Remark "item-twice" "systemd before 250 wrote so; journalctl --verify faults it",
    /// Tags count up, and only a sealed file has them.
    TagOrder Fault "tag-order" "a seal was lost, added or moved; what lies between is not proven",
    /// Epochs of tags do not go back, and none is left out in a continuous file.
    TagEpoch Fault "tag-epoch" "the time of the seal is not proven",
    /// A sealed file was not opened again within an epoch.
    TagAgain Remark "tag-again" "the file was closed and opened again within an epoch; systemd faults it although every seal is right",
    /// Entries lie in the time that their seal stands for.
    TagTime Fault "tag-time" "the entries' times contradict the time of the seal",
    /// A seal is that of what lies before it.
    TagSeal Fault "tag-seal" "something since the seal before was changed, or the key is another's",
    /// Everything is sealed, up to the end.
    Unsealed Remark "unsealed" "nothing proves what was written behind the last seal",
    /// A sealed file is checked with its key.
    NoKey Remark "no-key" "the seals are not checked without the key (--verify-key); journalctl then checks nothing at all",
    /// All checks could be made.
    Unchecked Remark "unchecked" "a part of the file was not checked",
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Rule::ALL.len());
        let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        assert!(names.iter().all(|name| is_name(name)), "{names:?}");
    }
}
