//! Containers made by CPython 3.13 and zstd: `tests/data/container/generate.py` wrote them, each with one pickle.
#![cfg(all(feature = "gzip", feature = "bzip2", feature = "xz", feature = "zstd", feature = "zip"))]

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use pickle_tools::container::{DEFAULT_UNPACKED, Error, Format, Layer, Opened, Options, Packer, TooLarge};
use rstest::rstest;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/container").join(name)
}

fn read(name: &str) -> Vec<u8> {
    fs::read(data(name)).expect("the file is there")
}

fn open(name: &str) -> Result<Opened<'static>, Error> {
    Options::new().open_file(File::open(data(name)).expect("the file is there"))
}

fn content(mut opened: Opened<'_>) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    opened.read_to_end(&mut content).map(|_| content)
}

/// Each is opened as a file and as a stream, which may give a byte at a time.
#[rstest]
#[case("d.pkl", "")]
#[case("name.gz", "gzip")]
#[case("members.gz", "gzip")]
#[case("stored.gz", "gzip")]
#[case("level0.zlib", "zlib")]
#[case("level1.zlib", "zlib")]
#[case("level6.zlib", "zlib")]
#[case("level9.zlib", "zlib")]
#[case("window9.zlib", "zlib")]
#[case("window12.zlib", "zlib")]
#[case("window14.zlib", "zlib")]
#[case("one.bz2", "bzip2")]
#[case("streams.bz2", "bzip2")]
#[case("one.xz", "xz")]
#[case("streams.xz", "xz")]
#[case("none.xz", "xz")]
#[case("crc32.xz", "xz")]
#[case("crc64.xz", "xz")]
#[case("sha256.xz", "xz")]
#[case("delta.xz", "xz")]
#[case("one.lzma", "lzma")]
#[case("one.zst", "zstd")]
#[case("unchecked.zst", "zstd")]
#[case("frames.zst", "zstd")]
#[case("objects.npy", "npy")]
#[case("fields.npy", "npy")]
#[case("model.pt", "zip!archive/data.pkl")]
#[case("labels.npz", "zip!labels.npy npy")]
#[case("deflated.zip", "zip!a")]
fn the_pickle_is_found(#[case] name: &str, #[case] layers: &str) {
    let packed = read(name);
    let opened = [open(name), Options::new().open_stream(&packed[..]), Options::new().open_stream(ByteByByte(&packed))];
    for opened in opened {
        let opened = opened.expect("it is opened");
        assert_eq!(described(opened.layers()), layers);
        assert_eq!(content(opened).expect("it is unpacked"), read("d.pkl"));
    }
}

struct ByteByByte<'a>(&'a [u8]);

impl Read for ByteByByte<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(1);
        self.0.read(&mut buffer[..count])
    }
}

fn described(layers: &[Layer]) -> String {
    let described = layers.iter().map(|layer| match &layer.member {
        Some(member) => format!("{}!{member}", layer.format.name()),
        None => layer.format.name().into(),
    });
    described.collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case("several.zip", "a.pkl", "zip!a.pkl")]
#[case("archive.zip.gz", "a.pkl", "gzip zip!a.pkl")]
#[case("nested.zip", "inner.zip!a.pkl", "zip!inner.zip zip!a.pkl")]
fn a_member_is_named(#[case] name: &str, #[case] member: &str, #[case] layers: &str) {
    let file = File::open(data(name)).expect("the file is there");
    let opened = Options::new().member(member).open_file(file).expect("it is opened");
    assert_eq!(described(opened.layers()), layers);
    assert_eq!(content(opened).expect("it is unpacked"), read("d.pkl"));
}

