//! Zip archives: which member is the pickle, and its content.

use std::io::{self, Read, Seek, SeekFrom};

use pickle_value::Shaped;
use zip::{CompressionMethod, ZipArchive};

use super::{Error, Format, looks, npy};

/// Archives with more members than this are looked through by name only.
const MAX_LOOKED_INTO: usize = 4096;

/// How much of a member is looked at to tell whether it is a pickle.
const MEMBER_HEAD: u64 = 4096;

/// The content of a member, and its name.
pub(super) struct Member<R> {
    pub(super) name: String,
    pub(super) content: Content<R>,
    /// What of the name that was asked for stands behind this member's: a member of an archive in this one.
    pub(super) rest: Option<String>,
}

/// Finds the member of this name, or, without one, the archive's only pickle.
pub(super) fn open<R: Read + Seek>(file: R, wanted: Option<&str>) -> Result<Member<io::Take<R>>, Error> {
    let mut archive = ZipArchive::new(file).map_err(archive_error)?;
    let names = names(&archive)?;
    let (index, rest) = match wanted {
        Some(wanted) => named(&names, wanted)?,
        None => (only_pickle(&mut archive, &names)?, None),
    };
    let entry = Entry::of(&mut archive, index)?;
    let mut file = archive.into_inner();
    file.seek(SeekFrom::Start(entry.start))?;
    Ok(Member { name: names[index].clone(), content: Content::new(file.take(entry.packed), &entry)?, rest })
}

/// The arrays that an archive of nothing else holds, or the one of this name.
pub(super) fn arrays<R: Read + Seek>(file: R, wanted: Option<&str>) -> Result<Option<Vec<(String, Shaped)>>, Error> {
    let mut archive = ZipArchive::new(file).map_err(archive_error)?;
    let mut names = names(&archive)?;
    if names.is_empty() || wanted.is_none() && !names.iter().all(|name| name.ends_with(".npy")) {
        return Ok(None);
    }
    let mut arrays = Vec::new();
    for (index, name) in names.iter_mut().enumerate() {
        if wanted.is_none_or(|wanted| wanted == name) {
            match array(&mut archive, index)? {
                Some((shaped, has_objects)) if wanted.is_none() || !has_objects => {
                    arrays.push((if wanted.is_some() { String::new() } else { core::mem::take(name) }, shaped));
                }
                _ => return Ok(None),
            }
        }
    }
    Ok(Some(arrays).filter(|arrays| !arrays.is_empty()))
}

/// The array that a member is, if it is one, and whether it is of objects.
fn array<R: Read + Seek>(archive: &mut ZipArchive<R>, index: usize) -> Result<Option<(Shaped, bool)>, Error> {
    let entry = Entry::of(archive, index)?;
    let packed = archive.by_index_raw(index).map_err(archive_error)?;
    let mut head = Vec::new();
    Content::new(packed, &entry)?.take(npy::MAX_START).read_to_end(&mut head)?;
    match Format::detect(&head) {
        Some(Format::Npy) => npy::shaped(&mut &head[..]),
        _ => Ok(None),
    }
}

fn names<R: Read + Seek>(archive: &ZipArchive<R>) -> Result<Vec<String>, Error> {
    (0..archive.len())
        .map(|index| match archive.name_for_index(index) {
            Some(name) => name.map(String::from).map_err(archive_error),
            None => Ok(String::new()),
        })
        .collect()
}

/// The member of this name; or, where the name goes on behind a `!`, the one that has the beginning for its name.
fn named(names: &[String], wanted: &str) -> Result<(usize, Option<String>), Error> {
    let position = |wanted: &str| names.iter().position(|name| name == wanted);
    if let Some(index) = position(wanted) {
        return Ok((index, None));
    }
    let split = wanted.match_indices('!').find_map(|(at, _)| Some((position(&wanted[..at])?, &wanted[at + 1..])));
    match split {
        Some((index, rest)) => Ok((index, Some(rest.into()))),
        None => Err(Error::NoMember { member: wanted.into(), members: names.to_vec() }),
    }
}

