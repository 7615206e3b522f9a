//! The page around the charts: one file of HTML that needs no network.

use std::fmt::Write as _;

use super::charts::{self, Line, figure, ratio_text};
use super::record::{LENDS, OURS, Record, geometric_mean, is_ours};

/// The colours of light and dark, and what is drawn in them.
pub(crate) const COLORS: &str = ":root{--paper:#fcfcfb;--card:#fff;--ink:#1d1d1b;--soft:#5f5e58;--line:#e3e2dc;\
--s0:#2a78d6;--s1:#eb6834;--s2:#1baf7a;--s3:#8a6fd1;--loss:#c93b3b}\
@media(prefers-color-scheme:dark){:root{--paper:#161615;--card:#20201e;--ink:#f2f1ec;--soft:#b0aea6;--line:#3a3935;\
--s0:#4a93ea;--s1:#e87a4a;--s2:#2fbf8a;--s3:#a78bea;--loss:#ee6a63}}\
.name{font-size:12px;fill:var(--ink)}.value{font-size:11px;fill:var(--soft)}.tick{font-size:10.5px;fill:var(--soft)}\
.grid{stroke:var(--line)}.one{stroke:var(--soft)}.gain,.s0{fill:var(--s0)}.loss{fill:var(--loss)}.s1{fill:var(--s1)}\
.s2{fill:var(--s2)}.s3{fill:var(--s3)}polyline{fill:none;stroke-width:2}.l0{stroke:var(--s0)}.l1{stroke:var(--s1)}\
.l2{stroke:var(--s2)}.l3{stroke:var(--s3)}";

const STYLE: &str = "*{box-sizing:border-box}body{margin:0 auto;padding:20px 16px 60px;max-width:1240px;\
background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}\
h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:36px 0 4px}h3{font-size:14px;margin:0 0 8px}\
p{margin:4px 0 12px;max-width:75ch;color:var(--soft)}.tiles,.charts{display:grid;gap:14px}\
.tiles{grid-template-columns:repeat(auto-fill,minmax(160px,1fr));margin:18px 0}\
.charts{grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr))}\
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px}\
.card svg{display:block;width:100%;max-width:420px}.tile b{display:block;font-size:26px;line-height:1.2}\
.tile span{font-size:13px;color:var(--soft)}.wide{overflow-x:auto}table{border-collapse:collapse;font-size:13px}\
th,td{padding:4px 10px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}\
th:first-child,td:first-child{text-align:left}td.lost{color:var(--loss);font-weight:600}\
details{margin:12px 0}summary{cursor:pointer}code,pre{font-size:13px}pre{overflow-x:auto;padding:12px;margin:8px 0;\
background:var(--card);border:1px solid var(--line);border-radius:8px}.key{display:inline-block;width:11px;height:11px;\
border-radius:2px;margin:0 5px 0 12px}.key:first-child{margin-left:0}";

/// A section for each operation that has peers.
const SECTIONS: [(&str, &str, &str); 6] = [
    ("load", "Load", "Bytes to a value of the library's own: our graph, their enum, Python's objects."),
    ("dump", "Dump", "That value to bytes again. Ours are CPython's to the byte."),
    (
        "marshal-load",
        "Marshal: load",
        "The code of 40 modules of the standard library, of all of them, and plain records.",
    ),
    ("marshal-dump", "Marshal: dump", "The same back to bytes."),
    ("optimize", "pickletools.optimize", ""),
    ("dis", "pickletools.dis", ""),
];

/// The whole page; `records` has the oldest first, and at least one.
pub(crate) fn page(records: &[Record]) -> String {
    let Some(newest) = records.last() else { return String::new() };
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,\
         initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>pickle-rs: speed</title>\
         <style>{COLORS}{STYLE}</style><h1>How fast is pickle-rs?</h1>"
    );
    head(newest, &mut html);
    tiles(newest, &mut html);
    for (operation, title, text) in SECTIONS {
        section(newest, operation, 4, title, text, &mut html);
        section(newest, operation, 0, title, text, &mut html);
    }
    other_protocols(newest, &mut html);
    typed(newest, &mut html);
    throughput(newest, &mut html);
    memory(newest, &mut html);
    growth(newest, &mut html);
    history(records, &mut html);
    instructions(newest, &mut html);
    commands(newest, &mut html);
    html + "</html>\n"
}

fn head(record: &Record, html: &mut String) {
    let machine = &record.machine;
    let versions: Vec<String> = record.versions.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let _ = write!(
        html,
        "<p>Measured on {} on {} ({} cores, {}), whose load average was {} before the run and {} behind it. All times are \
         CPU time, medians of runs in which everyone takes turns. Bars say how many times as long the other takes: to the \
         right of 1× we are quicker, to the left, in red, we are slower.</p><details><summary>Versions</summary><p>{}</p>\
         </details>",
        record.date(),
        escape(&machine.processor),
        machine.cores,
        escape(&machine.system),
        machine.load_before,
        machine.load_behind,
        escape(&versions.join(", ")),
    );
}

