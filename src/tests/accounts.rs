//! What lies in each file given: one line of JSON per file, for `testdata/make/damage_table.py`.
//!
//! `cargo run --example accounts [--entries] FILE…`: with `--entries` also seqnum, place and payload hashes of each entry.

#![allow(clippy::print_stdout, reason = "an example prints")]

use std::path::Path;

use lastwords::JournalFile;
use lastwords::check::{Salvage, header_fits, restore};
use lastwords::corrupt::Offset;
use lastwords::file::Options;
use lastwords::format::hash::jenkins64;
use serde_json::{Value, json};

fn open(path: &Path) -> Result<(JournalFile, Salvage, Vec<String>), String> {
    let opened = JournalFile::open(path, Options::default());
    let why = match opened {
        Ok(file) if header_fits(&file) => {
            let salvage = Salvage::of(&file);
            return Ok((file, salvage, Vec::new()));
        }
        Ok(_) => "the header does not fit the objects".to_owned(),
        Err(error) => error.to_string(),
    };
    match restore(path, Options::default(), &[]) {
        Ok(Some(found)) => {
            Ok((found.file, found.salvage, found.made_up.iter().map(|part| part.what.to_owned()).collect()))
        }
        Ok(None) => Err(why),
        Err(error) => Err(error.to_string()),
    }
}

fn entry(file: &JournalFile, salvage: &Salvage, at: Offset) -> Value {
    let Ok(entry) = file.entry(at) else { return Value::Null };
    let lost = salvage.lost_items(at);
    let kept = entry.fields().enumerate().filter(|(index, _)| lost.unwrap_or_default().binary_search(index).is_err());
    let is_whole = lost.is_none() && entry.fields().all(|field| field.is_ok());
    let mut fields: Vec<String> =
        kept.filter_map(|(_, field)| Some(format!("{:x}", jenkins64(field.ok()?.payload())))).collect();
    fields.sort();
    json!([entry.seqnum().0, at.0, entry.realtime().0, entry.boot_id(), is_whole, fields])
}

fn main() {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let with_entries = args.first().is_some_and(|first| first == "--entries");
    for name in args.drain(usize::from(with_entries)..) {
        let mut line = match open(Path::new(&name)) {
            Ok((file, salvage, made_up)) => {
                let mut line =
                    json!({ "account": salvage.account, "share": salvage.account.share(), "made_up": made_up });
                if with_entries {
                    line["entries"] = salvage
                        .merged(&file)
                        .into_iter()
                        .map(|at| entry(&file, &salvage, at))
                        .collect::<Vec<_>>()
                        .into();
                }
                line
            }
            Err(why) => json!({ "error": why }),
        };
        line["file"] = name.into();
        println!("{line}");
    }
}
