//! [`Judge`]: a process of `compat/edits/judge.py`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::compat::pythons::Interpreter;
use crate::dialogue::Dialogue;
use crate::{Result, paths};

/// A place that Python can assign to, and what.
#[derive(Deserialize, Debug)]
pub(crate) struct Place {
    /// Such as `['users'][3].name`.
    pub(crate) path: String,
    /// The same in pieces.
    steps: Value,
    pub(crate) literal: String,
    /// How many instructions the old value takes, if pickled by itself.
    #[serde(default)]
    pub(crate) was: usize,
    /// The same of the new one, with its key where that is new.
    #[serde(default)]
    pub(crate) now: usize,
}

#[derive(Deserialize)]
struct Places {
    places: Vec<Place>,
}

#[derive(Deserialize)]
struct Verdict {
    verdict: Option<String>,
}

/// A CPython that says where to edit, and judges the edits.
pub(crate) struct Judge(Dialogue);

impl Judge {
    pub(crate) fn start(python: &Interpreter) -> Result<Judge> {
        Ok(Judge(Dialogue::start(python, paths::judge())?))
    }

    /// Up to `count` places of a pickle's object, by chance; none of a pickle that CPython does not load.
    pub(crate) fn places(&mut self, pickle: &[u8], seed: &str, count: usize) -> Result<Vec<Place>> {
        let answer: Places = self.0.ask(&json!({"places": hex(pickle), "seed": seed, "count": count}))?;
        Ok(answer.places)
    }

    /// What is different from Python's assignment; nothing if all is the same.
    pub(crate) fn judge(&mut self, pickle: &[u8], edited: &[u8], place: &Place) -> Result<Option<String>> {
        self.judge_hex(&hex(pickle), &hex(edited), place)
    }

    /// The same, of pickles in hexadecimal digits.
    pub(crate) fn judge_hex(&mut self, pickle: &str, edited: &str, place: &Place) -> Result<Option<String>> {
        let (steps, literal) = (&place.steps, &place.literal);
        let request = json!({"judge": pickle, "edited": edited, "steps": steps, "literal": literal});
        let answer: Verdict = self.0.ask(&request)?;
        Ok(answer.verdict)
    }
}

fn hex(bytes: &[u8]) -> String {
    crate::compat::hex(bytes)
}