fn tiles(record: &Record, html: &mut String) {
    html.push_str("<div class=\"tiles\">");
    for (operation, who, text) in [
        ("load", record.cpython().unwrap_or_default(), "CPython's C, loading"),
        ("dump", record.cpython().unwrap_or_default(), "CPython's C, dumping"),
        ("load", "serde-pickle", "serde-pickle, loading"),
        ("dump", "serde-pickle", "serde-pickle, dumping"),
        ("load", "serde_json", "serde_json on the same data, loading"),
    ] {
        if let Some(mean) = geometric_mean(&record.ratios(operation, 4, who)) {
            let _ = write!(html, "<div class=\"card tile\"><b>{}</b><span>{text}</span></div>", ratio_text(mean));
        }
    }
    html.push_str("</div><p>Geometric means over the workloads, at protocol 4.</p>");
}

/// A chart for each that is compared with, on one scale, and all figures as a table.
fn section(record: &Record, operation: &str, protocol: u8, title: &str, text: &str, html: &mut String) {
    let is_marshal = operation.starts_with("marshal");
    let others = record.others(operation, protocol);
    if others.is_empty() || (protocol == 0) != is_marshal {
        return;
    }
    // Who lends text is in the table alone, beside ours that does: what is drawn is held against copies.
    let peers = others.iter().filter(|who| !is_ours(who) && !who.ends_with(LENDS));
    let all: Vec<(&str, Vec<(&str, f64)>)> = peers.map(|who| (*who, record.ratios(operation, protocol, who))).collect();
    let span = span(all.iter().flat_map(|(_, ratios)| ratios));
    let _ = write!(html, "<h2>{title}</h2><p>{text}</p><div class=\"charts\">");
    for (who, ratios) in &all {
        let who = escape(who);
        let chart = charts::ratio_bars(&format!("{title}, beside {who}"), ratios, span);
        let _ = write!(html, "<div class=\"card\"><h3>{who}</h3>{chart}</div>");
    }
    html.push_str("</div>");
    table(record, operation, protocol, html);
}

/// The least and the greatest; what no work was done for would stretch the scale for nothing.
pub(crate) fn span<'r>(ratios: impl Iterator<Item = &'r (&'r str, f64)>) -> (f64, f64) {
    let ratios = ratios.filter(|(name, _)| *name != "bigbytes");
    ratios.fold((1.0, 1.0), |(low, high), (_, ratio)| (ratio.min(low), ratio.max(high)))
}

fn table(record: &Record, operation: &str, protocol: u8, html: &mut String) {
    let others = record.others(operation, protocol);
    html.push_str(
        "<details><summary>All figures</summary><div class=\"wide\"><table><tr><th>workload</th><th>KiB</th>",
    );
    let _ = write!(html, "<th>{OURS}, µs</th>");
    others.iter().for_each(|who| html.push_str(&format!("<th>{}</th>", escape(who))));
    html.push_str("</tr>");
    let ours = |row: &&super::record::Row| row.operation == operation && row.protocol == protocol && row.who == OURS;
    for row in record.results.iter().filter(ours) {
        let _ = write!(html, "<tr><td>{}</td><td>{}</td><td>{:.0}</td>", row.workload, row.bytes / 1024, row.micros);
        for who in &others {
            let ratio = record.ratios(operation, protocol, who).into_iter().find(|(name, _)| *name == row.workload);
            match ratio {
                Some((_, ratio)) if ratio < 1.0 => {
                    let _ = write!(html, "<td class=\"lost\">{ratio:.2}×</td>");
                }
                Some((_, ratio)) => {
                    let _ = write!(html, "<td>{ratio:.1}×</td>");
                }
                None => html.push_str("<td>–</td>"),
            }
        }
        html.push_str("</tr>");
    }
    html.push_str("</table></div></details>");
}

fn other_protocols(record: &Record, html: &mut String) {
    let Some(cpython) = record.cpython() else { return };
    let charts: Vec<(String, Vec<(&str, f64)>)> = [0, 1, 2, 3, 5]
        .into_iter()
        .flat_map(|protocol| ["load", "dump"].map(|operation| (operation, protocol)))
        .map(|(operation, protocol)| {
            (format!("{operation}, protocol {protocol}"), record.ratios(operation, protocol, cpython))
        })
        .filter(|(_, ratios)| !ratios.is_empty())
        .collect();
    if charts.is_empty() {
        return;
    }
    let span = span(charts.iter().flat_map(|(_, ratios)| ratios));
    let _ = write!(html, "<h2>Other protocols</h2><p>Beside {}.</p><div class=\"charts\">", escape(cpython));
    for (name, ratios) in &charts {
        let _ = write!(html, "<div class=\"card\"><h3>{name}</h3>{}</div>", charts::ratio_bars(name, ratios, span));
    }
    html.push_str("</div>");
}

