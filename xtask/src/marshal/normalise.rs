//! Normalised modules: the same bytes from any run, and nothing lost.

use marshal_lite::pyc::Pyc;

use super::ask::Digests;
use super::pack::{NORMALISED, Pack, PycFile, Run};
use super::{Extent, Subject};
use crate::Result;

/// Normalises each module as it was compiled twice, with other hash seeds and in other folders. Both must give the same
/// bytes, and an interpreter must see in them what it sees in the module itself. Gives how many differ.
pub(super) fn check(subject: &Subject<'_>, fields: &Digests, extent: &Extent) -> Result<usize> {
    let second = Pack::compile(subject.python, extent.tenth(), Run::SECOND)?;
    let files: Vec<PycFile<'_>> = second.files().collect();
    let same = subject.check("are the same when normalised, from another run", extent, |file| {
        let other = files.get(file.number).filter(|other| other.name == file.name).ok_or("it was compiled once")?;
        compare(file, other, Run::SECOND.prefix)
    });
    let (loaded, smaller) = loaded(subject, NORMALISED, |_| None)?;
    let equal = subject.check("are loaded as equal code objects when normalised", extent, |file| {
        if fields.agree(&loaded, file.number) { Ok(()) } else { Err("the interpreter sees a difference".to_owned()) }
    });
    let total: usize = subject.pack.files().map(|file| file.data.len()).sum();
    println!("CPython {}: normalised, {total} bytes are {smaller}", subject.python.version);
    Ok(same + equal)
}

/// Whether a module is the same when normalised once, twice, and as another run compiled it in the folder `prefix`.
pub(super) fn compare(file: &PycFile<'_>, other: &PycFile<'_>, prefix: Option<&str>) -> Result<(), String> {
    let without = |name: &str| Some(name.strip_prefix(prefix?)?.strip_prefix('/')?.to_owned());
    let ours = normalise(file.data, &|_| None)?;
    if normalise(&ours, &|_| None)? != ours {
        return Err("it is another when normalised again".to_owned());
    }
    if normalise(other.data, &without)? == ours { Ok(()) } else { Err("the two differ".to_owned()) }
}

/// What an interpreter sees in the normalised modules, and how many bytes they have.
pub(super) fn loaded(
    subject: &Subject<'_>,
    name: &str,
    rename: impl Fn(&str) -> Option<String>,
) -> Result<(Digests, usize)> {
    let mut contents = Vec::new();
    for file in subject.pack.files() {
        contents.push(normalise(file.data, &rename)?);
    }
    let size = contents.iter().map(Vec::len).sum();
    let normalised = subject.pack.with_contents(name, &contents)?;
    Ok((Digests::ask(subject.python, &normalised, "fields.py")?, size))
}

/// A normalised file.
fn normalise(file: &[u8], rename: &dyn Fn(&str) -> Option<String>) -> Result<Vec<u8>, String> {
    let pyc = Pyc::from_slice(file).map_err(|error| error.to_string())?;
    let normalised = pyc.normalise(rename).map_err(|error| error.to_string())?;
    normalised.to_vec().map_err(|error| error.to_string())
}
