//! What each subcommand does.

use std::io::Write;
use std::process::ExitCode;
use std::time::SystemTime;

use ops_fake::FakeServer;
use ops_model::cloud_map::{GetOperation, Operation};
use ops_model::kafka_connect::DescribeConnectorOperation;
use ops_model::{Call, Limits, PagedCall};
use serde::Serialize;

use crate::arguments::{Arguments, CloudMap, Command, Fake, Global, KafkaConnect, Paging};
use crate::connect::Connection;
use crate::exit::Failure;
use crate::output::{Row, write_one};
use crate::{exit, fake, filters, listing, resume, terminal};

/// Runs the command to its end: its exit code, or a failure that nobody has been told of yet.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let Arguments { command, global } = arguments;
    let is_fake = global.fake || matches!(command, Command::Fake(_));
    let shapes_fake =
        global.operations.is_some() || global.seed.is_some() || global.scenario.is_some();
    if !is_fake && shapes_fake {
        return Err(Failure::usage(
            "--operations, --seed and --scenario are the fake's; add --fake",
        ));
    }
    let now = SystemTime::now();
    match command {
        Command::CloudMap(CloudMap::List(flags)) => list(&global, &flags.paging, || {
            filters::list_operations(&flags, now)
        }),
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
            let shape = Response {
                operation: &operation,
            };
            write_one(global.output, &operation, &shape)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::KafkaConnect(KafkaConnect::List(flags)) => list(&global, &flags.paging, || {
            filters::list_connector_operations(&flags, now)
        }),
        Command::KafkaConnect(KafkaConnect::Describe { arn }) => {
            let call = DescribeConnectorOperation::new(arn).map_err(Failure::usage)?;
            let operation = one(&global, call)?;
            write_one(global.output, &operation, &operation)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Fake(Fake::Serve {
            listen,
            verify_signatures,
        }) => serve(&global, listen, verify_signatures),
    }
}

fn one<C: Call>(global: &Global, call: C) -> Result<C::Output, Failure> {
    terminal::exit_on_signal(exit::INTERRUPTED, || terminal::note("interrupted"));
    let connection = Connection::open(global, C::SERVICE, None)?;
    Ok(connection.call(call)?)
}

fn list<C: PagedCall<Item: Row> + Clone>(
    global: &Global,
    paging: &Paging,
    call: impl FnOnce() -> Result<C, Failure>,
) -> Result<ExitCode, Failure> {
    let checkpoint = paging.resume.as_deref().map(resume::read).transpose()?;
    let call = match &checkpoint {
        Some(checkpoint) => checkpoint
            .request()
            .map_err(|error| Failure::usage(format!("--resume: {error}")))?,
        None => call()?,
    };
    let region = checkpoint
        .as_ref()
        .and_then(|checkpoint| checkpoint.origin().region());
    let connection = Connection::open(global, C::SERVICE, region)?;
    let limits = Limits {
        max_items: paging.max_items,
        max_pages: paging.max_pages,
        ..Limits::default()
    };
    let pages = connection.pages(call, limits, checkpoint.as_ref())?;
    listing::print(pages, global.output)
}

fn serve(
    global: &Global,
    listen: std::net::SocketAddr,
    verify_signatures: bool,
) -> Result<ExitCode, Failure> {
    if !listen.ip().is_loopback() {
        return Err(Failure::usage(format!(
            "--listen {listen}: the fake is for this machine alone; let it listen on a loopback address"
        )));
    }
    let service = if verify_signatures {
        fake::verifying_service(global)?
    } else {
        fake::service(global)?
    };
    // A signal is how serving is meant to end.
    terminal::exit_on_signal(0, || {});
    let server = FakeServer::start(service, listen)
        .map_err(|error| Failure::Other(format!("cannot listen on {listen}: {error}")))?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", server.url())?;
    stdout.flush()?;
    loop {
        std::thread::park();
    }
}
