//! The known ways around scanners, one test each: SECURITY.md names them. Nothing here is loaded.
#![cfg(feature = "scan")]

use std::io::Write;

use pickle_tools::container::{Format, Packer};
use pickle_tools::scan::{Action, Judgement, Origin, Policy, Report, Scanner, Severity, Verdict};
use rstest::rstest;

fn scan(pickle: impl AsRef<[u8]>) -> Report {
    Scanner::new().scan(pickle.as_ref())
}

fn verdict(pickle: impl AsRef<[u8]>) -> Verdict {
    scan(pickle).verdict()
}

/// `os.system('echo')` by GLOBAL and REDUCE.
const CALL: &[u8] = b"cos\nsystem\nX\x04\0\0\0echo\x85R";

fn with_stop(parts: &[&[u8]]) -> Vec<u8> {
    [&parts.concat()[..], b"."].concat()
}

#[rstest]
#[case::reduce(b"\x80\x02cos\nsystem\nX\x04\0\0\0echo\x85R.")]
#[case::inst(b"(S'echo'\nios\nsystem\n.")]
#[case::obj(b"(cos\nsystem\nS'echo'\no.")]
#[case::newobj(b"\x80\x02cos\nsystem\n)\x81.")]
#[case::newobj_ex(b"\x80\x04cos\nsystem\n)}\x92.")]
#[case::stack_global(b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R.")]
#[case::named_only(b"cos\nsystem\n.")]
#[case::python2(b"\x80\x02c__builtin__\neval\n.")]
#[case::moved_by_fix_imports(b"\x80\x02ccommands\ngetoutput\n.")]
fn each_opcode_that_calls_or_makes(#[case] pickle: &[u8]) {
    assert_eq!(verdict(pickle), Verdict::Dangerous);
}

#[rstest]
#[case::names(b"\x80\x04\x8c\x02os\x940\x8c\x06system\x940h\x00h\x01\x93.")]
#[case::sparse_indexes(
    b"\x80\x04\x8c\x02osr\xff\xff\xff\x7f0\x8c\x06systemj\xff\xff\xff\x7f0q\x070j\xff\xff\xff\x7f\x8c\x06system\x93."
)]
#[case::function(b"cos\nsystem\np5\n0g5\n(S'echo'\ntR.")]
#[case::overwritten(b"\x80\x04\x8c\x04jsonq\x000\x8c\x02osq\x000h\x00\x8c\x06system\x93.")]
fn names_by_way_of_the_memo(#[case] pickle: &[u8]) {
    let report = scan(pickle);
    assert_eq!(report.verdict(), Verdict::Dangerous);
    assert_eq!(report.symbols(), ["os.system"]);
}

#[test]
fn where_a_name_comes_from_is_told() {
    let report = scan(b"\x80\x04\x8c\x02os\x940\x8c\x06system\x940\x8c\x01x0\x8c\x01y0h\x00h\x01\x93\x940h\x02)R.");
    let told: Vec<_> = report.findings().iter().map(|finding| (finding.action, finding.origin)).collect();
    assert!(told.contains(&(Action::Global, Origin::Memo)), "{told:?}");
    assert!(told.contains(&(Action::Call, Origin::Memo)), "{told:?}");
}

#[rstest]
#[case::by_encode(b"\x80\x04c_codecs\nencode\nX\x02\0\0\0osX\x05\0\0\0utf-8\x86RX\x06\0\0\0system\x93.")]
#[case::by_str(b"\x80\x04cbuiltins\nstr\nX\x02\0\0\0os\x85RX\x06\0\0\0system\x93.")]
#[case::by_persistent_id(b"\x80\x04Pid\nX\x06\0\0\0system\x93.")]
fn computed_names_are_suspicious(#[case] pickle: &[u8]) {
    let report = scan(pickle);
    assert_eq!(report.verdict(), Verdict::Suspicious);
    assert!(report.needs_unknown_symbols());
}

#[rstest]
#[case::stack_global(b"\x80\x04\x8c\x0bcollections\x8c\x0b_sys.exit.x\x93.")]
#[case::global(b"\x80\x04clogging\nos.system\n.")]
#[case::getattr(b"\x80\x02cbuiltins\ngetattr\ncnumpy\nos\nX\x06\0\0\0system\x86R.")]
fn dotted_names_are_split(#[case] pickle: &[u8]) {
    assert!(verdict(pickle) >= Verdict::Suspicious);
}

