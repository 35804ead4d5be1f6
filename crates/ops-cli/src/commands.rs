//! What each subcommand does.

use std::io::Write;
use std::time::SystemTime;

use ops_client::Error;
use ops_fake::FakeServer;
use ops_model::cloud_map::{GetOperation, Operation};
use ops_model::kafka_connect::DescribeConnectorOperation;
use ops_model::{Limits, PagedCall, Service};
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
    // Serving ends with a signal, as it is meant to; everything else is cut short by one.
    terminal::exit_on_signal(if matches!(command, Command::Fake(_)) {
        0
    } else {
        exit::INTERRUPTED
    });
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
            let operation = Connection::open(&global, Service::CloudMap)?
                .call(call)
                .map_err(nothing_printed)?;
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
            let operation = Connection::open(&global, Service::KafkaConnect)?
                .call(call)
                .map_err(nothing_printed)?;
            Ok(write_one(global.output, &operation, &operation)?)
        }
        Command::Fake(Fake::Serve { listen }) => serve(&global, listen),
    }
}

fn nothing_printed(error: Error) -> Failure {
    Failure::Call {
        error,
        printed: false,
    }
}

fn list<C: PagedCall<Item: Row> + Clone>(
    global: &Global,
    call: C,
    paging: &Paging,
) -> Result<(), Failure> {
    let connection = Connection::open(global, C::SERVICE)?;
    let limits = Limits {
        max_items: paging.max_items,
        max_pages: paging.max_pages,
        ..Limits::default()
    };

    let progress = terminal::Progress::new();
    let mut writer = ListWriter::new(global.output);
    let (mut pages, mut bad_items) = (0, 0);
    let outcome = connection.pages(call, limits, |page| {
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
    drop(progress);

    let rows = writer.rows();
    let ended = writer.end::<C::Item>(outcome.is_err());
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

fn serve(global: &Global, listen: std::net::SocketAddr) -> Result<(), Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "--listen {listen}: the fake asks for no signature; let it listen on a loopback address"
        )));
    }
    let server = FakeServer::start(fake_service(global), listen)
        .map_err(|error| Failure::Other(format!("cannot listen on {listen}: {error}")))?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", server.url())?;
    stdout.flush()?;
    loop {
        std::thread::park();
    }
}
