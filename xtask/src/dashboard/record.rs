//! What `benches/` recorded, as far as the page shows it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::Result;

/// Everything that one `cargo xtask bench` measured.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Record {
    /// Seconds since 1970.
    pub(crate) time: u64,
    /// What was run, to run it again.
    pub(crate) commands: Vec<String>,
    pub(crate) machine: Machine,
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) results: Vec<Row>,
    #[serde(default)]
    pub(crate) memory: Vec<Footprint>,
    #[serde(default)]
    pub(crate) growth: Vec<Point>,
    #[serde(default)]
    pub(crate) instructions: BTreeMap<String, Count>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) system: String,
    pub(crate) load_before: String,
    pub(crate) load_behind: String,
}

/// What one subject took for one workload.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Row {
    pub(crate) operation: String,
    pub(crate) protocol: u8,
    pub(crate) workload: String,
    pub(crate) bytes: u64,
    pub(crate) who: String,
    pub(crate) micros: f64,
    pub(crate) fastest: f64,
    pub(crate) runs: usize,
}

/// How much memory a load took at most.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Footprint {
    pub(crate) workload: String,
    pub(crate) who: String,
    pub(crate) pickle: u64,
    pub(crate) peak: u64,
}

/// What an element costs, of so many.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Point {
    pub(crate) workload: String,
    pub(crate) operation: String,
    pub(crate) elements: f64,
    pub(crate) nanos_an_element: f64,
}

/// Instructions of a case, and how large its pickle is.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Count {
    pub(crate) bytes: u64,
    pub(crate) instructions: u64,
}

/// Who is compared with all others.
pub(crate) const OURS: &str = "pickle-rs";

/// How the names of those end who read text that stays where it is.
pub(crate) const LENDS: &str = ", &str";

/// True for another way of ours, such as with a decoder that is reused.
pub(crate) fn is_ours(who: &str) -> bool {
    who.starts_with(OURS)
}

impl Record {
    /// All records of a folder, the oldest first.
    pub(crate) fn all(folder: &Path) -> Result<Vec<Record>> {
        let mut files: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        files.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("20")));
        files.sort();
        files.iter().map(|path| Ok(serde_json::from_str(&fs::read_to_string(path)?)?)).collect()
    }

    /// `2026-11-22`.
    pub(crate) fn date(&self) -> String {
        date(self.time)
    }

    fn row(&self, operation: &str, protocol: u8, workload: &str, who: &str) -> Option<&Row> {
        self.results.iter().find(|row| {
            row.operation == operation && row.protocol == protocol && row.workload == workload && row.who == who
        })
    }

    /// By how much we are quicker than someone, workload by workload.
    pub(crate) fn ratios(&self, operation: &str, protocol: u8, who: &str) -> Vec<(&str, f64)> {
        let theirs = self.results.iter().filter(|row| row.operation == operation && row.protocol == protocol);
        let theirs = theirs.filter(|row| row.who == who);
        theirs
            .filter_map(|row| {
                let ours = self.row(operation, protocol, &row.workload, OURS)?;
                Some((&row.workload[..], row.micros / ours.micros))
            })
            .collect()
    }

    /// Everyone else of an operation: CPython first, other ways of ours last.
    pub(crate) fn others(&self, operation: &str, protocol: u8) -> Vec<&str> {
        let mut others = Vec::new();
        for row in self.results.iter().filter(|row| row.operation == operation && row.protocol == protocol) {
            if row.who != OURS && !others.contains(&&row.who[..]) {
                others.push(&row.who[..]);
            }
        }
        others.sort_by_key(|who| (is_ours(who), !who.contains("CPython")));
        others
    }

    /// The CPython that made the workloads, its garbage collector off.
    pub(crate) fn cpython(&self) -> Option<&str> {
        self.others("load", 4).into_iter().find(|who| who.starts_with("CPython") && who.ends_with("off"))
    }
}

/// The middle of ratios, as ratios have it; `bigbytes` is left out, since no work is done for it.
pub(crate) fn geometric_mean(ratios: &[(&str, f64)]) -> Option<f64> {
    let logs: Vec<f64> = ratios.iter().filter(|(name, _)| *name != "bigbytes").map(|(_, ratio)| ratio.ln()).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

/// The day of a time, by the calendar that has leap days (Howard Hinnant's `civil_from_days`, from 2000-03-01 on).
pub(crate) fn date(seconds: u64) -> String {
    let days = (seconds / 86_400).saturating_sub(11_017);
    let era_day = days % 146_097;
    let year_of_era = (era_day - era_day / 1460 + era_day / 36_524 - era_day / 146_096) / 365;
    let day_of_year = era_day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = 2000 + days / 146_097 * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::{date, geometric_mean};

    /// As `datetime.date.fromtimestamp` has them.
    #[test]
    fn dates() {
        assert_eq!(date(951_868_800), "2000-03-01");
        assert_eq!(date(1_709_164_800), "2024-02-29");
        assert_eq!(date(1_735_689_599), "2024-12-31");
        assert_eq!(date(1_795_348_800), "2026-11-22");
    }

    #[test]
    fn means() {
        assert_eq!(geometric_mean(&[("a", 2.0), ("b", 8.0), ("bigbytes", 900.0)]), Some(4.0));
        assert_eq!(geometric_mean(&[]), None);
    }
}
