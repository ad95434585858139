//! What happens to another disk than the system's, however the command line names that one.

use super::super::{Cause, Confidence, Orderliness, Postmortem};
use super::log::Log;
use super::records::{is, judged};
use Confidence::{Likely, Possible, Undetermined};

const UUID: &str = "2c5f3a60-13a1-4c3e-9f6a-0a0f0b0c0d0e";

/// A boot with a root filesystem on one disk and another filesystem on a second, one of which goes read-only.
fn fails(root: &str, mounts: &[&str], failing: &str) -> Postmortem {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target");
    log.kernel_boot(30).kernel(&format!("Command line: BOOT_IMAGE=(hd0,gpt2)/vmlinuz {root} ro quiet"));
    for mounted in mounts {
        log.kernel(&format!("EXT4-fs {mounted} r/w with ordered data mode. Quota mode: none."));
    }
    log.after(5).come_up().life(9);
    log.kernel(&format!("I/O error, dev {}, sector 2048 op 0x1:(WRITE)", failing.trim_end_matches('1')));
    log.kernel(&format!("EXT4-fs ({failing}): Remounting filesystem read-only"));
    judged(log.boot(40), 1)
}

const ROOT: &str = "(nvme0n1p2): mounted filesystem 2c5f3a60-13a1-4c3e-9f6a-0a0f0b0c0d0e";
const VOLUME: &str = "(dm-0): mounted filesystem 2c5f3a60-13a1-4c3e-9f6a-0a0f0b0c0d0e";
const DATA: &str = "(sdb1): mounted filesystem 77777777-13a1-4c3e-9f6a-0a0f0b0c0d0e";

#[test]
fn another_disk_ends_no_boot_whichever_way_the_root_is_named() {
    let by_uuid = format!("root=UUID={UUID}");
    for (root, mounts) in [
        ("root=/dev/nvme0n1p2", vec![]),
        (by_uuid.as_str(), vec![ROOT, DATA]),
        (by_uuid.as_str(), vec![DATA, ROOT]),
        ("root=PARTUUID=1f2e3d4c-02", vec![ROOT, DATA]),
        ("root=LABEL=root", vec![ROOT, DATA]),
        ("root=/dev/mapper/rl-root", vec![ROOT, DATA]),
    ] {
        let report = fails(root, &mounts, "sdb1");
        is(&report, Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
        assert!(report.ending.contributing.contains(&Cause::StorageReadonlyRemount.into()), "{root}");
    }
}

#[test]
fn the_systems_own_disk_takes_it_down_whichever_way_it_is_named() {
    let by_uuid = format!("root=UUID={UUID}");
    for (root, mounts, failing) in [
        ("root=/dev/sdb2", vec![], "sdb1"),
        (by_uuid.as_str(), vec!["(sdb1): mounted filesystem 2c5f3a60-13a1-4c3e-9f6a-0a0f0b0c0d0e"], "sdb1"),
        ("root=PARTUUID=1f2e3d4c-02", vec![DATA], "sdb1"),
        (by_uuid.as_str(), vec![], "sdb1"),
        ("root=/dev/mapper/rl-root", vec![VOLUME], "dm-0"),
    ] {
        let report = fails(root, &mounts, failing);
        assert_eq!(
            (report.ending.orderliness, report.ending.confidence),
            (Orderliness::Unknown, Some(Likely)),
            "{root}"
        );
        assert!(report.ending.cause.id().starts_with("storage."), "{root}: {}", report.headline);
    }
}

#[test]
fn where_the_disk_is_not_known_it_is_possible_at_most() {
    let mut log = Log::new();
    log.boot(0).life(3).shuts_down("reboot", "reboot.target");
    log.kernel_boot(30).kernel("Command line: root=/dev/mapper/rl-root ro");
    log.kernel("sd 0:0:0:0: [sda] Attached SCSI disk").kernel("sd 1:0:0:0: [sdb] Attached SCSI removable disk");
    log.after(5).come_up().life(9).kernel("EXT4-fs (sdb1): Remounting filesystem read-only");
    let report = judged(log.boot(40), 1);
    is(&report, Orderliness::Unknown, Cause::StorageReadonlyRemount, Possible);
    assert!(report.downgrades.iter().any(|why| why.contains("which one holds the system")), "{:?}", report.downgrades);
}

#[test]
fn a_drive_that_the_kernel_gives_up_went_away() {
    let end = |drive: &str| {
        let mut log = Log::new();
        log.boot(0).life(3).shuts_down("reboot", "reboot.target");
        log.kernel_boot(30).kernel("Command line: root=/dev/nvme0n1p2 ro").after(5).come_up().life(9);
        log.kernel(&format!("nvme {drive}: Disabling device after reset failure: -19"));
        judged(log.boot(40), 1)
    };
    is(&end("nvme0"), Orderliness::Abrupt, Cause::StorageRemoved, Likely);
    is(&end("nvme1"), Orderliness::Abrupt, Cause::UndeterminedAbrupt, Undetermined);
}