#[test]
fn a_dotted_name_within_an_allowed_class_is_not_allowed() {
    assert_eq!(verdict(b"\x80\x04ccollections\nOrderedDict.fromkeys\n."), Verdict::Suspicious);
}

#[rstest]
#[case::replaced_method(
    b"\x80\x02ctypes\nSimpleNamespace\n)R}X\x0c\0\0\0__setstate__cbuiltins\nlist\nsbX\x01\0\0\0xb."
)]
#[case::on_the_class(b"\x80\x02ccollections\nOrderedDict\n}X\x01\0\0\0xNsb.")]
#[case::on_a_function(b"\x80\x02cnumpy\nadd\n}X\x01\0\0\0xNsb.")]
#[case::allowed_to_be_called_only(b"\x80\x02cre\n_compile\nX\x01\0\0\0aK\x20\x86R}X\x01\0\0\0xNsb.")]
#[case::items_of_a_class(b"\x80\x02ccollections\nOrderedDict\nX\x01\0\0\0xNs.")]
fn an_allowed_class_is_not_an_allowed_build(#[case] pickle: &[u8]) {
    assert_eq!(verdict(pickle), Verdict::Suspicious);
}

#[rstest]
#[case::named_only(b"\x80\x02cnumpy\nadd\n)R.")]
#[case::what_a_call_gave(b"\x80\x02ccollections\nOrderedDict\n)R)R.")]
#[case::partial(b"\x80\x02cfunctools\npartial\ncbuiltins\nlist\n\x85R)R.")]
#[case::iter_of_a_function(b"\x80\x02cbuiltins\niter\ncbuiltins\nlist\nN\x86R.")]
#[case::a_new_class(b"\x80\x02cbuiltins\ntype\nX\x01\0\0\0C)}\x87R.")]
#[case::ufunc_of_a_module(b"\x80\x02cnumpy.core\n_ufunc_reconstruct\nX\x04\0\0\0evilX\x01\0\0\0f\x86R.")]
fn calls_are_judged_with_their_arguments(#[case] pickle: &[u8]) {
    assert_eq!(verdict(pickle), Verdict::Suspicious);
}

/// `zipfile` of CPython 3.13 wrote the archive, by `ZIP_LZMA`; one byte of the stream is another in the second case.
#[test]
fn members_packed_by_lzma_are_unpacked() {
    let archive = *b"PK\x03\x04?\0\x02\0\x0e\0\0\0!\0$L\x04\xd2#\0\0\0\x10\0\0\0\x05\0\0\0d.pkl\x09\x04\x05\0]\0\0\x80\0\
        \x001\x9c\xc95 ^\xb4j;\x18\xa0Ff\x99\xaa\x86;\xc7\xe6\xff\xff\xfd\xe7\x90\0PK\x01\x02?\x03?\0\x02\0\x0e\0\0\0!\0$L\
        \x04\xd2#\0\0\0\x10\0\0\0\x05\0\0\0\0\0\0\0\0\0\0\0\x80\x01\0\0\0\0d.pklPK\x05\x06\0\0\0\0\x01\0\x01\x003\0\0\0F\0\
        \0\0\0\0";
    let report = scan(archive);
    assert_eq!(report.verdict(), Verdict::Dangerous);
    assert_eq!(report.symbols(), ["shutil.rmtree"]);
    let mut broken = archive;
    broken[50] ^= 0x10;
    assert!(verdict(broken) >= Verdict::Suspicious);
}

#[rstest]
#[case(b"\x80\x02\x82\x01.")]
#[case(b"\x80\x02\x83\0\x01)R.")]
#[case(b"\x80\x02\x84\0\0\x01\0)\x81.")]
fn extension_codes_are_not_known(#[case] pickle: &[u8]) {
    assert_eq!(verdict(pickle), Verdict::Suspicious);
}

#[rstest]
#[case(b"I0x10\n")]
#[case(b"L-0x10L\n")]
#[case(b"I1_000\n")]
#[case(b"F1_0\n")]
#[case(b"F 1.5\n")]
#[case(b"I010\n")]
fn odd_numbers_before_the_payload(#[case] number: &[u8]) {
    assert_eq!(verdict(with_stop(&[number, b"0", CALL])), Verdict::Dangerous);
}

