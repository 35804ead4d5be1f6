//! A list on its way to stdout: what has been printed of it, how it ends, and where to go on.

use std::io;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{mem, thread};

use ops_client::{Error, ErrorKind};
use ops_model::{Checkpoint, EndReason, LongRunning, Page, PagedCall, Resumption};

use crate::arguments::Output;
use crate::connect::AnyPages;
use crate::exit::Failure;
use crate::output::{ListWriter, Row};
use crate::{exit, resume, terminal};

/// How long an interrupted list waits for stdout to take a row that is under way and the end of the document.
const STDOUT_PATIENCE: Duration = Duration::from_millis(400);

/// Prints a listing to its end, and says on stderr how it ended and where to go on.
///
/// A failure before anything was sent is returned: there is nothing to sum up.
pub(crate) fn print<C: PagedCall<Item: Row> + Clone>(
    mut pages: AnyPages<'_, C>,
    output: Output,
) -> Result<ExitCode, Failure> {
    let list = Arc::new(List::new(output, pages.checkpoint()));
    terminal::exit_on_signal(exit::INTERRUPTED, {
        let list = Arc::clone(&list);
        move || list.interrupted::<C::Item>()
    });
    let mut is_first = true;
    let end = loop {
        match pages.next() {
            Some(Ok(page)) => {
                if mem::take(&mut is_first) {
                    list.resumed(pages.resumption());
                }
                if let Err(end) = list.page(&page, &pages) {
                    break end;
                }
            }
            Some(Err(error)) => break End::Failed(error),
            None => break End::Reason(pages.end_reason().expect("there is no next page")),
        }
    };
    list.ended::<C::Item>(end)
}

/// What ends a list.
enum End {
    /// The listing is over.
    Reason(EndReason),
    /// The listing failed.
    Failed(Error),
    /// Stdout takes no more.
    Unwritten(io::Error),
    /// A signal came, whose handler does the rest.
    Interrupted,
}

/// What the listing and the handler of signals share.
struct List {
    progress: terminal::Progress,
    taken_in: Mutex<TakenIn>,
    /// Not held while stdout is written to, which may take for ever. Locked after `taken_in`.
    printed: Mutex<Place>,
    is_interrupted: AtomicBool,
}

/// What has come: printed already, unless the writer keeps it back.
struct TakenIn {
    writer: ListWriter,
    place: Place,
}

/// A place in a list: what lies before it, and the checkpoint to go on from.
#[derive(Clone)]
struct Place {
    /// Those that have come, printed or not.
    pages: u64,
    items: u64,
    bad_items: u64,
    checkpoint: Checkpoint,
}

impl List {
    fn new(output: Output, checkpoint: Checkpoint) -> Self {
        let start = Place {
            pages: 0,
            items: 0,
            bad_items: 0,
            checkpoint,
        };
        Self {
            progress: terminal::Progress::new(),
            taken_in: Mutex::new(TakenIn {
                writer: ListWriter::new(output),
                place: start.clone(),
            }),
            printed: Mutex::new(start),
            is_interrupted: AtomicBool::new(false),
        }
    }

    /// Warns if a resumed listing has not found what its checkpoint remembers.
    fn resumed(&self, resumption: Option<&Resumption>) {
        let Some(Resumption::Changed { expected, found }) = resumption else {
            return;
        };
        let found = match found {
            Some(id) => format!("`{}`", id.escape_debug()),
            None => "nothing that can be read".to_owned(),
        };
        let message = format!(
            "the list has changed since: expected `{}` before the place to go on from, found {found}; operations may be \
             missing or repeated around it",
            expected.escape_debug()
        );
        self.progress.aside(|| terminal::warn(&message));
    }

    /// Takes in the page that `pages` has just given, entry by entry.
    fn page<C: PagedCall<Item: Row> + Clone>(
        &self,
        page: &Page<C::Item>,
        pages: &AnyPages<'_, C>,
    ) -> Result<(), End> {
        self.progress.aside(|| {
            self.take_in(|_, place| {
                place.pages += 1;
                Ok(())
            })?;
            for (index, entry) in page.entries() {
                self.take_in(|writer, place| {
                    let id = match entry {
                        Ok(item) => {
                            writer.row(item)?;
                            place.items += 1;
                            Some(item.id().to_owned())
                        }
                        Err(bad) => {
                            terminal::warn(&format!("page {}: {bad}", place.pages));
                            place.bad_items += 1;
                            bad.id.clone()
                        }
                    };
                    place.checkpoint = pages.checkpoint_after(index, id);
                    Ok(())
                })?;
            }
            self.take_in(|_, place| {
                place.checkpoint = pages.checkpoint();
                Ok(())
            })
        })?;
        let place = &lock(&self.taken_in).place;
        self.progress.show(place.pages, place.items);
        Ok(())
    }

