//! `.pyc` files: those of `tests/data`, which `generate.py` there made with each CPython.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use marshal_lite::Release;
use marshal_lite::pyc::{Header, Invalidation, Pyc, source_hash};
use rstest::rstest;

fn files() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let entries = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("it can be read").path());
    let compiled = entries.filter(|path| path.extension().is_some_and(|extension| extension == "pyc"));
    compiled
        .map(|path| {
            let name = path.file_stem().expect("it has a name").to_string_lossy().into_owned();
            (name, fs::read(path).expect("it can be read"))
        })
        .collect()
}

fn source() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sample.py")).expect("the source is there")
}

#[test]
fn files_are_written_back_as_they_were() {
    let files = files();
    assert_eq!(files.len(), 25);
    for (name, data) in files {
        let pyc = Pyc::from_slice(&data).expect(&name);
        let release = pyc.release();
        assert!(name.starts_with(&release.to_string()), "{name} is of {release}");
        assert_eq!(pyc.code().expect(&name).name(), Some("<module>"));
        assert!(pyc.to_vec().expect(&name) == data, "{name}");
    }
}

#[test]
fn files_are_of_their_source() {
    let source = source();
    for (name, data) in files() {
        let (header, _, _) = Header::from_slice(&data).expect(&name);
        assert!(header.is_of(&source, 1_700_000_000), "{name}");
        // Python 2 knows no sizes.
        assert_eq!(header.is_of(b"", 1_700_000_000), name.starts_with("2.7"), "{name}: another source");
        let by_hash = matches!(header.invalidation, Invalidation::Hash { checked: true, .. });
        assert_eq!(by_hash, name.ends_with("-hash"), "{name}");
        assert_eq!(header.is_of(&source, 1), by_hash, "{name}: another time");
        assert_eq!(header.to_vec().expect(&name), data[..header.to_vec().expect(&name).len()]);
    }
}

/// `importlib.util.source_hash` of nothing, `x = 1\n` and the bytes up to 99.
#[rstest]
#[case(3, 7, [0x85ee_0caa_bd83_b6a7, 0x2032_9d81_0db2_27ea, 0xa0d9_a4e1_8193_591c])]
#[case(3, 10, [0x8cc0_cd25_25e7_fd27, 0xd94a_ade2_8c8c_bebf, 0xfa7f_0221_eaf1_a81c])]
#[case(3, 11, [0x738d_9cd5_d5e8_7f73, 0x4c03_72aa_93f7_5252, 0xbcdf_e932_3eea_b288])]
#[case(3, 13, [0x27ec_6d31_2f93_b814, 0xe786_e289_3651_120e, 0x8e9e_538f_f1f0_6ee0])]
fn hashes_are_those_of_importlib(#[case] major: u8, #[case] minor: u8, #[case] expected: [u64; 3]) {
    let release = Release::new(major, minor).expect("it is known");
    let bytes: Vec<u8> = (0..100).collect();
    for (source, hash) in [&b""[..], b"x = 1\n", &bytes].into_iter().zip(expected) {
        assert_eq!(source_hash(source, release), hash.to_be_bytes());
    }
}

#[test]
fn magic_numbers_name_releases() {
    for release in Release::all() {
        assert_eq!(Release::from_magic(release.magic()), Some(release));
    }
    assert_eq!(Release::from_magic(3350).map(Release::number), Some((3, 5)));
    assert_eq!(Release::from_magic(3350 + 1).map(Release::number), Some((3, 5)));
    assert_eq!(Release::all().count(), 16);
}

#[rstest]
#[case::nothing(b"", "not a .pyc file: it does not begin with a magic number")]
#[case::another_format(b"\x80\x04N.", "not a .pyc file: it does not begin with a magic number")]
#[case::pre_release(b"\x98\x0d\r\n", "magic number 3480 belongs to no release of CPython that is known")]
#[case::cut_off(b"\xf3\x0d\r\n\0\0\0\0", "the header is cut off")]
#[case::flags(b"\xf3\x0d\r\n\x04\0\0\0\0\0\0\0\0\0\0\0N", "the flags 0x4 are not known")]
fn what_is_no_header_is_refused(#[case] data: &[u8], #[case] expected: &str) {
    assert_eq!(Pyc::from_slice(data).expect_err("it is none").to_string(), expected);
}

#[test]
fn normalising_renames_all_code_and_comes_to_an_end() {
    for (name, data) in files() {
        let pyc = Pyc::from_slice(&data).expect(&name);
        let normalised = pyc.normalise(&|_| Some("/usr/lib/sample.py".into())).expect(&name).to_vec().expect(&name);
        let again = Pyc::from_slice(&normalised).expect(&name);
        assert_eq!(again.header, pyc.header);
        let mut work = vec![again.graph.root()];
        let mut count = 0;
        while let Some(view) = work.pop() {
            let code = marshal_lite::code::Code::new(view, again.release()).expect(&name);
            assert_eq!(code.file_name(), Some("/usr/lib/sample.py"));
            count += 1;
            work.extend(code.inner());
        }
        assert!(count >= 5, "{name} has {count} code objects");
        assert!(again.normalise(&|_| None).expect(&name).to_vec().expect(&name) == normalised, "{name}");
    }
}
