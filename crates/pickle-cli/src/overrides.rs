//! [`LoadArgs`]: what the command line says of what a pickle leaves open.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use clap::Args;
use pickle_codec::value::{Builder, Handle, Kind, Path, View};
use pickle_codec::{Decoded, Document, Error, Errors, Extensions, Graph, Limits, LoadOptions, Resolver};

use crate::codec::Codec;
use crate::failure::Failure;

/// The arguments of every subcommand that loads pickles: what `pickle.Unpickler` lets its users override.
#[derive(Args)]
pub(crate) struct LoadArgs {
    /// What becomes of Python 2's str: text in this encoding, or bytes
    #[arg(long, value_name = "ENCODING", default_value = "ASCII", value_parser = Codec::parse)]
    encoding: Codec,

    /// The encoding of one str, or of all in a value, found by its path; may be given again
    #[arg(long, value_name = "PATH=ENCODING", value_parser = encoding_at)]
    encoding_at: Vec<(Path, Codec)>,

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

    /// How much a pickle may ask for: opcodes, stack, marks, memo, objects, depth, text, bytes, digits or copies; may be
    /// given again
    #[arg(long, value_name = "NAME=MOST", value_parser = limit)]
    limit: Vec<(String, u64)>,

    /// A file with the next buffer that stands beside the pickle; may be given again
    #[arg(long, value_name = "FILE")]
    buffer: Vec<PathBuf>,
}

impl LoadArgs {
    /// Loads the pickle at `start` with these options and what the arguments say; gives where it ends, too.
    pub(crate) fn load<'a, 'b: 'a>(
        &self,
        options: LoadOptions,
        input: &'a [u8],
        start: usize,
        outside: &mut Outside<'_, 'b>,
    ) -> Result<(Graph<'a>, usize), String> {
        let options = self.options(options, outside.extensions);
        outside.codecs = self.codecs(&options, input, start)?;
        options.from_slice_at_with(input, start, outside).map_err(|error| error.to_string())
    }

    /// The same with the pickle's layout, by which it can be written again.
    pub(crate) fn document(
        &self,
        input: &[u8],
        start: usize,
        extensions: &Extensions,
    ) -> Result<(Document, usize), String> {
        let mut options = self.options(LoadOptions::new(), extensions);
        let codecs = self.codecs(&options, input, start)?;
        if !codecs.is_empty() {
            let (others, errors) = (self.encoding, self.errors);
            options = options.decoder(move |bytes, offset| match (codecs.get(&offset), others) {
                (Some(chosen), _) => chosen.codec.decoded(bytes, chosen.errors).map(Some),
                (None, Codec::Known(_)) => Ok(None),
                (None, codec) => codec.decoded(bytes, errors).map(Some),
            });
        }
        options.document_at(input, start).map_err(|error| error.to_string())
    }

    fn options(&self, mut options: LoadOptions, extensions: &Extensions) -> LoadOptions {
        options = options.errors(self.errors).extensions(extensions.clone()).limits(self.limits());
        if self.no_fix_imports {
            options = options.fix_imports(false);
        }
        for (old, new) in &self.rename {
            options = options.rename(old, new);
        }
        match (self.encoding, self.errors) {
            (Codec::Known(encoding), _) => options.encoding(encoding),
            (codec, errors) => options.decoder(move |bytes, _| codec.decoded(bytes, errors).map(Some)),
        }
    }

    /// The limits, which were looked at as arguments.
    fn limits(&self) -> Limits {
        self.limit.iter().fold(Limits::new(), |limits, (name, most)| limits.named(name, *most).unwrap_or(limits))
    }

    /// By offset, the encodings that `--encoding-at` gives. Which strings it means is found by loading the pickle with all
    /// of them kept as they are.
    fn codecs(&self, options: &LoadOptions, input: &[u8], start: usize) -> Result<HashMap<usize, Chosen>, String> {
        let mut chosen = HashMap::new();
        if self.encoding_at.is_empty() {
            return Ok(chosen);
        }
        let mut places = Places::default();
        let options = options.clone().unify(false).keep_unresolved(true);
        let loaded = options.from_slice_at_with(input, start, &mut places);
        let (graph, _) = loaded.map_err(|error| error.to_string())?;
        for (path, codec) in &self.encoding_at {
            let found = graph.root().try_at(path).map_err(|error| error.to_string())?;
            for string in strings_in(found) {
                if let Some(&offset) = places.0.get(&string) {
                    chosen.insert(offset, Chosen { codec: *codec, errors: self.errors });
                }
            }
        }
        Ok(chosen)
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

/// What stands outside of the pickles of a file: answers what these leave open.
pub(crate) struct Outside<'s, 'b> {
    extensions: &'s Extensions,
    buffers: core::slice::Iter<'b, Vec<u8>>,
    codecs: HashMap<usize, Chosen>,
}

impl<'s, 'b> Outside<'s, 'b> {
    pub(crate) fn new(extensions: &'s Extensions, buffers: &'b [Vec<u8>]) -> Outside<'s, 'b> {
        Outside { extensions, buffers: buffers.iter(), codecs: HashMap::new() }
    }
}

/// The encoding of one string.
struct Chosen {
    codec: Codec,
    errors: Errors,
}

impl<'a, 'b: 'a> Resolver<'a> for Outside<'_, 'b> {
    fn next_buffer(&mut self) -> Result<Option<Cow<'a, [u8]>>, Error> {
        Ok(self.buffers.next().map(|buffer| Cow::Borrowed(&buffer[..])))
    }

    fn decode(&mut self, bytes: &[u8], offset: usize, _: &mut Builder<'_>) -> Result<Option<Decoded>, Error> {
        self.codecs.get(&offset).map(|chosen| chosen.codec.decoded(bytes, chosen.errors)).transpose()
    }
}

