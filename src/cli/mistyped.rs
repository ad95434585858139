//! What is said of an option that the typed command does not have.

use std::ffi::OsString;
use std::path::Path;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::inputs::is_absent;
use super::loss::visible;
use super::{args, near, shorthand};

/// Options of journalctl that act on a running machine, each with what to do instead.
const LIVE_ONLY: [(&[&str], &str); 11] = [
    (&["-f", "--follow"], "files that were copied do not grow; use journalctl on the machine itself"),
    (&["--sync", "--flush", "--relinquish-var", "--smart-relinquish-var"], "there is no journald here to ask"),
    (&["--rotate"], "journals are only read here, never changed"),
    (&["--vacuum-size", "--vacuum-files", "--vacuum-time"], "journals are only read here, never deleted"),
    (&["--setup-keys"], "sealing keys are made where the journal is written"),
    (&["--update-catalog"], "a message catalogue is read as it is; see -x and --catalog-dir"),
    (&["--synchronize-on-exit"], "files that were copied do not grow"),
    (&["--verify", "--verify-key"], "it is a command of its own here: lastwords verify [--verify-key KEY] PATH"),
    (&["--list-catalog", "--dump-catalog"], "explanations stand below entries, with -x or --catalog-dir"),
    (&["--list-namespaces"], "namespaces are the directories ID.NAME beside ID; see --namespace"),
    (
        &["-M", "--machine", "--image", "--image-policy"],
        "give the directory of the journals instead, such as DIR/var/log/journal",
    ),
];

/// Why an argument is refused that journalctl takes for a running machine; one letter may stand among others, as in `-xef`.
fn live_only(arguments: &[OsString]) -> Option<String> {
    let cli = args::built();
    let show = cli.find_subcommand("show");
    let typed = shorthand::without_values(arguments.get(1..).unwrap_or_default(), show);
    let options = |argument: &str| match argument.strip_prefix('-').filter(|rest| !rest.starts_with('-')) {
        Some(cluster) => shorthand::letters(cluster, show).map(|letter| format!("-{letter}")).collect(),
        None => argument.split('=').next().map(str::to_owned).into_iter().collect::<Vec<_>>(),
    };
    typed.flat_map(options).find_map(|typed| {
        let (_, why) = LIVE_ONLY.iter().find(|(options, _)| options.contains(&typed.as_str()))?;
        Some(format!("{typed}: {why}"))
    })
}

/// Other names of commands, as journalctl and people have them.
const ALIASES: [(&str, &str); 4] = [("list-boots", "boots"), ("list", "boots"), ("cat", "show"), ("logs", "show")];

/// Why the first word, which is no command, is not taken for the path of a journal: nothing is there, and a command has
/// such a name. `arguments` are as they were typed.
pub(super) fn command(arguments: &[OsString]) -> Option<String> {
    let word = arguments.get(args::first_word(arguments))?.to_str()?;
    let is_name = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    if !is_name || word.starts_with('-') || !is_absent(Path::new(word)) {
        return None;
    }
    let cli = args::built();
    let names: Vec<&str> = cli.get_subcommands().map(Command::get_name).collect();
    if names.contains(&word) {
        return None;
    }
    let alias = ALIASES.iter().find(|(alias, _)| *alias == word).map(|(_, name)| *name);
    let meant = alias.or_else(|| near::meant(word, &names))?;
    Some(format!("{word}: no such command, file or directory; {meant} is a command: lastwords {meant} …"))
}

/// Why an option or its value was refused, and what to type instead; `None` for other errors, of which clap says enough.
///
/// `typed` are the arguments as they were typed, `arguments` as clap read them.
pub(super) fn why((typed, arguments): (&[OsString], &[OsString]), error: &clap::Error) -> Option<String> {
    match error.kind() {
        ErrorKind::UnknownArgument => {
            live_only(arguments).or_else(|| of_another((typed, arguments), error)).or_else(|| of_none(arguments, error))
        }
        ErrorKind::InvalidValue => of_few(error),
        _ => None,
    }
}

/// Names the values that an option has, where these are few.
fn of_few(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue) else { return None };
    let option = text(ContextKind::InvalidArg)?.split(' ').next()?;
    let value = text(ContextKind::InvalidValue)?;
    let words: Vec<&str> = values.iter().map(String::as_str).collect();
    if value.is_empty() {
        let of = if words.is_empty() { String::new() } else { format!(", one of {}", words.join(", ")) };
        return Some(format!("{option} needs a value{of}"));
    }
    let meant = near::meant(value, &words).map(|meant| format!("{meant} is one, of ")).unwrap_or_default();
    Some(visible(&format!("{option}: {value:?}: no such value; {meant}{}", words.join(", "))))
}

/// Says of an option that no command has what comes nearest.
fn of_none(arguments: &[OsString], error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else { return None };
    let command = arguments.get(args::first_word(arguments))?.to_str()?;
    let form = option.strip_prefix("--").filter(|name| FORMS.contains(name));
    let meant = match (form, error.get(ContextKind::SuggestedArg)) {
        (Some(form), _) => format!("; the form of an answer is -o {form}"),
        (None, Some(ContextValue::String(meant))) => format!("; {meant} is one"),
        _ => String::new(),
    };
    Some(visible(&format!("{option}: no option of {command}{meant}; `lastwords {command} --help` lists them")))
}

