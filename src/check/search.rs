//! The search of a whole file: its objects one by one, and what the entries among them are.

use super::account::{Account, Seqnums};
use super::claims::Claims;
use super::links::Links;
use super::places::Places;
use super::reach::{end_of_index, refused};
use super::salvage::{Salvage, Salvaged};
use super::starts::Starts;
use super::verdict::{Bounds, Court, Known, Verdict};
use super::walk::{Piece, Walk, end_of};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::{RawObject, data, entry, field};

/// The objects that prove themselves, along which one goes in the order of places; of these, payloads and names have a
/// hash of all that they are.
struct Others<'data, I: Iterator<Item = Offset>> {
    file: &'data JournalFile,
    starts: std::iter::Peekable<I>,
    last: Option<Offset>,
}

impl<I: Iterator<Item = Offset>> Others<'_, I> {
    /// Whether a place, behind those asked for before, lies within a payload or a name: what looks like an entry there is a
    /// part of it.
    fn cover(&mut self, at: Offset) -> bool {
        while let Some(start) = self.starts.next_if(|start| *start < at) {
            self.last = Some(start);
        }
        let raw = self.last.and_then(|start| RawObject::read(self.file.image(), start, "object").ok());
        raw.is_some_and(|raw| matches!(raw.kind, data::TYPE | field::TYPE) && end_of(raw) > at)
    }
}

/// How often entries are judged of which others may be found to be the neighbours meanwhile.
const ROUNDS: usize = 3;

impl Salvage {
    /// What `look` finds; where the file was written meanwhile, by its header, once more up to the last entry of its index:
    /// what is new was not lost.
    pub(super) fn settled(file: &JournalFile, look: impl Fn() -> Self) -> Self {
        let found = look();
        if !file.has_grown() {
            return found;
        }
        let mut found = look();
        found.account.claims.expect_more();
        found
    }

    pub(super) fn deep(file: &JournalFile, reached: &Starts) -> Self {
        let mut found = Self { refused: refused(file, reached), ..Self::default() };
        // From here on what is lost is known, and what lies behind an object says nothing more of it.
        file.set_checked();
        let mut walk = Walk::of(file);
        if file.has_grown() {
            walk.end = walk.end.min(end_of_index(file));
        }
        let (in_line, places) = found.walk(file, &mut walk);
        let Walk { judge, loose, sound, .. } = walk;
        let mut court = Court::of(file, Known { judge, sound: &sound, in_line: &in_line, places });
        // First what is certain, then what has to fit in with it.
        let (mut open, mut others) = (Vec::new(), Others { file, starts: sound.iter().peekable(), last: None });
        for at in Starts::union([&in_line, &loose, reached]) {
            let is_reached = reached.contains(at);
            match file.entry_as_stated(at) {
                Ok(entry) if court.is_whole(&entry) => match court.is_own(&entry, is_reached) {
                    true => court.admit(&entry, is_reached),
                    false if is_reached => found.overwritten.push(at),
                    false => found.foreign.push(Salvaged::of(&entry)),
                },
                Ok(_) if others.cover(at) => found.overwritten.push(at),
                Ok(entry) => {
                    court.hear_boot(&entry, is_reached);
                    open.push(at);
                }
                Err(damage) if is_reached => found.unreadable(damage),
                Err(_) => {}
            }
        }
        found.look_outside(file, reached);
        court.settle_boots();
        found.judge_open(file, &mut court, open, [&in_line, reached]);
        found.close(file, court, [&in_line, &loose, &sound]);
        found.with_claims(file)
    }

    /// Holds the header's claims against what was found.
    pub(super) fn with_claims(mut self, file: &JournalFile) -> Self {
        let Account { seqnums, entries, .. } = &self.account;
        let found = entries.by_index.saturating_add(entries.salvaged);
        let claims = Claims::of(file.header(), file.image().len(), seqnums, (found, entries.unreadable));
        // What opening said of the same part of the header is not said again.
        let is_told = |damage: &Corrupt| file.losses().first.iter().any(|told| told.at == damage.at);
        let news = claims.contradictions.iter().filter(|damage| !is_told(damage));
        news.for_each(|damage| self.losses.structure(damage.clone()));
        self.account.claims = claims;
        self
    }

    pub(super) fn unreadable(&mut self, damage: Corrupt) {
        self.account.entries.unreadable = self.account.entries.unreadable.saturating_add(1);
        self.losses.entry(damage);
    }

