//! The dashboard: what the records of `benches/record` say, as one page, and the picture in the README.

mod charts;
mod page;
pub(crate) mod record;

use std::fs;
use std::path::Path;

use record::Record;

use crate::{Result, paths};

/// Writes the page and the picture of all records.
pub(crate) fn write(page: &Path) -> Result<()> {
    let records = Record::all(&paths::bench_records())?;
    let newest = records.last().ok_or("there is no record yet")?;
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(page, page::page(&records))?;
    fs::write(paths::speed_picture(), picture(newest))?;
    println!("{}\n{}", page.display(), paths::speed_picture().display());
    Ok(())
}

/// Loads and dumps beside CPython, workload by workload.
fn picture(record: &Record) -> String {
    let cpython = record.cpython().unwrap_or_default();
    let panel = |operation: &str| {
        let ratios = record.ratios(operation, 4, cpython);
        let ratios: Vec<_> = ratios.into_iter().filter(|(name, _)| *name != "bigbytes").collect();
        (operation.to_owned(), ratios)
    };
    let panels = [panel("load"), panel("dump")];
    let span = page::span(panels.iter().flat_map(|(_, ratios)| ratios));
    charts::picture(&format!("How many times as long {cpython}, takes"), &panels, span)
}
