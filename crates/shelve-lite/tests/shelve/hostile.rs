//! Files that lie are refused, or read as what they say: without panics, without end, within their size.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use rstest::rstest;
use shelve_lite::dbm;
use shelve_lite::{ErrorKind, Flag, Format, Options};

use crate::data;

/// Reads all of it; gives how many values, or the first error.
fn read(path: &Path, format: Format) -> Result<usize, ErrorKind> {
    let db = dbm::open(path, Flag::Read, &Options::new().format(format)).map_err(|error| error.into_kind())?;
    let keys = db.keys().map_err(|error| error.into_kind())?;
    for key in &keys {
        db.get(key).map_err(|error| error.into_kind())?;
    }
    Ok(keys.len())
}

/// Where numbers stand that say where something is: headers, directories, pages and what refers to others.
#[rstest]
#[case("gnu", "", Format::Gnu, 4096)]
#[case("ndbm", ".db", Format::Ndbm, 4096)]
#[case("dbhash-swapped", "", Format::Dbhash, 1024)]
#[case("dbhash-512", "", Format::Dbhash, 512)]
#[case("dbhash-duplicates", "", Format::Dbhash, 512)]
#[case("dbhash-checksums", "", Format::Dbhash, 1024)]
fn changed_bytes_and_missing_ends(
    #[case] name: &str,
    #[case] suffix: &str,
    #[case] format: Format,
    #[case] block: usize,
) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    let file = folder.path().join(format!("{name}{suffix}"));
    let whole = fs::read(data(&format!("{name}{suffix}"))).unwrap();
    let started = Instant::now();
    let (mut refused, mut tried) = (0, 0);
    let mut check = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        refused += usize::from(read(&path, format).is_err());
        tried += 1;
    };
    for length in (0..whole.len()).step_by(whole.len() / 60) {
        check(&whole[..length]);
    }
    // The beginning of each block, and a part of the rest.
    for at in (0..whole.len()).filter(|at| at % block < 36 || at % 421 == 0) {
        if at % block >= 36 || at / block < 4 || (at / block).is_multiple_of(9) {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                check(&bytes);
            }
        }
    }
    assert!(refused > 60, "{refused} of {tried} were refused");
    assert!(started.elapsed() < Duration::from_secs(120), "{tried} took {:?}", started.elapsed());
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn refused(bytes: &[u8], format: Format) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, bytes).unwrap();
    read(&path, format).expect_err("it lies").to_string()
}

/// The directory of `gnu` has 512 places from byte 4096 on.
#[test]
fn a_gdbm_directory_that_goes_back() {
    let mut bytes = fs::read(data("gnu")).unwrap();
    let (first, last) = (word(&bytes, 4096), word(&bytes, 4096 + 511 * 8));
    assert_ne!(first, last, "there are several buckets");
    put(&mut bytes, 4096 + 511 * 8, first);
    assert_eq!(refused(&bytes, Format::Gnu), "the directory has a bucket at two places (at byte 8184)");
}

#[test]
fn gdbm_keys_that_are_all_of_the_file() {
    let mut bytes = fs::read(data("gnu")).unwrap();
    let (bucket, length) = (word(&bytes, 4096) as usize, bytes.len() as u32);
    for entry in (bucket + 112..bucket + 4096 - 24).step_by(24) {
        put(&mut bytes, entry, 0);
        put(&mut bytes, entry + 8, 0);
        put(&mut bytes, entry + 12, 0);
        put(&mut bytes, entry + 16, length);
        put(&mut bytes, entry + 20, 0);
    }
    let text = refused(&bytes, Format::Gnu);
    assert!(text.starts_with("the keys claim more bytes than the file has"), "{text}");
}

#[test]
fn gdbm_of_another_machine() {
    let mut bytes = fs::read(data("gnu")).unwrap();
    bytes[..4].reverse();
    assert_eq!(refused(&bytes, Format::Gnu), "dbm.gnu: no file of GDBM");
    bytes[..4].copy_from_slice(&0x1357_9acd_u32.to_le_bytes());
    assert_eq!(refused(&bytes, Format::Gnu), "dbm.gnu: GDBM files with offsets of 32 bits are not read");
}

