//! `uuid`.

use uuid::Uuid;

use super::{Class, Native};

impl Native for Uuid {
    const CLASS: Class = Class::Uuid;

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Result<Uuid, String> {
        Uuid::parse_str(text).map_err(|error| error.to_string())
    }
}
