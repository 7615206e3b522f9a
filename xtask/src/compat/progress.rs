//! How far it is: a bar on a terminal, a line now and then elsewhere.

use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines where no terminal shows a bar, such as in the log of a workflow.
const PAUSE: Duration = Duration::from_secs(10);

/// Shows what is going on, on standard error.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    last_line: Mutex<Instant>,
}

impl Progress {
    pub(crate) fn new() -> Progress {
        let bar = stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len}");
            ProgressBar::new(0).with_style(style.expect("the template above is well-formed"))
        });
        Progress { bar, last_line: Mutex::new(Instant::now()) }
    }

    /// `done` of `total` steps of what `label` names.
    pub(crate) fn show(&self, label: &str, done: usize, total: usize) {
        if let Some(bar) = &self.bar {
            bar.set_message(label.to_owned());
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            return;
        }
        let mut last_line = self.last_line.lock().expect("no thread panics while it prints");
        if last_line.elapsed() >= PAUSE {
            *last_line = Instant::now();
            eprintln!("{label} {done} of {total}");
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
