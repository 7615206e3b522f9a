//! Code objects with other fields: CPython makes the same of them by `code.replace`.

use marshal_lite::code::{Code, Field};
use marshal_lite::value::View;
use marshal_lite::{Error, ReadOptions, Release, WriteOptions};

use super::ask::said;
use super::{Extent, Subject};
use crate::{Result, paths};

/// How many code objects are changed.
const COUNT: usize = 1_000;

/// Changes code objects from all over the modules; gives how many the interpreter changes otherwise.
pub(super) fn check(subject: &Subject<'_>, release: Release, extent: &Extent) -> Result<usize> {
    let differences = differences(subject, release, change)?;
    let total = differences.len();
    let differences: Vec<&String> = differences.iter().filter(|line| *line != "equal").collect();
    let equal = total - differences.len();
    println!("CPython {}: {equal} of {total} code objects are changed as it changes them", subject.python.version);
    for difference in differences.iter().take(extent.limit) {
        println!("  {difference}");
    }
    Ok(differences.len() + usize::from(total == 0))
}

/// What the interpreter says of each change.
pub(super) fn differences(
    subject: &Subject<'_>,
    release: Release,
    change: fn(&Code<'_>) -> Result<Vec<u8>, Error>,
) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for file in subject.pack.files() {
        let (graph, _) = ReadOptions::new().release(release).from_slice_at(file.data, release.pyc_header())?;
        all.extend((0..all_codes(graph.root(), release)?.len()).map(|index| (file.number, index)));
    }
    let count = COUNT.min(all.len());
    let chosen: Vec<(usize, usize)> = (0..count).map(|number| all[number * all.len() / count]).collect();
    let mut contents = Vec::new();
    for file in subject.pack.files() {
        let here: Vec<usize> =
            chosen.iter().filter(|(number, _)| *number == file.number).map(|&(_, index)| index).collect();
        if here.is_empty() {
            continue;
        }
        let (graph, _) = ReadOptions::new().release(release).from_slice_at(file.data, release.pyc_header())?;
        let codes = all_codes(graph.root(), release)?;
        for index in here {
            // The script takes the header off, whatever it is.
            let mut data = file.data[..release.pyc_header()].to_vec();
            data.extend_from_slice(&change(&codes[index])?);
            contents.push((format!("{}:{index}", file.number), data));
        }
    }
    let path = subject.pack.write_beside("changed", &contents)?;
    let script = paths::marshal_scripts().join("replace.py");
    let said = said(subject.python, &script, &[&subject.pack.path, &path])?;
    let lines: Vec<String> = String::from_utf8(said)?.lines().map(str::to_owned).collect();
    if lines.len() == contents.len() { Ok(lines) } else { Err("the script says too little".into()) }
}

/// The change that `replace.py` makes.
fn change(code: &Code<'_>) -> Result<Vec<u8>, Error> {
    let mut replace = code.replace();
    let append = |field: Field, front: &str, back: &str| {
        format!("{front}{}{back}", code.field(field).as_str().unwrap_or_default())
    };
    replace.text(Field::FileName, &append(Field::FileName, "edited/", ""))?;
    replace.text(Field::Name, &append(Field::Name, "", "_edited"))?;
    let mut consts = Vec::new();
    for constant in code.consts().items() {
        consts.push(replace.copy(constant)?);
    }
    let builder = replace.builder();
    let python2 = code.release().is_python2();
    consts.push(builder.int32(7));
    let text = "an edited constant";
    consts.push(if python2 { builder.byte_string(text.as_bytes())? } else { builder.text(text)? });
    let large = (1_i128 << 70).to_le_bytes();
    let inner = [
        if python2 { builder.long_from_le_bytes(&large)? } else { builder.int_from_le_bytes(&large)? },
        if python2 { builder.byte_string(b"edited")? } else { builder.bytes(b"edited")? },
        builder.float(-0.5)?,
        builder.none(),
    ];
    consts.push(builder.tuple(&inner)?);
    let consts = builder.tuple(&consts)?;
    replace.object(Field::Consts, consts)?;
    WriteOptions::new().release(code.release()).to_vec(&replace.finish()?)
}

/// A code object and those within, each before its own.
fn all_codes(root: View<'_>, release: Release) -> Result<Vec<Code<'_>>, Error> {
    let mut work = vec![root];
    let mut codes = Vec::new();
    while let Some(view) = work.pop() {
        let code = Code::new(view, release)?;
        codes.push(code);
        let inner: Vec<View<'_>> = code.inner().collect();
        work.extend(inner.into_iter().rev());
    }
    Ok(codes)
}
