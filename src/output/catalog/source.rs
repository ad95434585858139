//! The sources of a catalogue: texts after `-- ID LANGUAGE`, with a head of `Name: value` lines, an empty line, a body.

use std::collections::BTreeMap;
use std::path::Path;

use crate::format::Id128;

/// An id and a language; the empty one is English.
type Key = (Id128, String);

/// The texts of several files, read one after the other.
#[derive(Debug, Default)]
pub(super) struct Merged(BTreeMap<Key, Vec<u8>>);

/// The language of a file's texts: `systemd.pt_BR.catalog` is in `pt_BR`.
pub(super) fn language_of(path: &Path) -> &str {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let language = stem.rsplit_once('.').map_or("", |(_, language)| language);
    if is_language(language) { language } else { "" }
}

const fn is_language(text: &str) -> bool {
    2 <= text.len() && text.len() <= 31
}

impl Merged {
    /// Adds the texts of a file whose own language is `language`.
    pub(super) fn add(&mut self, file: &[u8], language: &str) {
        let mut current: Option<(Key, Vec<u8>)> = None;
        let mut gap = true;
        for line in file.split(|byte| *byte == b'\n') {
            match line {
                [] => gap = true,
                [b'#' | b';', ..] => {}
                line => {
                    match title(line, language).filter(|_| gap) {
                        Some(key) => {
                            self.end(current.take());
                            current = Some((key, Vec::new()));
                        }
                        None => {
                            if let Some((_, text)) = &mut current {
                                push(line, gap, text);
                            }
                        }
                    }
                    gap = false;
                }
            }
        }
        self.end(current);
    }

    /// Takes a text that is complete: its head goes before the head that is known, its body in place of the other.
    fn end(&mut self, text: Option<(Key, Vec<u8>)>) {
        let Some((key, text)) = text else { return };
        let known = self.0.entry(key).or_default();
        if known.is_empty() {
            *known = text;
            return;
        }
        let ((head, body), (old_head, old_body)) = (parts(&text), parts(known));
        *known = [head, old_head, b"\n", if body.is_empty() { old_body } else { body }].concat();
    }

    /// All texts, by id and language.
    pub(super) fn texts(self) -> impl Iterator<Item = (Key, Vec<u8>)> {
        self.0.into_iter()
    }
}

/// Appends a line, after an empty one where there was a gap within the text.
fn push(line: &[u8], gap: bool, text: &mut Vec<u8>) {
    if gap && !text.is_empty() {
        text.push(b'\n');
    }
    text.extend_from_slice(line);
    text.push(b'\n');
}

/// The head with its last newline, and the body.
fn parts(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memmem::find(text, b"\n\n") {
        Some(at) => (text.get(..=at).unwrap_or_default(), text.get(at + 2..).unwrap_or_default()),
        None => (text, b""),
    }
}

/// What `-- ID` or `-- ID LANGUAGE` says.
fn title(line: &[u8], language: &str) -> Option<Key> {
    let line = std::str::from_utf8(line).ok()?.strip_prefix("-- ")?;
    let (id, own) = line.split_once(' ').map_or((line, None), |(id, own)| (id, Some(own.trim())));
    let id = Some(id).filter(|id| id.len() == 32)?.parse().ok()?;
    Some((id, own.filter(|own| is_language(own)).unwrap_or(language).to_owned()))
}