#[test]
fn what_only_one_of_the_loaders_takes() {
    // Appending nothing to None: C does. Digits with an underscore in a float: pickle.py does.
    assert_eq!(verdict(with_stop(&[b"N(e0", CALL])), Verdict::Dangerous);
    assert_eq!(verdict(with_stop(&[b"F1_0\n0", CALL])), Verdict::Dangerous);
    // From a file, C drops what is left of a frame that an instruction crosses.
    let crossing = [&b"\x80\x04\x95\x02\0\0\0\0\0\0\0X\x06\0\0\0"[..], &CALL[..6], b"."].concat();
    assert_eq!(verdict(crossing), Verdict::Suspicious);
}

#[rstest]
#[case::names(b"\x8c\x02osq\0\x8c\x06systemq\x01.\x80\x04h\0h\x01\x93)R.")]
#[case::function(b"cos\nsystem\nq\x07.h\x07)R.")]
// Alone the second names collections.OrderedDict; behind the first, what that put into its memo.
#[case::other_entries(
    b"\x8c\x02os\x940\x8c\x06system\x94.\x80\x04\x8c\x0bcollections\x940\x8c\x0bOrderedDict\x940h\0h\x01\x93."
)]
#[case::from_the_second_on(b"K\x01\x94.\x8c\x02os\x940\x8c\x06system\x94.\x80\x04\x8c\x0bcollections\x940\x8c\x0bOrderedDict\x940h\0h\x01\x93.")]
fn a_memo_carried_over(#[case] pickles: &[u8]) {
    assert_eq!(verdict(pickles), Verdict::Dangerous);
}

#[rstest]
#[case::cut(b"")]
#[case::no_opcode(b"\xff")]
#[case::underflow(b"0000")]
#[case::frame(b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f.")]
#[case::memo(b"h\x99.")]
fn broken_behind_the_payload(#[case] end: &[u8]) {
    assert_eq!(verdict([CALL, end].concat()), Verdict::Dangerous);
    let unlisted = [&b"cevil_package\nrun\n)R"[..], end].concat();
    assert_eq!(verdict(unlisted), Verdict::Suspicious);
}

#[test]
fn broken_and_harmless_is_unreadable() {
    assert_eq!(verdict(b"\x80\x02ccollections\nOrderedDict\n)R"), Verdict::Unreadable);
}

#[test]
fn pickles_in_pickles() {
    let inner = with_stop(&[CALL]);
    for inner in [inner.clone(), [&b"\x80\x02"[..], &inner].concat(), zlib(&inner), zip(&[("x", &inner)])] {
        let length = (inner.len() as u32).to_le_bytes();
        assert_eq!(verdict(with_stop(&[b"\x80\x03B", &length, &inner])), Verdict::Dangerous);
    }
    // Bytes as protocols below 3 spell them, by a text.
    assert_eq!(
        verdict(b"\x80\x02c_codecs\nencode\nX\x17\0\0\0\xc2\x80\x02cos\nsystem\n(S'x'\ntR.X\x06\0\0\0latin1\x86R."),
        Verdict::Dangerous
    );
}

#[test]
fn pickles_in_pickles_are_followed_so_deep() {
    let mut pickle = with_stop(&[CALL]);
    for _ in 0..20 {
        let length = (pickle.len() as u32).to_le_bytes();
        pickle = with_stop(&[b"\x80\x03B", &length, &pickle]);
    }
    assert_eq!(verdict(pickle), Verdict::Suspicious);
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    out.write_all(content).expect("a vector takes all");
    out.finish().expect("a vector takes all")
}

/// An archive of stored members, as any zip program writes it.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let mut checksum = flate2::Crc::new();
        checksum.update(content);
        let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        facts.extend(checksum.sum().to_le_bytes());
        facts.extend((content.len() as u32).to_le_bytes());
        facts.extend((content.len() as u32).to_le_bytes());
        facts.extend((name.len() as u16).to_le_bytes());
        facts.extend([0, 0]);
        directory.extend([&b"PK\x01\x02\x14\0"[..], &facts, &[0; 10]].concat());
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        archive.extend([&b"PK\x03\x04"[..], &facts, name.as_bytes(), content].concat());
    }
    let (count, start, size) = (members.len() as u16, archive.len() as u32, directory.len() as u32);
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    archive.extend([size.to_le_bytes(), start.to_le_bytes()].concat());
    archive.extend([0, 0]);
    archive
}

