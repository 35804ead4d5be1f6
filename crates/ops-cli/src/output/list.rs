use std::io::{self, Write};

use comfy_table::Table;

use super::columns::{Row, on_one_line};
use super::{plain_table, stdout, write_table};
use crate::arguments::Output;

/// Writes a list as its items arrive.
pub(crate) struct ListWriter {
    form: Form,
    rows: u64,
    has_ended: bool,
}

enum Form {
    Table(Box<Table>),
    Json,
    Ndjson,
    Csv,
}

impl ListWriter {
    pub(crate) fn new(output: Output) -> Self {
        Self {
            form: match output {
                Output::Table => Form::Table(Box::new(plain_table())),
                Output::Json => Form::Json,
                Output::Ndjson => Form::Ndjson,
                Output::Csv => Form::Csv,
            },
            rows: 0,
            has_ended: false,
        }
    }

    /// Whether rows are kept back until the list ends. Otherwise each is out when [`row`](Self::row) returns.
    pub(crate) const fn keeps_rows_back(&self) -> bool {
        matches!(self.form, Form::Table(_))
    }

    /// Takes in one item.
    ///
    /// A row goes out in one piece: a pipe that is full takes all of it or nothing, so that a run that is interrupted
    /// leaves no half of a row behind. (POSIX promises that for pieces of up to `PIPE_BUF` bytes, 4096 on Linux.)
    pub(crate) fn row<T: Row>(&mut self, item: &T) -> io::Result<()> {
        let is_first = self.rows == 0;
        let mut piece = Vec::new();
        match &mut self.form {
            Form::Table(table) => {
                table.add_row(item.cells().iter().map(|cell| on_one_line(cell)));
            }
            Form::Json => {
                let before = if is_first {
                    format!("{{\"{}\": [\n    ", T::LIST)
                } else {
                    ",\n    ".to_owned()
                };
                piece.extend(before.as_bytes());
                serde_json::to_writer(&mut piece, item)?;
            }
            Form::Ndjson => {
                serde_json::to_writer(&mut piece, item)?;
                piece.push(b'\n');
            }
            Form::Csv => {
                let mut csv = csv::Writer::from_writer(&mut piece);
                if is_first {
                    csv.write_record(T::HEADER)?;
                }
                csv.write_record(item.cells())?;
                csv.flush()?;
            }
        }
        // Not `stdout()`: its buffer would cut the piece where it is full.
        let mut out = io::stdout().lock();
        out.write_all(&piece)?;
        out.flush()?;
        self.rows += 1;
        Ok(())
    }

    /// Writes what a list of these rows ends with, once. After a failure nothing is written unless rows were.
    pub(crate) fn end<T: Row>(&mut self, failed: bool) -> io::Result<()> {
        let had_ended = std::mem::replace(&mut self.has_ended, true);
        if had_ended || (failed && self.rows == 0) {
            return Ok(());
        }
        let mut out = stdout();
        match &mut self.form {
            Form::Table(table) => {
                table.set_header(T::HEADER.iter().copied());
                write_table(&mut out, table)?;
            }
            Form::Json if self.rows == 0 => writeln!(out, "{{\"{}\": []}}", T::LIST)?,
            Form::Json => writeln!(out, "\n]}}")?,
            Form::Csv if self.rows == 0 => {
                let mut csv = csv::Writer::from_writer(&mut out);
                csv.write_record(T::HEADER)?;
                csv.flush()?;
            }
            Form::Csv | Form::Ndjson => {}
        }
        out.flush()
    }
}
