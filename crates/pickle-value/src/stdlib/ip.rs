//! `ipaddress`: addresses, networks and interfaces.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::made::{Made, ascii, call};
use crate::build::Builder;
use crate::error::Error;
use crate::handle::Handle;
use crate::view::{Kind, View};

const MODULE: &str = "ipaddress";

/// An object of one of the classes of `ipaddress`, by IPv4 or IPv6 as its address is. Printed as Python's repr.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ip<'g> {
    /// Which class.
    pub class: IpClass,
    /// The address.
    pub address: IpAddr,
    /// The scope of an IPv6 address, which stands behind a `%`.
    pub scope: Option<&'g str>,
}

/// What is said of an address.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum IpClass {
    /// `IPv4Address` or `IPv6Address`.
    Address,
    /// `IPv4Network` or `IPv6Network`, with the length of its prefix.
    Network(u8),
    /// `IPv4Interface` or `IPv6Interface`: an address with the length of its network's prefix.
    Interface(u8),
}

impl<'g> View<'g> {
    /// An address, network or interface of `ipaddress`: of a number or a text, as releases differ.
    #[must_use]
    pub fn as_ip(self) -> Option<Ip<'g>> {
        let made = Made::of(self).filter(|made| made.module == MODULE)?;
        let made = Made::plain(self, MODULE, made.name).filter(|made| made.count() == 1)?;
        let (version, class) = made.name.strip_prefix("IPv")?.split_at_checked(1)?;
        let mut ip = match made.arg(0).kind() {
            Kind::Int | Kind::Long if class == "Address" => {
                let number: u128 = made.arg(0).as_bigint()?.try_into().ok()?;
                let address = match version {
                    "4" => Ipv4Addr::from(u32::try_from(number).ok()?).into(),
                    _ => Ipv6Addr::from(number).into(),
                };
                Ip { class: IpClass::Address, address, scope: None }
            }
            _ => read_text(ascii(made.arg(0))?)?,
        };
        ip.class = match (class, ip.class) {
            ("Address", IpClass::Address) => IpClass::Address,
            ("Network", IpClass::Network(length)) => IpClass::Network(length),
            ("Interface", IpClass::Network(length)) => IpClass::Interface(length),
            _ => return None,
        };
        let is_version = matches!((version, ip.address), ("4", IpAddr::V4(_)) | ("6", IpAddr::V6(_)));
        (is_version && (ip.scope.is_none() || version == "6")).then_some(ip)
    }
}

/// `192.0.2.1`, `2001:db8::/32`, `fe80::1%eth0/64`.
fn read_text(text: &str) -> Option<Ip<'_>> {
    let (address, class) = match text.split_once('/') {
        Some((address, length)) => (address, IpClass::Network(length.parse().ok().filter(|length| *length <= 128)?)),
        None => (text, IpClass::Address),
    };
    let (address, scope) = match address.split_once('%') {
        Some((address, scope)) => (address, Some(scope)),
        None => (address, None),
    };
    Some(Ip { class, address: address.parse().ok()?, scope })
}

impl Ip<'_> {
    /// Builds it.
    ///
    /// # Errors
    ///
    /// Those of a [`Builder`]'s methods.
    pub fn build(self, builder: &mut Builder<'_>) -> Result<Handle, Error> {
        let arg = match (self.class, self.address) {
            (IpClass::Address, IpAddr::V4(address)) => builder.int(u32::from(address).into())?,
            _ => builder.text(&self.text())?,
        };
        call(builder, MODULE, &self.class_name(), &[arg])
    }

    /// What Python's `str` gives.
    #[must_use]
    pub fn text(self) -> String {
        let scope = self.scope.map(|scope| format!("%{scope}")).unwrap_or_default();
        match self.class {
            IpClass::Address => format!("{}{scope}", self.address),
            IpClass::Network(length) | IpClass::Interface(length) => format!("{}{scope}/{length}", self.address),
        }
    }

    fn class_name(self) -> String {
        let class = match self.class {
            IpClass::Address => "Address",
            IpClass::Network(_) => "Network",
            IpClass::Interface(_) => "Interface",
        };
        format!("IPv{}{class}", if self.address.is_ipv4() { 4 } else { 6 })
    }
}

impl fmt::Display for Ip<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.class_name())?;
        crate::literal::write_str(self.text().chars().map(u32::from), f)?;
        f.write_str(")")
    }
}
