//! Tells the crate which interpreter it is built for: `Py_3_10` and the like.

/// The versions that the code asks for.
const ASKED_FOR: std::ops::RangeInclusive<u8> = 8..=13;

#[allow(deprecated, reason = "the PyO3 that knows CPython 3.7 has no function in the field's place")]
fn main() {
    let minor = pyo3_build_config::get().version.minor;
    for asked in ASKED_FOR {
        println!("cargo::rustc-check-cfg=cfg(Py_3_{asked})");
        if minor >= asked {
            println!("cargo::rustc-cfg=Py_3_{asked}");
        }
    }
    pyo3_build_config::add_extension_module_link_args();
}
