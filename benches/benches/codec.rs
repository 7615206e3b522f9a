//! Criterion benches of pickle-rs alone: for work on it, where `compare` is for the comparison with others.
//!
//! ```text
//! cargo bench -- [FILTER]          such as `load/4/records`
//! ```
//!
//! Workloads come from the CPython that `PYTHON` names, `python3` without.

use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use pickle_benches::subjects::{Operation, own};
use pickle_benches::workload::{self, Input, Modules};

fn benches(criterion: &mut Criterion) {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    for protocol in 0..=5 {
        let folder = tempfile::tempdir().expect("a temporary folder");
        workload::make(Path::new(&python), folder.path(), protocol, 0.1, &[]).expect("workloads, made by CPython");
        let inputs = workload::pickles(folder.path(), protocol).expect("readable workloads");
        for operation in [Operation::Load, Operation::Dump, Operation::Scan, Operation::Dis, Operation::Optimize] {
            inputs.iter().for_each(|input| bench(criterion, operation, input));
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let modules = Modules::Some.make(Path::new(&python), folder.path()).expect("modules, compiled by CPython");
    bench(criterion, Operation::MarshalLoad, &modules);
    bench(criterion, Operation::MarshalDump, &modules);
}

/// What is ours of an operation: into the graph or from it, with a decoder of its own or a reused one.
fn bench(criterion: &mut Criterion, operation: Operation, input: &Input) {
    let mut group = criterion.benchmark_group(format!("{operation}/{}", input.protocol));
    group.throughput(Throughput::Bytes(input.size() as u64));
    for mut subject in own(operation, input) {
        let id = match subject.who.strip_prefix("pickle-rs, ") {
            Some(variant) => BenchmarkId::new(&input.name, variant),
            None => BenchmarkId::from_parameter(&input.name),
        };
        group.bench_function(id, |bencher| {
            bencher.iter_custom(|runs| {
                let work = (0..runs).map(|_| (subject.run)().expect("what was loaded before").work);
                Duration::from_secs_f64(work.sum::<f64>() / 1e6)
            });
        });
    }
}

criterion_group! {
    name = codec;
    config = Criterion::default().measurement_time(Duration::from_secs(1)).warm_up_time(Duration::from_millis(200)).sample_size(20);
    targets = benches
}
criterion_main!(codec);