#[test]
fn zip_tricks() {
    let (good, bad) = (b"\x80\x02}.".to_vec(), with_stop(&[CALL]));
    assert_eq!(verdict(zip(&[("a/data.pkl", &good), ("a/version", b"3\n")])), Verdict::Clean);
    let plain = zip(&[("a/data.pkl", &bad)]);
    assert_eq!(verdict(&plain), Verdict::Dangerous);
    assert_eq!(verdict(zip(&[("a/data.pkl", &good), ("a/data.pkl", &bad)])), Verdict::Dangerous);
    assert_eq!(verdict([&b"before"[..], &plain, b"behind"].concat()), Verdict::Dangerous);
    let directory = plain.windows(4).position(|at| at == b"PK\x01\x02").expect("a directory");
    // Flags, method, checksum and name, in the header and in the directory.
    for at in [6, 8, 14, 30, directory + 8, directory + 10, directory + 16, directory + 46] {
        let mut odd = plain.clone();
        odd[at] ^= 1;
        assert_eq!(verdict(odd), Verdict::Dangerous, "byte {at}");
    }
    // A harmless one is odd all the same.
    let plain = zip(&[("a/data.pkl", &good)]);
    let directory = plain.windows(4).position(|at| at == b"PK\x01\x02").expect("a directory");
    for at in [6, 8, 14, 30, directory + 8, directory + 10, directory + 16, directory + 46] {
        let mut odd = plain.clone();
        odd[at] ^= 1;
        assert_eq!(verdict(odd), Verdict::Suspicious, "byte {at}");
    }
    let plain = zip(&[("a/data.pkl", &bad)]);
    let directory = plain.windows(4).position(|at| at == b"PK\x01\x02").expect("a directory");
    // A member that the directory does not have, and none at all.
    let hidden = [&zip(&[("x", &bad)])[..directory - 9], &zip(&[("a/data.pkl", &good)])[..]].concat();
    assert_eq!(verdict(hidden), Verdict::Dangerous);
    assert_eq!(verdict(&plain[..directory]), Verdict::Dangerous);
}

#[test]
fn wrapped_in_what_is_no_pickle() {
    let bad = with_stop(&[b"\x80\x02", CALL]);
    assert_eq!(verdict(zlib(&bad)), Verdict::Dangerous);
    assert_eq!(verdict(&zlib(&bad)[..zlib(&bad).len() - 3]), Verdict::Dangerous);
    // joblib reads streams that follow each other as one.
    assert_eq!(verdict([zlib(b"N."), zlib(&bad)].concat()), Verdict::Dangerous);
    assert_eq!(verdict([&b"\x89PNG\r\n\x1a\n"[..], &[0; 50], &bad].concat()), Verdict::Dangerous);
    assert_eq!(verdict([&b"{\"a\": 1}\n"[..], &with_stop(&[CALL])].concat()), Verdict::Dangerous);
    // What is not looked into is not clean.
    assert_eq!(verdict(b"7z\xbc\xaf\x27\x1c\0\x04"), Verdict::Suspicious);
}

