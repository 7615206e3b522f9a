//! [`Source`]: a file that pickles are read from, with what it is packed in taken off.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use pickle_codec::value::Shaped;
use pickle_tools::container::{Layer, Opened, Options, TooLarge};

use crate::failure::Failure;

/// The arguments of every subcommand that reads a pickle.
#[derive(Args, Clone, Copy)]
pub(crate) struct ContainerArgs {
    /// How much a compressed file may unpack to: bytes, or a number with K, M, G or T [default: 256M, or 100 times what
    /// was read of the file]
    #[arg(long, value_name = "BYTES", value_parser = size)]
    max_unpacked: Option<u64>,
}

/// `1048576`, `1024K`, `1M`
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
    let shift = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(String::from("known are K, M, G and T")),
    };
    let number: u64 = digits.parse().map_err(|_| String::from("this is no number of bytes"))?;
    number.checked_mul(1 << shift).ok_or_else(|| String::from("this is too large"))
}

/// A file that is read as what is in it.
pub(crate) struct Source {
    name: String,
    opened: Opened<'static>,
    /// The length of a file that is no container; of a pipe or a device none is known.
    length: Option<u64>,
    /// How much of the content has been read.
    position: u64,
}

impl Source {
    /// Opens a file or standard input, or a member of an archive, which stands behind a `!`.
    pub(crate) fn open(path: &Path, args: ContainerArgs) -> Result<Source, Failure> {
        let name = name(path);
        let (path, member) = located(path);
        let mut options = Options::new();
        if let Some(member) = member {
            options = options.member(member);
        }
        if let Some(bytes) = args.max_unpacked {
            options = options.max_unpacked(bytes);
        }
        let mut length = None;
        let opened = if is_dash(&path) {
            options.open_stream(io::stdin())
        } else {
            let file = File::open(&path).map_err(|error| Failure::new(&name, error))?;
            let metadata = file.metadata().map_err(|error| Failure::new(&name, error))?;
            if metadata.is_file() {
                length = Some(metadata.len());
                options.open_file(file)
            } else {
                options.open_stream(file)
            }
        };
        let opened = opened.map_err(|error| match error {
            pickle_tools::container::Error::Io(error) => reading(&name, &error),
            error => Failure::new(&name, error),
        })?;
        if !opened.layers().is_empty() {
            length = None;
        }
        Ok(Source { name, opened, length, position: 0 })
    }

    /// What to call it in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What was unpacked, the outermost first.
    pub(crate) fn layers(&self) -> &[Layer] {
        self.opened.layers()
    }

    /// How many bytes of the content stand behind the first `taken`; reads to the end where the file does not say.
    pub(crate) fn rest(&mut self, taken: u64) -> Result<u64, Failure> {
        let length = match self.length {
            Some(length) => length,
            None => {
                io::copy(self, &mut io::sink()).map_err(|error| reading(&self.name, &error))?;
                self.position
            }
        };
        Ok(length.saturating_sub(taken))
    }

    /// All that is left.
    pub(crate) fn read_all(&mut self) -> Result<Vec<u8>, Failure> {
        let length = self.length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut bytes = Vec::new();
        // A file's length is what is there; what memory does not hold is said.
        let read = bytes.try_reserve_exact(length).map_err(io::Error::other);
        read.and_then(|()| self.opened.read_to_end(&mut bytes)).map_err(|error| reading(&self.name, &error))?;
        Ok(bytes)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.opened.read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.opened.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.opened.consume(count);
        self.position += count as u64;
    }
}

/// The arrays of NumPy in a `.npy` or `.npz`, or the one that a member is; nothing for other files, and for what is no file.
pub(crate) fn arrays(path: &Path) -> Result<Option<Vec<(String, Shaped)>>, Failure> {
    let name = name(path);
    let (path, member) = located(path);
    if is_dash(&path) || !path.is_file() {
        return Ok(None);
    }
    let file = File::open(&path).map_err(|error| Failure::new(&name, error))?;
    let options = match member {
        Some(member) => Options::new().member(member),
        None => Options::new(),
    };
    options.arrays(file).map_err(|error| Failure::new(&name, error))
}

/// All of a file or of standard input, as it is.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = name(path);
    let mut bytes = Vec::new();
    let read = match is_dash(path) {
        true => io::stdin().lock().read_to_end(&mut bytes),
        false => File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)),
    };
    read.map_err(|error| Failure::new(&name, error))?;
    Ok(bytes)
}

/// The same, which is to be text.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let name = name(path);
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(&name, format_args!("this is no text: byte {at} is not UTF-8"))
    })
}

/// Reading did not work.
pub(crate) fn reading(name: &str, error: &io::Error) -> Failure {
    match error.get_ref() {
        Some(inner) if inner.is::<TooLarge>() => {
            Failure::new(name, format_args!("{error}: --max-unpacked allows for more"))
        }
        _ => Failure::new(name, error),
    }
}

/// The path of a file, and the member that is named behind it: `model.pt!archive/data.pkl`.
///
/// What exists as it is written is no member, though it have a `!` in its name.
fn located(path: &Path) -> (PathBuf, Option<String>) {
    let is_there = |path: &Path| is_dash(path) || path.exists();
    let text = path.to_str().filter(|_| !is_there(path)).unwrap_or_default();
    let split = text.match_indices('!').find(|&(at, _)| is_there(Path::new(&text[..at])));
    match split {
        Some((at, _)) => (PathBuf::from(&text[..at]), Some(text[at + 1..].into())),
        None => (path.into(), None),
    }
}

/// True for standard input, and for a member of an archive that comes from it.
pub(crate) fn is_stdin(path: &Path) -> bool {
    is_dash(&located(path).0)
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What a file is called in messages; standard input as pickletools calls it.
pub(crate) fn name(path: &Path) -> String {
    match path.to_str() {
        Some("-") => String::from("<stdin>"),
        Some(text) if text.starts_with("-!") => format!("<stdin>{}", &text[1..]),
        Some(text) => text.into(),
        None => spelled(path.as_os_str().as_encoded_bytes()),
    }
}

/// A name that is not UTF-8: each byte that makes it so is spelled, so that no two names look the same.
fn spelled(name: &[u8]) -> String {
    let chunks = name.utf8_chunks();
    chunks.map(|chunk| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii())).collect()
}
