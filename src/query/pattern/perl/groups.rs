//! Groups, what refers to them, and what holds within them.

use super::super::class::{self, Item};
use super::{Scope, Translator};

impl Translator<'_> {
    /// A back-reference, or a character by its octal number, as PCRE2 tells them apart.
    pub(super) fn number(&mut self, first: char) -> Result<(), String> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        let number = format!("{first}{digits}").parse().unwrap_or(usize::MAX);
        if number < 10 || first >= '8' || number <= self.captures {
            self.rest = rest;
            return self.back(number);
        }
        match class::octal(&mut self.rest, first)? {
            Item::Byte(byte) => Err(class::no_byte(byte)),
            Item::Char(letter) => {
                self.literal(letter);
                Ok(())
            }
            Item::Set(_) => Ok(()),
        }
    }

    fn back(&mut self, number: usize) -> Result<(), String> {
        self.named = self.named.max(number);
        self.atom(&format!(r"\k<{number}>"));
        Ok(())
    }

    /// `\g{1}`, `\g-1`, `\k<name>` refer to what a group took, `\g<1>` and `\g'1'` call the group itself.
    pub(super) fn reference(&mut self, kind: char) -> Result<(), String> {
        let close = match self.rest.chars().next() {
            Some('{') => '}',
            Some('<') => '>',
            Some('\'') => '\'',
            _ if kind == 'k' => return Err(r"\k needs a name".to_owned()),
            _ => ' ',
        };
        let name = if close == ' ' {
            let sign = usize::from(self.rest.starts_with(['-', '+']));
            let digits = self.rest.bytes().skip(sign).take_while(u8::is_ascii_digit).count();
            let (name, rest) = self.rest.split_at_checked(sign.saturating_add(digits)).unwrap_or_default();
            self.rest = rest;
            name
        } else {
            self.next();
            self.until(close)?
        };
        if kind == 'g' && matches!(close, '>' | '\'') {
            return self.call(name);
        }
        match self.numbered(name)? {
            Some(number) => self.back(number),
            None => self.by_name(name),
        }
    }

    fn by_name(&mut self, name: &str) -> Result<(), String> {
        is_name(name)?;
        self.found.is_hard = true;
        self.atom(&format!(r"\k<{name}>"));
        Ok(())
    }

    /// The number of a group that is named by a number, which may count from here.
    fn numbered(&self, name: &str) -> Result<Option<usize>, String> {
        let digits = name.trim_start_matches(['-', '+']);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        let number: usize = digits.parse().map_err(|_| format!("there is no group {name}"))?;
        let number = match name.chars().next() {
            Some('-') => self.captures.checked_sub(number).map(|before| before.saturating_add(1)),
            Some('+') => Some(self.captures.saturating_add(number)),
            _ => Some(number),
        };
        number.map(Some).ok_or_else(|| format!("there is no group {name}"))
    }

    fn call(&mut self, name: &str) -> Result<(), String> {
        let number = self.numbered(name)?;
        let recursion = || Err("a pattern that contains itself is not supported here".to_owned());
        self.found.is_hard = true;
        match number {
            Some(0) => return recursion(),
            Some(number) => {
                if self.outer.iter().chain([&self.scope]).any(|scope| scope.number == Some(number)) {
                    return recursion();
                }
                self.named = self.named.max(number);
                self.atom(&format!(r"\g<{number}>"));
            }
            None => {
                is_name(name)?;
                self.atom(&format!(r"\g<{name}>"));
            }
        }
        Ok(())
    }

    pub(super) fn group(&mut self) -> Result<(), String> {
        if self.rest.starts_with('*') {
            return Err("(*…) is not supported here".to_owned());
        }
        if !self.eat('?') {
            self.open("(", true);
            return Ok(());
        }
        let kind = self.next().ok_or_else(|| "unclosed group".to_owned())?;
        match kind {
            '#' => {
                self.until(')')?;
            }
            ':' => self.open("(?:", false),
            '=' | '!' | '>' => self.look(&format!("(?{kind}")),
            '<' if self.eat('=') => self.look("(?<="),
            '<' if self.eat('!') => self.look("(?<!"),
            '<' => self.name('>')?,
            '\'' => self.name('\'')?,
            'P' if self.eat('<') => self.name('>')?,
            'P' if self.eat('=') => {
                let name = self.until(')')?;
                self.by_name(name)?;
            }
            'P' if self.eat('>') => self.called("")?,
            '&' => self.called("")?,
            'R' => self.called("0")?,
            '0'..='9' => self.called(kind.encode_utf8(&mut [0; 4]))?,
            '+' | '-' if self.rest.starts_with(|c: char| c.is_ascii_digit()) => {
                self.called(kind.encode_utf8(&mut [0; 4]))?;
            }
            '(' => self.condition()?,
            _ => self.flags(kind)?,
        }
        Ok(())
    }

    fn called(&mut self, first: &str) -> Result<(), String> {
        let name = format!("{first}{}", self.until(')')?);
        self.call(&name)
    }

    fn open(&mut self, text: &str, has_number: bool) {
        self.atom(text);
        self.can_repeat = false;
        self.captures = self.captures.saturating_add(usize::from(has_number));
        self.outer.push(self.scope);
        let Scope { extended, lines, ungreedy, .. } = self.scope;
        let number = has_number.then_some(self.captures);
        self.scope = Scope { extended, lines, ungreedy, number, ..Scope::default() };
    }

    fn look(&mut self, text: &str) {
        self.found.is_hard = true;
        self.open(text, false);
    }

    fn name(&mut self, close: char) -> Result<(), String> {
        let name = self.until(close)?;
        is_name(name)?;
        if self.names.contains(&name) {
            return Err(format!("two groups are called {name}"));
        }
        self.names.push(name);
        self.open(&format!("(?<{name}>"), true);
        Ok(())
    }

    /// `(?(1)yes|no)`: a bare name would be a pattern to the engine here.
    fn condition(&mut self) -> Result<(), String> {
        let condition = self.until(')')?;
        let name = condition.trim_matches(['<', '>', '\'']);
        let text = match self.numbered(name)? {
            Some(number) => {
                self.named = self.named.max(number);
                number.to_string()
            }
            None if name.is_empty() || name == "DEFINE" || name.starts_with(['?', '*', 'R']) => {
                return Err(format!("(?({condition})…) is not supported here"));
            }
            None => {
                is_name(name)?;
                format!("<{name}>")
            }
        };
        self.look(&format!("(?({text})"));
        Ok(())
    }

    /// `(?i)` and `(?i:…)`; blanks are left out here, so that no engine needs to know of `x`.
    fn flags(&mut self, first: char) -> Result<(), String> {
        let (mut scope, mut on, mut text, mut kind) = (self.scope, true, "(?".to_owned(), first);
        loop {
            match kind {
                ')' | ':' => break,
                '-' if on => {
                    on = false;
                    text.push('-');
                }
                'i' | 's' => text.push(kind),
                'U' => {
                    scope.ungreedy = on;
                    text.push('U');
                }
                'm' => {
                    scope.lines = on;
                    text.push('m');
                }
                'x' if !self.rest.starts_with('x') => scope.extended = on,
                other => return Err(format!("(?{other}) is not supported here")),
            }
            kind = self.next().ok_or_else(|| "unclosed group".to_owned())?;
        }
        let text = text.trim_end_matches('-');
        if kind == ':' {
            self.open(&format!("{text}:"), false);
        } else if text.len() > 2 {
            self.assertion(&format!("{text})"));
        }
        let Scope { extended, lines, ungreedy, .. } = scope;
        self.scope = Scope { extended, lines, ungreedy, ..self.scope };
        self.can_repeat = false;
        Ok(())
    }
}

fn is_name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(fits) {
        return Err(format!("{name:?} is no name of a group"));
    }
    Ok(())
}
