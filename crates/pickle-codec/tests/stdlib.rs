//! Values of the standard library, as every CPython pickles them: `tests/stdlib/make.py` made the table.

use pickle_codec::{DumpOptions, Encoding, LoadOptions, Profile};
use pickle_value::stdlib::{
    Array, ArrayValue, Counter, DateTime, DefaultDict, Deque, EnumMember, IpClass, NamedTuple, Namespace, OrderedDict,
    SafeUuid, Time, TimeDelta,
};
use pickle_value::{Builder, Error, Handle, Kind, View};
use serde_json::{Value, json};
use support::base64;

#[path = "stdlib/base64.rs"]
mod support;

/// One value of the table.
struct Row {
    kind: String,
    fields: Value,
    /// Python 3.13's, where it can have the value.
    repr: Option<String>,
    pickles: Vec<Pickle>,
}

/// A pickle of it.
struct Pickle {
    /// The interpreters and protocols that write it, such as `3.12-4`.
    by: Vec<String>,
    bytes: Vec<u8>,
    /// What 3.13 writes after loading it, by protocol, where that is not what it writes of its own value.
    after: Vec<(u8, Vec<u8>)>,
}

fn table() -> Vec<Row> {
    let rows: Vec<Row> = include_str!("stdlib/values.jsonl").lines().map(row).collect();
    assert!(rows.len() > 140, "only {} values", rows.len());
    rows
}

fn row(line: &str) -> Row {
    let line: Value = serde_json::from_str(line).expect("a line is JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let pickles = list(&line["pickles"]).into_iter().map(|pickle| Pickle {
        by: text(&pickle[0]).split(',').map(str::to_owned).collect(),
        bytes: base64(&text(&pickle[1])),
        after: pickle[2].as_array().into_iter().flatten().map(after).collect(),
    });
    Row {
        kind: text(&line["kind"]),
        fields: line["fields"].clone(),
        repr: line["repr"].as_str().map(str::to_owned),
        pickles: pickles.collect(),
    }
}

fn after(entry: &Value) -> (u8, Vec<u8>) {
    let protocol = entry[0].as_u64().and_then(|protocol| protocol.try_into().ok());
    (protocol.expect("a protocol"), base64(entry[1].as_str().expect("a pickle")))
}

impl Row {
    /// What 3.13 writes of its own value.
    fn written(&self, protocol: u8) -> Option<&[u8]> {
        let name = format!("3.13-{protocol}");
        self.pickles.iter().find(|pickle| pickle.by.contains(&name)).map(|pickle| &pickle.bytes[..])
    }
}

impl Pickle {
    fn is_python2(&self) -> bool {
        self.by[0].starts_with("2.7")
    }
}

#[test]
fn views_take_every_form() {
    let (mut count, mut differences) = (0, Vec::new());
    for Row { kind, fields, repr, pickles } in table() {
        for Pickle { by, bytes, .. } in &pickles {
            let mut ways =
                vec![LoadOptions::new().encoding(Encoding::Latin1), LoadOptions::new().encoding(Encoding::Bytes)];
            if by[0].starts_with("2.7") {
                ways.push(LoadOptions::new().profile(Profile::CPYTHON_2_7));
            }
            for (number, options) in ways.into_iter().enumerate() {
                let graph = options.from_slice(bytes).expect("CPython wrote it");
                let found = fields_of(&kind, graph.root());
                match found {
                    None => differences.push(format!("{by:?}, way {number}: no {kind} is seen in {graph}")),
                    Some(found) if found != fields && (number == 0 || !is_of_strings(&kind)) => {
                        differences.push(format!("{by:?}, way {number}: {kind} of {found}, not {fields}"));
                    }
                    _ => {}
                }
                let shown = graph.to_string();
                if let (0, Some(repr)) = (number, &repr)
                    && shown != as_shown(&kind, repr, &shown)
                {
                    differences.push(format!("{by:?}: shown as {shown}, not {repr}"));
                }
                count += 1;
            }
        }
    }
    report(&differences, count, 2000);
}