/// Those who read and write Rust types, in microseconds, since not all of them are ours to compare with.
fn typed(record: &Record, html: &mut String) {
    for (operation, title) in [("load-typed", "Load into Rust types"), ("dump-typed", "Dump from Rust types")] {
        let rows: Vec<_> = record.results.iter().filter(|row| row.operation == operation).collect();
        if rows.is_empty() {
            continue;
        }
        if rows.iter().any(|row| row.who == OURS) {
            section(record, operation, 4, title, "", html);
            continue;
        }
        let others = record.others(operation, 4);
        let _ = write!(html, "<h2>{title}</h2><p>Microseconds.</p><div class=\"wide\"><table><tr><th>workload</th>");
        others.iter().for_each(|who| html.push_str(&format!("<th>{}</th>", escape(who))));
        html.push_str("</tr>");
        let mut workloads: Vec<&str> = rows.iter().map(|row| &row.workload[..]).collect();
        workloads.dedup();
        for workload in workloads {
            let _ = write!(html, "<tr><td>{workload}</td>");
            for who in &others {
                match rows.iter().find(|row| row.workload == workload && row.who == *who) {
                    Some(row) => html.push_str(&format!("<td>{:.0}</td>", row.micros)),
                    None => html.push_str("<td>–</td>"),
                }
            }
            html.push_str("</tr>");
        }
        html.push_str("</table></div>");
    }
}

fn throughput(record: &Record, html: &mut String) {
    let mut rows: Vec<(&str, Vec<(usize, f64)>)> = Vec::new();
    for (color, operation) in ["load", "dump"].into_iter().enumerate() {
        for row in &record.results {
            if row.operation != operation || row.protocol != 4 || row.who != OURS || row.workload == "bigbytes" {
                continue;
            }
            let megabytes = row.bytes as f64 / row.micros;
            match rows.iter_mut().find(|(name, _)| *name == row.workload) {
                Some((_, series)) => series.push((color, megabytes)),
                None => rows.push((&row.workload, vec![(color, megabytes)])),
            }
        }
    }
    if rows.is_empty() {
        return;
    }
    html.push_str("<h2>Throughput and its limits</h2><p>Megabytes of pickle a second, and microseconds that others need who only look \
         at the same bytes.</p><div class=\"charts\"><div class=\"card\"><h3><span class=\"key\" \
         style=\"background:var(--s0)\"></span>load <span class=\"key\" style=\"background:var(--s1)\"></span>dump, MB/s</h3>");
    html.push_str(&charts::bars("Throughput", &rows, "MB/s"));
    html.push_str("</div><div class=\"card wide\"><h3>Limits, µs</h3>");
    limits(record, html);
    html.push_str("</div></div>");
}

fn limits(record: &Record, html: &mut String) {
    let others = record.others("limit", 4);
    html.push_str("<table><tr><th>workload</th><th>our load</th>");
    others.iter().for_each(|who| html.push_str(&format!("<th>{}</th>", escape(who))));
    html.push_str("</tr>");
    let is_load = |row: &&super::record::Row| row.operation == "load" && row.protocol == 4 && row.who == OURS;
    for load in record.results.iter().filter(is_load) {
        let _ = write!(html, "<tr><td>{}</td><td>{:.0}</td>", load.workload, load.micros);
        for who in &others {
            let limit = record.results.iter().find(|row| {
                row.operation == "limit" && row.workload == load.workload && row.who == *who && row.protocol == 4
            });
            html.push_str(&limit.map_or("<td>–</td>".into(), |row| format!("<td>{:.0}</td>", row.micros)));
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
}

fn memory(record: &Record, html: &mut String) {
    if record.memory.is_empty() {
        return;
    }
    html.push_str(
        "<h2>Memory</h2><p>The most that a load takes, in sizes of the pickle, measured as a process of its own; each chart \
         has its own scale. Text and bytes refer to the pickle, and are not copied.</p><div class=\"charts\">",
    );
    let mut names: Vec<&str> = record.memory.iter().map(|footprint| &footprint.who[..]).collect();
    names.sort_unstable_by_key(|name| *name != OURS);
    names.dedup();
    names.truncate(3);
    let mut seen: Vec<&str> = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name);
            true
        }
    });
    for (color, who) in seen.iter().enumerate() {
        let rows: Vec<(&str, Vec<(usize, f64)>)> = record
            .memory
            .iter()
            .filter(|footprint| footprint.who == *who)
            .map(|footprint| (&footprint.workload[..], vec![(color, footprint.peak as f64 / footprint.pickle as f64)]))
            .collect();
        let _ = write!(html, "<div class=\"card\"><h3>{who}</h3>{}</div>", charts::bars(who, &rows, "×"));
    }
    html.push_str("</div>");
}

