//! `growth`: what an element costs, however many there are.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use pickle_benches::Result;
use pickle_benches::clock::median;
use pickle_benches::subjects::{Operation, own};
use pickle_benches::workload;
use serde::Serialize;

use crate::Maker;
use crate::record::write_json;

/// Time loads and dumps of up to ten million elements
#[derive(Args)]
pub(crate) struct Options {
    #[command(flatten)]
    maker: Maker,
    /// Write the figures here
    #[arg(long)]
    json: Option<PathBuf>,
}

/// A workload, how many elements it has at scale 1, and what an element is.
const WORKLOADS: [(&str, f64); 3] = [("ints", 400_000.0), ("ascii", 100_000.0), ("tuples", 300_000.0)];
const ELEMENTS: [f64; 4] = [1e4, 1e5, 1e6, 1e7];

#[derive(Serialize)]
struct Point {
    workload: &'static str,
    operation: &'static str,
    elements: f64,
    nanos_an_element: f64,
}

/// `growth`.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut points = Vec::new();
    for (workload, at_scale_1) in WORKLOADS {
        for elements in ELEMENTS {
            let folder = tempfile::tempdir()?;
            workload::make(&options.maker.python, folder.path(), 4, elements / at_scale_1, &[workload.into()])?;
            let input = workload::pickle_alone(&folder.path().join(format!("{workload}.pkl")), 4)?;
            for operation in [Operation::Load, Operation::Dump] {
                let Some(mut ours) = own(operation, &input).into_iter().next() else { continue };
                (ours.run)()?;
                let runs = (2e6 / elements).clamp(5.0, 50.0) as usize;
                let times: Vec<f64> =
                    (0..runs).map(|_| (ours.run)().map(|times| times.work)).collect::<Result<_, _>>()?;
                let nanos_an_element = 1000.0 * median(&times) / elements;
                println!("{workload:<8} {operation:<6} {elements:>10} elements: {nanos_an_element:>6.1} ns each");
                points.push(Point { workload, operation: operation.name(), elements, nanos_an_element });
            }
        }
    }
    if let Some(path) = &options.json {
        write_json(path, &points)?;
    }
    Ok(ExitCode::SUCCESS)
}
