//! What goes to stderr: errors, warnings, the summary and the progress line; and the end by a signal.

use std::io::Write;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressStyle};

use crate::exit::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// Writes one line to stderr; a stderr that is closed is nobody's concern.
fn line(style: Style, label: &str, message: &str) {
    let _ = writeln!(anstream::stderr(), "{style}{label}:{style:#} {message}");
}

/// Says why the command failed.
pub(crate) fn report(failure: &Failure) {
    if !failure.is_quiet() {
        for message in failure.lines() {
            line(ERROR, "error", &message);
        }
    }
}

pub(crate) fn warn(message: &str) {
    line(WARNING, "warning", message);
}

pub(crate) fn note(message: &str) {
    let _ = writeln!(anstream::stderr(), "{message}");
}

/// How long a signal may take to end the program.
const SIGNAL_PATIENCE: Duration = Duration::from_millis(800);

/// Ends the program with this code when it is interrupted or terminated, whatever it is waiting for, after `finish`: or
/// without it if that takes too long, as when nobody reads what it writes.
///
/// Once per process.
pub(crate) fn exit_on_signal(code: i32, finish: impl Fn() + Clone + Send + 'static) {
    let installed = ctrlc::set_handler(move || {
        within(SIGNAL_PATIENCE, finish.clone());
        std::process::exit(code);
    });
    if let Err(error) = installed {
        warn(&format!("signals are not handled: {error}"));
    }
}

/// Waits until `work` is done on a thread of its own, but no longer than this.
pub(crate) fn within(patience: Duration, work: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    thread::spawn(move || {
        work();
        let _ = done.send(());
    });
    let _ = is_done.recv_timeout(patience);
}

/// The progress line, if stderr is a terminal. Clones are the same line.
#[derive(Clone)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("a literal template");
        // It draws on stderr, and nowhere if that is no terminal.
        let progress = Self(ProgressBar::no_length().with_style(style));
        progress.say("waiting for the first page".to_owned());
        progress
    }

    pub(crate) fn show(&self, pages: u64, items: u64) {
        self.say(format!("{items} operations on {pages} pages"));
    }

    fn say(&self, message: String) {
        self.0.set_message(message);
        self.0.tick();
    }

    /// Writes to stdout or stderr without the line in between.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
