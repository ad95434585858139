//! The facts of a file as lines for people.

use std::io::{self, Write};

use super::Facts;
use crate::check::Account;
use crate::corrupt::Corrupt;
use crate::format::Realtime;
use crate::journal::Accounts;
use crate::output::when::clock;
use crate::output::{Style, value};

/// Writes one fact a line; what a header of this size lacks is left out.
///
/// # Errors
/// What the writer says.
pub fn text(facts: &Facts, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mut name = Vec::new();
    value(facts.file.as_bytes(), true, &mut name);
    writeln!(out, "{:>22}: {}", "File", String::from_utf8_lossy(&name))?;
    let mut line = |label: &str, text: &str| line(label, text, style, out);
    line("State", &facts.state)?;
    line("File size", &format!("{} (header {}, arena {})", facts.file_size, facts.header_size, facts.arena_size))?;
    line("Rotate suggested", if facts.rotate_suggested { "yes" } else { "no" })?;
    line("File id", &facts.file_id.to_string())?;
    line("Machine id", &facts.machine_id.to_string())?;
    line("Boot id", &facts.boot_id.to_string())?;
    line("Seqnum id", &facts.seqnum_id.to_string())?;
    line("Compatible flags", &facts.compatible_flags.join(" "))?;
    line("Incompatible flags", &facts.incompatible_flags.join(" "))?;
    line("First entry", &format!("{}, seqnum {}", stamp(facts.head_entry_realtime, style), facts.head_entry_seqnum))?;
    line("Last entry", &format!("{}, seqnum {}", stamp(facts.tail_entry_realtime, style), facts.tail_entry_seqnum))?;
    line(
        "Last monotonic",
        &format!("{}.{:06} s", facts.tail_entry_monotonic.0 / 1_000_000, facts.tail_entry_monotonic.0 % 1_000_000),
    )?;
    line("Entries", &format!("{} ({} in the main array)", facts.n_entries, facts.listed))?;
    line("Objects", &facts.n_objects.to_string())?;
    let optional = [
        ("Data", facts.n_data),
        ("Fields", facts.n_fields),
        ("Tags", facts.n_tags),
        ("Entry arrays", facts.n_entry_arrays),
        ("Data hash table", Some(facts.data_hash_table_size)),
        ("Deepest data chain", facts.data_hash_chain_depth),
        ("Field hash table", Some(facts.field_hash_table_size)),
        ("Deepest field chain", facts.field_hash_chain_depth),
    ];
    for (label, count) in optional {
        if let Some(count) = count {
            line(label, &count.to_string())?;
        }
    }
    for (label, fill) in
        [("Data table fill", facts.data_hash_table_fill), ("Field table fill", facts.field_hash_table_fill)]
    {
        if let Some(fill) = fill {
            line(label, &format!("{fill:.1} %"))?;
        }
    }
    if let Some(account) = &facts.account {
        line("Found", &found(account, facts.lost.unwrap_or_default()))?;
        line("Bytes", &bytes(account))?;
        // What opening said of the same part of the header is not said again.
        let is_told =
            |claim: &&Corrupt| facts.damage.iter().any(|damage| damage.contains(&format!(" at {}: ", claim.at)));
        let news = account.claims.contradictions.iter().filter(|claim| !is_told(claim));
        news.into_iter().try_for_each(|damage| line("Contradiction", &damage.to_string()))?;
    }
    facts.damage.iter().try_for_each(|damage| line("Damage", damage))
}

/// The columns before the text of a line.
const MARGIN: usize = 24;

/// Narrower text is not cut any further.
const LEAST: usize = 40;

/// Writes a fact, on as many lines as it needs.
fn line(label: &str, text: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let columns = style.width.saturating_sub(MARGIN).max(LEAST);
    let options = textwrap::Options::new(columns).word_splitter(textwrap::WordSplitter::NoHyphenation);
    for (nth, part) in textwrap::wrap(text, options.break_words(false)).iter().enumerate() {
        let [label, colon] = if nth == 0 { [label, ":"] } else { ["", " "] };
        writeln!(out, "{label:>22}{colon} {part}")?;
    }
    Ok(())
}

/// The entries of a file by how they are found, and how many are lost at most, without what there is none of.
fn found(account: &Account, lost: u64) -> String {
    let entries = &account.entries;
    let is_among_lost = entries.salvaged == 0 && entries.unreadable <= lost;
    let counts = [
        (entries.salvaged, "salvaged"),
        (entries.incomplete, "of these incomplete"),
        (if is_among_lost { 0 } else { entries.unreadable }, "unreadable"),
        (entries.overwritten, "gone from their places"),
        (entries.copies, "stale copies"),
        (entries.foreign, "remains of other files"),
        (if lost == 0 { account.seqnums.missing } else { 0 }, "numbers between them not used here"),
    ];
    let mut text = format!("{} entries by the index", entries.by_index);
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        text.push_str(&format!(", {count} {what}"));
    }
    if lost > 0 {
        text.push_str(&format!(", at most {lost} lost{}", which(account, lost)));
    }
    text
}

