//! [`Output`]: where results go.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};
use std::path::{Path, PathBuf};

use pickle_tools::container::{Format, Packer};
use tempfile::NamedTempFile;

use crate::failure::Failure;

const STDOUT: &str = "standard output";

/// Where results go. [`finish`](Output::finish) it: what is dropped unfinished may not have been written.
#[derive(Debug)]
pub(crate) struct Output {
    name: String,
    sink: Sink,
    failed: bool,
}

#[derive(Debug)]
enum Sink {
    Bare(Target),
    Packed(Box<Packer<Target>>),
}

#[derive(Debug)]
enum Target {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// Written as it comes.
    File(BufWriter<File>),
    /// Written beside the path, and moved there when it is whole; dropped before that, it is gone.
    Replacing {
        file: BufWriter<NamedTempFile>,
        path: PathBuf,
    },
}

impl Output {
    /// Standard output.
    pub(crate) fn stdout() -> Output {
        let stdout = BufWriter::new(io::stdout().lock());
        Output::new(String::from(STDOUT), Target::Stdout(stdout))
    }

    fn new(name: String, target: Target) -> Output {
        Output { name, sink: Sink::Bare(target), failed: false }
    }

    /// Text, to standard output or a file, which has what was written even where the command fails.
    pub(crate) fn text(path: Option<&Path>) -> Result<Output, Failure> {
        let Some((path, name)) = named(path) else {
            return Ok(Output::stdout());
        };
        let file = File::create(path).map_err(|error| Failure::new(&name, error))?;
        Ok(Output::new(name, Target::File(BufWriter::new(file))))
    }

    /// Bytes, to standard output or a file, which has all of them or stays as it was; not to a terminal.
    ///
    /// They are packed where the file's name ends as that of a packed file does, such as `.gz`.
    pub(crate) fn binary(path: Option<&Path>) -> Result<Output, Failure> {
        let Some((path, name)) = named(path) else {
            refuse_terminal(STDOUT, &io::stdout())?;
            return Ok(Output::stdout());
        };
        let format = Format::of_name(path);
        // Through a symbolic link, to the file that it means.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let target = match fs::metadata(&path) {
            // A pipe or a device is not replaced; nor is a directory, which says so itself.
            Ok(metadata) if !metadata.is_file() => {
                let file = File::options().write(true).open(&path);
                let file = file.map_err(|error| Failure::new(&name, error))?;
                refuse_terminal(&name, &file)?;
                Target::File(BufWriter::new(file))
            }
            existing => {
                let file =
                    beside(&path, existing.ok().as_ref()).map_err(|error| Failure::new(&name, nameless(error)))?;
                let file = BufWriter::new(file);
                Target::Replacing { file, path }
            }
        };
        let sink = match format {
            None => Sink::Bare(target),
            Some(format) => match Packer::new(target, format) {
                Ok(packer) => Sink::Packed(Box::new(packer)),
                Err(error) => return Err(Failure::writing(&name, &error)),
            },
        };
        Ok(Output { name, sink, failed: false })
    }

    /// Writes what is left, and moves the file to its place.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let target = match self.sink {
            Sink::Bare(target) => Ok(target),
            Sink::Packed(packer) => packer.finish(),
        };
        target.and_then(Target::finish).map_err(|error| Failure::writing(&self.name, &nameless(error)))
    }

    /// Writing to this output did not work.
    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        Failure::writing(&self.name, error)
    }

    /// True once writing has failed: where reading may fail as well, it tells which it was.
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.sink {
            Sink::Bare(target) => target,
            Sink::Packed(packer) => packer,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer().write(bytes).map_err(nameless);
        self.failed |= written.is_err();
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush().map_err(nameless)
    }
}

impl Target {
    fn finish(mut self) -> io::Result<()> {
        self.flush()?;
        if let Target::Replacing { file, path } = self {
            let file = file.into_inner()?;
            // What is moved there is to be whole even where the machine stops.
            file.as_file().sync_all()?;
            file.persist(path)?;
        }
        Ok(())
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Target::Stdout(stdout) => stdout,
            Target::File(file) => file,
            Target::Replacing { file, .. } => file,
        }
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer().flush()
    }
}

/// The error without the name of the temporary file, which nobody has given and which is gone: the message names the output.
fn nameless(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.rfind(" at path \"") {
        // `tempfile` has put the name there.
        Some(end) if error.get_ref().is_some() => io::Error::new(error.kind(), &text[..end]),
        _ => error,
    }
}

/// The path of `-o` with its name, unless it is absent or `-`.
fn named(path: Option<&Path>) -> Option<(&Path, String)> {
    path.filter(|path| path.as_os_str() != "-").map(|path| (path, path.display().to_string()))
}

fn refuse_terminal(name: &str, output: &impl IsTerminal) -> Result<(), Failure> {
    if output.is_terminal() {
        return Err(Failure::new(name, "a pickle is not written to a terminal: name a file with -o, or pipe it on"));
    }
    Ok(())
}

/// A new file in the directory of `path`, with owner and permissions of the one that it replaces, or those of any new file.
fn beside(path: &Path, replaced: Option<&fs::Metadata>) -> io::Result<NamedTempFile> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pickle-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let file = builder.tempfile_in(directory)?;
    if let Some(replaced) = replaced {
        #[cfg(unix)]
        keep_owner(file.as_file(), replaced)?;
        file.as_file().set_permissions(replaced.permissions())?;
    }
    Ok(file)
}

/// Who may not give a file to its owner may not replace it.
#[cfg(unix)]
fn keep_owner(file: &File, replaced: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let new = file.metadata()?;
    if (new.uid(), new.gid()) == (replaced.uid(), replaced.gid()) {
        return Ok(());
    }
    fchown(file, Some(replaced.uid()), Some(replaced.gid()))
}
