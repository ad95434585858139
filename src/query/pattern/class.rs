//! Escapes and classes of characters, from PCRE2's words to those of the engines here.
//!
//! In the engines' classes `[`, `&&`, `--` and `~~` mean something that they do not mean to PCRE2, and one of the engines
//! forgets which signs were escaped: those stand in classes of their own.

use super::perl::eat;

/// What an escape or a member of a class stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    Char(char),
    /// A byte that is no character by itself.
    Byte(u8),
    /// Several characters, as a class that may stand alone or in another.
    Set(String),
}

/// Blanks within lines, without brackets.
const HORIZONTAL: &str = "\t \u{a0}\u{1680}\u{180e}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}";

/// What ends lines.
const VERTICAL: &str = "\n-\r\u{85}\u{2028}\u{2029}";

/// All that is not ASCII but the long s and the sign of the kelvin, which are `s` and `k` where case says nothing.
const BEYOND_ASCII: &str = "\u{80}-\u{17e}\u{180}-\u{2129}\u{212b}-\u{10ffff}";

/// The names of POSIX that all engines know.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// Reads a class behind its `[`: what it is here, and whether it fits bytes that are no character.
///
/// # Errors
/// What is wrong with it.
pub(super) fn class(rest: &mut &str) -> Result<(String, bool), String> {
    if posix(rest)?.is_some() {
        return Err("a named class stands in a class, as in [[:alpha:]]".to_owned());
    }
    let is_negated = eat(rest, '^');
    let (mut text, mut takes_any) = (if is_negated { "[^" } else { "[" }.to_owned(), is_negated);
    let mut is_first = true;
    while is_first || !eat(rest, ']') {
        is_first = false;
        let before = *rest;
        let Some(item) = member(rest, &mut text)? else { continue };
        takes_any |= before.strip_prefix('\\').and_then(|rest| rest.chars().next()).is_some_and(self::takes_any);
        let is_range = rest.starts_with('-') && !rest.starts_with("-]");
        let to = if is_range && eat(rest, '-') { member(rest, &mut text)? } else { None };
        if is_range && to.is_none() {
            return Err("a range needs an end".to_owned());
        }
        match (item, to) {
            (Item::Char(letter), None) => range(&mut text, letter, letter)?,
            (Item::Char(from), Some(Item::Char(to))) => range(&mut text, from, to)?,
            // All that is not ASCII, whatever it is written in.
            (Item::Char(from), Some(Item::Byte(0xff))) if from.is_ascii() => {
                range(&mut text, from, '\x7f')?;
                text.push_str(BEYOND_ASCII);
                takes_any = true;
            }
            (Item::Byte(0x80), Some(Item::Byte(0xff))) => {
                text.push_str(BEYOND_ASCII);
                takes_any = true;
            }
            (Item::Set(set), None) => {
                takes_any |= set.starts_with("[:^");
                text.push_str(&set);
            }
            (Item::Byte(byte), _) | (_, Some(Item::Byte(byte))) => return Err(no_byte(byte)),
            (Item::Set(set), _) | (_, Some(Item::Set(set))) => return Err(format!("{set} is no end of a range")),
        }
    }
    text.push(']');
    Ok((text, takes_any))
}

/// One member; what is quoted goes into the class at once.
fn member(rest: &mut &str, class: &mut String) -> Result<Option<Item>, String> {
    let mut letters = rest.chars();
    let letter = letters.next().ok_or_else(|| "unclosed class of characters".to_owned())?;
    let behind = letters.as_str();
    if letter == '['
        && let Some((name, close)) = posix(behind)?
    {
        *rest = close;
        return Ok(Some(Item::Set(name)));
    }
    *rest = behind;
    if letter != '\\' {
        return Ok(Some(Item::Char(letter)));
    }
    let escaped = letters.next().ok_or_else(|| "unclosed class of characters".to_owned())?;
    *rest = letters.as_str();
    match escaped {
        'Q' => {
            let (quoted, behind) = rest.split_once(r"\E").unwrap_or((rest, ""));
            *rest = behind;
            quoted.chars().try_for_each(|letter| range(class, letter, letter))?;
            Ok(None)
        }
        'E' => Ok(None),
        'b' => Ok(Some(Item::Char('\x08'))),
        '1'..='7' => octal(rest, escaped).map(Some),
        '8' | '9' => Ok(Some(Item::Char(escaped))),
        _ => self::escaped(rest, escaped).map(Some),
    }
}

/// `[:alpha:]`, read behind its first bracket, and what stands behind it.
fn posix(behind: &str) -> Result<Option<(String, &str)>, String> {
    let kind = behind.chars().next().filter(|kind| matches!(kind, ':' | '.' | '='));
    let named = kind.and_then(|kind| behind.strip_prefix(kind)?.split_once(&format!("{kind}]")));
    let Some((name, close)) = named.filter(|(name, _)| !name.contains([']', '\\'])) else { return Ok(None) };
    if kind != Some(':') || !POSIX.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Err(format!("{name:?} is no class of characters"));
    }
    Ok(Some((format!("[:{name}:]"), close)))
}

