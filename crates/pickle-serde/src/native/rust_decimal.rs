//! `rust_decimal`.

use rust_decimal::Decimal;

use super::{Class, Native};

impl Native for Decimal {
    const CLASS: Class = Class::Decimal;

    fn to_text(&self) -> String {
        self.to_string()
    }

    /// Exactly; what has more digits than the type holds is an error.
    fn from_text(text: &str) -> Result<Decimal, String> {
        let read =
            if text.contains(['e', 'E']) { Decimal::from_scientific(text) } else { Decimal::from_str_exact(text) };
        read.map_err(|error| format!("{text}: {error}"))
    }
}
