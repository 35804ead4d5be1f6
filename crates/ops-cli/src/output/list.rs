use std::io::{self, Write};

use comfy_table::Table;

use super::columns::{Row, on_one_line};
use super::{plain_table, stdout, write_table};
use crate::arguments::Output;

/// Writes a list as its pages arrive.
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

    /// How many rows there are by now.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes in the items of one page; nothing once the list has ended.
    pub(crate) fn page<'a, T: Row + 'a>(
        &mut self,
        items: impl Iterator<Item = &'a T>,
    ) -> io::Result<()> {
        if self.has_ended {
            return Ok(());
        }
        let mut out = stdout();
        for item in items {
            let first = self.rows == 0;
            self.rows += 1;
            match &mut self.form {
                Form::Table(table) => {
                    table.add_row(item.cells().iter().map(|cell| on_one_line(cell)));
                }
                Form::Json => {
                    let before = if first {
                        format!("{{\"{}\": [\n    ", T::LIST)
                    } else {
                        ",\n    ".to_owned()
                    };
                    out.write_all(before.as_bytes())?;
                    serde_json::to_writer(&mut out, item)?;
                }
                Form::Ndjson => {
                    serde_json::to_writer(&mut out, item)?;
                    out.write_all(b"\n")?;
                }
                Form::Csv => {
                    let mut csv = csv::Writer::from_writer(&mut out);
                    if first {
                        csv.write_record(T::HEADER)?;
                    }
                    csv.write_record(item.cells())?;
                    csv.flush()?;
                }
            }
        }
        out.flush()
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
