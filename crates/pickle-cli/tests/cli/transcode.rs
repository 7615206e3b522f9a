//! `pickle transcode`, against CPython 3.13's `pickle.dumps(pickle.loads(x), protocol)`.

use std::fs;

use rstest::rstest;

use crate::{Run, data, pickle, pickle_with, read};

#[rstest]
fn each_protocol_to_each(
    #[values("bob", "mixed")] name: &str,
    #[values(0, 1, 2, 3, 4, 5)] from: u8,
    #[values(0, 1, 2, 3, 4, 5)] to: u8,
) {
    let run = pickle(["transcode", "-p", &to.to_string(), &format!("{name}.{from}.pkl")]);
    assert_eq!(run, Run::of(0, read(&format!("{name}.{to}.pkl")), ""));
}

#[rstest]
fn the_protocol_stays(#[values(0, 1, 2, 3, 4, 5)] protocol: u8) {
    let file = format!("bob.{protocol}.pkl");
    assert_eq!(pickle(["transcode", &file, "-o", "-"]), Run::of(0, read(&file), ""));
}

#[rstest]
#[case::without_proto(b"K\x01K\x02\x86.", b"\x80\x02K\x01K\x02\x86q\x00.")]
#[case::late_proto(b"(\x80\x03K\x01t.", b"\x80\x03K\x01\x85q\x00.")]
#[case::of_its_opcodes(b"(I1\nt.", b"(I1\ntp0\n.")]
#[case::one_is_of_protocol_1(b"(K\x01t.", b"(K\x01tq\x00.")]
fn the_protocol_that_was_meant(#[case] pickled: &[u8], #[case] rewritten: &[u8]) {
    let run = pickle_with(pickled, ["transcode", "-"]);
    assert_eq!(run, Run::of(0, rewritten, ""));
}

#[rstest]
#[case::default(&["-p", "default"], 4)]
#[case::highest(&["-p", "highest"], 5)]
#[case::negative(&["-p", "-1"], 5)]
#[case::very_negative(&["--protocol=-100000"], 5)]
#[case::default_of_a_profile(&["--profile", "3.7", "-p", "default"], 3)]
#[case::highest_of_a_profile(&["--profile", "3.7", "-p", "highest"], 4)]
#[case::negative_of_a_profile(&["--profile", "3.6", "-p-1"], 4)]
#[case::named_profile(&["--profile", "3.13", "-p1"], 1)]
fn words_for_protocols(#[case] args: &[&str], #[case] protocol: u8) {
    let run = pickle([&["transcode", "bob.0.pkl"], args].concat());
    assert_eq!(run, Run::of(0, read(&format!("bob.{protocol}.pkl")), ""));
}

#[rstest]
#[case::too_high(&["-p", "6"])]
#[case::far_too_high(&["-p", "256"])]
#[case::no_number(&["-p", "two"])]
#[case::of_a_profile(&["-p", "5", "--profile", "3.7"])]
#[case::no_profile(&["--profile", "3.5"])]
#[case::profile_of_the_future(&["--profile", "4.0"])]
fn wrong_arguments(#[case] args: &[&str]) {
    let run = pickle([&["transcode", "bob.0.pkl"], args].concat());
    assert_eq!((run.status, run.text()), (2, ""));
}

#[test]
fn a_profile_without_the_pickles_protocol() {
    let run = pickle(["transcode", "--profile", "3.7", "bob.5.pkl"]);
    let problem = "bob.5.pkl: the pickle's protocol 5 is over 4, the highest of profile 3.7: choose one with -p\n";
    assert_eq!(run, Run::of(1, "", problem));
}