/// Words that people take for options.
const FORMS: [&str; 2] = ["json", "text"];

/// Names the command that has an option which the typed one lacks: `show` first, which has journalctl's.
fn of_another((typed, arguments): (&[OsString], &[OsString]), error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(refused)) = error.get(ContextKind::InvalidArg) else { return None };
    let option = as_typed(typed, refused.split('=').next().unwrap_or_default());
    if ["--version", "-V"].contains(&option) {
        return Some("--version stands alone: lastwords --version".to_owned());
    }
    let cli = args::built();
    let command = arguments.get(args::first_word(arguments))?.to_str()?;
    let others = ["show"].into_iter().chain(cli.get_subcommands().map(Command::get_name));
    let mut others =
        others.filter(|name| *name != command && cli.find_subcommand(name).is_some_and(|it| has(it, option)));
    let other = others.next()?;
    Some(format!("{option} is an option of {other}, not of {command}: lastwords {other} {option} …"))
}

/// What was typed of an option that may have been written in one letter.
fn as_typed<'o>(typed: &[OsString], option: &'o str) -> &'o str {
    let begins = |start: &str| typed.iter().any(|word| word.to_str().is_some_and(|word| word.starts_with(start)));
    match option {
        "--lines" if !begins("--l") && begins("-") => "-n",
        "--boot" if !begins("--b") && begins("-") => "-b",
        option => option,
    }
}

fn has(command: &Command, option: &str) -> bool {
    command.get_arguments().any(|arg| match option.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => arg.get_short().is_some_and(|short| option.strip_prefix('-') == Some(short.encode_utf8(&mut [0; 4]))),
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Cli, prepared};

    #[test]
    fn options_for_a_running_machine_are_refused_with_a_reason() {
        let refused = |text: &str| live_only(&text.split_whitespace().map(OsString::from).collect::<Vec<_>>());
        assert!(refused("lastwords show -f dir").is_some_and(|why| why.starts_with("-f: files that were copied")));
        for cluster in ["-fu ssh", "-xef", "-fn5", "-rf", "-Mfoo"] {
            assert!(refused(&format!("lastwords show dir {cluster}")).is_some(), "{cluster}");
        }
        // What stands behind the letter of an option that takes a value is its value.
        assert_eq!(refused("lastwords show -uf -tMf -rgf --bootf -Df"), None);
        assert_eq!(refused("lastwords show --since -1M -g -f --grep -M dir"), None);
        assert!(refused("lastwords show --since -1M -f").is_some());
        assert!(refused("lastwords show --vacuum-size=1G").is_some());
        assert_eq!(refused("lastwords show dir -- -f"), None);
    }

    #[test]
    fn a_word_near_a_command_is_no_path() {
        let said = |text: &str| command(&text.split_whitespace().map(OsString::from).collect::<Vec<_>>());
        for (typed, meant) in [
            ("bots testdata", "boots"),
            ("shwo x", "show"),
            ("list-boots", "boots"),
            ("--color=never vefiry", "verify"),
        ] {
            let why = said(&format!("lastwords {typed}")).unwrap_or_else(|| panic!("{typed}"));
            assert!(why.ends_with(&format!("{meant} is a command: lastwords {meant} …")), "{why}");
        }
        for typed in ["boots x", "testdata", "src", "-D dir", "nixda", "shwo.journal", ""] {
            assert_eq!(said(&format!("lastwords {typed}")), None, "{typed}");
        }
    }

    #[test]
    fn an_option_of_another_command_is_named_with_that_command() {
        let said = |text: &str| {
            let typed: Vec<OsString> = text.split_whitespace().map(OsString::from).collect();
            let words = prepared(typed.clone());
            why((&typed, &words), &Cli::try_parse_from(&words).unwrap_err())
        };
        for (typed, option) in [
            ("lastwords -D dir -n 3", "-n"),
            ("lastwords -D dir --lines 3", "--lines"),
            ("lastwords --list-boots -D dir", "--list-boots"),
            ("lastwords boots --show-cursor", "--show-cursor"),
        ] {
            let why = said(typed).unwrap_or_else(|| panic!("{typed}"));
            assert!(why.contains(&format!("lastwords show {option} …")), "{typed}: {why}");
        }
        assert!(said("lastwords show --check").is_some_and(|why| why.contains("lastwords boots --check")));
        assert!(said("lastwords show --version").is_some_and(|why| why.ends_with("lastwords --version")));
        assert_eq!(
            said("lastwords show --nonsense").as_deref(),
            Some("--nonsense: no option of show; `lastwords show --help` lists them")
        );
        assert!(said("lastwords boots --json").is_some_and(|why| why.contains("the form of an answer is -o json")));
        assert_eq!(
            said("lastwords boots -o jsn").as_deref(),
            Some("--output: \"jsn\": no such value; json is one, of text, json")
        );
    }
}