#[test]
fn arrays_between_the_instructions() {
    let wrapper =
        b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0shapeK\x02\x85X\x05\0\0\0dtypecnumpy\ndtype\n\
        X\x02\0\0\0f8K\0K\x01\x87R(K\x03X\x01\0\0\0<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tbub";
    let array =
        |content: &[u8], behind: &[u8]| -> Vec<u8> { [&b"\x80\x02("[..], wrapper, content, behind, b"l."].concat() };
    assert_eq!(verdict(array(&[0; 16], b"")), Verdict::Clean);
    // Behind the array, where joblib's loader reads; within it, where others do.
    assert_eq!(verdict(array(&[0; 16], CALL)), Verdict::Dangerous);
    assert_eq!(verdict(array(b"cos\nsystem\n)R000", b"")), Verdict::Dangerous);
    // A dtype that nobody knows: where the array ends is not known.
    let unknown = array(&[0; 16], b"").iter().map(|&byte| if byte == b'f' { b'q' } else { byte }).collect::<Vec<_>>();
    assert!(verdict(unknown) > Verdict::Clean);
}

#[rstest]
#[case("_osx_support", "_read_output", Verdict::Dangerous)]
#[case("_aix_support", "_read_cmd_output", Verdict::Dangerous)]
#[case("_some_private_module", "run", Verdict::Suspicious)]
#[case("numpy", "os", Verdict::Dangerous)]
#[case("torch._utils", "sys", Verdict::Dangerous)]
#[case("collections", "namedtuple", Verdict::Suspicious)]
#[case("torch.storage", "_load_from_bytes", Verdict::Suspicious)]
fn modules_are_not_allowed_as_a_whole(#[case] module: &str, #[case] name: &str, #[case] expected: Verdict) {
    assert_eq!(verdict(format!("c{module}\n{name}\n.")), expected);
}

#[test]
fn persistent_ids_are_storages_or_suspicious() {
    let storage = b"\x80\x02(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0\x30X\x03\0\0\0cpuK\x04tQ.";
    assert_eq!(verdict(storage), Verdict::Clean);
    assert_eq!(verdict(b"Pid\n."), Verdict::Suspicious);
}

#[test]
fn nothing_of_this_is_a_pickle() {
    let others: [&[u8]; 8] = [
        b"",
        b"# Title\n\nText.\n",
        b"{\"a\": [1, 2]}",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\x10\0\0\0\0\0\0\0{\"a\": {}}       ",
        b"import os\nos.system('x')\n",
        b"a,b\n1,2\n",
        &[0; 1000],
    ];
    for other in others {
        assert_eq!(verdict(other), Verdict::NotAPickle, "{:?}", other.escape_ascii().to_string());
    }
}

#[test]
fn what_was_scanned_is_what_is_loaded() {
    let policy = Policy::empty()
        .with("name = 'x'\n[[allow]]\nmodules = ['shop']\nnames = ['Order']\noperations = ['call']\nreason = 'ours'")
        .expect("a policy");
    let scanner = Scanner::with_policy(policy);
    let options = pickle_codec::LoadOptions::new();
    let cases: [(&[u8], bool); 3] =
        [(b"cshop\nOrder\n)R.", true), (b"cshop\nAdmin\n)R.", false), (b"cos\nsystem\n.", false)];
    for (pickle, is_clean) in cases {
        assert_eq!(scanner.scan(pickle).verdict() == Verdict::Clean, is_clean);
        let loaded = options.from_slice_with(pickle, &mut scanner.policy().resolver());
        assert_eq!(loaded.is_ok(), is_clean, "{loaded:?}");
    }
}

/// The class may be named in all of these.
#[rstest]
#[case::is_named("", b"cshop\nOrder\n.", true)]
#[case::is_made("'new'", b"\x80\x02cshop\nOrder\n)\x81.", true)]
#[case::is_not_made("'call'", b"\x80\x02cshop\nOrder\n)\x81.", false)]
#[case::is_called("'call'", b"cshop\nOrder\n)R.", true)]
#[case::is_not_called("'new'", b"cshop\nOrder\n)R.", false)]
#[case::is_not_called_by_inst("'new'", b"(ishop\nOrder\n.", false)]
#[case::is_not_called_by_obj("'new'", b"(cshop\nOrder\no.", false)]
#[case::has_a_state("'call', 'build'", b"cshop\nOrder\n)R}b.", true)]
#[case::has_no_state("'call'", b"cshop\nOrder\n)R}b.", false)]
#[case::has_items("'call', 'items'", b"cshop\nOrder\n)RK\x01a.", true)]
#[case::has_no_items("'call'", b"cshop\nOrder\n)RK\x01a.", false)]
fn what_is_done_is_judged_before_it_is_loaded(
    #[case] operations: &str,
    #[case] pickle: &[u8],
    #[case] is_allowed: bool,
) {
    let toml = format!(
        "name = 'ours'\n[[allow]]\nmodules = ['shop']\nnames = ['Order']\noperations = [{operations}]\nreason = 'plain'"
    );
    let scanner = Scanner::with_policy(Policy::empty().with(&toml).expect("it is a policy"));
    let loaded = scanner.from_slice(pickle, &pickle_codec::LoadOptions::new());
    assert_eq!(loaded.is_ok(), is_allowed, "{loaded:?}");
    let by_name = &mut scanner.policy().resolver();
    assert!(pickle_codec::LoadOptions::new().from_slice_with(pickle, by_name).is_ok(), "names alone are not enough");
}

#[rstest]
#[case("name = 'x'\n[[allow]]\nmodules = ['a']\nnames = ['b']\nreason = ''", "lacks its reason")]
#[case("name = 'x'\n[[allow]]\nmodules = ['a']\nnames = []\nreason = 'r'", "lacks modules or names")]
#[case("name = 'x'\n[[allow]]\nmodule = 'a'", "unknown field")]
#[case("[[allow]]", "missing field")]
fn a_policy_gives_reasons(#[case] toml: &str, #[case] problem: &str) {
    let error = Policy::empty().with(toml).expect_err("it is wrong").to_string();
    assert!(error.contains(problem), "{error}");
}

#[test]
fn a_block_beats_what_allows() {
    let policy = Policy::built_in()
        .with("name = 'x'\n[[allow]]\nmodules = ['os']\nnames = ['system']\noperations = ['call']\nreason = 'no'")
        .expect("a policy");
    assert!(matches!(policy.judge("os", "system"), Judgement::Blocked(_)));
}

/// All that a scan says of any bytes, and that it ends: the fuzzer's target.
#[test]
fn any_bytes_are_scanned() {
    let mut state = 7u64;
    let mut random = move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u8
    };
    let scanner = Scanner::new();
    let archive = zip(&[("a", b"N.")]);
    let seeds: [&[u8]; 3] = [CALL, &archive, b"\x80\x02ccollections\nOrderedDict\n)R}X\x01\0\0\0xNsb."];
    for round in 0..3000 {
        let mut bytes = seeds[round % seeds.len()].to_vec();
        for _ in 0..random() % 8 {
            let at = usize::from(random()) % bytes.len();
            bytes[at] = random();
        }
        let report = scanner.scan(&bytes);
        let worst = report.findings().iter().map(|finding| finding.severity).max();
        assert!(report.verdict() != Verdict::Clean || worst <= Some(Severity::Allowed));
    }
}

/// A module's name that no import statement could have is excused only in what may be text: at its very start.
#[test]
fn an_odd_name_behind_the_protocol_is_not_clean() {
    let odd = b"\x80\x02cnump&.random.mtrandq\x00\n_rand\n}X\x01\x00\x00.rest";
    assert_ne!(verdict(odd), Verdict::Clean);
}

/// Of random bytes within a pickle, one string in some ten thousand is an extension code and a STOP.
#[test]
fn random_bytes_ask_for_nothing() {
    let random = b"\x80\x03C\x08\x83\x6b\xfd.\x07\x91\x22\xeeq\x00.";
    assert_eq!(verdict(random), Verdict::Clean);
    // The same as a pickle of its own asks for it.
    assert_eq!(verdict(b"\x83\x6b\xfd."), Verdict::Suspicious);
}

/// A loader imports the module before it looks for the name: whatever follows, `ity` may have been run.
#[test]
fn a_text_that_begins_with_a_module_is_suspicious() {
    assert_eq!(verdict(b"city\nLondon, GB\nNew York\n"), Verdict::Suspicious);
    assert_ne!(verdict(b"city, country\nLondon, GB\n"), Verdict::Suspicious);
}

/// A text may begin like a global with an odd name, but no text has a pickle in it.
#[test]
fn an_odd_name_before_a_harmless_pickle_is_not_clean() {
    let harmless = b"\x80\x04\x95\x1a\0\0\0\0\0\0\0\x8c\x07_codecs\x94\x8c\x06encode\x94\x93\x94N0\x85\x94.";
    assert_eq!(verdict(harmless), Verdict::Clean);
    let report = scan([&b"cm`\nC\n\x04"[..], harmless].concat());
    assert_eq!(report.verdict(), Verdict::Suspicious, "{report:?}");
    assert!(report.symbols().contains(&"m`.C"));
}

fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut packer = Packer::new(Vec::new(), Format::Bzip2).expect("a vector takes all");
    packer.write_all(content).expect("a vector takes all");
    packer.finish().expect("a vector takes all")
}

