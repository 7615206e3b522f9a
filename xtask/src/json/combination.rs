//! All combinations of what `json.dumps` may be told.

use pickle_tools::json::DumpOptions;
use serde_json::{Value, json};

/// One of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Combination {
    ensure_ascii: bool,
    allow_nan: bool,
    sort_keys: bool,
    skip_keys: bool,
    layout: Layout,
}

/// How the pieces are put together.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Layout {
    Default,
    Compact,
    Indent(usize),
    Tab,
    Separators(&'static str, &'static str),
    IndentAndSeparators(usize, &'static str, &'static str),
}

const LAYOUTS: [Layout; 7] = [
    Layout::Default,
    Layout::Compact,
    Layout::Indent(0),
    Layout::Indent(3),
    Layout::Tab,
    Layout::Separators(" ;\n", "\u{e9}=>"),
    Layout::IndentAndSeparators(1, " , ", ":"),
];

impl Combination {
    /// Each with each. The first is `json.dumps(obj)`.
    pub(crate) fn all() -> Vec<Combination> {
        let mut all = Vec::new();
        for layout in LAYOUTS {
            for flags in 0..16 {
                let is_off = |bit: u32| flags >> bit & 1 == 0;
                let (ensure_ascii, allow_nan) = (is_off(0), is_off(1));
                let (sort_keys, skip_keys) = (!is_off(2), !is_off(3));
                all.push(Combination { ensure_ascii, allow_nan, sort_keys, skip_keys, layout });
            }
        }
        // The last is one whose text can be read back, too.
        all.push(Combination {
            ensure_ascii: false,
            allow_nan: true,
            sort_keys: true,
            skip_keys: true,
            layout: Layout::Indent(2),
        });
        all
    }

    /// The arguments of `json.dumps`.
    pub(crate) fn arguments(&self) -> Value {
        let (indent, separators) = match self.layout {
            Layout::Default => (Value::Null, Value::Null),
            Layout::Compact => (Value::Null, json!([",", ":"])),
            Layout::Indent(spaces) => (json!(spaces), Value::Null),
            Layout::Tab => (json!("\t"), Value::Null),
            Layout::Separators(item, key) => (Value::Null, json!([item, key])),
            Layout::IndentAndSeparators(spaces, item, key) => (json!(spaces), json!([item, key])),
        };
        json!({
            "ensure_ascii": self.ensure_ascii,
            "allow_nan": self.allow_nan,
            "sort_keys": self.sort_keys,
            "skipkeys": self.skip_keys,
            "indent": indent,
            "separators": separators,
        })
    }

    /// The same for us.
    pub(crate) fn options(&self) -> DumpOptions {
        let options = DumpOptions::new()
            .ensure_ascii(self.ensure_ascii)
            .allow_nan(self.allow_nan)
            .sort_keys(self.sort_keys)
            .skip_keys(self.skip_keys);
        match self.layout {
            Layout::Default => options,
            Layout::Compact => options.compact(),
            Layout::Indent(spaces) => options.indent(spaces),
            Layout::Tab => options.indent_with("\t"),
            Layout::Separators(item, key) => options.separators(item, key),
            Layout::IndentAndSeparators(spaces, item, key) => options.indent(spaces).separators(item, key),
        }
    }
}
