//! Which options were typed, for commands that have no use for most of them, and in which order.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, FromArgMatches};

use super::args;

/// Whether `-k` or `-e`, which imply a boot, stood behind the last `-b`; to be flattened as [`Given`] is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ImpliesLast(pub(super) bool);

impl FromArgMatches for ImpliesLast {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let last = |id: &str| {
            let is_typed = matches.value_source(id) == Some(ValueSource::CommandLine);
            is_typed.then(|| matches.indices_of(id)).flatten()?.next_back()
        };
        Ok(Self(last("boot").is_some_and(|boot| last("dmesg").max(last("pager_end")) > Some(boot))))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for ImpliesLast {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}

/// The ids of what was typed; to be flattened before the options themselves, which take their values away.
#[derive(Debug, Default)]
pub(super) struct Given(Vec<String>);

impl Given {
    /// The first option of a command that was typed and is none of these, as it may be typed.
    pub(super) fn beside(&self, command: &str, ids: &[&str]) -> Option<String> {
        let cli = args::built();
        let mut options =
            cli.find_subcommand(command)?.get_arguments().map(|option| (option.get_id().as_str(), option));
        let typed = options.find(|(id, _)| self.0.iter().any(|given| given == id) && !ids.contains(id));
        typed.map(|(id, option)| format!("--{}", option.get_long().unwrap_or(id)))
    }
}

impl FromArgMatches for Given {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let is_typed = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
        Ok(Self(matches.ids().filter(is_typed).map(|id| id.as_str().to_owned()).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Given {
    fn augment_args(command: Command) -> Command {
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        command
    }
}
