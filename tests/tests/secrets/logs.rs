//! What is logged: records of the `log` facade, and spans and events of `tracing`, at every level.

use std::io::{self, Write};
use std::mem;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

static WRITTEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static CAPTURED: Mutex<()> = Mutex::new(());

/// What is logged from now on, by whomever in this process; one test at a time.
pub(crate) struct Capture(#[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);

impl Capture {
    pub(crate) fn start() -> Self {
        static INSTALLED: Once = Once::new();
        let guard = CAPTURED.lock().unwrap_or_else(PoisonError::into_inner);
        INSTALLED.call_once(|| {
            log::set_logger(&Records).expect("the only logger");
            log::set_max_level(LevelFilter::Trace);
            let subscriber = tracing_subscriber::fmt()
                .with_writer(Written)
                .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
                .with_span_events(FmtSpan::FULL)
                .with_ansi(false)
                .finish();
            tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
        });
        let capture = Self(guard);
        capture.take();
        capture
    }

    /// What was logged since the last time.
    pub(crate) fn take(&self) -> String {
        let bytes = mem::take(&mut *WRITTEN.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).expect("loggers write text")
    }
}

/// Every record, but for what the documentation of `ops-ureq` says of ureq: at level `trace` it logs all bytes.
struct Records;

impl Log for Records {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        !(metadata.target().starts_with("ureq") && metadata.level() == Level::Trace)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let mut written = WRITTEN.lock().unwrap_or_else(PoisonError::into_inner);
            writeln!(written, "{} {}", record.target(), record.args()).expect("there is room");
        }
    }

    fn flush(&self) {}
}

#[derive(Clone, Copy)]
struct Written;

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        WRITTEN
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}
