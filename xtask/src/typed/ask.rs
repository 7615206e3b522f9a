//! What an interpreter says of pickles: whether each is the value of an expression, and how it writes that.

use std::fs;
use std::process::Command;

use crate::Result;
use crate::compat::hex;
use crate::compat::pythons::Interpreter;

/// What an interpreter says of a pickle.
pub(super) enum Answer {
    /// It is the value: how it is written by both picklers.
    Written(Vec<Vec<u8>>),
    /// It is not, and why.
    Refused(String),
}

/// Shows pickles and expressions to an interpreter, which answers at a protocol.
pub(super) fn ask(python: &Interpreter, questions: &[(Vec<u8>, String)], protocol: u8) -> Result<Vec<Answer>> {
    let folder = tempfile::tempdir()?;
    let (script, asked) = (folder.path().join("judge.py"), folder.path().join("questions"));
    fs::write(&script, include_str!("judge.py"))?;
    let lines: Vec<String> =
        questions.iter().map(|(pickle, expression)| format!("{} {expression}\n", hex(pickle))).collect();
    fs::write(&asked, lines.concat())?;
    let mut command = Command::new(&python.path);
    command.arg(&script).arg(&asked).arg(protocol.to_string());
    let output = command.env_remove("PYTHONPATH").env_remove("PYTHONHOME").output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("judge.py fails under {}:\n{said}", python.path.display()).into());
    }
    let answers: Vec<Answer> = String::from_utf8(output.stdout)?.lines().map(answer).collect::<Result<_>>()?;
    if answers.len() != questions.len() {
        return Err(format!("judge.py gives {} answers to {} questions", answers.len(), questions.len()).into());
    }
    Ok(answers)
}

fn answer(line: &str) -> Result<Answer> {
    let (verdict, rest) = line.split_once(' ').ok_or("an answer without a verdict")?;
    Ok(match verdict {
        "equal" => Answer::Written(rest.split(' ').map(unhex).collect::<Result<_>>()?),
        _ => Answer::Refused(rest.to_owned()),
    })
}

fn unhex(text: &str) -> Result<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| Ok(u8::from_str_radix(&text[at..at + 2], 16)?)).collect()
}