/// bzip2's smallest blocks have 100,000 bytes: that much room is given at first.
#[test]
fn bzip2_of_any_block() {
    let bad = with_stop(&[b"\x80\x02", CALL]);
    let long = "many words, ".repeat(30_000);
    let text = with_stop(&[b"\x80\x02X", &(long.len() as u32).to_le_bytes(), long.as_bytes()]);
    for content in [b"\x80\x02}.".to_vec(), text] {
        let packed = bzip2(&content);
        assert!(packed.len() < 1000, "small when it is packed");
        assert_eq!(verdict(&packed), Verdict::Clean);
        assert_eq!(verdict(bzip2(&[&content[..], &bad].concat())), Verdict::Dangerous);
        assert_eq!(verdict([&packed[..], &bzip2(&bad)].concat()), Verdict::Dangerous);
        assert_eq!(verdict(&packed[..packed.len() - 1]), Verdict::Unreadable);
    }
}

#[test]
fn zlib_streams_of_any_length() {
    let long = "many words, ".repeat(300_000);
    let text = with_stop(&[b"\x80\x02X", &(long.len() as u32).to_le_bytes(), long.as_bytes()]);
    let packed = zlib(&text);
    assert_eq!(verdict(&packed), Verdict::Clean);
    assert_eq!(Scanner::new().max_unpacked(text.len() as u64).scan(&packed).verdict(), Verdict::Clean);
    assert_eq!(Scanner::new().max_unpacked(text.len() as u64 - 1).scan(&packed).verdict(), Verdict::Unreadable);
    // Streams behind it, and what is none; a checksum that is another, and an end that is not there.
    let split = text.len() / 3;
    assert_eq!(verdict([zlib(&text[..split]), zlib(&text[split..])].concat()), Verdict::Clean);
    assert_eq!(verdict([&packed[..], b"no stream"].concat()), Verdict::Clean);
    let mut wrong = packed.clone();
    *wrong.last_mut().expect("a checksum") ^= 1;
    assert_eq!(verdict(wrong), Verdict::Unreadable);
    assert_eq!(verdict(&packed[..packed.len() - 1]), Verdict::Unreadable);
}

