//! What each subcommand does.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use ops_fake::FakeServer;
use ops_model::cloud_map::{GetOperation, Operation};
use ops_model::kafka_connect::DescribeConnectorOperation;
use ops_model::{Call, Limits, PagedCall};
use serde::Serialize;

use crate::arguments::{Arguments, CloudMap, Command, Fake, Global, KafkaConnect, Paging};
use crate::connect::{Connection, PagesError, fake_service};
use crate::exit::Failure;
use crate::output::{ListWriter, Row, write_one};
use crate::{exit, filters, terminal};

pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let Arguments { command, global } = arguments;
    let is_fake = global.fake || matches!(command, Command::Fake(_));
    if !is_fake && (global.operations.is_some() || global.seed.is_some()) {
        return Err(Failure::usage(
            "--operations and --seed are the fake's; add --fake",
        ));
    }
    let now = SystemTime::now();
    match command {
        Command::CloudMap(CloudMap::List(flags)) => {
            let call = filters::list_operations(&flags, now)?;
            list(&global, call, &flags.paging)
        }
        Command::CloudMap(CloudMap::Get { id, owner_account }) => {
            let mut call = GetOperation::new(id).map_err(Failure::usage)?;
            if let Some(account) = owner_account {
                call = call.with_owner_account(account).map_err(Failure::usage)?;
            }
            #[derive(Serialize)]
            #[serde(rename_all = "PascalCase")]
            struct Response<'a> {
                operation: &'a Operation,
            }
            let operation = one(&global, call)?;
            Ok(write_one(
                global.output,
                &operation,
                &Response {
                    operation: &operation,
                },
            )?)
        }
        Command::KafkaConnect(KafkaConnect::List(flags)) => {
            let call = filters::list_connector_operations(&flags, now)?;
            list(&global, call, &flags.paging)
        }
        Command::KafkaConnect(KafkaConnect::Describe { arn }) => {
            let call = DescribeConnectorOperation::new(arn).map_err(Failure::usage)?;
            let operation = one(&global, call)?;
            Ok(write_one(global.output, &operation, &operation)?)
        }
        Command::Fake(Fake::Serve { listen }) => serve(&global, listen),
    }
}

fn one<C: Call>(global: &Global, call: C) -> Result<C::Output, Failure> {
    terminal::exit_on_signal(exit::INTERRUPTED, || {});
    Connection::open(global, C::SERVICE)?
        .call(call)
        .map_err(|error| Failure::Call {
            error,
            printed: false,
        })
}

fn list<C: PagedCall<Item: Row> + Clone>(
    global: &Global,
    call: C,
    paging: &Paging,
) -> Result<(), Failure> {
    let progress = terminal::Progress::new();
    let writer = Arc::new(Mutex::new(ListWriter::new(global.output)));
    terminal::exit_on_signal(exit::INTERRUPTED, {
        let (progress, writer) = (progress.clone(), Arc::clone(&writer));
        move || {
            // While the writer is locked, whoever reads the output may be keeping it waiting.
            if let Ok(mut writer) = writer.try_lock() {
                progress.clear();
                // Nobody is left to be told that it failed.
                let _ = writer.end::<C::Item>(true);
            }
        }
    });
    let connection = Connection::open(global, C::SERVICE)?;
    let limits = Limits {
        max_items: paging.max_items,
        max_pages: paging.max_pages,
        ..Limits::default()
    };

    let (mut pages, mut bad_items) = (0, 0);
    let outcome = connection.pages(call, limits, |page| {
        let mut writer = lock(&writer);
        pages += 1;
        bad_items += page.bad_items().count() as u64;
        progress.aside(|| {
            for bad in page.bad_items() {
                terminal::warn(&format!("page {pages}: {bad}"));
            }
            writer.page(page.items())
        })?;
        progress.show(pages, writer.rows());
        Ok(())
    });

    let mut writer = lock(&writer);
    progress.clear();
    let rows = writer.rows();
    let ended = writer.end::<C::Item>(outcome.is_err());
    drop(writer);
    let reason = outcome.map_err(|error| match error {
        PagesError::Listing(error) => Failure::Call {
            error,
            printed: rows > 0,
        },
        PagesError::Page(failure) => failure,
    })?;
    ended?;
    let plural =
        |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    terminal::note(&format!(
        "{} on {}: {reason}",
        plural(rows, "operation"),
        plural(pages, "page")
    ));
    if bad_items > 0 {
        Err(Failure::BadItems(bad_items))
    } else {
        Ok(())
    }
}

/// A panic elsewhere ends the program, not this.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(global: &Global, listen: std::net::SocketAddr) -> Result<(), Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "--listen {listen}: the fake asks for no signature; let it listen on a loopback address"
        )));
    }
    // A signal is how serving is meant to end.
    terminal::exit_on_signal(0, || {});
    let server = FakeServer::start(fake_service(global), listen)
        .map_err(|error| Failure::Other(format!("cannot listen on {listen}: {error}")))?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", server.url())?;
    stdout.flush()?;
    loop {
        std::thread::park();
    }
}
