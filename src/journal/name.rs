//! What a journal file's name says.

use std::ffi::OsStr;
use std::path::Path;

use nom::bytes::complete::{tag, take};
use nom::{IResult, Parser};

use crate::format::{Id128, Realtime, Seqnum};

/// The three forms of names that journald gives; the stem is `system`, `user-1000`, `remote-host` or the like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileName {
    /// `STEM.journal`: written to, or last written to.
    Active {
        /// The stem.
        stem: String,
    },
    /// `STEM@SEQNUM_ID-SEQNUM-REALTIME.journal`: rotated away.
    Archived {
        /// The stem.
        stem: String,
        /// The seqnum namespace of the file.
        seqnum_id: Id128,
        /// Its first seqnum.
        head_seqnum: Seqnum,
        /// Its first wall-clock time.
        head_realtime: Realtime,
    },
    /// `STEM@REALTIME-RANDOM.journal~`: set aside as unclean, damaged or foreign.
    Disposed {
        /// The stem.
        stem: String,
        /// When it was renamed, by the clock of the boot that renamed it.
        renamed: Realtime,
    },
}

fn hex(digits: usize) -> impl FnMut(&str) -> IResult<&str, u64> {
    move |i| {
        let (i, text) = take(digits).parse(i)?;
        let plain = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u64::from_str_radix(text, 16) {
            Ok(number) if plain => Ok((i, number)),
            _ => Err(nom::Err::Error(nom::error::Error::new(i, nom::error::ErrorKind::HexDigit))),
        }
    }
}

fn archived(i: &str) -> IResult<&str, (&str, u64, u64)> {
    let (i, (id, _, seqnum, _, realtime)) = (take(32usize), tag("-"), hex(16), tag("-"), hex(16)).parse(i)?;
    Ok((i, (id, seqnum, realtime)))
}

fn disposed(i: &str) -> IResult<&str, u64> {
    let (i, (realtime, _, _random)) = (hex(16), tag("-"), hex(16)).parse(i)?;
    Ok((i, realtime))
}

impl FileName {
    /// Reads a file's name; `None` when it is not that of a journal.
    ///
    /// A name that ends right but has no valid `@` part is taken as [`FileName::Active`].
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        if let Some(name) = name.strip_suffix(".journal~") {
            let parts = name.rsplit_once('@').and_then(|(stem, rest)| Some((stem, disposed(rest).ok()?)));
            return Some(match parts {
                Some((stem, ("", renamed))) => Self::Disposed { stem: stem.to_owned(), renamed: Realtime(renamed) },
                _ => Self::Active { stem: name.to_owned() },
            });
        }
        let name = name.strip_suffix(".journal")?;
        let parts = name.rsplit_once('@').and_then(|(stem, rest)| Some((stem, archived(rest).ok()?)));
        let active = || Self::Active { stem: name.to_owned() };
        let Some((stem, ("", (id, seqnum, realtime)))) = parts else { return Some(active()) };
        Some(id.parse().map_or_else(
            |_| active(),
            |seqnum_id| Self::Archived {
                stem: stem.to_owned(),
                seqnum_id,
                head_seqnum: Seqnum(seqnum),
                head_realtime: Realtime(realtime),
            },
        ))
    }

    /// Whether a name ends as that of a journal does, so that [`FileName::read`] gives what it says.
    #[must_use]
    pub fn is_one(name: &OsStr) -> bool {
        name.to_str().is_some_and(|name| name.ends_with(".journal") || name.ends_with(".journal~"))
    }

    /// The part before `@` or the ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        match self {
            Self::Active { stem } | Self::Archived { stem, .. } | Self::Disposed { stem, .. } => stem,
        }
    }

    /// Whether it is the log of one user, `user-<uid>`, which says nothing of the system.
    #[must_use]
    pub fn is_user(&self) -> bool {
        // A copy may have more behind it: `user-1000 (1)`.
        let uid = self.stem().strip_prefix("user-").unwrap_or_default();
        let behind = uid.trim_start_matches(|c: char| c.is_ascii_digit());
        behind.len() < uid.len() && !behind.starts_with(|c: char| c.is_alphanumeric())
    }
}

/// The namespace of a file, by its directory `<machine id>.<namespace>`; `None` for the system's own.
#[must_use]
pub fn namespace(path: &Path) -> Option<&str> {
    let directory = path.parent()?.file_name()?.to_str()?;
    let (machine, namespace) = directory.split_once('.')?;
    machine.parse::<Id128>().ok().map(|_| namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Option<FileName> {
        let path = Path::new(name);
        let read = FileName::read(path);
        assert_eq!(FileName::is_one(path.file_name().unwrap()), read.is_some(), "{name}");
        read
    }

    #[test]
    fn all_forms_of_names_are_recognised() {
        let active = |stem: &str| Some(FileName::Active { stem: stem.to_owned() });
        assert_eq!(read("/x/system.journal"), active("system"));
        assert_eq!(read("user-1000.journal"), active("user-1000"));
        assert_eq!(read("remote-host@x.journal"), active("remote-host@x"));
        assert_eq!(
            read("user-1000@52cf2b9cd48840f89822eb4b43d3a766-00000000000003d7-0005bd6c97dbd815.journal"),
            Some(FileName::Archived {
                stem: "user-1000".to_owned(),
                seqnum_id: "52cf2b9cd48840f89822eb4b43d3a766".parse().unwrap(),
                head_seqnum: Seqnum(0x3d7),
                head_realtime: Realtime(0x0005_bd6c_97db_d815),
            })
        );
        assert_eq!(
            read("system@0005ebbfd4385848-2e5dff5354ab9bcf.journal~"),
            Some(FileName::Disposed { stem: "system".to_owned(), renamed: Realtime(0x0005_ebbf_d438_5848) })
        );
        for other in ["fss", "system.journal.gz", "journal", "é@.txt"] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(read("é@éééééééééééé.journal"), active("é@éééééééééééé"));
    }

    #[test]
    fn users_have_numbers_and_namespaces_directories() {
        let is_user = |name| read(name).unwrap().is_user();
        assert!(is_user("user-1000.journal") && is_user("user-0@0005bd6cc97083b1-5c3d0db5329dd46f.journal~"));
        assert!(is_user("user-1000 (1).journal") && is_user("user-1000@backup.journal"));
        assert!(
            !is_user("user-web01.journal")
                && !is_user("user-1a.journal")
                && !is_user("user-.journal")
                && !is_user("system.journal")
        );
        let of = |path: &'static str| namespace(Path::new(path));
        assert_eq!(of("log/83fc99b40aab448f8004215d83cb3f66.web/system.journal"), Some("web"));
        assert_eq!(of("log/83fc99b40aab448f8004215d83cb3f66/system.journal"), None);
        assert_eq!(of("log/old.web/system.journal"), None);
    }
}