/// Adds a range of characters, with the signs that mean more to an engine apart.
fn range(class: &mut String, from: char, to: char) -> Result<(), String> {
    if from > to {
        return Err(format!("{from}-{to}: the range is out of order"));
    }
    let mut letters = from..=to;
    let is_sign = |letter: char| r"\[]^-&~".contains(letter);
    while !letters.is_empty() && is_sign(*letters.start()) {
        letters.next().into_iter().for_each(|letter| sign(class, letter));
    }
    while !letters.is_empty() && is_sign(*letters.end()) {
        letters.next_back().into_iter().for_each(|letter| sign(class, letter));
    }
    if !letters.is_empty() {
        class.push(*letters.start());
        if letters.start() < letters.end() {
            class.push('-');
            class.push(*letters.end());
        }
    }
    Ok(())
}

fn sign(class: &mut String, letter: char) {
    class.push_str(&if "-&~".contains(letter) { format!("[{letter}]") } else { format!("\\{letter}") });
}

/// Whether an escape stands for what is not something, and so for bytes that are no character.
pub(super) const fn takes_any(escaped: char) -> bool {
    matches!(escaped, 'D' | 'H' | 'P' | 'S' | 'V' | 'W' | 'p')
}

/// What an escape stands for, in a class or outside, behind its letter.
///
/// # Errors
/// When it stands for nothing, or for something that is not to be had here.
pub(super) fn escaped(rest: &mut &str, letter: char) -> Result<Item, String> {
    let set = |text: String| Ok(Item::Set(text));
    Ok(Item::Char(match letter {
        'a' => '\x07',
        'e' => '\x1b',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'd' | 'D' | 's' | 'S' | 'w' | 'W' => return set(format!("\\{letter}")),
        'h' => return set(format!("[{HORIZONTAL}]")),
        'H' => return set(format!("[^{HORIZONTAL}]")),
        'v' => return set(format!("[{VERTICAL}]")),
        'V' => return set(format!("[^{VERTICAL}]")),
        'p' | 'P' => return property(rest, letter).map(Item::Set),
        'c' => return control(rest),
        '0' => return octal(rest, '0'),
        'o' => {
            let digits = braced(rest).ok_or_else(|| r"\o needs {…}".to_owned())?;
            return number(digits, 8);
        }
        'x' => return hexadecimal(rest),
        letter if letter.is_ascii_alphanumeric() => return Err(format!("\\{letter} is not supported here")),
        letter => letter,
    }))
}

fn property(rest: &mut &str, letter: char) -> Result<String, String> {
    if let Some(name) = braced(rest) {
        return Ok(format!("\\{letter}{{{name}}}"));
    }
    let mut letters = rest.chars();
    let name = letters.next().ok_or_else(|| format!("\\{letter} needs a name"))?;
    *rest = letters.as_str();
    Ok(format!("\\{letter}{name}"))
}

fn control(rest: &mut &str) -> Result<Item, String> {
    let mut letters = rest.chars();
    let letter = letters.next().filter(|letter| matches!(letter, ' '..='~'));
    let letter = letter.ok_or_else(|| r"\c needs a letter".to_owned())?;
    *rest = letters.as_str();
    let byte = u8::try_from(letter).unwrap_or_default().to_ascii_uppercase() ^ 0x40;
    Ok(Item::Char(char::from(byte)))
}

/// Up to three octal digits, of which the first is read.
///
/// # Errors
/// When the number is that of no byte.
pub(super) fn octal(rest: &mut &str, first: char) -> Result<Item, String> {
    let count = rest.bytes().take(2).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    let (digits, behind) = rest.split_at_checked(count).unwrap_or_default();
    *rest = behind;
    number(&format!("{first}{digits}"), 8)
}

fn hexadecimal(rest: &mut &str) -> Result<Item, String> {
    if let Some(digits) = braced(rest) {
        return number(digits, 16);
    }
    let count = rest.bytes().take(2).take_while(u8::is_ascii_hexdigit).count();
    let (digits, behind) = rest.split_at_checked(count).unwrap_or_default();
    *rest = behind;
    number(if digits.is_empty() { "0" } else { digits }, 16)
}

fn braced<'s>(rest: &mut &'s str) -> Option<&'s str> {
    let (inner, behind) = rest.strip_prefix('{')?.split_once('}')?;
    *rest = behind;
    Some(inner)
}

fn number(digits: &str, radix: u32) -> Result<Item, String> {
    let byte = u8::from_str_radix(digits, radix).map_err(|_| format!("{digits} is the number of no byte"))?;
    Ok(if byte.is_ascii() { Item::Char(char::from(byte)) } else { Item::Byte(byte) })
}

/// Why a byte is refused that may be a part of characters.
pub(super) fn no_byte(byte: u8) -> String {
    format!(
        r"\x{byte:02x} is a part of characters: write the character itself, or [\x80-\xff] for any that is not ASCII"
    )
}