/// What Python 2.7 cannot read becomes a pickle that it can.
#[rstest]
#[case("3.7", "4")]
#[case("2.7", "2")]
fn for_an_older_python(#[case] profile: &str, #[case] protocol: &str) {
    let run = pickle(["transcode", "--profile", profile, "-p", protocol, "mixed.5.pkl"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(run.stdout[..2], [0x80, protocol.as_bytes()[0] - b'0']);
}

/// The protocols of `several.pkl` are 2, 4 and 0.
#[rstest]
#[case::first(&[], &[0], "several.pkl: 32 bytes follow the first pickle\n")]
#[case::all(&["--all"], &[0, 1, 2], "")]
#[case::nth(&["--nth", "1"], &[1], "")]
fn several_pickles_in_a_file(#[case] args: &[&str], #[case] parts: &[usize], #[case] stderr: &str) {
    let whole = read("several.pkl");
    let ends = [0, whole.len() - 32, whole.len() - 14, whole.len()];
    let expected = parts.iter().map(|&part| &whole[ends[part]..ends[part + 1]]).collect::<Vec<_>>();
    let run = pickle([&["transcode", "several.pkl"], args].concat());
    assert_eq!(run, Run::of(0, expected.concat(), stderr));
}

#[test]
fn the_tutorial_of_another_age() {
    let pickled = b"\x80\x03}q\x00(X\x03\x00\x00\x00ageq\x01K\x14X\x05\x00\x00\x00scoreq\x02KXX\x04\x00\x00\x00nameq\x03X\x03\x00\x00\x00bobq\x04u.";
    let shown = "{'age': 20, 'score': 88, 'name': 'bob'}\n";
    assert_eq!(pickle_with(pickled, ["show", "-"]), Run::of(0, shown, ""));
    assert_eq!(pickle_with(pickled, ["transcode", "-"]), Run::of(0, *pickled, ""));
    let spaced = [&pickled[..], b" "].concat();
    let note = "<stdin>: 1 byte follows the first pickle\n";
    assert_eq!(pickle_with(&spaced, ["transcode", "-"]), Run::of(0, *pickled, note));
}

/// The folder of a test, and the path of a file there.
fn folder(file: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(file);
    let path = path.to_str().expect("the path is text").to_owned();
    (folder, path)
}

#[test]
fn a_file_is_written() {
    let (folder, path) = folder("out.pkl");
    let run = pickle(["transcode", "-p", "5", "bob.0.pkl", "-o", &path]);
    assert_eq!(run, Run::of(0, "", ""));
    assert_eq!(fs::read(&path).expect("the file"), read("bob.5.pkl"));
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
}

#[test]
fn a_file_may_be_replaced_by_itself() {
    let (_folder, path) = folder("d.pkl");
    fs::copy(data("mixed.0.pkl"), &path).expect("a copy");
    let run = pickle(["transcode", "-p", "4", &path, "-o", &path]);
    assert_eq!(run, Run::of(0, "", ""));
    assert_eq!(fs::read(&path).expect("the file"), read("mixed.4.pkl"));
}

#[rstest]
#[case::broken(&["no-entry.pkl"])]
#[case::broken_behind_the_first(&["--all", "-"])]
fn a_file_stays_as_it_was_where_something_is_wrong(#[case] args: &[&str]) {
    let (folder, path) = folder("out.pkl");
    fs::write(&path, "before").expect("a file");
    let run = pickle_with(b"N.N.K", [&["transcode", "-o", &path][..], args].concat());
    assert_eq!((run.status, run.text()), (1, ""));
    assert_eq!(fs::read(&path).expect("the file"), b"before");
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
}

#[test]
fn a_folder_that_is_not_there() {
    let (_folder, path) = folder("absent/out.pkl");
    let run = pickle(["transcode", "bob.0.pkl", "-o", &path]);
    assert_eq!((run.status, run.text()), (1, ""));
    assert!(run.stderr.starts_with(&path), "{run:?}");
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::folder;
    use crate::{Run, pickle, read};

    #[test]
    fn a_replaced_file_keeps_its_permissions_and_its_links() {
        let (folder, path) = folder("d.pkl");
        let link = folder.path().join("link");
        fs::write(&path, "before").expect("a file");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("permissions");
        symlink(&path, &link).expect("a link");
        let link = link.to_str().expect("the path is text");
        let run = pickle(["transcode", "bob.2.pkl", "-o", link]);
        assert_eq!(run, Run::of(0, "", ""));
        assert_eq!(fs::read(&path).expect("the file"), read("bob.2.pkl"));
        let mode = fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        let run = pickle(["transcode", "bob.2.pkl", "-o", "/dev/stdout"]);
        assert_eq!(run, Run::of(0, read("bob.2.pkl"), ""));
    }
}
