//! The table of command lines; its head says how it is written.

use std::fmt;
use std::fs;

use crate::support::testdata;

/// The command lines, and what is made up for between the two programs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// Names that the lines use, with their values.
    pub(crate) names: Vec<(String, String)>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) lines: Vec<Line>,
}

/// What is done to both answers before they are compared.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    modes: Vec<String>,
    versions: Versions,
}

/// One command line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// What is read: `demo`, a path below `testdata`, or `-` where the arguments say it.
    pub(crate) input: String,
    /// Variables of the environment.
    pub(crate) setting: Vec<(String, String)>,
    /// The arguments, as a shell reads them.
    pub(crate) args: String,
    notes: Vec<Note>,
}

/// What holds for one line.
#[derive(Clone, Debug)]
struct Note {
    word: String,
    about: String,
    versions: Versions,
    why: String,
}

/// The versions that something is said of, both included.
#[derive(Clone, Copy, Debug)]
struct Versions(u32, u32);

impl Versions {
    /// `252`, `-254`, `256-`, or all.
    fn read(text: &str) -> Option<Self> {
        let number = |text: &str, open: u32| if text.is_empty() { Some(open) } else { text.parse().ok() };
        match text.split_once('-') {
            Some((first, last)) => Some(Self(number(first, 0)?, number(last, u32::MAX)?)),
            None => number(text, 0).map(|only| Self(only, only)),
        }
    }

    fn has(self, version: u32) -> bool {
        (self.0..=self.1).contains(&version)
    }
}

impl Table {
    /// Reads `testdata/answers/lines.txt`; a line that cannot be read is a failure.
    pub(crate) fn read() -> Self {
        let mut table = Self::default();
        let text = fs::read_to_string(testdata("answers/lines.txt")).unwrap();
        for (number, line) in text.lines().enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                table.add(line).unwrap_or_else(|| panic!("lines.txt:{}: not understood: {line}", number + 1));
            }
        }
        let mut titles: Vec<String> = table.lines.iter().map(Line::to_string).collect();
        titles.sort();
        for pair in titles.windows(2) {
            assert_ne!(pair[0], pair[1], "twice in lines.txt");
        }
        table
    }

    fn add(&mut self, text: &str) -> Option<()> {
        if let Some(note) = text.strip_prefix("    ") {
            self.lines.last_mut()?.notes.push(Note::read(note)?);
        } else if let Some(name) = text.strip_prefix("name ") {
            let (name, value) = name.split_once(' ')?;
            self.names.push((name.to_owned(), value.to_owned()));
        } else if let Some(rule) = text.strip_prefix("rule ") {
            let (rule, _why) = rule.split_once(": ")?;
            let mut words = rule.split(' ');
            let (name, modes) = (words.next()?.to_owned(), words.next()?.split(',').map(str::to_owned).collect());
            self.rules.push(Rule { name, modes, versions: Versions::read(words.next().unwrap_or("-"))? });
        } else {
            let (input, args) = text.split_once(": ").or_else(|| Some((text.strip_suffix(':')?, "")))?;
            let mut words = input.split(' ');
            let input = words.next()?.to_owned();
            let setting = words.map(|word| word.split_once('=').map(|(n, v)| (n.to_owned(), v.to_owned())));
            let setting = setting.collect::<Option<_>>()?;
            self.lines.push(Line { input, setting, args: args.to_owned(), notes: Vec::new() });
        }
        Some(())
    }

    /// The rules for a line's output and this version of journalctl.
    pub(crate) fn rules_for<'t>(&'t self, line: &'t Line, version: u32) -> impl Iterator<Item = &'t str> {
        let of =
            |mode: &String| mode == line.mode() || (mode.starts_with('-') && line.args.split(' ').any(|w| w == mode));
        let fit = move |rule: &&Rule| rule.versions.has(version) && rule.modes.iter().any(of);
        let own = line.notes.iter().filter(move |note| note.word == "rule" && note.versions.has(version));
        self.rules.iter().filter(fit).map(|rule| rule.name.as_str()).chain(own.map(|note| note.about.as_str()))
    }
}

impl Note {
    /// `WORD [ABOUT] [@VERSIONS]: WHY`.
    fn read(text: &str) -> Option<Self> {
        let (head, why) = text.split_once(": ")?;
        let (head, versions) = head.rsplit_once('@').unwrap_or((head, "-"));
        let (word, about) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
        let known = ["asked", "differs", "rule", "ours", "status", "says", "demo-only"].contains(&word);
        let note = |versions| Self { word: word.to_owned(), about: about.to_owned(), versions, why: why.to_owned() };
        Versions::read(versions).filter(|_| known && !why.is_empty()).map(note)
    }
}

impl Line {
    fn note(&self, word: &str, version: u32) -> Option<&Note> {
        self.notes.iter().find(|note| note.word == word && note.versions.has(version))
    }

    /// Whether this version of journalctl is asked: every one, unless a note says which.
    pub(crate) fn asked_of(&self, version: u32) -> bool {
        !self.notes.iter().any(|note| note.word == "asked") || self.note("asked", version).is_some()
    }

    /// Why the answers differ.
    pub(crate) fn differs(&self, version: u32) -> Option<&str> {
        self.note("differs", version).map(|note| note.why.as_str())
    }

    /// The arguments as they are typed for lastwords.
    pub(crate) fn ours(&self) -> &str {
        self.notes.iter().find(|note| note.word == "ours").map_or(&self.args, |note| &note.about)
    }

    /// The exit status of lastwords where it is not journalctl's.
    pub(crate) fn status(&self, version: u32) -> Option<i32> {
        self.note("status", version).map(|note| note.about.parse().expect("a status is a number"))
    }

    /// Whether lastwords may say something on stderr where journalctl says nothing.
    pub(crate) fn says(&self, version: u32) -> bool {
        self.note("says", version).is_some()
    }

    /// Whether the line means something for any directory of journals.
    pub(crate) fn is_of_any_journal(&self) -> bool {
        self.input == "demo" && !self.notes.iter().any(|note| note.word == "demo-only")
    }

    /// The output mode.
    pub(crate) fn mode(&self) -> &str {
        let mut words = self.args.split(' ');
        while let Some(word) = words.next() {
            if word == "-o" || word == "--output" {
                return words.next().unwrap_or_default();
            }
            if let Some(mode) = word.strip_prefix("--output=").or_else(|| word.strip_prefix("-o")) {
                return mode;
            }
        }
        "short"
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.input)?;
        for (name, value) in &self.setting {
            write!(f, " {name}={value}")?;
        }
        write!(f, ": {}", self.args)
    }
}
