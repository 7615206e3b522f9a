//! A report for a person and for a program: text, and JSON where it is wanted.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::Result;

/// Prints the text; writes the JSON to a file, or for `-` to standard output, with the text on standard error.
pub(crate) fn print(text: &str, json: Option<&Path>, to_json: impl FnOnce() -> Value) -> Result<()> {
    match json {
        Some(path) if path.as_os_str() == "-" => {
            eprint!("{text}");
            println!("{:#}", to_json());
        }
        Some(path) => {
            print!("{text}");
            fs::write(path, format!("{:#}\n", to_json()))?;
        }
        None => print!("{text}"),
    }
    Ok(())
}
