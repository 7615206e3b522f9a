//! What was compared, and what differs.

use std::collections::BTreeMap;
use std::process::ExitCode;

/// What was compared, and what differs.
#[derive(Default)]
pub(crate) struct Report {
    /// Calls of `json.dumps`.
    pub(crate) dumps: usize,
    /// Those of them that refuse.
    pub(crate) refused: usize,
    /// Pickles that are right without a word on their classes.
    pub(crate) unhinted: usize,
    /// Those that are refused because a class is not known.
    pub(crate) unknown_classes: usize,
    /// By case: those that are taken for something else, because the pickle is the same as of that.
    pub(crate) taken_for_another: BTreeMap<String, usize>,
    /// By the error: pickles that CPython does not load or write.
    pub(crate) unloaded: BTreeMap<String, usize>,
    /// Texts that were made for the purpose.
    pub(crate) texts: usize,
    /// Those of them that are refused.
    pub(crate) refused_texts: usize,
    /// Pickles of what was read.
    pub(crate) loads: usize,
    /// Pickles that came back from the tagged form.
    pub(crate) tagged: usize,
    differences: Vec<String>,
}

impl Report {
    pub(crate) fn differs(&mut self, name: &str, difference: String) {
        self.differences.push(format!("{name:.120}: {difference:.600}"));
    }

    pub(crate) fn differences(&self) -> usize {
        self.differences.len()
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.differences.is_empty() && self.tagged > 0
    }

    /// Tells of it.
    pub(crate) fn print(&self, limit: usize) -> ExitCode {
        let Report { dumps, refused, unhinted, unknown_classes, texts, refused_texts, loads, tagged, .. } = self;
        if *dumps > 0 {
            println!("{dumps} texts are those of json.dumps, {refused} of them refusals with the same culprit");
            let others: usize = self.taken_for_another.values().sum();
            println!(
                "without a word on classes: {unhinted} pickles the same, {unknown_classes} refused for their class, \
                 {others} taken for what has the same pickle"
            );
            for (case, count) in &self.taken_for_another {
                println!("  {case}: {count}");
            }
            let unloaded: Vec<String> =
                self.unloaded.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
            println!("not asked, since CPython does not load or write them: {}", unloaded.join(", "));
            println!("{texts} texts are read as json.loads does, {refused_texts} of them with the same error");
            println!("{loads} pickles of what was read are those of pickle.dumps(json.loads(x))");
        }
        println!("{tagged} pickles come back from the tagged form");
        let mut differences = self.differences.clone();
        differences.sort();
        for difference in differences.iter().take(limit) {
            println!("  {difference}");
        }
        println!("{} differences", differences.len());
        if self.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