#[rstest]
#[case(
    "several.zip",
    "several pickles are in the archive: name one behind the file, as FILE!a.pkl; it has a.pkl, sub/b.pkl"
)]
#[case("nested.zip", "no pickle is in the archive: it has inner.zip, none.txt")]
#[case("none.zip", "no pickle is in the archive: it has readme.txt, folder/")]
#[case("empty.zip", "no pickle is in the archive: it has none")]
#[case("bzip2.zip", "members packed by Bzip2 are not unpacked here")]
#[case("floats.npy", "this is a .npy array of '<f8', which has no pickle in it")]
#[case("fieldsof.npy", "this is a .npy array of [('O', '<i4')], which has no pickle in it")]
#[case("deep.gz", "more than 4 containers, one within the other")]
fn no_pickle_is_found(#[case] name: &str, #[case] message: &str) {
    assert_eq!(open(name).expect_err("nothing is to be found").to_string(), message);
}

#[rstest]
#[case("several.zip", "b.pkl", "the archive has no member \"b.pkl\": it has a.pkl, sub/b.pkl, c.txt")]
#[case("d.pkl", "b", "there is no member \"b\": this is a pickle, if anything, not a zip archive")]
#[case("name.gz", "b", "there is no member \"b\": this is a gzip file, not a zip archive")]
fn no_member_is_found(#[case] name: &str, #[case] member: &str, #[case] message: &str) {
    let opened = Options::new().member(member).open_stream(&read(name)[..]).map(drop);
    assert_eq!(opened.expect_err("no such member").to_string(), message);
}

#[rstest]
#[case("cut.gz", "gzip: ")]
#[case("cut.zst", "zstd: ")]
#[case("cut.xz", "xz: ")]
#[case("cut.bz2", "bzip2: ")]
#[case("cut.zlib", "zlib: ")]
#[case("checksum.gz", "gzip: ")]
#[case("checksum.zst", "zstd: the checksum differs")]
#[case("checksum.zip", "zip: the checksum differs")]
fn what_is_broken_is_an_error(#[case] name: &str, #[case] beginning: &str) {
    let error = match open(name) {
        Ok(opened) => content(opened).expect_err("it cannot be unpacked").to_string(),
        Err(error) => error.to_string(),
    };
    assert!(error.starts_with(beginning), "{error}");
}

/// Whatever stands in a container's bytes: an error, or something, and never a panic.
#[rstest]
fn changed_bytes(
    #[values(
        "name.gz",
        "level6.zlib",
        "one.bz2",
        "one.xz",
        "one.lzma",
        "frames.zst",
        "fields.npy",
        "model.pt",
        "deflated.zip"
    )]
    name: &str,
) {
    let packed = read(name);
    for at in 0..packed.len() {
        let mut changed = packed.clone();
        for bit in [0x01, 0x80, 0xff] {
            changed[at] = packed[at] ^ bit;
            let limited = Options::new().max_unpacked(1 << 20);
            let _ = limited.open_stream(&changed[..]).map(content);
            let _ = limited.open_stream(&changed[..at]).map(content);
        }
    }
}

fn too_large(error: &io::Error) -> Option<u64> {
    error.get_ref()?.downcast_ref::<TooLarge>().map(|found| found.limit)
}

