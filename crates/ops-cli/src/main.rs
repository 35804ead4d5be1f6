//! The command `ops`: lists, filters and describes the long-running operations of AWS Cloud Map and Amazon MSK Connect.
//!
//! Data goes to stdout, everything else to stderr. The exit code tells why the command ended; `ops --help` lists them.

mod arguments;
mod commands;
mod connect;
mod exit;
mod filters;
mod output;
mod settings;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    match commands::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal::report(&failure);
            failure.code()
        }
    }
}
