//! Short texts of our own about what ends a boot, begins one, or comes between.

/// Texts by `MESSAGE_ID`; `@NAME@` stands for the value of a field.
pub(super) const TEXTS: &[(&str, &str)] = &[
    (
        "f77379a8490b408bbe5f6940505a777b",
        "The journal daemon began to write here. Early in a boot that is normal;\nlater it means that the daemon was restarted.",
    ),
    (
        "d93fb3c9c24d451a97cea615ce59c00b",
        "The journal daemon stopped in order. Near the end of a boot nothing later\ncan be in the journal: what the shutdown did after this is not recorded.",
    ),
    ("e9bf28e6e834481bb6f48f548ad13606", "Kernel messages were lost before the journal could read them."),
    (
        "a596d6fe7bfa4994828e72309e95d61e",
        "A service logged more than its rate limit allows; the surplus is not in the\njournal.",
    ),
    (
        "98268866d1d54a499c4e98921d93bc40",
        "logind was asked to end this boot and begins to do so (@SHUTDOWN@). An\norderly end follows, unless something gets stuck.",
    ),
    (
        "9e7066279dc8403da79ce4b1a69064b2",
        "An end of this boot was scheduled (@ACTION@, by @OPERATOR@). It may still be\ncancelled.",
    ),
    ("249f6fb9e6e2428c96f3f0875681ffa3", "The scheduled end of this boot was called off."),
    (
        "c14aaf76ec284a5fa1f105f88dfb061c",
        "A factory reset was asked for: the next boot starts without this one's data.",
    ),
    ("b72ea4a2881545a0b50e200e55b9b071", "Somebody pressed the power key. By default that powers the machine off."),
    ("3e0117101eb243c1b9a50db3494ab10b", "Somebody held the power key down."),
    ("9fa9d2c012134ec385451ffe316f97d0", "Somebody pressed the reboot key. By default that reboots the machine."),
    ("f1c59a58c9d943668965c337caec5975", "Somebody held the reboot key down."),
    (
        "b72ea4a2881545a0b50e200e55b9b070",
        "The lid was closed. By default that puts the machine to sleep: a boot that\nseems to end here may only have run out of battery asleep.",
    ),
    (
        "6bbd95ee977941e497c48be27c254128",
        "The machine goes to sleep (@SLEEP@). If nothing follows in this boot, it\nnever came back.",
    ),
    ("8811e6df2a8e40f58a94cea26f8ebf14", "The machine is awake again, or could not go to sleep."),
    ("b07a249cd024414a82dd00cd181378ff", "The boot is complete: everything that starts with the system has started."),
    ("be02cf6855d2428ba40df7e9d022f03d", "@UNIT@ did not start (@JOB_RESULT@). What needs it was not started either."),
    (
        "d9b373ed55a64feb8242e02dbe79a49c",
        "@UNIT@ failed (@UNIT_RESULT@). What it is told to do on failure, which can\nbe a reboot, happens next.",
    ),
    ("98e322203f7a4ed290d09fe03c09fe15", "The main process of @UNIT@ ended; the line above says how."),
    ("5eb03494b6584870a536b337290809b3", "@UNIT@ will be started again, as it is told to do when it ends."),
    (
        "fe6faa94e7774663a0da52717891d8ef",
        "The kernel ran out of memory and killed a process of @UNIT@ to get some\nback.",
    ),
    ("d989611b15e44c9dbf31e3c81256e4ed", "systemd-oomd killed processes of @UNIT@ before memory ran out altogether."),
    (
        "fc2e22bc6ee647b6b90729ab34a250b1",
        "A program crashed (@COREDUMP_COMM@, process @COREDUMP_PID@). An image of its\nmemory was taken.",
    ),
    ("c7a787079b354eaaa9e77b371893cd27", "The wall clock was set. Times before and after this line do not compare."),
    ("7c8a41f37b764941a0e1780b1be2f037", "The wall clock agrees with a time server from here on."),
    (
        "7db73c8af0d94eeb822ae04323fe6ab6",
        "The wall clock was wrong and was moved to a better guess. Times before this\nline cannot be trusted.",
    ),
    ("d9ec5e95e4b646aaaea2fd05214edbda", "PID 1 crashed and leaves; without it the container ends."),
    ("3ed0163e868a4417ab8b9e210407a96c", "The end of this boot was asked for but could not be carried out."),
    (
        "645c735537634ae0a32b15a7c6cba7d4",
        "PID 1 crashed and stands still. Nothing can be started or stopped any more;\nas a rule only a watchdog or a hand on the power switch ends this boot.",
    ),
    ("af55a6f75b544431b72649f36ff6d62c", "The last stage of the shutdown met an error."),
    ("e6f456bd92004d9580160b2207555186", "The battery is nearly empty, too empty to boot from."),
    ("267437d33fdd41099ad76221cc24a335", "The battery stayed empty, so the machine powers off before it has booted."),
    (
        "21668dbd3d7a4a32a2676d53dadab022",
        "A hardware watchdog is armed (@WATCHDOG_DEVICE@): if PID 1 hangs, it resets\nthe machine, and the journal will just stop.",
    ),
    (
        "375ac151ef9d4de39068b3efbfed0cee",
        "A hardware watchdog was wanted but could not be opened: a hang will not be\nended by it.",
    ),
    (
        "8739789eca064325af15a8ed0ecfc556",
        "The hardware watchdog could not be told that all is well; it may reset the\nmachine.",
    ),
];
