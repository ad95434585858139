//! What is said of an option that the typed command does not have.

use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{args, shorthand};

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

/// Why an option was refused, and what to type instead; `None` for other errors, of which clap says enough.
pub(super) fn why(arguments: &[OsString], error: &clap::Error) -> Option<String> {
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    live_only(arguments).or_else(|| of_another(arguments, error))
}

/// Names the command that has an option which the typed one lacks: `show` first, which has journalctl's.
fn of_another(arguments: &[OsString], error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(typed)) = error.get(ContextKind::InvalidArg) else { return None };
    let option = typed.split('=').next().unwrap_or_default();
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
    fn an_option_of_another_command_is_named_with_that_command() {
        let said = |text: &str| {
            let words = prepared(text.split_whitespace().map(OsString::from).collect());
            why(&words, &Cli::try_parse_from(&words).unwrap_err())
        };
        for (typed, option) in [
            ("lastwords -D dir -n 3", "--lines"),
            ("lastwords --list-boots -D dir", "--list-boots"),
            ("lastwords boots --show-cursor", "--show-cursor"),
        ] {
            let why = said(typed).unwrap_or_else(|| panic!("{typed}"));
            assert!(why.contains(&format!("lastwords show {option} …")), "{typed}: {why}");
        }
        assert!(said("lastwords show --check").is_some_and(|why| why.contains("lastwords boots --check")));
        assert!(said("lastwords show --version").is_some_and(|why| why.ends_with("lastwords --version")));
        assert_eq!(said("lastwords show --nonsense"), None);
    }
}
