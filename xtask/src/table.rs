//! `cargo xtask table`: the README's table of what is matched byte for byte, from the committed corpus.

use std::fmt::Write as _;
use std::fs;
use std::process::ExitCode;

use clap::Args;

use crate::{Result, compat, paths};

/// The table stands between these lines of the README.
const BEGIN: &str = "<!-- compat-table:begin (cargo xtask table) -->";
const END: &str = "<!-- compat-table:end -->";

/// Write the README's table of what is matched, from the committed corpus.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Change nothing; fail if the README's table is not the current one
    #[arg(long)]
    check: bool,
}

/// `cargo xtask table`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let path = paths::root().join("README.md");
    let readme = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let current = with_table(&readme, &table()?)?;
    if current == readme {
        println!("README.md: the table is current");
    } else if options.check {
        eprintln!("README.md: the table is not current; run `cargo xtask table`");
        return Ok(ExitCode::FAILURE);
    } else {
        fs::write(&path, current)?;
        println!("README.md: the table is written");
    }
    Ok(ExitCode::SUCCESS)
}

/// A row for each version, a column for each protocol.
fn table() -> Result<String> {
    let outcomes = compat::compare_corpus()?;
    let protocols = outcomes.iter().map(|outcome| outcome.protocols.len()).max().unwrap_or(0);
    let mut table = String::from("| CPython |");
    (0..protocols).try_for_each(|protocol| write!(table, " protocol {protocol} |"))?;
    write!(table, "\n| --- |{}\n", " ---: |".repeat(protocols))?;
    for outcome in &outcomes {
        write!(table, "| {} |", outcome.label)?;
        for protocol in 0..protocols {
            let cell = match outcome.protocols.get(protocol) {
                Some(tally) if tally.differing == 0 => tally.matched.to_string(),
                Some(tally) => format!("{} of {}", tally.matched, tally.matched + tally.differing),
                None => "–".to_owned(),
            };
            write!(table, " {cell} |")?;
        }
        table.push('\n');
    }
    Ok(table)
}

fn with_table(readme: &str, table: &str) -> Result<String> {
    let missing = || format!("README.md has no lines `{BEGIN}` and `{END}`");
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(missing)?;
    let (_, behind) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{BEGIN}\n{table}{END}{behind}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{table, with_table};
    use crate::paths;

    #[test]
    fn the_readme_has_the_current_table() {
        let readme = fs::read_to_string(paths::root().join("README.md")).expect("the README is there");
        let table = table().expect("the corpus is there");
        assert_eq!(with_table(&readme, &table).expect("the table has its place"), readme, "run `cargo xtask table`");
    }

    #[test]
    fn only_what_is_between_the_lines_is_replaced() {
        let readme = format!("a\n{}\nold\n{}\nb\n", super::BEGIN, super::END);
        let expected = format!("a\n{}\nnew\n{}\nb\n", super::BEGIN, super::END);
        assert_eq!(with_table(&readme, "new\n").expect("both lines are there"), expected);
        assert!(with_table("a\n", "new\n").is_err());
    }
}
