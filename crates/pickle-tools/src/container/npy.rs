//! NumPy's `.npy`: a header, and for arrays of objects a pickle behind it.

use std::io::{self, Read};

use pickle_value::{Graph, Kind, Shaped, View, literal};

use super::Error;

/// The longest header that is read; NumPy's own limit is 10,000.
const MAX_HEADER: u32 = 1 << 16;

/// How many bytes of a file the longest header takes, with what says how long it is.
#[cfg(feature = "zip")]
pub(super) const MAX_START: u64 = MAX_HEADER as u64 + 12;

/// Takes the header from `reader`, which the array's pickle follows then.
///
/// # Errors
///
/// [`Error::PlainArray`] where the elements are no objects: no pickle follows.
pub(super) fn skip_header(reader: &mut impl Read) -> Result<(), Error> {
    let header = header(reader)?;
    let descr = header.root().get("descr");
    if has_objects(descr) { Ok(()) } else { Err(Error::PlainArray(descr.to_string())) }
}

/// Takes the header from `reader`; tells whether the array is one of objects, so that a pickle follows.
#[cfg(feature = "scan")]
pub(crate) fn has_objects_behind(reader: &mut impl Read) -> Result<bool, Error> {
    Ok(has_objects(header(reader)?.root().get("descr")))
}

/// What the array is, by its header, and whether a pickle follows; nothing where the header says it in another way.
pub(super) fn shaped(reader: &mut impl Read) -> Result<Option<(Shaped, bool)>, Error> {
    let header = header(reader)?;
    let (descr, shape) = (header.root().get("descr"), header.root().get("shape"));
    Ok(Shaped::of_npy(descr, shape).map(|shaped| (shaped, has_objects(descr))))
}

/// The header, a dict.
fn header(reader: &mut impl Read) -> Result<Graph<'static>, Error> {
    let mut start = [0; 8];
    reader.read_exact(&mut start)?;
    let length = match start[6] {
        1 => {
            let mut length = [0; 2];
            reader.read_exact(&mut length)?;
            u16::from_le_bytes(length).into()
        }
        2 | 3 => {
            let mut length = [0; 4];
            reader.read_exact(&mut length)?;
            u32::from_le_bytes(length)
        }
        version => return Err(invalid(format!("version {version} of .npy is not known")).into()),
    };
    if length > MAX_HEADER {
        return Err(invalid(format!("a header of {length} bytes is too long")).into());
    }
    let mut header = vec![0; length as usize];
    reader.read_exact(&mut header)?;
    let header = String::from_utf8(header).map_err(invalid)?;
    Ok(literal::parse(header.trim_end()).map_err(invalid)?.into_owned())
}

/// True for a dtype of objects, or with a field of objects: `'|O'`, `[('a', '<i4'), ('b', '|O', (2,))]`.
fn has_objects(descr: View<'_>) -> bool {
    let mut open = vec![descr];
    while let Some(part) = open.pop() {
        if part.as_str().is_some_and(|text| text.trim_start_matches(['|', '<', '>', '=']).starts_with('O')) {
            return true;
        }
        match part.kind() {
            Kind::List => open.extend(part.items()),
            // A field's name, which may be a pair with its title, its type, and its shape.
            Kind::Tuple => open.push(part.get(1)),
            _ => {}
        }
    }
    false
}

fn invalid(problem: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
