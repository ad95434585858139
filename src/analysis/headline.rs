//! The verdict as one sentence, which says no more than the facets do.

use super::open_end::OpenEnd;
use super::report::{
    Action::{self, Halt, Kexec, PowerCut, Poweroff, Reboot, Reset},
    Ending, Orderliness,
};
use super::verdict::phrase::{ASKED, CLIENT, phrase};
use super::verdict::setting::Setting;
use super::verdict::{Cause, Condition, Confidence};

/// The sentence for an ending, where a line may name the program that asked, and the log may be a part of one.
pub(super) fn sentence(ending: &Ending, is_client_named: bool, setting: &Setting) -> String {
    if let Some(extract) = setting.extract.filter(|_| ending.confidence == Some(Confidence::Undetermined)) {
        return format!("The log does not tell how the boot ended: {}.", extract.lacks());
    }
    let action = ending.action.unwrap_or(Action::Unknown);
    let what = match ending.orderliness {
        Orderliness::Orderly => orderly(action),
        Orderliness::OrderlyIncomplete => incomplete(action),
        Orderliness::Abrupt => abrupt(action),
        Orderliness::Asleep => "Fell asleep, and this boot did not wake again",
        Orderliness::Running => return setting.open_end.unwrap_or(OpenEnd::Live).headline().to_owned(),
        Orderliness::Unknown => unknown(action),
    };
    let sure = match ending.confidence {
        Some(Confidence::Likely) => "likely, ",
        Some(Confidence::Possible) => "possibly, ",
        _ => "",
    };
    let why = match ending.cause {
        Cause::RequestedApi if is_client_named => CLIENT,
        // Something in the log may be who asked.
        Cause::RequestedApi if is_asker_open(ending) => ASKED,
        cause => phrase(cause),
    };
    let had_been =
        if why.starts_with("a restart ") && matches!(action, Poweroff | Halt) { " had been asked for" } else { "" };
    format!("{what}: {sure}{why}{had_been}.")
}

/// Whether the log has signs of who may have asked.
fn is_asker_open(ending: &Ending) -> bool {
    let names = |candidate: &Condition| match candidate {
        Condition::Cause(cause) => cause.sets_off() && *cause != Cause::RequestedApi,
        Condition::Only(_) => false,
    };
    ending.confidence != Some(Confidence::Proven) && ending.candidates.iter().any(names)
}

const fn orderly(action: Action) -> &'static str {
    match action {
        Reboot | Reset => "Orderly reboot",
        Poweroff | PowerCut => "Orderly power-off",
        Halt => "Orderly halt",
        Kexec => "Orderly restart into another kernel",
        Action::Unknown => "Orderly shutdown",
    }
}

const fn incomplete(action: Action) -> &'static str {
    match action {
        Reboot => "Incomplete reboot",
        Poweroff => "Incomplete power-off",
        Halt => "Incomplete halt",
        Kexec => "Incomplete restart into another kernel",
        Reset => "Incomplete shutdown, cut short by a reset",
        PowerCut => "Incomplete shutdown, cut short by a power cut",
        Action::Unknown => "Incomplete shutdown",
    }
}

const fn abrupt(action: Action) -> &'static str {
    match action {
        Reset => "Abrupt end by a reset",
        PowerCut => "Abrupt end by a power cut",
        _ => "Abrupt end",
    }
}

const fn unknown(action: Action) -> &'static str {
    match action {
        Reboot => "Unknown end, in the midst of a reboot",
        Poweroff => "Unknown end, in the midst of a power-off",
        Halt | Kexec => "Unknown end, in the midst of a shutdown",
        _ => "The log ends before the boot did",
    }
}
