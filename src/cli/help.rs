//! `--help` of a command: what it is for, examples, then its options in groups, in two columns.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};
use textwrap::Options;

/// The groups that come first, in this order; others follow as they appear.
const GROUPS: [&str; 8] = [
    "What is read",
    "Sources",
    "Which entries",
    "Time",
    "How many, in which order",
    "How they look",
    "Instead of entries",
    "What is counted",
];

/// Where options without a group stand.
const OTHERS: &str = "Other options";

/// Where the right column begins.
const COLUMN: usize = 27;

/// Lines longer than this are hard to read.
const WIDEST: usize = 100;

/// The help of the command that was typed, to fit `width` columns; `None` when none was.
///
/// `arguments` begin with the program's name, and `cli` is built.
pub(super) fn of(cli: &Command, arguments: &[OsString], width: usize) -> Option<String> {
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str()).filter(|word| *word != "help");
    let command = words.find_map(|word| cli.find_subcommand(word))?;
    Some(text(command, width.clamp(40, WIDEST)))
}

fn text(command: &Command, width: usize) -> String {
    let mut command = command.clone();
    let usage = command.render_usage().to_string();
    let styles = command.get_styles().clone();
    let (head, reset) = (styles.get_header().render(), styles.get_header().render_reset());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = usage.trim_start_matches("Usage:").trim();
    let mut text = format!("{about}\n\n{head}Usage:{reset} {usage}\n");
    for examples in [command.get_before_help(), command.get_after_help()].into_iter().flatten() {
        let examples = examples.to_string();
        let (title, lines) = examples.split_once('\n').unwrap_or((&examples, ""));
        if title.ends_with(':') {
            text.push_str(&format!("\n{head}{title}{reset}\n{lines}\n"));
        } else {
            text.push_str(&format!("\n{}\n", textwrap::fill(&examples, width)));
        }
    }
    for (group, members) in groups(&command) {
        text.push_str(&format!("\n{head}{group}:{reset}\n"));
        for arg in members {
            row(&left(arg), &right(arg), width, &mut text);
        }
    }
    text
}

/// The arguments by their groups.
fn groups(command: &Command) -> Vec<(String, Vec<&Arg>)> {
    let mut groups: Vec<(String, Vec<&Arg>)> = GROUPS.iter().map(|name| ((*name).to_owned(), Vec::new())).collect();
    let mut others = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        let group = if arg.is_positional() { GROUPS.first().copied() } else { arg.get_help_heading() };
        match group.filter(|name| *name != OTHERS) {
            None => others.push(arg),
            Some(name) => match groups.iter_mut().find(|(known, _)| known == name) {
                Some((_, members)) => members.push(arg),
                None => groups.push((name.to_owned(), vec![arg])),
            },
        }
    }
    groups.push((OTHERS.to_owned(), others));
    groups.retain(|(_, members)| !members.is_empty());
    groups
}

/// An argument as it is typed.
fn left(arg: &Arg) -> String {
    let value = arg.get_value_names().and_then(|names| names.first()).map(ToString::to_string).unwrap_or_default();
    if arg.is_positional() {
        return value;
    }
    let (short, long) = (arg.get_short(), arg.get_long());
    let mut text = match (short, long) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (Some(short), None) => format!("-{short}"),
        (None, long) => format!("    --{}", long.unwrap_or_default()),
    };
    if arg.get_action().takes_values() {
        let optional = arg.get_num_args().is_some_and(|count| count.min_values() == 0);
        let equals = if arg.is_require_equals_set() { "=" } else { "" };
        text.push_str(&match (optional, equals) {
            (true, "=") => format!("[={value}]"),
            (true, _) => format!(" [{value}]"),
            (false, _) => format!(" {value}"),
        });
    }
    text
}

/// What an argument does, the values that it may have, and which it has if none is typed.
fn right(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let flag = matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Help | ArgAction::Version);
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|value| !flag && !value.is_hide_set() && !["true", "false"].contains(&value.get_name()))
        .map(|value| value.get_name().to_owned())
        .collect();
    let default: Vec<_> = arg.get_default_values().iter().filter_map(|value| value.to_str()).collect();
    if !values.is_empty() {
        text.push_str(&format!(": {}", values.join(", ")));
    }
    if !flag && !default.is_empty() {
        text.push_str(&format!(" [{}]", default.join(",")));
    }
    text
}

/// One option: the left column, and the right one beside it or below.
fn row(left: &str, right: &str, width: usize, text: &mut String) {
    let indent = " ".repeat(COLUMN);
    let options = Options::new(width).initial_indent(&indent).subsequent_indent(&indent);
    // The names of options and formats stay whole.
    let options = options.word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut lines = textwrap::wrap(right, options).into_iter().map(String::from);
    let left = format!("  {left}");
    match lines.next() {
        Some(first) if left.chars().count() < COLUMN => {
            text.push_str(&format!("{left:<COLUMN$}{}\n", first.get(COLUMN..).unwrap_or_default()));
        }
        first => {
            text.push_str(&left);
            text.push('\n');
            first.into_iter().for_each(|first| text.push_str(&format!("{first}\n")));
        }
    }
    lines.for_each(|line| text.push_str(&format!("{line}\n")));
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::super::args::Cli;
    use super::*;

    fn help(command: &str, width: usize) -> String {
        let mut cli = Cli::command();
        cli.build();
        of(&cli, &["lastwords", command, "--help"].map(OsString::from), width).unwrap()
    }

    #[test]
    fn every_option_stands_in_a_group_and_no_line_is_too_long() {
        let mut cli = Cli::command();
        cli.build();
        for command in cli.get_subcommands().filter(|command| command.get_name() != "help") {
            for (width, most) in [(80, 80), (200, WIDEST)] {
                let text = help(command.get_name(), width);
                for arg in command.get_arguments().filter(|arg| !arg.is_hide_set() && !arg.is_positional()) {
                    assert!(text.contains(&left(arg)), "{} in {}", arg.get_id(), command.get_name());
                }
                let plain = anstream::adapter::strip_str(&text).to_string();
                let long = plain.lines().find(|line| line.chars().count() > most);
                assert_eq!(long, None, "{} at {width}", command.get_name());
            }
        }
    }

    #[test]
    fn examples_come_before_options() {
        let text = anstream::adapter::strip_str(&help("show", 80)).to_string();
        let at = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}"));
        let order = ["Print entries", "Usage: lastwords show", "Examples:", "Sources:", "Which entries:", "Time:"];
        assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])), "{text}");
    }
}