/// Which entries the lost ones are, as far as that is known: the places of some are named, and their numbers are missing.
fn which(account: &Account, lost: u64) -> String {
    let (entries, claims, seqnums) = (&account.entries, &account.claims, &account.seqnums);
    let amount = |count: u64, what: &str| match count {
        _ if count < lost => format!("{count} {what}"),
        _ if lost > 1 => format!("all {what}"),
        _ => what.to_owned(),
    };
    let places = [
        (claims.before, "before the others"),
        (seqnums.missing, "between the others"),
        (claims.behind, "behind the others"),
    ];
    // Of more numbers than that, other files have some.
    let is_exact = places.iter().fold(0, |all, (count, _)| count.saturating_add(all)) <= lost;
    let has_others = entries.by_index > 0 || entries.salvaged > 0;
    let known = places.into_iter().filter(|(count, _)| has_others && *count > 0);
    let mut parts: Vec<String> =
        known.map(|(count, what)| if is_exact { amount(count, what) } else { what.to_owned() }).collect();
    // What the index leads to and cannot be read may be among the salvaged.
    if entries.salvaged == 0 && (1..=lost).contains(&entries.unreadable) {
        parts.insert(0, amount(entries.unreadable, "unreadable"));
    }
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// Where the bytes of a file go, as far as that says anything of its state.
fn bytes(account: &Account) -> String {
    let bytes = &account.bytes;
    let mut text = format!("{:.2} % accounted for", account.share() * 100.0);
    if !account.hashed {
        text.push_str(" by object headers (--thorough reads the values, too)");
    }
    for (count, what) in [
        (bytes.damaged, "in damaged objects"),
        (bytes.unaccounted, "in no object"),
        (bytes.blank, "lost to zeros"),
        (bytes.unwritten, "never written"),
    ] {
        if count > 0 {
            text.push_str(&format!(", {count} {what}"));
        }
    }
    text
}

/// Writes what is true of all files together, a line for each counter of entries.
///
/// # Errors
/// What the writer says.
pub fn totals(accounts: &Accounts, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let total = Account::total(&accounts.files);
    let lost = accounts.counters.iter().map(|counter| counter.lost).fold(0, u64::saturating_add);
    let all = format!("{} files, {}", accounts.files.len(), found(&total, lost));
    line("In all", &all, style, out)?;
    line("Bytes in all", &bytes(&total), style, out)?;
    for counter in &accounts.counters {
        let lost = match (counter.lost, counter.missing.saturating_sub(counter.lost)) {
            (0, 0) => String::new(),
            (0, _) => ", which no file here had".to_owned(),
            (lost, 0) => format!(", at most {lost} entries lost"),
            (lost, others) => format!(", at most {lost} entries lost here and {others} that no file here had"),
        };
        let of = counter.namespace.as_ref().map(|name| format!("namespace {name}, ")).unwrap_or_default();
        let holes = if counter.holes == 1 { "hole" } else { "holes" };
        let text = format!(
            "{of}seqnums {} to {}, {} there, {} missing in {} {holes}{lost}",
            counter.first, counter.last, counter.found, counter.missing, counter.holes
        );
        line(&format!("Machine {:.8}", counter.machine_id.to_string()), &text, style, out)?;
    }
    Ok(())
}

fn stamp(time: Realtime, style: &Style) -> String {
    if time.0 == 0 {
        return "none".to_owned();
    }
    clock(time, &style.zone, "%Y-%m-%d %H:%M:%S%.6f %Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of entries by the index, unreadable ones, numbers missing before, between and behind, and lost ones.
    fn said([by_index, unreadable, before, missing, behind, lost]: [u64; 6]) -> String {
        let mut account = Account::default();
        (account.entries.by_index, account.entries.unreadable) = (by_index, unreadable);
        (account.claims.before, account.claims.behind) = (before, behind);
        account.seqnums.missing = missing;
        found(&account, lost)
    }

    #[test]
    fn a_loss_is_told_once() {
        let cases = [
            ([450, 0, 0, 0, 0, 0], "450 entries by the index"),
            ([449, 1, 0, 1, 0, 1], "449 entries by the index, at most 1 lost (unreadable, between the others)"),
            (
                [300, 1, 0, 50, 100, 150],
                "300 entries by the index, at most 150 lost (1 unreadable, 50 between the others, 100 behind the others)",
            ),
            ([0, 0, 0, 0, 450, 450], "0 entries by the index, at most 450 lost"),
            ([30, 0, 0, 270, 0, 0], "30 entries by the index, 270 numbers between them not used here"),
            ([20, 3, 0, 0, 10, 10], "20 entries by the index, at most 10 lost (3 unreadable, all behind the others)"),
            // Of the numbers between, others have most.
            (
                [20, 0, 0, 270, 10, 10],
                "20 entries by the index, at most 10 lost (between the others, behind the others)",
            ),
            // One place of the index named twice.
            ([20, 2, 0, 0, 1, 1], "20 entries by the index, 2 unreadable, at most 1 lost (behind the others)"),
        ];
        for (counts, text) in cases {
            assert_eq!(said(counts), text);
        }
    }

    #[test]
    fn a_long_fact_goes_on_below_its_beginning() {
        let style = |width| Style { width, color: false, zone: crate::output::TimeZone::UTC };
        let written = |width| {
            let mut out = Vec::new();
            line("Found", &said([300, 1, 0, 50, 100, 150]), &style(width), &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written(200).lines().count(), 1);
        let narrow = written(80);
        assert!(narrow.lines().count() > 1 && narrow.lines().all(|line| line.len() <= 80), "{narrow}");
        assert!(narrow.lines().skip(1).all(|line| line.starts_with(&" ".repeat(MARGIN))), "{narrow}");
        assert_eq!(narrow.split_whitespace().collect::<Vec<_>>(), written(200).split_whitespace().collect::<Vec<_>>());
    }
}