fn growth(record: &Record, html: &mut String) {
    if record.growth.is_empty() {
        return;
    }
    html.push_str("<h2>Growth</h2><p>Nanoseconds for each element, from ten thousand of them to ten million.</p><div class=\"charts\">");
    let mut sizes: Vec<u64> = record.growth.iter().map(|point| point.elements as u64).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let places: Vec<String> = sizes.iter().map(|size| count_text(*size)).collect();
    let mut workloads: Vec<&str> = record.growth.iter().map(|point| &point.workload[..]).collect();
    workloads.dedup();
    for workload in workloads {
        let line = |operation: &'static str| {
            let points =
                record.growth.iter().filter(|point| point.workload == workload && point.operation == operation);
            let place = |point: &super::record::Point| sizes.iter().position(|size| *size == point.elements as u64);
            let points = points.filter_map(|point| Some((place(point)?, point.nanos_an_element))).collect();
            Line { name: operation, points }
        };
        let chart = charts::lines(&format!("Growth of {workload}"), &places, &[line("load"), line("dump")]);
        let _ = write!(html, "<div class=\"card\"><h3>{workload}, ns an element</h3>{chart}</div>");
    }
    html.push_str("</div>");
}

fn count_text(count: u64) -> String {
    match count {
        1_000_000.. => format!("{} M", count / 1_000_000),
        1_000.. => format!("{} k", count / 1_000),
        _ => count.to_string(),
    }
}

fn history(records: &[Record], html: &mut String) {
    html.push_str("<h2>History</h2><p>Geometric means over the workloads at protocol 4, record by record.</p><div class=\"charts\">");
    let places: Vec<String> = records.iter().map(Record::date).collect();
    for operation in ["load", "dump"] {
        let line = |name: &'static str, who: &dyn Fn(&Record) -> Option<String>| {
            let mean = |record: &Record| geometric_mean(&record.ratios(operation, 4, &who(record)?));
            let points =
                records.iter().enumerate().filter_map(|(place, record)| Some((place, mean(record)?))).collect();
            Line { name, points }
        };
        let lines = [
            line("× CPython's C", &|record| record.cpython().map(String::from)),
            line("× serde-pickle", &|_| Some("serde-pickle".into())),
        ];
        let chart = charts::lines(&format!("History of {operation}"), &places, &lines);
        let _ = write!(html, "<div class=\"card\"><h3>{operation}</h3>{chart}</div>");
    }
    let counted: Vec<&Record> = records.iter().filter(|record| !record.instructions.is_empty()).collect();
    let places: Vec<String> = counted.iter().map(|record| record.date()).collect();
    let line = |name: &'static str, prefix: &str| {
        let mean = |record: &Record| {
            let cases = record.instructions.iter().filter(|(name, _)| name.starts_with(prefix));
            let each: Vec<(&str, f64)> =
                cases.map(|(name, count)| (&name[..], count.instructions as f64 / count.bytes as f64)).collect();
            geometric_mean(&each)
        };
        let points = counted.iter().enumerate().filter_map(|(place, record)| Some((place, mean(record)?))).collect();
        Line { name, points }
    };
    if !counted.is_empty() {
        let chart = charts::lines("Instructions", &places, &[line("load", "load"), line("dump", "dump")]);
        let _ = write!(html, "<div class=\"card\"><h3>instructions a byte of pickle</h3>{chart}</div>");
    }
    html.push_str("</div>");
}

fn instructions(record: &Record, html: &mut String) {
    if record.instructions.is_empty() {
        return;
    }
    html.push_str("<h2>Instructions</h2><p>Counted by callgrind: the same on a busy machine. These are checked with every change.</p>\
         <details><summary>All cases</summary><div class=\"wide\"><table><tr><th>case</th><th>bytes</th><th>instructions</th><th>a byte</th></tr>");
    for (name, count) in &record.instructions {
        let each = count.instructions as f64 / count.bytes as f64;
        let _ = write!(
            html,
            "<tr><td>{name}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            count.bytes,
            count.instructions,
            figure(each)
        );
    }
    html.push_str("</table></div></details>");
}

fn commands(record: &Record, html: &mut String) {
    html.push_str("<h2>The commands behind the numbers</h2><p><code>cargo xtask bench</code> runs these, in <code>benches/</code>, \
         and makes this page.</p><pre>");
    record.commands.iter().for_each(|command| html.push_str(&(escape(command) + "\n")));
    html.push_str("</pre>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
