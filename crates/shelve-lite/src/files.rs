//! What is done with files and folders.

use std::fs;
#[cfg(unix)]
use std::fs::File;
use std::io::{ErrorKind, Result};
use std::path::Path;

/// The folder that a file is in.
#[cfg(any(unix, feature = "sqlite"))]
pub(crate) fn folder(file: &Path) -> &Path {
    file.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
}

/// Brings to the disk which files the folder of a file has.
#[cfg(unix)]
pub(crate) fn sync_folder(file: &Path) -> Result<()> {
    match File::open(folder(file))?.sync_all() {
        // Some file systems have no such thing.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        synced => synced,
    }
}

/// Other systems have no way to ask for it.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_: &Path) -> Result<()> {
    Ok(())
}

/// Removes a file, if there is one.
pub(crate) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
