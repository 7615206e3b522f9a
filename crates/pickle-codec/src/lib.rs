//! Stub: the signatures only.
/// A loaded value (stub).
#[derive(Debug)]
pub struct Graph<'a>(std::marker::PhantomData<&'a ()>);
/// Stub.
#[derive(Debug)]
pub struct Error;
impl std::fmt::Display for Error { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("stub") } }
impl std::error::Error for Error {}
/// Which CPython's bytes (stub).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile(u8);
impl Profile {
    /// CPython 3.`minor`'s C pickler, for 6 to 13.
    pub fn cpython3(minor: u8) -> Option<Profile> { (6..=13).contains(&minor).then_some(Profile(minor)) }
}
/// How to read (stub).
#[derive(Clone, Debug, Default)]
pub struct LoadOptions;
impl LoadOptions {
    /// Defaults.
    pub fn new() -> Self { LoadOptions }
    /// Unify what CPython's loads unifies.
    pub fn unify(self, _yes: bool) -> Self { self }
    /// Whose rules.
    pub fn profile(self, _profile: Profile) -> Self { self }
    /// One pickle; what is behind it is ignored.
    pub fn from_slice<'a>(&self, _input: &'a [u8]) -> Result<Graph<'a>, Error> { Err(Error) }
    /// One pickle and how many bytes it has.
    pub fn from_prefix<'a>(&self, _input: &'a [u8]) -> Result<(Graph<'a>, usize), Error> { Err(Error) }
}
/// How to write (stub).
#[derive(Clone, Debug, Default)]
pub struct DumpOptions;
impl DumpOptions {
    /// Defaults: protocol 4, profile 3.13.
    pub fn new() -> Self { DumpOptions }
    /// The protocol, 0 to 5.
    pub fn protocol(self, _protocol: u8) -> Self { self }
    /// Whose bytes.
    pub fn profile(self, _profile: Profile) -> Self { self }
    /// The pickle.
    pub fn to_vec(&self, _graph: &Graph<'_>) -> Result<Vec<u8>, Error> { Err(Error) }
}
