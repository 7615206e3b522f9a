//! `pickle scan` and `pickle globals`.

use std::fs;
use std::path::Path;

use rstest::{fixture, rstest};
use tempfile::TempDir;

use crate::{Run, pickle, pickle_with, read};

const BAD: &[u8] = b"\x80\x02cos\nsystem\nX\x04\0\0\0echo\x85R.";

/// A model's repository.
#[fixture]
fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).expect("a file");
    put("README.md", b"# A model\n\nconda install it, or `pip install`.\n");
    put("config.json", b"{\"hidden_size\": 768}\n");
    put("tokenizer.json", b"{\"version\": \"1.0\", \"model\": {\"vocab\": {\"a\": 0}}}");
    put("vocab.txt", b"[PAD]\n[UNK]\nthe\nof\n");
    put("model.safetensors", b"\x10\0\0\0\0\0\0\0{\"a\": {}}       \0\0\x80\x3f");
    put("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0");
    put(".gitattributes", b"*.pt filter=lfs\n");
    put("model.pt", &read("tensors.pt"));
    fs::create_dir(folder.path().join("data")).expect("a folder");
    put("data/bob.pkl", &read("bob.4.pkl"));
    folder
}

fn text(path: &Path) -> String {
    path.to_str().expect("the path is text").to_owned()
}

#[rstest]
fn a_model_repository(repository: TempDir) {
    let folder = text(repository.path());
    assert_eq!(pickle(["scan", &folder]), Run::of(0, "9 files: 2 clean, 7 not pickles\n", ""));
    fs::write(repository.path().join("README.md"), BAD).expect("a file");
    let run = pickle(["scan", &folder]);
    assert_eq!(run.status, 1);
    assert!(
        run.text().starts_with(&format!("dangerous    {folder}/README.md\n    dangerous: global os.system: ")),
        "{run:?}"
    );
    assert!(run.text().ends_with("9 files: 1 dangerous, 2 clean, 6 not pickles\n"), "{run:?}");
}

#[rstest]
fn statuses(repository: TempDir) {
    let path = |name: &str| text(&repository.path().join(name));
    assert_eq!(pickle(["scan", &path("data/bob.pkl")]).status, 0);
    // What is named is to be a pickle, and so is what is called one.
    assert_eq!(pickle(["scan", &path("README.md")]).status, 2);
    fs::write(path("broken.pkl"), b"\x80\x04]\x94(").expect("a file");
    assert_eq!(pickle(["scan", &text(repository.path())]).status, 2);
    assert_eq!(pickle(["scan", &path("absent")]).status, 2);
    fs::write(path("unknown.pkl"), b"cshop\nOrder\n.").expect("a file");
    assert_eq!(pickle(["scan", &text(repository.path())]).status, 1);
    assert_eq!(pickle_with(BAD, ["scan", "-"]).status, 1);
    assert_eq!(pickle(["scan"]).status, 2);
}

#[rstest]
fn policies(repository: TempDir) {
    let path = |name: &str| text(&repository.path().join(name));
    fs::write(path("order.pkl"), b"\x80\x02cshop\nOrder\n)\x81}b.").expect("a file");
    let policy = "name = 'ours'\n[[allow]]\nmodules = ['shop']\nnames = ['Order']\noperations = ['new', 'build']\nreason = 'plain'\n";
    fs::write(path("ours.toml"), policy).expect("a file");
    assert_eq!(pickle(["scan", &path("order.pkl")]).status, 1);
    assert_eq!(pickle(["scan", "--policy", &path("ours.toml"), &path("order.pkl")]).status, 0);
    assert_eq!(pickle(["scan", "--no-default-policy", &path("model.pt")]).status, 1);
    let run = pickle(["scan", "--explain", "--policy", &path("ours.toml"), &path("order.pkl")]);
    assert!(run.text().contains("    allowed: new shop.Order: plain (ours) (NEWOBJ at byte 15)\n"), "{run:?}");
    fs::write(path("bad.toml"), "name = 1").expect("a file");
    let run = pickle(["scan", "--policy", &path("bad.toml"), &path("order.pkl")]);
    assert_eq!(run.status, 1);
    assert!(run.stderr.starts_with(&path("bad.toml")), "{run:?}");
}

#[rstest]
fn json_and_sarif(repository: TempDir) {
    let folder = text(repository.path());
    fs::write(repository.path().join("README.md"), BAD).expect("a file");
    let run = pickle(["scan", "--json", &folder]);
    let lines: Vec<serde_json::Value> =
        run.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!((run.status, lines.len()), (1, 3));
    let bad = lines.iter().find(|line| line["verdict"] == "dangerous").expect("the bad one");
    assert_eq!(bad["symbols"], serde_json::json!(["os.system"]));
    assert_eq!(bad["findings"][0]["offset"], 2);
    let run = pickle(["scan", "--sarif", &folder]);
    let log: serde_json::Value = serde_json::from_str(run.text()).expect("JSON");
    assert_eq!((run.status, &log["version"]), (1, &serde_json::json!("2.1.0")));
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"global".into(), &"error".into()));
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["byteOffset"], 2);
}

#[rstest]
fn globals(repository: TempDir) {
    let path = |name: &str| text(&repository.path().join(name));
    let run = pickle(["globals", &path("model.pt")]);
    assert_eq!(run.status, 0);
    assert!(run.text().contains("torch._utils._rebuild_tensor_v2\n"), "{run:?}");
    assert_eq!(
        pickle_with(b"c__builtin__\neval\n.", ["globals", "--judge", "-"]),
        Run::of(0, "dangerous  builtins.eval\n", "")
    );
    assert_eq!(pickle_with(b"cshop\nOrder\n", ["globals", "-"]).status, 1);
    assert_eq!(pickle_with(b"\x80\x02\x82\x01.", ["globals", "-"]).status, 1);
}
