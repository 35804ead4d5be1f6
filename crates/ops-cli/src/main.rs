//! The command `ops`: lists, filters and describes the long-running operations of AWS Cloud Map and Amazon MSK Connect.
//!
//! Data goes to stdout, everything else to stderr. The exit code tells why the command ended; `ops --help` lists them.

mod arguments;
mod commands;
mod connect;
mod exit;
mod fake;
mod filters;
mod listing;
mod output;
mod resume;
mod settings;
mod terminal;

use std::process::ExitCode;

use crate::arguments::Arguments;

fn main() -> ExitCode {
    match commands::run(Arguments::from_command_line()) {
        Ok(code) => code,
        Err(failure) => {
            terminal::report(&failure);
            failure.code()
        }
    }
}
