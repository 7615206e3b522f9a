//! [`LoadArgs`]: what the command line says of what a pickle leaves open.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use pickle_codec::{Encoding, Errors, Extensions, LoadOptions};

use crate::failure::Failure;

/// The arguments of every subcommand that loads pickles: what `pickle.Unpickler` lets its users override.
#[derive(Args)]
pub(crate) struct LoadArgs {
    /// What becomes of Python 2's str: text in this encoding, or bytes
    #[arg(long, value_name = "ENCODING", default_value = "ASCII", value_parser = encoding)]
    encoding: Encoding,

    /// What is done about bytes that are none of the encoding: strict, ignore, replace, backslashreplace,
    /// surrogateescape or surrogatepass
    #[arg(long, value_name = "HANDLER", default_value = "strict", value_parser = handler)]
    errors: Errors,

    /// Leave Python 2's names of modules and globals as they are
    #[arg(long)]
    no_fix_imports: bool,

    /// Call a global otherwise, or a module with all that stands in it; a colon may end the module's new name
    #[arg(long, value_name = "OLD.NAME=NEW.NAME", value_parser = renamed)]
    rename: Vec<(String, String)>,

    /// What an extension code stands for, as by copyreg.add_extension
    #[arg(long, value_name = "CODE=MODULE.NAME", value_parser = extension)]
    ext: Vec<(u32, String, String)>,

    /// A file with the next buffer that stands beside the pickle; may be given again
    #[arg(long, value_name = "FILE")]
    buffer: Vec<PathBuf>,
}

impl LoadArgs {
    /// These options with what the arguments say.
    pub(crate) fn options(&self, mut options: LoadOptions, extensions: &Extensions) -> LoadOptions {
        options = options.encoding(self.encoding).errors(self.errors).extensions(extensions.clone());
        if self.no_fix_imports {
            options = options.fix_imports(false);
        }
        for (old, new) in &self.rename {
            options = options.rename(old, new);
        }
        options
    }

    /// The registry of extension codes.
    pub(crate) fn extensions(&self) -> Result<Extensions, Failure> {
        let mut extensions = Extensions::new();
        for (code, module, name) in &self.ext {
            extensions.add(module, name, *code).map_err(|error| Failure::new("--ext", error))?;
        }
        Ok(extensions)
    }

    /// The buffers beside the pickle.
    pub(crate) fn buffers(&self) -> Result<Vec<Vec<u8>>, Failure> {
        let read = |path: &PathBuf| fs::read(path).map_err(|error| Failure::new(&path.display().to_string(), error));
        self.buffer.iter().map(read).collect()
    }
}

/// An encoding by a name that Python knows it by.
fn encoding(name: &str) -> Result<Encoding, String> {
    Ok(match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "ascii" | "us-ascii" => Encoding::Ascii,
        "latin1" | "latin-1" | "iso-8859-1" | "iso8859-1" => Encoding::Latin1,
        "utf-8" | "utf8" => Encoding::Utf8,
        "bytes" => Encoding::Bytes,
        _ => return Err(String::from("known are ASCII, latin1, utf-8 and bytes")),
    })
}

fn handler(name: &str) -> Result<Errors, String> {
    Errors::from_name(name).ok_or_else(|| {
        String::from("known are strict, ignore, replace, backslashreplace, surrogateescape and surrogatepass")
    })
}

/// `OLD.NAME=NEW.NAME`
fn renamed(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.into(), new.into())),
        _ => Err(String::from("an old name and a new one are needed, with = between them")),
    }
}

/// `CODE=MODULE.NAME`
fn extension(text: &str) -> Result<(u32, String, String), String> {
    let Some((code, global)) = text.split_once('=') else {
        return Err(String::from("a code and a name are needed, with = between them"));
    };
    let code = code.parse().map_err(|_| String::from("the code is no number"))?;
    let Some((module, name)) = global.split_once(':').or_else(|| global.rsplit_once('.')) else {
        return Err(String::from("the name needs its module, as in MODULE.NAME"));
    };
    Ok((code, module.into(), name.into()))
}
