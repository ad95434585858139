//! Opening files, with what lies beyond their index.

use std::path::Path;
use std::sync::OnceLock;

use crate::check::{Salvage, header_fits, is_suspect, restore};
use crate::error::Error;
use crate::file::{Begin, Findings, JournalFile, Options, Reach, Spans};

/// An open file, and what a walk through it found, where there was reason for one.
pub(super) struct Opened {
    pub(super) file: JournalFile,
    pub(super) salvage: Option<Box<Salvage>>,
}

/// Opens a file; where its index cannot be all there is, what else lies in it is found and taken up.
///
/// # Errors
/// As [`JournalFile::open`], when its objects cannot tell what its header does not either.
pub(super) fn open(path: &Path, options: Options) -> Result<Opened, Error> {
    let opened = JournalFile::open(path, options);
    if options.reach == Reach::Index {
        return opened.map(|file| Opened { file, salvage: None });
    }
    match opened {
        // Who wants only what lies beyond the index wants it looked for.
        Ok(file) if !options.thorough && options.reach == Reach::All && !is_suspect(&file) => Ok(with(file, None)),
        Ok(file) if header_fits(&file) => Ok(walked(file)),
        Ok(file) => match restored(path, options)? {
            Some(opened) => Ok(opened),
            None => Ok(walked(file)),
        },
        // Of what cannot be opened at all that is said once more.
        Err(error) => restored(path, options)?.ok_or(error),
    }
}

/// A file that need not be opened.
pub(super) fn left_out(path: &Path, begin: &Begin, options: Options) -> Opened {
    Opened { file: JournalFile::left_out(path, begin, options), salvage: None }
}

/// The file with a header made from its objects.
fn restored(path: &Path, options: Options) -> Result<Option<Opened>, Error> {
    let restored = restore(path, options, &[])?;
    Ok(restored.map(|restored| with(restored.file, Some(restored.salvage))))
}

fn walked(file: JournalFile) -> Opened {
    let salvage = Salvage::asked(&file);
    with(file, Some(salvage))
}

fn with(file: JournalFile, salvage: Option<Salvage>) -> Opened {
    match &salvage {
        Some(salvage) => take_up(&file, salvage, file.options().reach),
        None if file.options().reach == Reach::Beyond => file.adopt(Findings::default()),
        None => {}
    }
    Opened { file, salvage: salvage.map(Box::new) }
}

/// Lets a file know what a check of it found.
pub(super) fn take_up(file: &JournalFile, salvage: &Salvage, reach: Reach) {
    if let Some(findings) = salvage.findings(file, reach) {
        file.adopt(findings);
    }
}

/// Cuts a file into its boots; where that meets damage in a file that was not walked, it is walked first.
pub(super) fn spans(file: &JournalFile, salvage: Option<&OnceLock<Box<Salvage>>>) -> Spans {
    let spans = file.spans();
    let Some(salvage) = salvage.filter(|salvage| salvage.get().is_none() && !spans.losses.is_empty()) else {
        return spans;
    };
    if file.options().reach != Reach::All {
        return spans;
    }
    let found = Salvage::of(file);
    take_up(file, &found, Reach::All);
    let _ = salvage.set(Box::new(found));
    file.spans()
}
