//! Which disk holds the system: what happens to another one ends no boot.

use super::cap;
use super::history::change;
use super::source::{Line, Source};

/// What the kernel calls disks and the partitions on them, and whether a number ends the disk's own name.
const NAMES: [(&str, bool); 6] =
    [("mmcblk", true), ("nvme", true), ("xvd", false), ("sd", false), ("vd", false), ("hd", false)];

/// The disk that a boot's kernel was told to take its system from, where its command line names one.
///
/// None where the log lies on a filesystem of its own: that may be on any disk.
pub(super) fn of_system(source: &dyn Source, boot: usize) -> Option<String> {
    let line = change::command_line(source, boot)?;
    let root = line.split_whitespace().rev().find_map(|word| word.strip_prefix("root=/dev/"))?;
    disk(root).filter(|_| !cap::is_mounted_apart(source, boot))
}

/// Whether a line of the kernel's tells of a disk that is not this one; of a line that names none that is not known.
pub(super) fn is_of_another(line: &Line, system: &str) -> bool {
    let text = line.message();
    let mut words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.find_map(|word| is_other(word, system)).unwrap_or(false)
}

/// Whether a word names another disk; `None` where it names no disk.
fn is_other(word: &str, system: &str) -> Option<bool> {
    // An SD card's or eMMC's slot: which disk it is, its number does not tell for sure.
    let is_slot = word.strip_prefix("mmc").is_some_and(is_number);
    if is_slot {
        return Some(!system.starts_with("mmcblk"));
    }
    disk(word).map(|disk| disk != system)
}

/// The disk that a device's name is of: `sda` of `sda2`, `mmcblk0` of `mmcblk0p2`, `nvme0` of `nvme0n1p2`.
fn disk(device: &str) -> Option<String> {
    let (name, numbered) = NAMES.iter().find(|(name, _)| device.starts_with(name))?;
    let rest = device.strip_prefix(name)?;
    let own = |letter: char| if *numbered { letter.is_ascii_digit() } else { letter.is_ascii_lowercase() };
    let (own, behind) = rest.split_at(rest.find(|letter| !own(letter)).unwrap_or(rest.len()));
    let is_partition = match *name {
        "mmcblk" | "nvme" => behind.is_empty() || behind.starts_with(['p', 'n', 'b', 'r']),
        // Two letters are enough for 702 disks; more are another word.
        _ => own.len() <= 2 && (behind.is_empty() || is_number(behind)),
    };
    (!own.is_empty() && is_partition).then(|| format!("{name}{own}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::tests::log::line_of;
    use super::*;

    #[test]
    fn a_partition_is_of_its_disk() {
        for (device, of) in [
            ("sda2", Some("sda")),
            ("sdab", Some("sdab")),
            ("mmcblk0p2", Some("mmcblk0")),
            ("mmcblk1boot0", Some("mmcblk1")),
            ("nvme0n1p2", Some("nvme0")),
            ("vdb", Some("vdb")),
            ("xvda1", Some("xvda")),
            ("sdhci", None),
            ("sd", None),
            ("dm-0", None),
            ("sda2x", None),
            ("vddio0v", None),
            ("mapper/root", None),
        ] {
            assert_eq!(disk(device).as_deref(), of, "{device}");
        }
    }

    #[test]
    fn a_line_is_of_another_disk_where_it_names_one() {
        let is = |message, system| is_of_another(&line_of(&[("MESSAGE", message)]), system);
        let remounted = "EXT4-fs (sdb1): Remounting filesystem read-only";
        assert!(is(remounted, "sda"));
        assert!(!is(remounted, "sdb"));
        assert!(is("mmc0: card 0001 removed", "sda"));
        assert!(!is("mmc0: card 0001 removed", "mmcblk0"), "a slot's number is not its disk's");
        assert!(!is("mmc1: card 0001 removed", "mmcblk0"));
        assert!(is("blk_update_request: I/O error, dev sdb, sector 9", "mmcblk0"));
        assert!(is("nvme nvme1: controller is down; will reset", "nvme0"));
        assert!(!is("Aborting journal on device mmcblk0p6-8.", "mmcblk0"));
        assert!(!is("ata1: hard resetting link", "sda"), "which disk is not known");
    }
}