#[rstest]
#[case("name.gz")]
#[case("level6.zlib")]
#[case("one.bz2")]
#[case("one.xz")]
#[case("one.lzma")]
#[case("one.zst")]
#[case("deflated.zip")]
#[case("model.pt")]
fn unpacking_is_limited(#[case] name: &str) {
    let file = || File::open(data(name)).expect("the file is there");
    let length = read("d.pkl").len() as u64;
    let opened = Options::new().max_unpacked(length).open_file(file()).expect("it is opened");
    content(opened).expect("that much is allowed");
    let opened = Options::new().max_unpacked(length - 1).open_file(file());
    let error = match opened {
        Ok(opened) => content(opened).expect_err("it is too large"),
        Err(Error::Io(error)) => error,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(too_large(&error), Some(length - 1));
}

#[test]
fn a_bomb_is_noticed() {
    let mut opened = open("bomb.zst").expect("it begins well");
    let error = io::copy(&mut opened, &mut io::sink()).expect_err("it goes on too long");
    assert_eq!(too_large(&error), Some(DEFAULT_UNPACKED));
}

#[rstest]
#[case(Format::Gzip)]
#[case(Format::Zlib)]
#[case(Format::Bzip2)]
#[case(Format::Xz)]
#[case(Format::Zstd)]
fn what_is_packed_is_unpacked(#[case] format: Format) {
    let contents = [Vec::new(), read("d.pkl"), read("bomb.zst"), vec![0; 1_000_000]];
    for whole in contents {
        let whole = [b"\x80\x04", &whole[..]].concat();
        let mut packer = Packer::new(Vec::new(), format).expect("it is packed here");
        whole.chunks(999).for_each(|chunk| packer.write_all(chunk).expect("a vector takes all"));
        let packed = packer.finish().expect("a vector takes all");
        let opened = Options::new().open_stream(&packed[..]).expect("it is opened");
        assert_eq!(opened.layers().first().map(|layer| layer.format), Some(format));
        assert!(content(opened).expect("it is unpacked") == whole);
    }
}

#[test]
fn other_formats_are_not_packed() {
    let error = Packer::new(Vec::new(), Format::Tar).expect_err("no tar is written");
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (io::ErrorKind::Unsupported, "a tar archive is not written here")
    );
}

/// The first bytes of files, each as its format's own writers have them; the tar header is Python's tarfile's.
#[rstest]
#[case(b"PK\x05\x06\0\0", Some(Format::Zip))]
#[case(b"\x40\x01\0\0\0\0\0\0{\"__metadata__\":{}", Some(Format::Safetensors))]
#[case::length_like_gzip(b"\x1f\x8b\x00\0\0\0\0\0{\"a\":", Some(Format::Safetensors))]
#[case::length_like_markup(b"<\0\0\0\0\0\0\0{\"a\":", Some(Format::Safetensors))]
#[case(b"\x89HDF\r\n\x1a\n\0", Some(Format::Hdf5))]
#[case(b"{\"a\": 1}", Some(Format::Json))]
#[case(b"\xef\xbb\xbf [\n 1]", Some(Format::Json))]
#[case(b"[section]", None)]
#[case(b"{'a': 1}", None)]
#[case(b"7z\xbc\xaf\x27\x1c\0\x04", Some(Format::SevenZip))]
#[case(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", Some(Format::Png))]
#[case(b"\x7fELF\x02\x01\x01", Some(Format::Elf))]
#[case(b"\xf3\x0d\x0d\x0a\0\0\0\0", Some(Format::Pyc))]
#[case(b"\x03\xf3\x0d\x0a\0\0\0\0", Some(Format::Pyc))]
#[case(b"<!DOCTYPE html>", Some(Format::Markup))]
#[case(b"version https://git-lfs.github.com/spec/v1\noid sha256:", Some(Format::LfsPointer))]
#[case(b"SQLite format 3\0", Some(Format::Sqlite))]
#[case(b"\x04\x22\x4d\x18\x64\x40", Some(Format::Lz4))]
#[case::empty(b"", None)]
#[case::protocol_4(b"\x80\x04\x95\x05\0\0\0\0\0\0\0{", None)]
#[case::mark_and_str(b"(S'a'\np0\ntp1\n.", None)]
#[case::text_like_zlib(b"X\x09\0\0\0abcdefghi.", None)]
#[case::bytes_like_bzip2(b"BZh9\0", None)]
fn formats_by_their_first_bytes(#[case] head: &[u8], #[case] format: Option<Format>) {
    assert_eq!(Format::detect(head), format);
}

#[test]
fn a_tar_header_has_a_checksum() {
    let mut header = [0; 512];
    header[..8].copy_from_slice(b"data.pkl");
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert_eq!(Format::detect(&header), Some(Format::Tar));
    header[0] += 1;
    assert_eq!(Format::detect(&header), None);
}