/// What is not told counts all the same: an archive whose first bytes ask for something, and name what is allowed.
#[test]
fn the_verdict_is_the_same_whatever_is_told() {
    let good = b"\x80\x02ccollections\nOrderedDict\n)R.";
    // The id is to be ASCII, and the checksum stands in it.
    let odd = (0..=u32::MAX).map(|number| zip(&[("\nccollections\nOrderedDict\n)R\x7f", &number.to_le_bytes())]));
    let odd = odd.into_iter().find(|archive| archive[..30].is_ascii()).expect("one in sixteen");
    let files: [&[u8]; 5] = [
        good,
        &with_stop(&[CALL]),
        &zip(&[("a/data.pkl", good)]),
        &odd,
        &with_stop(&[b"ccollections\nOrderedDict\n)Rccollections\nOrderedDict\nb"]),
    ];
    let verdicts = files.map(|file| {
        let report = Scanner::new().allowed(false).scan(file);
        assert!(report.findings().iter().all(|finding| finding.severity > Severity::Allowed));
        assert_eq!(report.verdict(), verdict(file), "{file:?}");
        report.verdict()
    });
    assert_eq!(verdicts[0], Verdict::Clean);
    assert_eq!(verdicts[3], Verdict::Suspicious);
}

/// A scanner is used for one file after the other, and keeps memory and symbols; what it says depends on the file alone.
#[test]
fn what_was_scanned_before_does_not_matter() {
    let files: Vec<Vec<u8>> = vec![
        // A memo that the next file reads, a global that came out of the memo, dicts and dtypes by number.
        b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94.".to_vec(),
        b"\x80\x04h\x00h\x01\x93.".to_vec(),
        with_stop(&[b"ccollections\nOrderedDict\nq\x000h\x00)R"]),
        with_stop(&[b"ccollections\nOrderedDict\n)R"]),
        with_stop(&[b"(((((ccollections\nOrderedDict\n)R}X\x0c\0\0\0__setstate__ccollections\nOrderedDict\ns"]),
        with_stop(&[b"}X\x01\0\0\0aK\x01sccollections\nOrderedDict\n)R}b"]),
        zlib(&with_stop(&[CALL])),
        b"\x80\x02cno_such.module\nname\n.".to_vec(),
    ];
    let scanner = Scanner::new();
    for first in &files {
        for second in &files {
            let _ = scanner.scan(first);
            assert_eq!(scanner.scan(second), scan(second), "{first:?} before {second:?}");
        }
    }
}

