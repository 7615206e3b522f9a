//! [`Judge`]: a process of `compat/json-text/judge.py`.

use std::collections::BTreeMap;

use pickle_tools::json::Class;
use serde::Deserialize;
use serde_json::{Value, json};

use super::combination::Combination;
use crate::compat::hex;
use crate::compat::pythons::Interpreter;
use crate::dialogue::Dialogue;
use crate::{Result, paths};

/// What `json.dumps` does with a pickle's object.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OfPickle {
    Loaded { outcomes: Vec<OfDumps>, by_option: Vec<usize>, back: Vec<Option<Vec<String>>> },
    Unloaded { unloaded: String },
}

/// What `json.dumps` does with one set of options.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub(crate) enum OfDumps {
    Text { text: String },
    Refused { message: String, path: String, open: bool },
}

/// What `json.loads` does with a text.
#[derive(Deserialize, Debug)]
#[serde(untagged)]
pub(crate) enum OfText {
    Pickles { pickles: Vec<String> },
    Refused { error: String, message: String },
}

#[derive(Deserialize)]
struct Started {
    classes: BTreeMap<String, String>,
}

/// A CPython that is asked.
pub(crate) struct Judge {
    dialogue: Dialogue,
    /// What it says that the classes of the corpus are derived from.
    pub(crate) classes: BTreeMap<String, Class>,
}

impl Judge {
    pub(crate) fn start(python: &Interpreter, combinations: &[Combination]) -> Result<Judge> {
        let mut dialogue = Dialogue::start(python, paths::json_judge())?;
        let options: Vec<Value> = combinations.iter().map(Combination::arguments).collect();
        let started: Started = dialogue.ask(&json!({ "options": options }))?;
        let classes =
            started.classes.into_iter().map(|(name, base)| Ok((name, base.parse()?))).collect::<Result<_>>()?;
        Ok(Judge { dialogue, classes })
    }

    /// With the options of these numbers.
    pub(crate) fn of_pickle(&mut self, pickle: &[u8], with: &[usize]) -> Result<OfPickle> {
        self.dialogue.ask(&json!({ "pickle": hex(pickle), "with": with }))
    }

    pub(crate) fn of_text(&mut self, text: &[u8]) -> Result<OfText> {
        self.dialogue.ask(&json!({ "text": hex(text) }))
    }
}