    /// Walks the file for its objects; returns the entries that stand where objects must, and what is known of pages.
    fn walk(&mut self, file: &JournalFile, walk: &mut Walk<'_>) -> (Starts, Places) {
        let (image, account) = (file.image(), &mut self.account);
        let (mut in_line, mut places) = (Starts::of(image.len()), Places::of(file));
        let (mut end, mut links) = (0, Links::of(file));
        for piece in &mut *walk {
            places.see(image, &piece);
            let room = |raw: RawObject<'_>| image.from(raw.at).len().saturating_sub(raw.bytes.len()) as u64;
            match piece {
                Piece::Sound(raw) => {
                    end = end_of(raw).0;
                    links.see(image, raw.at, raw.kind);
                    if raw.kind == entry::TYPE {
                        in_line.insert(raw.at);
                    }
                    account.object(raw.kind, raw.bytes.len() as u64, room(raw));
                }
                Piece::Doubtful(raw, damage) => {
                    end = end_of(raw).0;
                    if raw.kind == entry::TYPE {
                        in_line.insert(raw.at);
                    } else {
                        self.losses.structure(damage);
                    }
                    account.damaged(raw, room(raw));
                }
                Piece::Gap { from, to, damage } => {
                    end = to.0;
                    if let Some(damage) = damage {
                        self.losses.structure(damage);
                    }
                    account.gap(image, from, to);
                }
            }
        }
        if walk.has_strangers {
            places.doubt();
        }
        // Of what is damaged nothing is known that links could be held against.
        if self.losses.is_empty() && !file.has_grown() {
            links.fault(file).into_iter().for_each(|fault| self.losses.structure(fault));
        }
        account.hashed = true;
        account.bytes.file = image.len();
        account.bytes.header = file.objects_from().0.min(image.len());
        account.bytes.unwritten = image.len().saturating_sub(end.max(account.bytes.header));
        (in_line, places)
    }

    /// Judges entries that no hash proves, in the light of those that one does.
    ///
    /// One of which nothing but its head is left may fit in only with such as were admitted here themselves.
    fn judge_open(&mut self, file: &JournalFile, court: &mut Court<'_>, mut open: Vec<Offset>, sets: [&Starts; 2]) {
        let [in_line, reached] = sets;
        for _ in 0..ROUNDS {
            court.sort();
            let before = open.len();
            open.retain(|at| {
                let Ok(entry) = file.entry_as_stated(*at) else { return false };
                let bounds = Bounds { is_reached: reached.contains(*at), is_in_line: in_line.contains(*at) };
                match court.verdict(&entry, bounds) {
                    Verdict::Whole => court.name_boot(&entry, &[]),
                    Verdict::Own(lost) => {
                        court.name_boot(&entry, &lost);
                        self.lost.insert(*at, lost);
                    }
                    Verdict::Not => return true,
                }
                court.admit(&entry, bounds.is_reached);
                false
            });
            if open.is_empty() || open.len() == before {
                break;
            }
        }
        for at in open {
            match file.entry_as_stated(at) {
                Ok(entry) if !reached.contains(at) => self.foreign.push(Salvaged::of(&entry)),
                _ => self.overwritten.push(at),
            }
        }
    }

    /// Drops copies, puts everything in order, and counts.
    fn close(&mut self, file: &JournalFile, mut court: Court<'_>, sets: [&Starts; 3]) {
        let [in_line, loose, sound] = sets;
        court.sort();
        for (at, seqnum, free) in court.contradicted() {
            let fault = Fault::Value { found: seqnum.0, must: "between the seqnums before and behind" };
            self.losses.structure(Corrupt::new(at, "entry", fault));
            self.lost.entry(at).or_default();
            self.seqnums.insert(at, free);
        }
        for (at, boot, fault) in &court.estranged {
            self.losses.structure(Corrupt::new(*at, "entry", fault.clone()));
            self.boots.insert(*at, *boot);
        }
        let (account, copies) = (&mut self.account, court.copies(file));
        for admitted in &court.admitted {
            let Ok(entry) = file.entry_as_stated(admitted.at) else { continue };
            match (copies.binary_search(&admitted.at).is_ok(), admitted.is_reached) {
                (true, is_reached) => {
                    account.entries.copies = account.entries.copies.saturating_add(1);
                    self.lost.remove(&admitted.at);
                    self.overwritten.extend(is_reached.then_some(admitted.at));
                }
                (false, true) if self.refused.binary_search(&admitted.at).is_err() => {
                    account.entries.by_index = account.entries.by_index.saturating_add(1);
                }
                (false, _) => {
                    let boot_id = self.boots.get(&admitted.at).copied().unwrap_or(entry.boot_id());
                    self.entries.push(Salvaged { boot_id, ..Salvaged::of(&entry) });
                }
            }
        }
        self.overwritten.sort_unstable();
        let seqnums = &self.seqnums;
        self.entries.sort_by_key(|found| (seqnums.get(&found.at).copied().unwrap_or(found.seqnum), found.at));
        self.foreign.sort_by_key(|found| found.at);
        for admitted in &court.admitted {
            let is_loose = loose.contains(admitted.at) && !in_line.contains(admitted.at);
            if (is_loose || in_line.contains(admitted.at)) && !sound.contains(admitted.at) {
                let size = file.entry_as_stated(admitted.at).map_or(0, |entry| entry.size() as u64);
                account.becomes_entry(size, is_loose);
            }
        }
        account.entries.salvaged = self.entries.len() as u64;
        account.entries.incomplete = self.lost.len() as u64;
        account.entries.overwritten = self.overwritten.len() as u64;
        account.entries.foreign = self.foreign.len() as u64;
        account.seqnums = Seqnums::of(court.seqnums());
    }
}
