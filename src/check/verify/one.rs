//! One entry against its DATA.

use std::hash::BuildHasher;

use super::entries::{Known, Uses, Value, data_factor, factor, is_linked, read, touches_value, word};
use super::places::Kind;
use super::rule::Rule;
use super::scan::UNREAD;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::hash::jenkins64;
use crate::format::{EntryHead, Items, is_sum};

/// One entry at a time.
pub(super) struct One<'a, 'u> {
    pub(super) known: Known<'a>,
    pub(super) at: Offset,
    /// Whether all lists must have it: all entries but the last.
    pub(super) is_linked: bool,
    /// Whether the hashes of all its payloads are known.
    pub(super) is_whole: bool,
    /// How many more arrays may be looked at for it.
    pub(super) steps: u64,
    pub(super) uses: &'u mut Uses,
}

/// What an item adds to the sums over an entry: the Jenkins hash of its payload, and the value as a factor.
type Item = (u64, u64);

impl One<'_, '_> {
    /// Adds what it says, and what is wrong with it.
    pub(super) fn look(&mut self) {
        let Some((head, items)) = read(self.known.file, self.at) else { return };
        let (mut xor, mut values) = (0, 0_u64);
        items.each(|item, stated| {
            let (hash, factor) = self.item(item, stated, head.as_ref());
            xor ^= hash;
            values = values.wrapping_add(factor);
        });
        let pairs = factor(self.known.mix, self.at).wrapping_mul(values);
        self.uses.pairs = self.uses.pairs.wrapping_add(pairs);
        if let Some(head) = head
            && self.is_whole
            && xor != head.xor_hash
        {
            self.hash_differs(&head, xor, &items);
        }
    }

    /// Looks at one item; most are values that entries have had lately.
    #[inline]
    fn item(&mut self, item: Offset, stated: Option<u64>, head: Option<&EntryHead>) -> Item {
        match self.uses.recent.find(item.0) {
            Some(value) if self.is_linked => {
                let (sums, is_boot) = ((value.hash, value.factor), value.is_boot);
                if let Some(stated) = stated {
                    self.stated(item, stated);
                }
                if is_boot {
                    self.boot(item, head);
                }
                sums
            }
            _ => self.rare(item, stated, head),
        }
    }

    /// Looks at an item that is not known yet.
    #[inline(never)]
    fn rare(&mut self, item: Offset, stated: Option<u64>, head: Option<&EntryHead>) -> Item {
        let Some((kind @ (Kind::Single | Kind::Kept), is_boot)) = self.known.places.at(item) else {
            self.is_whole = false;
            self.add(Rule::EntryItem, Corrupt::new(self.at, "entry", Fault::Leads { to: item, wanted: "data" }));
            return (0, 0);
        };
        if let Some(stated) = stated {
            self.stated(item, stated);
        }
        if is_boot {
            self.boot(item, head);
        }
        let sums = if kind == Kind::Single { (self.single(item), 0) } else { self.kept(item, is_boot) };
        self.is_whole &= sums.0 != UNREAD;
        sums
    }

    /// A value that perhaps many entries have.
    fn kept(&mut self, item: Offset, is_boot: bool) -> Item {
        let (hash, factor) = (self.hash(item), data_factor(self.known.mix, item));
        if hash != UNREAD {
            self.uses.recent.keep(item.0, Value { hash, factor, is_boot });
        }
        match is_linked(self.known, self.at, item, &mut self.steps) {
            Some(true) => return (hash, factor),
            Some(false) => self.unlisted(item),
            None => self.uses.is_over = true,
        }
        (hash, 0)
    }

    /// The entry's hash is not that of its values; it may have been made with some of them twice.
    ///
    /// Nothing is said of it where some cannot be read again.
    #[cold]
    fn hash_differs(&mut self, head: &EntryHead, computed: u64, items: &Items<'_>) {
        let mut is_read = true;
        let hashes = items.iter().map(|item| {
            let hash = self.hash_again(item);
            is_read &= hash != UNREAD;
            hash
        });
        if !is_sum(computed ^ head.xor_hash, hashes) && is_read {
            let fault = Fault::Hash { stored: head.xor_hash, computed };
            self.add(Rule::EntryHash, Corrupt::new(self.at, "entry", fault));
        }
    }