fn report(differences: &[String], count: usize, at_least: usize) {
    let number = differences.len();
    let first: Vec<&str> = differences.iter().take(3).map(String::as_str).collect();
    assert!(differences.is_empty(), "{number} of {count} differ, such as\n{}", first.join("\n"));
    assert!(count >= at_least, "only {count} were compared");
}

/// Python's repr, but for what only a class knows: what its fields and members are called, and that it is one.
fn as_shown(kind: &str, repr: &str, shown: &str) -> String {
    match kind {
        "named tuple" | "enum" => shown.to_owned(),
        _ => repr.replace("<class '", "").replace("'>", ""),
    }
}

/// Whether it holds text, which Python 2's `str` is not in all ways of reading.
fn is_of_strings(kind: &str) -> bool {
    matches!(kind, "ordered dict" | "default dict" | "named tuple" | "deque")
}

#[test]
fn what_is_built_is_dumped_as_cpython_dumps_it() {
    let (mut count, mut differences) = (0, Vec::new());
    for row in table().iter().filter(|row| row.repr.is_some()) {
        let (newest, at) = (0..=5).rev().find_map(|p| Some((row.written(p)?, p))).expect("3.13 writes it");
        let graph = LoadOptions::new().from_slice(newest).unwrap_or_else(|error| panic!("{}: {error}", row.kind));
        let mut builder = Builder::new();
        let root =
            rebuilt(&row.kind, graph.root(), &mut builder).unwrap_or_else(|error| panic!("{}: {error}", row.kind));
        let built = builder.finish(root);
        for protocol in 0..=at {
            // The fold of a time is lost under protocol 4.
            let Some(expected) = row.written(protocol) else { continue };
            let ours = DumpOptions::new().protocol(protocol).to_vec(&built).expect("it can be written");
            if ours != expected {
                let (ours, expected) = (ours.escape_ascii(), expected.escape_ascii());
                differences.push(format!("{built} at {protocol}:\n  ours   {ours}\n  theirs {expected}"));
            }
            count += 1;
        }
    }
    report(&differences, count, 800);
}

/// `pickle.dumps(pickle.loads(x))` by 3.13, for what other versions wrote.
#[test]
fn what_others_wrote_is_dumped_as_cpython_dumps_it() {
    let (mut count, mut differences) = (0, Vec::new());
    for row in table().iter().filter(|row| row.repr.is_some()) {
        for pickle in &row.pickles {
            let encoding = if pickle.is_python2() { Encoding::Latin1 } else { Encoding::Ascii };
            let graph =
                LoadOptions::new().encoding(encoding).unify(true).from_slice(&pickle.bytes).expect("CPython wrote it");
            for protocol in 0..=5 {
                // Of a single field it could be an int subclass's instance, as protocol 2 has both, and then it is one.
                if row.fields[1] == "One" && protocol < 2 && !pickle.by[0].ends_with(['0', '1']) {
                    continue;
                }
                let after = pickle.after.iter().find(|(of, _)| *of == protocol).map(|(_, bytes)| &bytes[..]);
                let Some(expected) = after.or_else(|| row.written(protocol)) else { continue };
                let ours = DumpOptions::new().protocol(protocol).to_vec(&graph).expect("it can be written");
                if ours != expected {
                    let (ours, expected, from) = (ours.escape_ascii(), expected.escape_ascii(), &pickle.by);
                    differences.push(format!("{graph}, {from:?} to {protocol}:\n  ours   {ours}\n  theirs {expected}"));
                }
                count += 1;
            }
        }
    }
    report(&differences, count, 5000);
}

