//! From PCRE2's patterns to those of the engines here.
//!
//! journalctl gives patterns to PCRE2 without its Unicode mode. What PCRE2 and the engines write alike passes; what they
//! write differently is rewritten; what would silently mean something else is refused. Characters are characters here
//! where PCRE2 sees their bytes, and `\w`, `\d`, `\s` and the case of letters know all of Unicode.

mod groups;

use super::class::{self, Item};

/// How the end of a value is asked for: PCRE2's `$` also fits before a final newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// By taking the newline, which is the same where nothing follows.
    Taken,
    /// By looking ahead, which an automaton cannot.
    Seen,
}

impl End {
    const fn text(self) -> &'static str {
        match self {
            Self::Taken => r"(?:\n?\z)",
            Self::Seen => r"(?=\n?\z)",
        }
    }
}

/// A pattern in the words of the engines, and what it needs.
#[derive(Debug, Default)]
pub(super) struct Translated {
    pub(super) text: String,
    /// Whether an automaton cannot do it.
    pub(super) is_hard: bool,
    /// Whether something in it may fit bytes that are no character.
    pub(super) takes_any: bool,
    /// Whether an automaton sees bytes that are no character as parts of one, so that a value must be made text first.
    pub(super) is_of_text: bool,
    /// Whether the end of the value is asked for.
    pub(super) has_end: bool,
}

impl Translated {
    /// Translates a pattern.
    ///
    /// # Errors
    /// What is wrong with it or not to be had here, in words.
    pub(super) fn of(source: &str, end: End) -> Result<Self, String> {
        let mut translator = Translator {
            rest: source,
            found: Self::default(),
            end,
            scope: Scope::default(),
            outer: Vec::new(),
            captures: 0,
            named: 0,
            names: Vec::new(),
            can_repeat: false,
            is_behind_break: false,
        };
        while let Some(letter) = translator.next() {
            translator.piece(letter)?;
        }
        translator.finished()
    }
}

/// What holds up to the end of a group.
#[derive(Clone, Copy, Debug, Default)]
struct Scope {
    /// Whether blanks and comments say nothing: `(?x)`.
    extended: bool,
    /// Whether `$` is the end of any line: `(?m)`.
    lines: bool,
    /// Whether quantifiers take as little as they can: `(?U)`.
    ungreedy: bool,
    /// Whether the end of the value was asked for in this branch, in one before it.
    ended: bool,
    any_ended: bool,
    /// The number of the group, if it has one.
    number: Option<usize>,
}

struct Translator<'s> {
    rest: &'s str,
    found: Translated,
    end: End,
    scope: Scope,
    outer: Vec<Scope>,
    /// How many groups have a number so far, and the highest number that was named.
    captures: usize,
    named: usize,
    names: Vec<&'s str>,
    /// Whether a quantifier may stand here.
    can_repeat: bool,
    /// Whether `\R` stands anywhere before.
    is_behind_break: bool,
}