/// In pages of 512 bytes: number 0 is the meta page, the chain of a bucket is at byte 16 of a page, its type at 25.
#[test]
fn berkeley_db_chains_that_return() {
    let whole = fs::read(data("dbhash-512")).unwrap();
    let of_type = |kind: u8| (1..whole.len() / 512).find(|page| whole[page * 512 + 25] == kind);
    let hash = of_type(13).expect("there are hash pages");
    let mut bytes = whole.clone();
    put(&mut bytes, hash * 512 + 16, hash as u32);
    let text = refused(&bytes, Format::Dbhash);
    assert!(text.starts_with(&format!("page {hash} is in two buckets, or twice in one")), "{text}");

    // An overflow chain that returns has all the bytes that were promised, though not the right ones.
    let overflow = of_type(7).expect("there are overflow pages");
    let mut bytes = whole.clone();
    put(&mut bytes, overflow * 512 + 16, overflow as u32);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, &bytes).unwrap();
    let _ = read(&path, Format::Dbhash);

    let mut bytes = whole;
    put(&mut bytes, 72, u32::MAX);
    let pages = bytes.len() / 512;
    let text = refused(&bytes, Format::Dbhash);
    assert_eq!(text, format!("4294967296 buckets in a file of {pages} pages (at byte 72)"));
    put(&mut bytes, 72, 0);
    put(&mut bytes, 20, 1 << 30);
    assert_eq!(refused(&bytes, Format::Dbhash), "a page cannot have 1073741824 bytes (at byte 20)");
}

#[rstest]
#[case("'a', (0, 5)\n", "abc", "the index has a value of 5 bytes there; the file ends at byte 3 (at byte 0)")]
#[case(
    "'a', (4611686018427387904, 1)\n",
    "abc",
    "the index has a value of 1 bytes there; the file ends at byte 3 (at byte 4611686018427387904)"
)]
#[case(
    "'a', (9223372036854775807, 9223372036854775807)\n",
    "",
    "the index has a value of 9223372036854775807 bytes there; the file ends at byte 0 (at byte 9223372036854775807)"
)]
#[case("'a', (0, 3)\n'b', (512", "abc", "no line of an index: ")]
fn a_dumb_index_that_lies(#[case] index: &str, #[case] values: &str, #[case] message: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(path.with_extension("dir"), index).unwrap();
    fs::write(path.with_extension("dat"), values).unwrap();
    let text = read(&path, Format::Dumb).expect_err("it lies").to_string();
    assert!(text.starts_with(message), "{text}");
    // Who writes to it does not follow it there.
    if let Ok(mut db) = dbm::open(&path, Flag::Write, &Options::new()) {
        assert!(db.delete(b"a").unwrap());
        db.sync().unwrap();
        db.set(b"b", b"c").unwrap();
        db.close().unwrap();
        assert!(fs::metadata(path.with_extension("dat")).unwrap().len() < 2048);
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use std::fs;

    use rusqlite::Connection;
    use shelve_lite::Format;

    use super::{data, read};

    #[test]
    fn what_only_looks_like_the_table() {
        for schema in [
            "CREATE TABLE Other (key, value)",
            "CREATE TABLE Dict (key)",
            "CREATE VIEW Dict AS WITH RECURSIVE n(key, value) AS (SELECT 1, 1 UNION ALL SELECT 1, 1 FROM n) SELECT * FROM n",
            "CREATE TABLE Dict (key BLOB, value AS (zeroblob(1000000000)))",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            Connection::open(&path).unwrap().execute_batch(schema).unwrap();
            let text = read(&path, Format::Sqlite).expect_err(schema).to_string();
            assert_eq!(text, "no table Dict with columns key and value (at byte 0)");
        }
    }

    #[test]
    fn changed_bytes_and_missing_ends() {
        let whole = fs::read(data("sqlite3")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut refused = 0;
        for at in (0..whole.len()).filter(|at| at % 4096 < 24 || at % 501 == 0) {
            for bytes in [&whole[..at], &[&whole[..at], &[0xff], &whole[at + 1..]].concat()] {
                let _ =
                    (fs::remove_file(folder.path().join("file-wal")), fs::remove_file(folder.path().join("file-shm")));
                fs::write(&path, bytes).unwrap();
                refused += usize::from(read(&path, Format::Sqlite).is_err());
            }
        }
        assert!(refused > 60, "{refused}");
    }
}
