//! Options whose value may be left out, which clap alone cannot tell from a path that follows.

use std::ffi::{OsStr, OsString};
use std::iter::Peekable;
use std::path::Path;
use std::vec::IntoIter;

use clap::{Arg, Command};

use crate::format::Id128;

/// Joins `-b` and `-n`, alone or at the end of a cluster such as `-rb`, with their values: what follows is a value only
/// if it looks like one. `command` is the one typed, whose options say which other words are values.
pub(super) fn with_values(arguments: Vec<OsString>, command: Option<&Command>) -> Vec<OsString> {
    let mut joined = Vec::with_capacity(arguments.len());
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next() {
        match argument.to_str().map_or(Kind::Other, |text| kind(text, command)) {
            Kind::Other => joined.push(argument),
            Kind::Means(option) => joined.push(option.into()),
            Kind::Last => {
                joined.push(argument);
                joined.extend(rest.by_ref());
            }
            Kind::Takes => {
                joined.push(argument);
                joined.extend(rest.next());
            }
            Kind::MayTake(before, optional) => {
                joined.extend(before);
                joined.push(optional.joined(&mut rest));
            }
        }
    }
    joined
}

/// An option whose value may be left out.
#[derive(Clone, Copy)]
enum Optional {
    Boot,
    Lines,
}

impl Optional {
    fn named(name: &str) -> Option<Self> {
        match name {
            "boot" | "b" => Some(Self::Boot),
            "lines" | "n" => Some(Self::Lines),
            _ => None,
        }
    }

    fn joined(self, rest: &mut Peekable<IntoIter<OsString>>) -> OsString {
        let (option, default, fits): (_, _, fn(&str) -> bool) = match self {
            Self::Boot => ("--boot=", "0", is_boot),
            Self::Lines => ("--lines=", "10", is_count),
        };
        let value = rest.next_if(|next| next.to_str().is_some_and(fits));
        let mut joined = OsString::from(option);
        joined.push(value.as_deref().unwrap_or(OsStr::new(default)));
        joined
    }
}

/// What an argument means for those behind it.
enum Kind {
    /// Nothing.
    Other,
    /// It is journalctl's name for this.
    Means(&'static str),
    /// No more options follow.
    Last,
    /// The next one is its value.
    Takes,
    /// The next one may be its value; before it in the same word stand other options.
    MayTake(Option<OsString>, Optional),
}

fn kind(text: &str, command: Option<&Command>) -> Kind {
    let takes = |arg: Option<&Arg>| arg.is_some_and(|arg| arg.get_action().takes_values());
    let find = |fits: &dyn Fn(&Arg) -> bool| command.and_then(|command| command.get_arguments().find(|arg| fits(arg)));
    if text == "--" {
        return Kind::Last;
    }
    if text == "--this-boot" {
        return Kind::Means("--boot=0");
    }
    // journalctl has no other option that begins so; --catalog-dir, which does, is ours.
    if text.len() >= "--cat".len()
        && "--catalog".starts_with(text)
        && find(&|arg| arg.get_long() == Some("catalog")).is_some()
    {
        return Kind::Means("--catalog");
    }
    if let Some(long) = text.strip_prefix("--") {
        let long = meant(long, command);
        return match Optional::named(long).filter(|_| long.len() > 1) {
            Some(optional) => Kind::MayTake(None, optional),
            None if takes(find(&|arg| arg.get_long() == Some(long) && !has_optional(arg))) => Kind::Takes,
            None => Kind::Other,
        };
    }
    let Some(cluster) = text.strip_prefix('-') else { return Kind::Other };
    for (at, letter) in cluster.char_indices() {
        let last = at + letter.len_utf8() == cluster.len();
        if let Some(optional) = Optional::named(letter.encode_utf8(&mut [0; 4])) {
            // What is attached is the value, as getopt has it.
            let before = (at > 0).then(|| OsString::from(format!("-{}", cluster.get(..at).unwrap_or_default())));
            return if last { Kind::MayTake(before, optional) } else { Kind::Other };
        }
        if takes(find(&|arg| arg.get_short() == Some(letter))) {
            return if last { Kind::Takes } else { Kind::Other };
        }
    }
    Kind::Other
}

/// The words before `--` that are no option's value, as far as they are text.
pub(super) fn without_values<'a>(
    arguments: &'a [OsString],
    command: Option<&Command>,
) -> impl Iterator<Item = &'a str> {
    let mut is_value = false;
    arguments.iter().take_while(|argument| *argument != "--").filter_map(move |argument| {
        let word = argument.to_str().filter(|_| !is_value);
        is_value = word.is_some_and(|word| matches!(kind(word, command), Kind::Takes));
        word
    })
}

/// The options of a cluster of letters, as far as they are letters: what stands behind one that takes a value is its value.
pub(super) fn letters(cluster: &str, command: Option<&Command>) -> impl Iterator<Item = char> {
    let takes = move |letter: char| {
        let mut options = command.into_iter().flat_map(Command::get_arguments);
        options.any(|arg| arg.get_short() == Some(letter) && arg.get_action().takes_values())
    };
    let mut is_over = false;
    cluster.chars().take_while(move |letter| !std::mem::replace(&mut is_over, takes(*letter)))
}

/// The name of the option that a name is the beginning of, where there is only one.
fn meant<'a>(typed: &'a str, command: Option<&'a Command>) -> &'a str {
    let longs = command.into_iter().flat_map(Command::get_arguments).filter_map(Arg::get_long);
    let mut fitting = longs.filter(|long| long.starts_with(typed));
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => one,
        _ => typed,
    }
}

/// Whether an option's value may be left out, so that the next word is none.
fn has_optional(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|values| values.min_values() == 0)
}

/// Whether a text can name a boot: an id with or without an offset, a number, or `all`.
fn is_boot(text: &str) -> bool {
    let offset = |rest: &str| rest.is_empty() || rest.starts_with(['+', '-']);
    let id = text.get(..32).zip(text.get(32..)).is_some_and(|(id, rest)| id.parse::<Id128>().is_ok() && offset(rest));
    // Fewer than four digits name none, which is said then.
    let prefix = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    // A directory named after a machine is a directory, and so is what has a name of few letters.
    if (id || prefix) && Path::new(text).exists() {
        return false;
    }
    id || prefix || text == "all" || is_number(text.strip_prefix(['+', '-']).unwrap_or(text))
}

fn is_count(text: &str) -> bool {
    text == "all" || is_number(text.strip_prefix('+').unwrap_or(text))
}

fn is_number(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