/// Several values in one pickle, from each protocol to each, by the rules of each version.
#[test]
fn what_values_share_is_written_once() {
    let (mut count, mut differences) = (0, Vec::new());
    for line in include_str!("stdlib/mixes.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let profile = line["profile"].as_str().and_then(Profile::from_name).expect("a profile");
        let texts = line["pickles"].as_array().expect("a list");
        let pickles: Vec<Vec<u8>> = texts.iter().map(|text| base64(text.as_str().expect("a pickle"))).collect();
        for (i, from) in pickles.iter().enumerate() {
            let graph = LoadOptions::new().profile(profile).unify(true).from_slice(from).expect("CPython wrote it");
            for (j, to) in (0..).zip(&pickles) {
                let mut after = line["after"].as_array().expect("a list").iter();
                let after = after
                    .find(|entry| entry[0] == i && entry[1] == j)
                    .map(|entry| base64(entry[2].as_str().expect("a pickle")));
                let expected = after.as_ref().unwrap_or(to);
                let ours = DumpOptions::new().profile(profile).protocol(j).to_vec(&graph).expect("it can be written");
                if ours != *expected {
                    let (ours, expected) = (ours.escape_ascii(), expected.escape_ascii());
                    differences.push(format!("{profile}, {graph}, {i} to {j}:\n  ours   {ours}\n  theirs {expected}"));
                }
                count += 1;
            }
        }
    }
    report(&differences, count, 2000);
}

/// `tests/stdlib/respelled.py` made the table.
#[test]
fn what_is_spelled_otherwise_is_spelled_as_the_interpreter_does() {
    let (mut count, mut differences) = (0, Vec::new());
    for line in include_str!("stdlib/respelled.jsonl").lines() {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let profile = line["profile"].as_str().and_then(Profile::from_name).expect("a profile");
        let pickle = base64(line["pickle"].as_str().expect("a pickle"));
        let graph = LoadOptions::new().profile(profile).unify(true).from_slice(&pickle).expect("CPython loads it");
        for (protocol, after) in (0..).zip(line["after"].as_array().expect("a list")) {
            let expected = base64(after.as_str().expect("a pickle"));
            let ours =
                DumpOptions::new().profile(profile).protocol(protocol).to_vec(&graph).expect("it can be written");
            if ours != expected {
                let (ours, expected) = (ours.escape_ascii(), expected.escape_ascii());
                differences.push(format!("{profile}, {graph}, to {protocol}:\n  ours   {ours}\n  theirs {expected}"));
            }
            count += 1;
        }
    }
    report(&differences, count, 900);
}

