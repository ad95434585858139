//! What every DATA object must be by itself: its payload, its name and its links.

use super::object::{Checker, value};
use super::places::Kind;
use super::rule::Rule;
use super::scan::UNREAD;
use crate::corrupt::{Corrupt, Fault};
use crate::format::hash::{FileHash, jenkins64};
use crate::format::header::incompatible;
use crate::format::{Codec, Data, Inflater, Layout, RawObject, limits};
use std::hash::BuildHasher;

impl<'a> Checker<'a, '_> {
    #[inline]
    pub(super) fn data(&mut self, raw: RawObject<'a>) {
        let data = match Data::decode(raw, self.file.layout()) {
            Ok(data) => data,
            Err(damage) => return self.broken(damage),
        };
        let read = self.payload(&data);
        self.tail(&data);
        let is_single = data.stored.flags & 7 == 0 && data.n_entries == 1 && read.is_some();
        let kind = if is_single { Kind::Single } else { Kind::Kept };
        let (hash, is_boot) = read.unwrap_or((UNREAD, false));
        self.stretch.insert(data.at, kind, is_boot);
        self.found.chained.object(self.mix, self.buckets, data.at, data.hash, data.next_hash);
        let sum = self.mix.hash_one(data.at.0);
        self.found.data = self.found.data.wrapping_add(sum);
        if kind == Kind::Single {
            self.found.singles = self.found.singles.wrapping_add(sum);
        } else if self.room.take() {
            self.found.hashes.push(hash);
        } else if data.stored.flags & 7 != 0 {
            // Too much work to be done again and again.
            self.found.overflow = true;
        }
    }

    /// Checks a payload and what hangs on its name; returns its Jenkins hash if it is right, and whether it names a boot.
    #[inline]
    fn payload(&mut self, data: &Data<'a>) -> Option<(u64, bool)> {
        let mut inflater = std::mem::take(&mut self.inflater);
        let plain = self.plain(data, &mut inflater);
        let done = match plain {
            Some(plain) => self.named(data, plain),
            None => {
                self.links(data, &[]);
                self.found.names.nameless(data.at);
                None
            }
        };
        self.inflater = inflater;
        done
    }

    fn plain<'p>(&mut self, data: &Data<'p>, inflater: &'p mut Inflater) -> Option<&'p [u8]> {
        let codec = match data.stored.codec() {
            Ok(None) => return Some(data.stored.bytes),
            Ok(Some(codec)) => codec,
            Err(damage) => {
                self.add(Rule::ObjectFlags, damage, value(data, &[]));
                return None;
            }
        };
        let flag = match codec {
            Codec::Xz => incompatible::XZ,
            Codec::Lz4 => incompatible::LZ4,
            Codec::Zstd => incompatible::ZSTD,
        };
        if self.file.header().incompatible_flags & flag == 0 {
            let fault = Fault::Value { found: u64::from(data.stored.flags), must: "a codec that the header announces" };
            self.add(Rule::ObjectFlags, Corrupt::new(data.at, "data", fault), value(data, &[]));
        }
        match inflater.inflate(codec, data.stored.bytes, self.file.options().payload_limit) {
            Ok(plain) => Some(plain),
            // No writer ever stored so much.
            Err(fault @ Fault::TooLarge { size, .. }) if size > limits::PAYLOAD_MOST => {
                self.add(Rule::Payload, Corrupt::new(data.at, "data payload", fault), value(data, &[]));
                None
            }
            Err(fault @ (Fault::NotEnabled { .. } | Fault::TooLarge { .. })) => {
                self.found.unread = self.found.unread.saturating_add(1);
                self.add(Rule::Unchecked, Corrupt::new(data.at, "data payload", fault), value(data, &[]));
                None
            }
            Err(fault) => {
                self.add(Rule::Payload, Corrupt::new(data.at, "data payload", fault), value(data, &[]));
                None
            }
        }
    }

    #[inline]
    fn named(&mut self, data: &Data<'_>, plain: &[u8]) -> Option<(u64, bool)> {
        let computed = self.hash.of(plain);
        let end = memchr::memchr(b'=', plain).unwrap_or_default();
        let name = plain.get(..end).unwrap_or_default();
        if computed != data.hash {
            let fault = Fault::Hash { stored: data.hash, computed };
            self.found.broken = true;
            self.add(Rule::DataHash, Corrupt::new(data.at, "data", fault), value(data, name));
        }
        if !self.found.names.push(name, data, &mut self.found.findings) {
            if computed != data.hash {
                self.found.names.nameless(data.at);
            } else {
                self.add(Rule::DataName, Corrupt::new(data.at, "data payload", Fault::Name), value(data, name));
            }
        }
        self.links(data, name);
        if computed != data.hash {
            return None;
        }
        let boot = plain.strip_prefix(b"_BOOT_ID=").and_then(|id| std::str::from_utf8(id).ok()?.parse().ok());
        if let Some(boot) = boot
            && self.found.boots.len() < BOOTS_KEPT
        {
            self.found.boots.push((data.at, boot));
            return Some((self.jenkins(data, plain), true));
        }
        Some((self.jenkins(data, plain), false))
    }

    /// The Jenkins hash, where it will be asked for.
    #[inline]
    fn jenkins(&self, data: &Data<'_>, plain: &[u8]) -> u64 {
        match self.hash {
            FileHash::Jenkins => data.hash,
            // That of a value of one entry is made when that entry is looked at.
            FileHash::Keyed(_) if data.n_entries == 1 && data.stored.flags & 7 == 0 => UNREAD,
            FileHash::Keyed(_) => jenkins64(plain),
        }
    }

    /// The links of a DATA by themselves.
    #[inline]
    fn links(&mut self, data: &Data<'_>, name: &[u8]) {
        let links = [data.next_hash, data.next_field, data.entry, data.entry_array];
        let wild = links.into_iter().find(|link| !link.is_aligned());
        let fault = if let Some(wild) = wild {
            Fault::Place { found: wild.0 }
        } else if data.entry.is_some() != (data.n_entries > 0) {
            Fault::Value { found: data.n_entries, must: "0 where no entry is named, and only there" }
        } else if data.entry_array.is_some() && data.n_entries < 2 {
            Fault::Value { found: data.n_entries, must: "2 or more where there is a list" }
        } else {
            return;
        };
        self.add(Rule::DataLinks, Corrupt::new(data.at, "data", fault), value(data, name));
    }

    /// A compact file's note of the last array of a list, where there is no list.
    #[inline]
    fn tail(&mut self, data: &Data<'_>) {
        let noted = super::entries::word(self.file, data.at, 64);
        if noted != 0 && data.n_entries < 2 && self.file.layout() == Layout::Compact {
            let fault = Fault::Value { found: noted, must: "0 where there is no list" };
            self.add(Rule::DataTail, Corrupt::new(data.at, "tail of a list", fault), value(data, &[]));
        }
    }
}

/// How many values of `_BOOT_ID` are remembered.
const BOOTS_KEPT: usize = 1 << 16;
