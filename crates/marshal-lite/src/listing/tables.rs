//! The opcodes of each release, as its own modules have them; those of 3.14 are not compared with a live interpreter.

mod python_2_7;
mod python_3_10;
mod python_3_11;
mod python_3_12;
mod python_3_13;
mod python_3_14;
mod python_3_6;
mod python_3_7;
mod python_3_8;
mod python_3_9;

use super::table::Table;
use crate::version::Release;

/// The table of a release; nothing for one whose opcodes are not known here.
pub(super) const fn table(release: Release) -> Option<&'static Table> {
    Some(match release.number() {
        (2, 7) => &python_2_7::TABLE,
        (3, 6) => &python_3_6::TABLE,
        (3, 7) => &python_3_7::TABLE,
        (3, 8) => &python_3_8::TABLE,
        (3, 9) => &python_3_9::TABLE,
        (3, 10) => &python_3_10::TABLE,
        (3, 11) => &python_3_11::TABLE,
        (3, 12) => &python_3_12::TABLE,
        (3, 13) => &python_3_13::TABLE,
        (3, 14) => &python_3_14::TABLE,
        _ => return None,
    })
}
