//! The charts: inline SVG, coloured by the page's classes.

use std::fmt::Write as _;

/// How wide a chart is: as a phone's screen, so that nothing is scaled down there.
const WIDTH: f64 = 360.0;
const ROW: f64 = 19.0;
/// Where bars begin, right of the workloads' names.
const LEFT: f64 = 84.0;
/// Room for the figures behind the bars.
const RIGHT: f64 = 46.0;

/// Bars that start at 1×, to the right where we are quicker, to the left where we are not.
///
/// `span` is the range of all charts that are to be compared, from the least to the greatest.
pub(crate) fn ratio_bars(label: &str, ratios: &[(&str, f64)], span: (f64, f64)) -> String {
    let low = span.0.min(1.0).log10().floor().max(-2.0);
    let high = span.1.max(10.0).log10();
    let scale = |ratio: f64| LEFT + (ratio.log10().clamp(low, high) - low) / (high - low) * (WIDTH - LEFT - RIGHT);
    let height = ROW * ratios.len() as f64 + 22.0;
    let mut svg = open(label, height);
    for power in low as i32..=high as i32 {
        let x = scale(10f64.powi(power));
        let class = if power == 0 { "one" } else { "grid" };
        let _ = write!(svg, r#"<line class="{class}" x1="{x:.1}" x2="{x:.1}" y1="0" y2="{:.0}"/>"#, height - 16.0);
        let name = ratio_text(10f64.powi(power));
        let _ =
            write!(svg, r#"<text class="tick" x="{x:.1}" y="{:.0}" text-anchor="middle">{name}</text>"#, height - 3.0);
    }
    for (at, (name, ratio)) in ratios.iter().enumerate() {
        let y = ROW * at as f64 + 3.0;
        let (one, end) = (scale(1.0), scale(*ratio));
        let (x, width) = (one.min(end), (end - one).abs().max(1.0));
        let class = if *ratio < 1.0 { "loss" } else { "gain" };
        let text = ratio_text(*ratio);
        let _ = write!(
            svg,
            r#"<g><title>{name}: {text}</title><text class="name" x="{:.0}" y="{:.1}" text-anchor="end">{name}</text><rect class="{class}" x="{x:.1}" y="{y:.1}" width="{width:.1}" height="13" rx="2"/><text class="value" x="{:.1}" y="{:.1}">{text}</text></g>"#,
            LEFT - 6.0,
            y + 10.5,
            one.max(end) + 4.0,
            y + 10.5,
        );
    }
    svg + "</svg>"
}

/// Bars from zero, of one or several series a row.
pub(crate) fn bars(label: &str, rows: &[(&str, Vec<(usize, f64)>)], unit: &str) -> String {
    let most = rows.iter().flat_map(|(_, series)| series.iter().map(|(_, value)| *value)).fold(0.0, f64::max);
    let thick = 11.0;
    let height: f64 = rows.iter().map(|(_, series)| thick * series.len() as f64 + 8.0).sum::<f64>() + 2.0;
    let mut svg = open(label, height);
    let _ = write!(svg, r#"<line class="one" x1="{LEFT}" x2="{LEFT}" y1="0" y2="{height:.0}"/>"#);
    let mut y = 4.0;
    for (name, series) in rows {
        let middle = y + thick * series.len() as f64 / 2.0 + 4.0;
        let _ =
            write!(svg, r#"<text class="name" x="{:.0}" y="{middle:.1}" text-anchor="end">{name}</text>"#, LEFT - 6.0);
        for (color, value) in series {
            let width = (value / most * (WIDTH - LEFT - RIGHT - 14.0)).max(1.0);
            let text = figure(*value);
            let _ = write!(
                svg,
                r#"<g><title>{name}: {text} {unit}</title><rect class="s{color}" x="{LEFT}" y="{y:.1}" width="{width:.1}" height="{:.1}" rx="2"/><text class="value" x="{:.1}" y="{:.1}">{text}</text></g>"#,
                thick - 1.5,
                LEFT + width + 4.0,
                y + 9.0,
            );
            y += thick;
        }
        y += 8.0;
    }
    svg + "</svg>"
}

/// A line of a chart.
pub(crate) struct Line<'a> {
    pub(crate) name: &'a str,
    /// Where on the axis, and how much.
    pub(crate) points: Vec<(usize, f64)>,
}

/// Lines over named places.
pub(crate) fn lines(label: &str, places: &[String], lines: &[Line<'_>]) -> String {
    const TOP: f64 = 10.0;
    const BOTTOM: f64 = 150.0;
    let height = 170.0 + 16.0 * lines.len() as f64;
    let most = lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)).fold(0.0, f64::max) * 1.1;
    let step = (WIDTH - 60.0) / (places.len().max(2) - 1) as f64;
    let at = |place: usize, value: f64| (36.0 + step * place as f64, BOTTOM - value / most * (BOTTOM - TOP));
    let mut svg = open(label, height);
    for part in 0..=2 {
        let value = most * f64::from(part) / 2.0;
        let (_, y) = at(0, value);
        let _ = write!(svg, r#"<line class="grid" x1="36" x2="{WIDTH}" y1="{y:.1}" y2="{y:.1}"/>"#);
        let _ =
            write!(svg, r#"<text class="tick" x="30" y="{:.1}" text-anchor="end">{}</text>"#, y + 4.0, figure(value));
    }
    // Of many records, only some have room for their date.
    let every = places.len().div_ceil(4).max(1);
    for (place, name) in places.iter().enumerate().filter(|(place, _)| place % every == 0) {
        let (x, _) = at(place, 0.0);
        let anchor = if place == 0 && places.len() > 1 { "start" } else { "middle" };
        let _ = write!(
            svg,
            r#"<text class="tick" x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{name}</text>"#,
            BOTTOM + 14.0
        );
    }
    for (color, line) in lines.iter().enumerate() {
        let points: Vec<(f64, f64)> = line.points.iter().map(|&(place, value)| at(place, value)).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = write!(svg, r#"<polyline class="l{color}" points="{}"/>"#, path.join(" "));
        for ((x, y), (_, value)) in points.iter().zip(&line.points) {
            let name = line.name;
            let text = figure(*value);
            let _ = write!(
                svg,
                r#"<circle class="s{color}" cx="{x:.1}" cy="{y:.1}" r="3.5"><title>{name}: {text}</title></circle>"#
            );
        }
        let y = 182.0 + 16.0 * color as f64;
        let last = line.points.last().map(|(_, value)| figure(*value)).unwrap_or_default();
        let _ = write!(svg, r#"<rect class="s{color}" x="36" y="{:.1}" width="10" height="10" rx="2"/>"#, y - 9.0);
        let _ = write!(svg, r#"<text class="value" x="52" y="{y:.1}">{}: {last}</text>"#, line.name);
    }
    svg + "</svg>"
}

fn open(label: &str, height: f64) -> String {
    format!(r#"<svg viewBox="0 0 {WIDTH} {height:.0}" role="img" aria-label="{label}">"#)
}

/// `4.2×`, `30×`.
pub(crate) fn ratio_text(ratio: f64) -> String {
    if ratio > 0.0 && ratio < 0.095 { format!("{ratio:.2}×") } else { format!("{}×", figure(ratio)) }
}

/// A number with as many digits as tell something.
pub(crate) fn figure(value: f64) -> String {
    match value {
        value if value >= 9.95 => format!("{value:.0}"),
        value if (value - value.round()).abs() < 0.05 => format!("{value:.0}"),
        value => format!("{value:.1}"),
    }
}

/// The picture for the README: loads and dumps beside CPython, with its own colours for light and dark.
pub(crate) fn picture(title: &str, panels: &[(String, Vec<(&str, f64)>)], span: (f64, f64)) -> String {
    let rows = panels.iter().map(|(_, ratios)| ratios.len()).max().unwrap_or(0) as f64;
    let (width, height) = (WIDTH * panels.len() as f64 + 20.0, ROW * rows + 22.0 + 76.0);
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0}" width="{width}" height="{height:.0}" role="img" aria-label="{title}"><style>{}{STYLE}</style><rect class="paper" width="100%" height="100%" rx="8"/><text class="title" x="16" y="28">{title}</text>"#,
        super::page::COLORS,
    );
    for (at, (name, ratios)) in panels.iter().enumerate() {
        let x = WIDTH * at as f64 + 10.0;
        let chart = ratio_bars(name, ratios, span);
        let chart = chart.replacen(
            "<svg ",
            &format!(r#"<svg x="{x}" y="66" width="{WIDTH}" height="{:.0}" "#, height - 76.0),
            1,
        );
        let _ = write!(svg, r#"<text class="head" x="{:.0}" y="54">{name}</text>{chart}"#, x + LEFT);
    }
    svg + "</svg>\n"
}

/// What the picture's own text looks like.
const STYLE: &str = "text{font-family:system-ui,-apple-system,'Segoe UI',sans-serif}.paper{fill:var(--paper)}\
.title{font-size:16px;font-weight:600;fill:var(--ink)}.head{font-size:13px;font-weight:600;fill:var(--ink)}";
