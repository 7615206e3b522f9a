//! Targets of marshal data and `.pyc` files.

use marshal_lite::code::Code;
use marshal_lite::pyc::Pyc;
use marshal_lite::{ReadOptions, Release, WriteOptions};
use pickle_value::View;

use crate::canonical;
use crate::values::is_plain;

/// What is read is written back with the same bytes, and what is written is read as the same value.
pub fn marshal(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    // Python 2 knows no later version than 2.
    let (release, version) = if first % 2 == 0 { (Release::PYTHON_3_13, 4) } else { (Release::PYTHON_2_7, 2) };
    let options = ReadOptions::new().release(release);
    let Ok((graph, end, record)) = options.from_slice_recorded_at(data, 0) else {
        assert!(options.from_slice(data).is_err(), "only what is recorded is refused");
        return;
    };
    if let Ok(written) = record.to_vec(&graph) {
        assert!(
            written == data[..end],
            "written back otherwise: {} as {}",
            data[..end].escape_ascii(),
            written.escape_ascii()
        );
    }
    let _ = graph.to_string();
    let Ok(written) = WriteOptions::new().version(version).to_vec(&graph) else { return };
    // Code objects are laid out as their release has them.
    let again = options.from_slice(&written);
    let again = again.unwrap_or_else(|error| panic!("what was written is refused: {error}: {graph}"));
    // A code object as a key is equal to itself alone.
    if is_plain(&graph) && !canonical::has_nan(&graph) && first % 2 == 0 {
        assert!(graph == again, "{graph} became {again}");
    }
    let _ = WriteOptions::new().version(6 - version).to_vec(&graph);
}

/// A `.pyc` file is written back with the same bytes; its normalised form is normal.
pub fn pyc(data: &[u8]) {
    let Ok(pyc) = Pyc::from_slice(data) else { return };
    if let Ok(written) = pyc.to_vec() {
        assert_eq!(written, data, "it is written back otherwise");
    }
    let mut work: Vec<View<'_>> = vec![pyc.graph.root()];
    let mut left = 200;
    while let Some(view) = work.pop() {
        left -= 1;
        if let (Ok(code), 1..) = (Code::new(view, pyc.release()), left) {
            let _ = (code.locations().count(), code.locations().lines().count(), code.handlers().count());
            let _ = (code.var_names(), code.cell_vars(), code.free_vars(), code.flags().to_string());
            work.extend(code.inner());
        }
    }
    let Some(normal) = pyc.normalise(&|_| None).ok().and_then(|normalised| normalised.to_vec().ok()) else { return };
    let again = Pyc::from_slice(&normal).expect("what was normalised is a .pyc file");
    let twice = again.normalise(&|_| None).and_then(|normalised| normalised.to_vec());
    assert_eq!(twice.expect("it was normalised before"), normal, "the normalised form is normal");
}
