//! The tables that a person reads at the terminal.

use std::collections::BTreeSet;

use pickle_benches::subjects::OURS;

use crate::record::{Record, Row};

/// Prints a table for each operation and protocol: our time, and how many times as long everyone else takes.
pub(crate) fn print(record: &Record) {
    for (name, version) in &record.versions {
        println!("{name}: {version}");
    }
    let kinds: BTreeSet<(u8, &str)> = record.results.iter().map(|row| (row.protocol, row.operation)).collect();
    for (protocol, operation) in kinds {
        let rows: Vec<&Row> =
            record.results.iter().filter(|row| (row.protocol, row.operation) == (protocol, operation)).collect();
        println!("\n{operation}, protocol {protocol}: median µs of CPU time, and × of it");
        print_kind(&rows);
    }
    if !record.memory.is_empty() {
        println!("\nload: peak of memory, in sizes of the pickle");
        for footprint in &record.memory {
            let ratio = footprint.peak as f64 / footprint.pickle as f64;
            println!("{:<12} {:<14} {ratio:>6.1} ×", footprint.workload, footprint.who);
        }
    }
}

fn print_kind(rows: &[&Row]) {
    let mut others: Vec<&str> = Vec::new();
    for row in rows {
        if !others.contains(&&row.who[..]) && row.who != OURS {
            others.push(&row.who);
        }
    }
    print!("{:<12} {:>8} {:>10}", "", "KiB", OURS);
    others.iter().for_each(|who| print!(" {:>w$}", who, w = who.chars().count().max(8)));
    println!();
    let mut workloads: Vec<&str> = Vec::new();
    rows.iter().for_each(|row| {
        if !workloads.contains(&&row.workload[..]) {
            workloads.push(&row.workload)
        }
    });
    for workload in workloads {
        let of = |who: &str| rows.iter().find(|row| row.workload == workload && row.who == who);
        let Some(first) = rows.iter().find(|row| row.workload == workload) else { continue };
        let ours = of(OURS).map(|row| row.micros);
        let own = ours.map_or("–".into(), |micros| format!("{micros:.0}"));
        print!("{workload:<12} {:>8} {own:>10}", first.bytes / 1024);
        for who in &others {
            let cell = match (of(who), ours) {
                (Some(row), Some(ours)) => format!("{:.2}×", row.micros / ours),
                (Some(row), None) => format!("{:.0}", row.micros),
                (None, _) => "–".into(),
            };
            print!(" {cell:>w$}", w = who.chars().count().max(8));
        }
        println!();
    }
}
