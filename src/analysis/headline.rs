//! The verdict as one sentence, which says no more than the facets do.

use super::report::{
    Action::{self, Halt, Kexec, PowerCut, Poweroff, Reboot, Reset},
    Ending, Orderliness,
};

/// The sentence for an ending.
pub(super) fn sentence(ending: Ending) -> String {
    let action = ending.action.unwrap_or(Action::Unknown);
    match ending.orderliness {
        Orderliness::Orderly => {
            format!("{}: the shutdown ran as far as this machine's journal can show.", orderly(action))
        }
        Orderliness::OrderlyIncomplete => {
            format!("{}: it began in order and did not run to its end.", incomplete(action))
        }
        Orderliness::Abrupt => {
            format!("Abrupt end{}: no shutdown had begun.", abrupt(action))
        }
        Orderliness::Asleep => "The machine fell asleep, and this boot did not wake again.".to_owned(),
        Orderliness::Running => "Still running when the files were copied.".to_owned(),
        Orderliness::Unknown => format!("Unknown end: the log ends before the boot did{}.", unknown(action)),
    }
}

const fn orderly(action: Action) -> &'static str {
    match action {
        Reboot | Reset => "Orderly reboot",
        Poweroff | PowerCut => "Orderly power-off",
        Halt => "Orderly halt",
        Kexec => "Orderly restart into another kernel",
        Action::Unknown => "Orderly shutdown, to what end the log does not say",
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
        Reset => " by a reset",
        PowerCut => " by a power cut",
        _ => ", whether by reset or by power cut the log does not say",
    }
}

const fn unknown(action: Action) -> &'static str {
    match action {
        Reboot => ", in the midst of a reboot",
        Poweroff => ", in the midst of a power-off",
        Halt | Kexec => ", in the midst of a shutdown",
        _ => "",
    }
}