    /// Makes one step forward, unless a signal has come.
    fn take_in(
        &self,
        step: impl FnOnce(&mut ListWriter, &mut Place) -> io::Result<()>,
    ) -> Result<(), End> {
        let TakenIn { writer, place } = &mut *lock(&self.taken_in);
        if self.is_interrupted.load(Ordering::SeqCst) {
            return Err(End::Interrupted);
        }
        step(writer, place).map_err(End::Unwritten)?;
        let mut printed = lock(&self.printed);
        if writer.keeps_rows_back() {
            printed.pages = place.pages;
        } else {
            printed.clone_from(place);
        }
        Ok(())
    }

    /// Ends the document, and says how it ended.
    fn ended<T: Row>(&self, end: End) -> Result<ExitCode, Failure> {
        self.progress.clear();
        let mut taken_in = lock(&self.taken_in);
        if self.is_interrupted.load(Ordering::SeqCst) {
            drop(taken_in);
            loop {
                thread::park();
            }
        }
        let written = self.finish::<T>(&mut taken_in, !matches!(end, End::Reason(_)));
        let printed = lock(&self.printed);
        let (reason, failure) = match (end, written) {
            (End::Reason(_), Err(error)) | (End::Unwritten(error), _) => {
                (EndReason::Error, Some(Failure::Output(error)))
            }
            (End::Reason(reason), Ok(())) => {
                let bad_items = Some(printed.bad_items).filter(|count| *count > 0);
                (reason, bad_items.map(Failure::BadItems))
            }
            (End::Failed(error), _) => {
                let reason = error.end_reason();
                let before_sending = printed.pages == 0
                    && matches!(error.kind(), ErrorKind::Setup | ErrorKind::Credentials);
                let printed = printed.items > 0;
                let failure = Failure::Call { error, printed };
                if before_sending {
                    return Err(failure);
                }
                (reason, Some(failure))
            }
            (End::Interrupted, _) => unreachable!("it has waited for the end of the process"),
        };
        if let Some(failure) = &failure {
            terminal::report(failure);
        }
        if !failure.as_ref().is_some_and(Failure::is_quiet) {
            printed.say(reason);
        }
        // To the end of the process: a signal that comes now has nothing to add.
        mem::forget((taken_in, printed));
        Ok(failure.map_or(ExitCode::SUCCESS, |failure| failure.code()))
    }

    /// Ends the document, whatever the listing is waiting for, and says where to go on.
    fn interrupted<T: Row>(self: &Arc<Self>) {
        self.is_interrupted.store(true, Ordering::SeqCst);
        let list = Arc::clone(self);
        terminal::within(STDOUT_PATIENCE, move || {
            list.progress.clear();
            // Nobody is left to be told that it failed.
            let _ = list.finish::<T>(&mut lock(&list.taken_in), true);
        });
        lock(&self.printed).say(EndReason::Cancelled);
    }

    /// Writes the end of the document: all that has come is printed then.
    fn finish<T: Row>(&self, taken_in: &mut TakenIn, failed: bool) -> io::Result<()> {
        taken_in.writer.end::<T>(failed)?;
        lock(&self.printed).clone_from(&taken_in.place);
        Ok(())
    }
}

impl Place {
    /// The last lines on stderr: how to go on, unless the list is complete, and the summary.
    fn say(&self, reason: EndReason) {
        let plural =
            |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        if reason != EndReason::Exhausted {
            let flag = resume::flag(&self.checkpoint);
            terminal::note(&format!("resume with: {flag}"));
        }
        terminal::note(&format!(
            "{} on {}: {reason}",
            plural(self.items, "operation"),
            plural(self.pages, "page")
        ));
    }
}

/// A panic elsewhere ends the program, not this.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