/// Where each Python 2 `str` stands, which is kept as what it is.
#[derive(Default)]
struct Places(HashMap<Handle, usize>);

impl Resolver<'_> for Places {
    fn decode(&mut self, bytes: &[u8], offset: usize, graph: &mut Builder<'_>) -> Result<Option<Decoded>, Error> {
        let string = graph.byte_string(bytes)?;
        self.0.insert(string, offset);
        Ok(Some(Decoded::Object(string)))
    }
}

/// All of Python 2's `str` that a value is or holds.
fn strings_in(value: View<'_>) -> HashSet<Handle> {
    let mut strings = HashSet::new();
    let mut seen = HashSet::new();
    let mut waiting = vec![value];
    while let Some(view) = waiting.pop() {
        let Some(handle) = view.handle().filter(|&handle| seen.insert(handle)) else { continue };
        if view.kind() == Kind::ByteString {
            strings.insert(handle);
        }
        waiting.extend(view.parts());
    }
    strings
}

/// `PATH=ENCODING`
fn encoding_at(text: &str) -> Result<(Path, Codec), String> {
    let Some((path, name)) = text.rsplit_once('=') else {
        return Err(String::from("a path and an encoding are needed, with = between them"));
    };
    Ok((path.parse().map_err(|error| format!("{error}"))?, Codec::parse(name)?))
}

fn handler(name: &str) -> Result<Errors, String> {
    Errors::from_name(name).ok_or_else(|| {
        String::from("known are strict, ignore, replace, backslashreplace, surrogateescape and surrogatepass")
    })
}

/// `NAME=MOST`
fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, most) = text.split_once('=').ok_or("a name and a number are needed, with = between them")?;
    let most = most.parse().map_err(|_| format!("{most} is no number"))?;
    match Limits::new().named(name, most) {
        Some(_) => Ok((name.into(), most)),
        None => {
            let known: Vec<&str> = Limits::DEFAULTS.iter().map(|(name, _)| *name).collect();
            Err(format!("there is no limit {name}: known are {}", known.join(", ")))
        }
    }
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
