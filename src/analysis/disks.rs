//! Which disk holds the system: what happens to another one ends no boot.

use super::cap;
use super::history::change;
use super::sender::Sender;
use super::sequence::{HEAD_LINES, HEAD_WINDOW};
use super::source::{Glance, Line, Source, Wanted};

/// What the kernel calls disks and the partitions on them, and whether a number ends the disk's own name.
const NAMES: [(&str, bool); 6] =
    [("mmcblk", true), ("nvme", true), ("xvd", false), ("sd", false), ("vd", false), ("hd", false)];

/// How the kernel begins to speak of a filesystem, whose device it names then.
const FILESYSTEMS: [&str; 6] = ["EXT4-fs", "XFS", "BTRFS", "F2FS-fs", "FAT-fs", "Aborting journal on device"];
/// Why what happened to a disk may have been nothing to the system.
pub(super) const OPEN: &str = "of the disks that there are the log does not say which one holds the system";

/// What holds a boot's system, and the disks that the boot's kernel found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct System {
    on: On,
    /// In no order; what the kernel does not say is not there.
    found: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum On {
    /// A disk.
    Disk(String),
    /// What is made of disks that are not named: a volume group, a RAID, an encrypted volume.
    Volume,
    /// The log does not say.
    Untold,
}

/// What the kernel found of disks, and mounted, while a boot began.
struct Mounts {
    /// The device and the line, in order.
    mounted: Vec<(String, String)>,
    found: Vec<String>,
}

/// What a boot's kernel took its system from: what its command line names, else the filesystem of that UUID, else the
/// first that was mounted.
///
/// None where nothing is said of it, or where the log lies on a filesystem of its own: that may be on any disk.
pub(super) fn of_system(source: &dyn Source, boot: usize) -> Option<System> {
    let root = of_root(source, boot)?;
    (!cap::is_mounted_apart(source, boot)).then_some(root)
}

/// The same wherever the log lies.
pub(super) fn of_root(source: &dyn Source, boot: usize) -> Option<System> {
    let line = change::command_line(source, boot)?;
    let root = line.split_whitespace().rev().find_map(|word| word.strip_prefix("root="))?;
    if let Some(disk) = root.strip_prefix("/dev/").and_then(disk) {
        return Some(System { on: On::Disk(disk), found: Vec::new() });
    }
    let Mounts { mounted, found } = mounts(source, boot);
    let uuid = root.strip_prefix("UUID=").map(|uuid| uuid.trim_matches('"'));
    let by_uuid = uuid.and_then(|uuid| mounted.iter().find(|(_, line)| line.contains(uuid)));
    let on = match by_uuid.or_else(|| mounted.first()) {
        None => On::Untold,
        Some((device, _)) => disk(device).map_or(On::Volume, On::Disk),
    };
    Some(System { on, found })
}

/// What the kernel says at a boot's beginning of the disks that it found, and of what it mounted from them.
fn mounts(source: &dyn Source, boot: usize) -> Mounts {
    let is_mount = |text: &str| is_filesystems(text) && text.to_ascii_lowercase().contains("mount");
    let is_found =
        |text: &str| text.contains("] Attached SCSI ") || text.starts_with("nvme nvme") || text.starts_with("mmcblk");
    let tells = |line: &Line| {
        let text = line.message();
        is_mount(&text) || is_found(&text)
    };
    let keep = |line: &Line| Sender::Kernel.wrote(line) && tells(line);
    let glance = Some(Glance::at_message(&tells));
    let wanted = Wanted { terms: Sender::Kernel.marks(), keep: &keep, glance };
    let (mut mounted, mut found) = (Vec::new(), Vec::new());
    for line in source.head(boot, HEAD_LINES, HEAD_WINDOW, wanted) {
        let text = line.message();
        if let Some(device) = device(&text).filter(|_| is_mount(&text)) {
            mounted.push((device.to_owned(), text.to_string()));
        }
        found.extend(words(&text).find_map(disk));
    }
    Mounts { mounted, found }
}

fn is_filesystems(text: &str) -> bool {
    FILESYSTEMS.iter().any(|name| text.starts_with(name))
}

/// The device that a line of a filesystem is of: `EXT4-fs (sda2): …`, `BTRFS info (device dm-0): …`.
fn device(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('(')?;
    let named = rest.split_once([')', ':', ' ']).map_or(rest, |(name, _)| name);
    if named == "device" { rest.strip_prefix("device ")?.split([')', ':', ' ']).next() } else { Some(named) }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
}

impl System {
    /// The SD card or eMMC that it is, as `mmcblk0`.
    pub(super) fn card(&self) -> Option<&str> {
        match &self.on {
            On::Disk(disk) => Some(disk.as_str()).filter(|disk| disk.starts_with("mmcblk")),
            On::Volume | On::Untold => None,
        }
    }

    /// Whether a line of the kernel's tells of a disk that is not the system's; of a line that names none that is not known.
    pub(super) fn is_of_another(&self, line: &Line) -> bool {
        match &self.on {
            On::Disk(system) => is_of_another(line, system),
            // A filesystem that lies on a disk itself is none that lies on a volume.
            On::Volume => is_filesystems(&line.message()) && words(&line.message()).find_map(disk).is_some(),
            On::Untold => false,
        }
    }

    /// Whether nothing tells if a line's disk is the system's, and there are others.
    pub(super) fn is_open(&self, line: &Line) -> bool {
        let named = words(&line.message()).find_map(disk);
        let is_other = |named: String| self.found.iter().any(|found| *found != named);
        !matches!(self.on, On::Disk(_)) && !self.is_of_another(line) && named.is_some_and(is_other)
    }
}

/// Whether a line of the kernel's tells of a disk that is not this one; of a line that names none that is not known.
fn is_of_another(line: &Line, system: &str) -> bool {
    words(&line.message()).find_map(|word| is_other(word, system)).unwrap_or(false)
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