fn only_pickle<R: Read + Seek>(archive: &mut ZipArchive<R>, names: &[String]) -> Result<usize, Error> {
    let mut pickles = Vec::new();
    for (index, name) in names.iter().enumerate() {
        if !name.ends_with('/') && is_pickle(archive, index, name, names.len() <= MAX_LOOKED_INTO)? {
            pickles.push(index);
        }
    }
    match pickles[..] {
        [index] => Ok(index),
        [] => Err(Error::NoPickle { members: names.to_vec() }),
        _ => Err(Error::SeveralPickles { pickles: pickles.into_iter().map(|index| names[index].clone()).collect() }),
    }
}

/// True for a member that begins as a pickle does, or that has the name of one and begins as nothing else does.
fn is_pickle<R: Read + Seek>(archive: &mut ZipArchive<R>, index: usize, name: &str, look: bool) -> Result<bool, Error> {
    let named = [".pkl", ".pickle"].iter().any(|extension| name.ends_with(extension));
    if !look {
        return Ok(named || name.ends_with(".npy"));
    }
    let entry = Entry::of(archive, index)?;
    let packed = archive.by_index_raw(index).map_err(archive_error)?;
    let mut head = Vec::new();
    let read = Content::new(packed, &entry).map(|content| content.take(MEMBER_HEAD).read_to_end(&mut head));
    if !matches!(read, Ok(Ok(_))) {
        // What cannot be unpacked has its name alone; to open it says why.
        return Ok(named);
    }
    Ok(match Format::detect(&head) {
        None => named || looks::is_pickle(&head, entry.unpacked <= MEMBER_HEAD),
        Some(Format::Npy) => super::npy::skip_header(&mut &head[..]).is_ok(),
        Some(_) => false,
    })
}

/// Where a member's bytes stand and how they are packed.
struct Entry {
    start: u64,
    packed: u64,
    unpacked: u64,
    checksum: u32,
    method: CompressionMethod,
}

impl Entry {
    fn of<R: Read + Seek>(archive: &mut ZipArchive<R>, index: usize) -> Result<Entry, Error> {
        let file = archive.by_index_raw(index).map_err(archive_error)?;
        if file.encrypted() {
            return Err(Error::Archive(String::from("the archive's member is encrypted")));
        }
        let start =
            file.data_start().ok_or_else(|| Error::Archive(String::from("the archive's member has no place")))?;
        Ok(Entry {
            start,
            packed: file.compressed_size(),
            unpacked: file.size(),
            checksum: file.crc32(),
            method: file.compression(),
        })
    }
}

/// A member's content, with its checksum compared at the end.
pub(super) struct Content<R> {
    content: Method<R>,
    hasher: flate2::Crc,
    checksum: u32,
}

enum Method<R> {
    Stored(R),
    Deflated(Box<flate2::read::DeflateDecoder<R>>),
}

impl<R: Read> Content<R> {
    fn new(packed: R, entry: &Entry) -> Result<Content<R>, Error> {
        let content = match entry.method {
            CompressionMethod::Stored => Method::Stored(packed),
            CompressionMethod::Deflated => Method::Deflated(Box::new(flate2::read::DeflateDecoder::new(packed))),
            method => return Err(Error::Archive(format!("members packed by {method} are not unpacked here"))),
        };
        Ok(Content { content, hasher: flate2::Crc::new(), checksum: entry.checksum })
    }
}

impl<R: Read> Read for Content<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.content {
            Method::Stored(reader) => reader.read(buffer)?,
            Method::Deflated(reader) => reader.read(buffer)?,
        };
        self.hasher.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.hasher.sum() != self.checksum {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum differs"));
        }
        Ok(count)
    }
}

fn archive_error(error: zip::result::ZipError) -> Error {
    match error {
        zip::result::ZipError::Io(error) => Error::Io(error),
        error => Error::Archive(format!("the zip archive cannot be read: {error}")),
    }
}