    /// The hash that a regular file's item states.
    #[inline]
    fn stated(&mut self, item: Offset, stated: u64) {
        let hash = word(self.known.file, item, 16);
        if hash != stated {
            let fault = Fault::Hash { stored: stated, computed: hash };
            self.add(Rule::EntryItemHash, Corrupt::new(self.at, "entry item", fault));
        }
    }

    /// The boot that a value names must be the entry's.
    #[inline]
    fn boot(&mut self, item: Offset, head: Option<&EntryHead>) {
        if let Some(head) = head
            && self.uses.boot != (item, head.boot_id)
        {
            self.other_boot(item, head);
        }
    }

    /// As [`One::boot`], of another value or boot than the last time.
    #[inline(never)]
    fn other_boot(&mut self, item: Offset, head: &EntryHead) {
        let place = self.known.boots.binary_search_by_key(&item, |(at, _)| *at);
        let Some((_, boot)) = place.ok().and_then(|place| self.known.boots.get(place)) else { return };
        if *boot == head.boot_id {
            self.uses.boot = (item, *boot);
        } else if !head.boot_id.is_null() {
            let fault = Fault::Leads { to: item, wanted: "_BOOT_ID of the entry's own boot" };
            self.add(Rule::EntryBoot, Corrupt::new(self.at, "entry", fault));
        }
    }

    /// A value of one entry: this one must be the one that it names.
    #[inline]
    fn single(&mut self, item: Offset) -> u64 {
        let known = self.known;
        if word(known.file, item, 40) == self.at.0 {
            self.uses.singles = self.uses.singles.wrapping_add(known.mix.hash_one(item.0));
        } else {
            self.unlisted(item);
        }
        self.hash_of_plain(item)
    }

    /// The Jenkins hash of a value that is not compressed.
    #[inline]
    fn hash_of_plain(&mut self, item: Offset) -> u64 {
        if !self.known.file.header().is_keyed() {
            return word(self.known.file, item, 16);
        }
        let Ok(stored) = self.known.file.stored(item) else { return UNREAD };
        let Some(left) = self.uses.left.checked_sub(stored.bytes.len() as u64) else {
            self.uses.is_over = true;
            return UNREAD;
        };
        self.uses.left = left;
        jenkins64(stored.bytes)
    }

    /// The Jenkins hash of any value.
    #[cold]
    fn hash_again(&mut self, item: Offset) -> u64 {
        match self.known.places.at(item) {
            Some((Kind::Single, _)) => self.hash_of_plain(item),
            _ => self.hash(item),
        }
    }

    /// The Jenkins hash of such a value.
    fn hash(&mut self, item: Offset) -> u64 {
        let known = self.known;
        match known.hashes {
            Some(hashes) => hashes.get(known.places.rank(item)).copied().unwrap_or(UNREAD),
            None => match known.file.stored(item).and_then(|stored| stored.codec()) {
                Ok(None) => self.hash_of_plain(item),
                _ if !known.file.header().is_keyed() => word(known.file, item, 16),
                _ => UNREAD,
            },
        }
    }

    /// The entry is not in the list of one of its values.
    #[cold]
    fn unlisted(&mut self, item: Offset) {
        let damage = Corrupt::new(self.at, "entry", Fault::Unlisted { at: self.at, wanted: "the list of a value" });
        let rule = match self.at.cmp(&self.known.last) {
            std::cmp::Ordering::Less => Rule::EntryUnlisted,
            std::cmp::Ordering::Equal => Rule::LastUnlisted,
            // Not in the main array either, which is said.
            std::cmp::Ordering::Greater => return,
        };
        self.uses.findings.add(rule, damage, touches_value(self.known.file, item));
    }

    #[cold]
    fn add(&mut self, rule: Rule, damage: Corrupt) {
        self.uses.findings.add(rule, damage, super::main_array::touches(self.known.file, self.at));
    }
}