/// The fields of a view, as the script has them.
fn fields_of(kind: &str, view: View<'_>) -> Option<Value> {
    Some(match kind {
        "date" => view.as_date().map(|date| json!([date.year, date.month, date.day]))?,
        "time" => {
            let Time { hour, minute, second, microsecond, fold, tzinfo } = view.as_time()?;
            json!([hour, minute, second, microsecond, i32::from(fold), of_zone(tzinfo)?])
        }
        "datetime" => {
            let DateTime { year, month, day, hour, minute, second, microsecond, fold, tzinfo } = view.as_datetime()?;
            json!([year, month, day, hour, minute, second, microsecond, i32::from(fold), of_zone(tzinfo)?])
        }
        "timedelta" => {
            let TimeDelta { days, seconds, microseconds } = view.as_timedelta()?;
            json!([days, seconds, microseconds])
        }
        "timezone" => of_zone(Some(view))?,
        "zone" => view.as_zone_info().map(|zone| json!([zone.key, zone.from_cache]))?,
        "decimal" => view.as_decimal().map(|decimal| json!([decimal.text]))?,
        "fraction" => {
            let fraction = view.as_fraction()?;
            json!([fraction.numerator.to_string(), fraction.denominator.to_string()])
        }
        "uuid" => {
            let uuid = view.as_uuid()?;
            let is_safe = match uuid.is_safe {
                SafeUuid::Safe => "safe",
                SafeUuid::Unsafe => "unsafe",
                SafeUuid::Unknown => "unknown",
            };
            json!([uuid.int.to_string(), is_safe])
        }
        "ordered dict" => pairs(view.as_ordered_dict()?.entries()),
        "default dict" => {
            let default = view.as_default_dict()?;
            let factory = default.factory.and_then(View::as_global).map(|(_, name)| name);
            json!([factory, pairs(default.entries())])
        }
        "counter" => pairs(view.as_counter()?.entries()),
        "deque" => {
            let deque = view.as_deque()?;
            json!([deque.maxlen, deque.items().map(plain).collect::<Vec<_>>()])
        }
        "array" => {
            let array = view.as_array()?;
            let values: Vec<String> = array.values().map(printed).collect();
            assert_eq!(values.len(), array.len());
            json!([array.typecode, values])
        }
        "named tuple" => {
            let NamedTuple { class, items } = view.as_named_tuple()?;
            let (module, name) = class.as_global()?;
            json!([module, name, items.items().map(plain).collect::<Vec<_>>()])
        }
        "enum" => {
            let EnumMember { class, value } = view.as_enum_member()?;
            let (module, name) = class.as_global()?;
            json!([module, name, plain(value)])
        }
        "namespace" => pairs(view.as_namespace()?.attributes.entries()),
        "path" => {
            let path = view.as_path()?;
            let mut builder = Builder::new();
            let posix = builder.text_from_utf8(&path.as_posix()).expect("it is text");
            json!([path.class.name(), builder.finish(posix).to_string()])
        }
        "ip" => {
            let ip = view.as_ip()?;
            let (version, class) = (
                if ip.address.is_ipv4() { 4 } else { 6 },
                match ip.class {
                    IpClass::Address => "Address",
                    IpClass::Network(_) => "Network",
                    IpClass::Interface(_) => "Interface",
                },
            );
            json!([format!("IPv{version}{class}"), ip.text()])
        }
        other => panic!("{other} is not known"),
    })
}

fn of_zone(zone: Option<View<'_>>) -> Option<Value> {
    let Some(zone) = zone else { return Some(Value::Null) };
    if let Some(zone) = zone.as_zone_info() {
        return Some(json!(zone.key));
    }
    let zone = zone.as_timezone()?;
    let name = zone.name.map(|name| name.to_string_lossy().into_owned());
    Some(json!([zone.offset.days, zone.offset.seconds, zone.offset.microseconds, name]))
}

fn pairs<'g>(entries: impl Iterator<Item = (View<'g>, View<'g>)>) -> Value {
    entries.map(|(key, value)| json!([plain(key), plain(value)])).collect()
}

fn plain(view: View<'_>) -> Value {
    match view.kind() {
        Kind::None => Value::Null,
        Kind::Int => json!(view.as_i64()),
        Kind::Float => json!(view.as_f64()),
        Kind::List => view.items().map(plain).collect(),
        _ => json!(view.as_str()),
    }
}

fn printed(value: ArrayValue) -> String {
    match value {
        ArrayValue::Int(value) => value.to_string(),
        ArrayValue::Float(value) => {
            let mut builder = Builder::new();
            let float = builder.float(value).expect("room");
            builder.finish(float).to_string()
        }
        ArrayValue::Char(point) => char::from_u32(point).expect("a character").to_string(),
    }
}