impl<'s> Translator<'s> {
    fn piece(&mut self, letter: char) -> Result<(), String> {
        match letter {
            '\\' => self.escape()?,
            '[' => {
                let (text, takes_any) = class::class(&mut self.rest)?;
                self.found.takes_any |= takes_any;
                self.atom(&text);
            }
            '(' => self.group()?,
            ')' => {
                let inner = self.scope;
                self.scope = self.outer.pop().ok_or_else(|| "unopened group".to_owned())?;
                self.scope.ended |= inner.ended || inner.any_ended;
                self.found.text.push(')');
                self.can_repeat = true;
            }
            '|' => {
                self.scope.any_ended |= self.scope.ended;
                self.scope.ended = false;
                self.found.text.push('|');
                self.can_repeat = false;
            }
            '^' => self.assertion("^"),
            '$' if self.scope.lines => self.assertion("$"),
            '$' => self.end(),
            '.' => {
                self.found.takes_any = true;
                self.atom(".");
            }
            '*' | '+' | '?' => self.repeated(letter.encode_utf8(&mut [0; 4]))?,
            '{' => self.brace()?,
            '#' if self.scope.extended => self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest),
            blank if self.scope.extended && (blank.is_ascii_whitespace() || blank == '\x0b') => {}
            other => self.literal(other),
        }
        Ok(())
    }

    fn finished(mut self) -> Result<Translated, String> {
        if !self.outer.is_empty() {
            return Err("unclosed group".to_owned());
        }
        if self.named > self.captures {
            return Err(format!("there is no group {}", self.named));
        }
        self.found.is_hard |= self.named > 0;
        Ok(self.found)
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.eat(letter);
        Some(letter)
    }

    fn eat(&mut self, letter: char) -> bool {
        eat(&mut self.rest, letter)
    }

    /// What stands up to `close`, which is passed over.
    fn until(&mut self, close: char) -> Result<&'s str, String> {
        let (inner, rest) = self.rest.split_once(close).ok_or_else(|| format!("{close} is missing"))?;
        self.rest = rest;
        Ok(inner)
    }

    fn assertion(&mut self, text: &str) {
        self.atom(text);
        self.can_repeat = false;
    }

    fn end(&mut self) {
        self.found.text.push_str(self.end.text());
        self.found.has_end = true;
        self.scope.ended = true;
        self.can_repeat = false;
    }

    /// Something that must fit; behind the end that can only be its newline, which must not be taken then.
    fn atom(&mut self, text: &str) {
        self.found.is_hard |= self.scope.ended || self.is_behind_break;
        self.found.text.push_str(text);
        self.can_repeat = true;
    }

    fn literal(&mut self, letter: char) {
        if r"\.+*?()|[]{}^$#".contains(letter) {
            self.atom(&format!("\\{letter}"));
        } else {
            self.atom(letter.encode_utf8(&mut [0; 4]));
        }
    }

    fn repeated(&mut self, times: &str) -> Result<(), String> {
        if !self.can_repeat {
            return Err(format!("{times} repeats nothing"));
        }
        self.found.is_hard |= self.scope.ended || self.is_behind_break;
        self.found.text.push_str(times);
        if self.eat('?') {
            self.found.text.push('?');
        } else if self.eat('+') {
            if self.scope.ungreedy {
                return Err(format!("{times}+ under (?U) is not supported here"));
            }
            // To an automaton `a++` is `(a+)+`.
            self.found.text.push('+');
            self.found.is_hard = true;
        }
        self.can_repeat = false;
        Ok(())
    }

    /// A quantifier; a brace that begins none is a sign as others.
    fn brace(&mut self) -> Result<(), String> {
        let counts = self.rest.split_once('}').map(|(counts, _)| counts);
        let is_count = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let Some(counts) = counts.filter(|text| text.split(',').count() <= 2 && text.split(',').all(is_count)) else {
            self.literal('{');
            return Ok(());
        };
        let (least, most) = counts.split_once(',').unwrap_or((counts, counts));
        if least.is_empty() {
            if counts.is_empty() || most.is_empty() {
                self.literal('{');
                return Ok(());
            }
            return Err(format!("{{{counts}}} means different things to different versions; write {{0{counts}}}"));
        }
        let number = |text: &str| text.parse::<u16>().map_err(|_| format!("{text} is more than 65535"));
        if !most.is_empty() && number(least)? > number(most)? {
            return Err(format!("{{{counts}}}: the numbers are out of order"));
        }
        number(least)?;
        self.until('}')?;
        self.repeated(&format!("{{{counts}}}"))
    }

    fn escape(&mut self) -> Result<(), String> {
        let escaped = self.next().ok_or_else(|| r"\ ends the pattern".to_owned())?;
        match escaped {
            'Q' => {
                let (text, rest) = self.rest.split_once(r"\E").unwrap_or((self.rest, ""));
                text.chars().for_each(|letter| self.literal(letter));
                self.rest = rest;
            }
            'E' => {}
            'Z' => self.end(),
            'G' => self.assertion(r"\A"),
            'A' | 'z' | 'b' => self.assertion(&format!("\\{escaped}")),
            'B' => {
                (self.found.takes_any, self.found.is_of_text) = (true, true);
                self.assertion(r"\B");
            }
            'K' => {
                self.found.is_hard = true;
                self.assertion(r"\K");
            }
            'R' => {
                // A pair of signs is never taken apart, which shows only where something follows.
                let group = if self.end == End::Seen { "(?>" } else { "(?:" };
                self.atom(&format!(r"{group}\r\n|[\n-\r\x{{85}}\x{{2028}}\x{{2029}}])"));
                self.is_behind_break = true;
            }
            'N' if self.rest.starts_with('{') && !self.begins_count() => {
                return Err(r"\N{…} is not supported here".to_owned());
            }
            'N' => {
                self.found.takes_any = true;
                self.atom(r"[^\n]");
            }
            'g' | 'k' => self.reference(escaped)?,
            '1'..='9' => self.number(escaped)?,
            _ => match class::escaped(&mut self.rest, escaped)? {
                Item::Char(letter) => self.literal(letter),
                Item::Byte(byte) => return Err(class::no_byte(byte)),
                Item::Set(set) => {
                    self.found.takes_any |= class::takes_any(escaped);
                    self.atom(&set);
                }
            },
        }
        Ok(())
    }

    fn begins_count(&self) -> bool {
        self.rest.strip_prefix('{').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }
}

/// Passes over a letter if it stands there.
pub(super) fn eat(rest: &mut &str, letter: char) -> bool {
    rest.strip_prefix(letter).map(|behind| *rest = behind).is_some()
}
