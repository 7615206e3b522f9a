//! [`Codec`]: the encodings that `--encoding` knows, by Python's names.

mod tables;

use pickle_codec::{Decoded, Encoding, Error, Errors};

/// An encoding of Python 2's `str`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Codec {
    /// One that the library knows.
    Known(Encoding),
    /// One of one byte a character, whose lower half is ASCII: what bytes 0x80 to 0xff are.
    Charmap(&'static str),
}

/// What stands in a table for a byte that is nothing.
const UNDEFINED: char = '\u{fffe}';

impl Codec {
    /// The encoding of a name, as Python takes names: whatever the case, with `-`, `_`, spaces or dots in it.
    pub(crate) fn parse(name: &str) -> Result<Codec, String> {
        let normal = name.to_ascii_lowercase().replace(['-', ' ', '.'], "_");
        Ok(Codec::Known(match normal.as_str() {
            "ascii" | "us_ascii" | "646" => Encoding::Ascii,
            "latin1" | "latin_1" | "latin" | "l1" | "iso_8859_1" | "iso8859_1" | "8859" | "cp819" => Encoding::Latin1,
            "utf_8" | "utf8" | "u8" | "utf" => Encoding::Utf8,
            "bytes" => Encoding::Bytes,
            _ => {
                let is_named = |(name, aliases, _): &&(&str, &str, &str)| {
                    *name == normal || aliases.split(' ').any(|alias| alias == normal)
                };
                let Some((_, _, table)) = tables::TABLES.iter().find(is_named) else {
                    return Err(known());
                };
                return Ok(Codec::Charmap(table));
            }
        }))
    }

    /// What becomes of a string in this encoding.
    pub(crate) fn decoded(self, bytes: &[u8], errors: Errors) -> Result<Decoded, Error> {
        let table = match self {
            Codec::Known(encoding) => return Ok(Decoded::By(encoding, errors)),
            Codec::Charmap(table) => table,
        };
        let mut text = Vec::with_capacity(bytes.len());
        for (position, &byte) in bytes.iter().enumerate() {
            let character = match byte {
                0..0x80 => char::from(byte),
                _ => table.chars().nth(usize::from(byte) - 0x80).unwrap_or(UNDEFINED),
            };
            if character != UNDEFINED {
                text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            } else if !errors.stand_in(&[byte], &mut text) {
                return Err(Error::refused(format!(
                    "'charmap' codec can't decode byte 0x{byte:02x} in position {position}: character maps to <undefined>"
                )));
            }
        }
        Ok(Decoded::Text(text))
    }
}

fn known() -> String {
    let names: Vec<&str> = tables::TABLES.iter().map(|(name, ..)| *name).collect();
    format!("known are ASCII, latin1, utf-8, bytes, {}", names.join(", "))
}