/// What may be called with some arguments alone is not to be kept: a factory of default values calls it with others, and so
/// does a function that calls its first argument.
#[rstest]
#[case::a_factory(b"\x80\x02ccollections\ndefaultdict\ncbuiltins\ngetattr\n\x85R.")]
#[case::a_partial(
    b"\x80\x02cfunctools\npartial\ncnumpy.core\n_ufunc_reconstruct\nX\x02\0\0\0osX\x06\0\0\0system\x87R."
)]
#[case::a_state(b"\x80\x02cfunctools\npartial\ncbuiltins\nlist\n\x85R(cbuiltins\ngetattr\n)}Ntb.")]
#[case::a_value(b"}X\x01\0\0\0acbuiltins\niter\ns.")]
#[case::an_item(b"]ccopyreg\n__newobj__\na.")]
#[case::an_argument_of_inst(b"(cbuiltins\ngetattr\nicollections\ndefaultdict\n.")]
#[case::called_by_another(b"\x80\x02ctorch._tensor\n_rebuild_from_type_v2\n(cnumpy.core\n_ufunc_reconstruct\ncbuiltins\ndict\nX\x02\0\0\0osX\x06\0\0\0system\x86}tR.")]
#[case::from_numpy(b"\x80\x02cnumpy.core\n_ufunc_reconstruct\nX\x05\0\0\0numpyX\x04\0\0\0load\x86R.")]
#[case::as_a_base(b"\x80\x02ccopyreg\n_reconstructor\nccollections\nOrderedDict\ncnumpy\nadd\nN\x87R.")]
fn what_is_judged_when_it_is_called_is_not_kept(#[case] pickle: &[u8]) {
    assert_eq!(verdict(pickle), Verdict::Suspicious);
}

/// Attributes that replace a method, by a name that is computed, by arguments, or of something else.
#[rstest]
#[case::computed(
    b"\x80\x02ccollections\nOrderedDict\n)R}cbuiltins\nstr\nX\x0c\0\0\0__setstate__\x85Rcbuiltins\nlist\nsb."
)]
#[case::argument(
    b"\x80\x02ctorch._utils\n_rebuild_parameter_with_state\n(N\x89N}X\x0c\0\0\0__setstate__cbuiltins\nlist\nstR."
)]
#[case::keyword(b"\x80\x04cfunctools\npartial\n)}X\x0c\0\0\0__setstate__cbuiltins\nlist\ns\x92.")]
#[case::of_a_namespace(b"\x80\x02ctypes\nSimpleNamespace\n}\x85R.")]
#[case::of_an_alias(b"\x80\x02ctypes\nGenericAlias\ncnumpy.random.mtrand\n_rand\nN\x86R}b.")]
fn what_replaces_a_method(#[case] pickle: &[u8]) {
    assert_eq!(verdict(pickle), Verdict::Suspicious);
}

#[test]
fn a_state_made_long_before() {
    let begin = b"\x80\x02N}X\x0c\0\0\0__setstate__cbuiltins\nlist\ns\x86q\x000";
    let end = b"ccollections\nOrderedDict\n)Rh\x00b";
    for between in [0, 10, 40_000] {
        assert_eq!(verdict(with_stop(&[begin, &b"N\x850".repeat(between), end])), Verdict::Suspicious, "{between}");
    }
    let many = [&b"\x80\x02ccollections\nOrderedDict\n)R("[..], &b"N".repeat(70), b"tb"].concat();
    assert_eq!(verdict(with_stop(&[&many])), Verdict::Suspicious);
}

/// Pickles in pickles that break off, and have no word of their protocol.
#[rstest]
#[case(b"cos\nsystem\n(X\x04\0\0\0echotR")]
#[case(b"(S'echo'\nios\nsystem\n\xff")]
#[case(b"\x8c\x02os\x8c\x06system\x93\x8c\x04echo\x85R")]
fn broken_pickles_in_pickles(#[case] inner: &[u8]) {
    let in_bytes = with_stop(&[b"\x80\x03C", &[inner.len() as u8], inner]);
    assert_eq!(verdict(in_bytes), Verdict::Dangerous);
    let text: String = inner.iter().map(|&byte| char::from(byte)).collect();
    let in_text = with_stop(&[b"\x80\x02X", &(text.len() as u32).to_le_bytes(), text.as_bytes()]);
    assert_eq!(verdict(in_text), Verdict::Dangerous);
}
