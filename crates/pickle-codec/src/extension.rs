//! [`Extensions`]: `copyreg`'s registry of short codes for globals.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::error::{Error, ErrorKind};

/// Codes that stand for globals, as `copyreg.add_extension` registers them: EXT1, EXT2 and EXT4 say no more than a code.
///
/// ```
/// use pickle_codec::{DumpOptions, Extensions, LoadOptions};
///
/// let extensions = Extensions::new().with("decimal", "Decimal", 240)?;
/// // copyreg.add_extension('decimal', 'Decimal', 240); pickle.dumps(decimal.Decimal, 2)
/// let pickle = b"\x80\x02\x82\xf0.";
/// let graph = LoadOptions::new().extensions(extensions.clone()).from_slice(pickle)?;
/// assert_eq!(graph.root().as_global(), Some(("decimal", "Decimal")));
/// assert_eq!(DumpOptions::new().protocol(2).extensions(extensions).to_vec(&graph)?, pickle);
/// # Ok::<(), pickle_codec::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Extensions {
    by_code: BTreeMap<u32, (String, String)>,
    by_name: BTreeMap<(String, String), u32>,
}

impl Extensions {
    /// A registry without codes, as CPython's is.
    #[must_use]
    pub fn new() -> Extensions {
        Extensions::default()
    }

    /// The registry with one code more.
    ///
    /// # Errors
    ///
    /// As [`add`](Extensions::add).
    pub fn with(mut self, module: &str, name: &str, code: u32) -> Result<Extensions, Error> {
        self.add(module, name, code)?;
        Ok(self)
    }

    /// Registers a code for a global: `copyreg.add_extension`. Doing so once more is fine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadExtensionCode`] for a code that is not 1 to 2³¹ − 1, [`ErrorKind::ExtensionInUse`] where the global
    /// has another code, or the code another global.
    pub fn add(&mut self, module: &str, name: &str, code: u32) -> Result<(), Error> {
        if code == 0 || code > i32::MAX as u32 {
            return Err(ErrorKind::BadExtensionCode(i64::from(code)).into());
        }
        let key = (String::from(module), String::from(name));
        match (self.by_name.get(&key), self.by_code.get(&code)) {
            (Some(&known), _) if known == code => Ok(()),
            (None, None) => {
                self.by_code.insert(code, key.clone());
                self.by_name.insert(key, code);
                Ok(())
            }
            _ => Err(ErrorKind::ExtensionInUse { module: key.0, name: key.1, code }.into()),
        }
    }

    /// The module and the name of the global that has this code.
    #[must_use]
    pub fn global(&self, code: u32) -> Option<(&str, &str)> {
        self.by_code.get(&code).map(|(module, name)| (module.as_str(), name.as_str()))
    }

    /// The code of a global.
    #[must_use]
    pub fn code(&self, module: &str, name: &str) -> Option<u32> {
        if self.by_name.is_empty() {
            return None;
        }
        self.by_name.get(&(String::from(module), String::from(name))).copied()
    }
}