/// The same value, made anew of its fields.
fn rebuilt(kind: &str, view: View<'_>, b: &mut Builder<'_>) -> Result<Handle, Error> {
    match kind {
        "date" => view.as_date().expect("a date").build(b),
        "time" => {
            let Time { hour, minute, second, microsecond, fold, tzinfo } = view.as_time().expect("a time");
            let tzinfo = tzinfo.map(|zone| copied(zone, b)).transpose()?;
            Time { hour, minute, second, microsecond, fold, tzinfo }.build(b)
        }
        "datetime" => {
            let DateTime { year, month, day, hour, minute, second, microsecond, fold, tzinfo } =
                view.as_datetime().expect("a datetime");
            let tzinfo = tzinfo.map(|zone| copied(zone, b)).transpose()?;
            DateTime { year, month, day, hour, minute, second, microsecond, fold, tzinfo }.build(b)
        }
        "timedelta" => view.as_timedelta().expect("a timedelta").build(b),
        "timezone" | "zone" => copied(view, b),
        "decimal" => view.as_decimal().expect("a decimal").build(b),
        "fraction" => view.as_fraction().expect("a fraction").build(b),
        "uuid" => view.as_uuid().expect("a UUID").build(b),
        "ordered dict" => {
            let pairs = copied_pairs(view.as_ordered_dict().expect("an OrderedDict").entries(), b)?;
            OrderedDict::build(b, &pairs)
        }
        "default dict" => {
            let default = view.as_default_dict().expect("a defaultdict");
            let factory = default.factory.map(|factory| copied(factory, b)).transpose()?;
            let pairs = copied_pairs(default.entries(), b)?;
            DefaultDict::build(b, factory, &pairs)
        }
        "counter" => {
            let pairs = copied_pairs(view.as_counter().expect("a Counter").entries(), b)?;
            Counter::build(b, &pairs)
        }
        "deque" => {
            let deque = view.as_deque().expect("a deque");
            let items = deque.items().map(|item| copied(item, b)).collect::<Result<Vec<_>, _>>()?;
            Deque::build(b, &items, deque.maxlen)
        }
        "array" => {
            let array = view.as_array().expect("an array");
            Array::build(b, array.typecode, &array.values().collect::<Vec<_>>())
        }
        "named tuple" => {
            let NamedTuple { class, items } = view.as_named_tuple().expect("a named tuple");
            let class = copied(class, b)?;
            let items = items.items().map(|item| copied(item, b)).collect::<Result<Vec<_>, _>>()?;
            NamedTuple::build(b, class, &items)
        }
        "enum" => {
            let EnumMember { class, value } = view.as_enum_member().expect("a member");
            let (class, value) = (copied(class, b)?, copied(value, b)?);
            EnumMember::build(b, class, value)
        }
        "namespace" => {
            let mut attributes = Vec::new();
            for (name, value) in view.as_namespace().expect("a namespace").attributes.entries() {
                attributes.push((name.as_str().expect("a name").to_owned(), copied(value, b)?));
            }
            let attributes: Vec<(&str, Handle)> = attributes.iter().map(|(name, value)| (&name[..], *value)).collect();
            Namespace::build(b, &attributes)
        }
        "path" => view.as_path().expect("a path").build(b),
        "ip" => view.as_ip().expect("an address").build(b),
        other => panic!("{other} is not known"),
    }
}

fn copied_pairs<'g>(
    entries: impl Iterator<Item = (View<'g>, View<'g>)>,
    b: &mut Builder<'_>,
) -> Result<Vec<Handle>, Error> {
    let mut pairs = Vec::new();
    for (key, value) in entries {
        pairs.extend([copied(key, b)?, copied(value, b)?]);
    }
    Ok(pairs)
}

/// What the values of the table are made of.
fn copied(view: View<'_>, b: &mut Builder<'_>) -> Result<Handle, Error> {
    if let Some(zone) = view.as_timezone() {
        return zone.build(b);
    }
    if let Some(zone) = view.as_zone_info() {
        return zone.build(b);
    }
    if let Some((module, name)) = view.as_global() {
        return b.global(module, name);
    }
    match view.kind() {
        Kind::None => Ok(b.none()),
        Kind::Int => b.int(view.as_i64().expect("a small int")),
        Kind::Float => b.float(view.as_f64().expect("a float")),
        Kind::List => {
            let items = view.items().map(|item| copied(item, b)).collect::<Result<Vec<_>, _>>()?;
            b.list(&items)
        }
        _ => b.text(view.as_str().expect("a text")),
    }
}
