//! Shelves that one side writes, the other reads and changes, and the first reads again.

use std::path::Path;

use pickle_value::literal;
use shelve_lite::{Flag, Format, Options, Shelf};

use super::ask::{Asked, Expected, load, save, text};
use crate::Result;

/// Both ways, as far as the format is written.
pub(super) fn check(python: &Asked, format: Format, entries: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let (shelf, listed) = (folder.path().join("shelf"), folder.path().join("expected"));
    let name = format.name().trim_start_matches("dbm.");
    python.ask(&["fill", name, text(&shelf), &entries.to_string(), text(&listed)])?;
    let mut expected = load(&listed)?;
    compare(&shelf, format, &expected).map_err(|error| format!("what it wrote is read otherwise: {error}"))?;
    if !matches!(format, Format::Sqlite | Format::Dumb) {
        return Ok(format!("{} entries read", expected.len()));
    }
    change(&shelf, &mut expected)?;
    save(&expected, &listed)?;
    python.agree(&["check", text(&shelf), text(&listed)])?;
    let read = expected.len();

    let ours = folder.path().join("ours");
    let mut written = Options::new().format(format).open(&ours, Flag::New)?;
    for (key, value) in &expected {
        written.set(key, &literal::parse(value)?)?;
    }
    written.close()?;
    python.agree(&["check", text(&ours), text(&listed)])?;
    python.ask(&["change", text(&ours), text(&listed)])?;
    let expected = load(&listed)?;
    compare(&ours, format, &expected).map_err(|error| format!("what it changed is read otherwise: {error}"))?;
    Ok(format!("{entries} entries read, changed and read again; {read} written, changed and read again"))
}

/// Reads all of a shelf, by what it is found to be.
pub(super) fn compare(path: &Path, format: Format, expected: &Expected) -> Result<()> {
    let shelf = Shelf::open(path, Flag::Read)?;
    if shelf.format() != format {
        return Err(format!("it is taken for {}", shelf.format()).into());
    }
    let mut count = 0;
    for entry in shelf.entries()? {
        let (key, value) = entry?;
        let value = value.to_string();
        if expected.get(&key) != Some(&value) {
            return Err(format!("{key} is {value:.60}, not {:.60}", expected.get(&key).map_or("missing", |v| v)).into());
        }
        count += 1;
    }
    if count != expected.len() || shelf.len()? != count {
        return Err(format!("{count} entries, not {}", expected.len()).into());
    }
    Ok(())
}

/// Sets a third of the values anew, some longer and some shorter, deletes a tenth and adds as many.
pub(super) fn change(path: &Path, expected: &mut Expected) -> Result<()> {
    let mut shelf = Shelf::open(path, Flag::Write)?;
    for (number, key) in expected.keys().cloned().collect::<Vec<_>>().into_iter().enumerate() {
        if number % 3 == 0 {
            let value = format!("['changed', {number}, '{}']", "z".repeat(number * 31 % 900));
            shelf.set(&key, &literal::parse(&value)?)?;
            expected.insert(key, value);
        } else if number % 10 == 1 {
            shelf.delete(&key)?;
            expected.remove(&key);
        }
    }
    for number in 0..expected.len() / 10 {
        let (key, value) = (format!("new {number}"), format!("{{'number': {number}}}"));
        shelf.set(&key, &literal::parse(&value)?)?;
        expected.insert(key, value);
    }
    Ok(shelf.close()?)
}
