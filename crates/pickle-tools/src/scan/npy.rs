//! NumPy's `.npy`: where the pickle of an array of objects begins.

use crate::container::npy_header;

/// Where the header ends, and whether the array is one of objects.
pub(super) fn behind_header(bytes: &[u8]) -> Result<(usize, bool), String> {
    let mut rest = bytes;
    match npy_header(&mut rest) {
        Ok(has_objects) => Ok((bytes.len() - rest.len(), has_objects)),
        Err(error) => Err(error.to_string()),
    }
}
