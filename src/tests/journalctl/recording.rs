//! What a version of journalctl answered to each line, in a file that a person can read.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use crate::program::{Journalctl, Output, Reply};
use crate::same::made_up;
use crate::support::{files_in, name, testdata};
use crate::table::{Line, Table};

/// Longer outputs are kept as numbers only.
const TEXT_MOST: usize = 2500;

/// The answers of one version.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) version: u32,
    title: String,
    replies: BTreeMap<String, Reply>,
}

/// An output as numbers, and as text if that is short.
#[derive(Clone, Debug)]
pub(crate) struct Digest {
    lines: usize,
    bytes: usize,
    hash: u64,
    pub(crate) text: Option<String>,
}

impl Digest {
    pub(crate) fn of(output: &[u8]) -> Self {
        let mut hasher = SipHasher24::new();
        hasher.write(output);
        let plain = |text: &String| !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t');
        let text = String::from_utf8(output.to_vec()).ok().filter(|text| text.len() <= TEXT_MOST && plain(text));
        let lines = output.iter().filter(|byte| **byte == b'\n').count();
        Self { lines, bytes: output.len(), hash: hasher.finish(), text }
    }

    /// The numbers of a line that `Display` wrote.
    fn read(text: &str) -> Option<Self> {
        let [lines, "lines", bytes, "bytes", "hash", hash] = text.split(' ').collect::<Vec<_>>()[..] else {
            return None;
        };
        let hash = u64::from_str_radix(hash, 16).ok()?;
        Some(Self { lines: lines.parse().ok()?, bytes: bytes.parse().ok()?, hash, text: None })
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        (self.lines, self.bytes, self.hash) == (other.lines, other.bytes, other.hash)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} lines {} bytes hash {:016x}", self.lines, self.bytes, self.hash)
    }
}

impl Recording {
    /// Asks a journalctl every line.
    pub(crate) fn of(table: &Table, journalctl: &Journalctl) -> Self {
        let version = journalctl.version;
        let reply = |line: &Line| {
            let Reply { status, stdout, stderr } = journalctl.reply(table, line, None);
            let Output::Raw(stdout) = stdout else { panic!("{line}: a recording of a recording") };
            let stdout = Digest::of(&made_up(table, line, version, stdout));
            (line.to_string(), Reply { status, stdout: Output::Recorded(stdout), stderr })
        };
        let asked = table.lines.iter().filter(|line| line.asked_of(version));
        Self { version, title: journalctl.title.clone(), replies: asked.map(reply).collect() }
    }

    /// Everything that was recorded, the oldest version first.
    pub(crate) fn all() -> Vec<Self> {
        let version = |name: &str| name.strip_prefix("lines.").and_then(|version| version.parse::<u32>().ok());
        let paths = files_in("answers", |name| version(name).is_some());
        paths.iter().map(|path| Self::read(version(&name(path)).unwrap(), &fs::read_to_string(path).unwrap())).collect()
    }

    fn read(version: u32, text: &str) -> Self {
        let (title, rest) = text.split_once('\n').unwrap();
        let block = |block: &str| {
            let mut lines = block.lines();
            let title = lines.next().unwrap().to_owned();
            let (status, digest) = lines.next().unwrap().split_once(' ').unwrap();
            let mut digest = Digest::read(digest).unwrap_or_else(|| panic!("{title}: {digest}"));
            let mut stderr = String::new();
            let mut text = String::new();
            for line in lines {
                match line.strip_prefix("| ") {
                    Some(line) => text.extend([line, "\n"]),
                    None => stderr.push_str(line.strip_prefix("! ").unwrap_or_else(|| panic!("{title}: {line}"))),
                }
            }
            digest.text = Some(text).filter(|text| !text.is_empty());
            let status = status.parse().unwrap();
            (title, Reply { status, stdout: Output::Recorded(digest), stderr })
        };
        let replies = rest.split("\n? ").skip(1).map(block).collect();
        Self { version, title: title.to_owned(), replies }
    }

    pub(crate) fn write(&self) {
        let mut text = format!("{}\n", self.title);
        for (title, reply) in &self.replies {
            let Output::Recorded(digest) = &reply.stdout else { panic!("{title}: no digest") };
            text += &format!("\n? {title}\n{} {digest}\n", reply.status);
            reply.stderr.lines().take(1).for_each(|line| text += &format!("! {line}\n"));
            let shown = digest.text.iter().flat_map(|text| text.split_terminator('\n'));
            shown.for_each(|line| text += &format!("| {line}\n"));
        }
        fs::write(testdata(&format!("answers/lines.{}", self.version)), text).unwrap();
    }

    pub(crate) fn has(&self, line: &Line) -> bool {
        self.replies.contains_key(&line.to_string())
    }

    pub(crate) fn len(&self) -> usize {
        self.replies.len()
    }

    pub(crate) fn reply(&self, line: &Line) -> Reply {
        self.replies.get(&line.to_string()).cloned().unwrap_or_else(|| panic!("{line}: no answer of {}", self.version))
    }
}
