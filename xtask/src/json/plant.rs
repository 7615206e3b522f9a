//! Faults for the self-test: what could be wrong with our JSON.

use std::fmt;

use pickle_tools::json::DumpError;

/// What is done to our answers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plant {
    Nothing,
    /// Floats that are whole have no `.0`.
    Float,
    /// What is refused is written as null.
    Accepted,
    /// The path of the culprit lacks its last step.
    Path,
    /// Keys of what is read are objects of their own.
    Keys,
    /// The tagged form forgets what is shared.
    Unshared,
    /// Errors of reading are a column off.
    Column,
}

impl Plant {
    pub(crate) const ALL: [Plant; 7] =
        [Plant::Nothing, Plant::Float, Plant::Accepted, Plant::Path, Plant::Keys, Plant::Unshared, Plant::Column];

    /// Our text, or the path and the message of our refusal, with the fault.
    pub(crate) fn put_into(self, ours: Result<Vec<u8>, DumpError>) -> Result<Vec<u8>, (String, String)> {
        match ours {
            Ok(text) if self == Plant::Float => Ok(without_zeros(&text)),
            Ok(text) => Ok(text),
            Err(_) if self == Plant::Accepted => Ok(b"null".to_vec()),
            Err(error) if self == Plant::Path => {
                let path = error.path().rfind('[').map_or("", |at| &error.path()[..at]);
                Err((path.to_owned(), error.kind().to_string()))
            }
            Err(error) => Err((error.path().to_owned(), error.kind().to_string())),
        }
    }
}

fn without_zeros(text: &[u8]) -> Vec<u8> {
    let at = text.windows(3).position(|three| three[0].is_ascii_digit() && &three[1..] == b".0");
    match at {
        Some(at) => [&text[..=at], &text[at + 3..]].concat(),
        None => text.to_vec(),
    }
}

impl fmt::Display for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Plant::Nothing => "nothing planted",
            Plant::Float => "floats without their .0",
            Plant::Accepted => "null for what is refused",
            Plant::Path => "a path without its last step",
            Plant::Keys => "keys that are objects of their own",
            Plant::Unshared => "a tagged form without numbers",
            Plant::Column => "a column off",
        })
    }
}
