//! The forms of the data on stdout. Each list is written as its pages arrive, but for a table, which needs its widths.

mod columns;
mod list;

use std::io::{self, BufWriter, StdoutLock, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

pub(crate) use columns::{Fields, Row};
pub(crate) use list::ListWriter;

use crate::arguments::Output;

fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}

fn plain_table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table
}

/// A table's lines, without the blanks that pad its last column.
fn write_table(out: &mut impl Write, table: &Table) -> io::Result<()> {
    table
        .lines()
        .try_for_each(|line| writeln!(out, "{}", line.trim()))
}

/// Writes one operation with everything that is known of it. `shape` is AWS's own JSON of the whole
/// response; a line of NDJSON is the operation alone, as in a list.
pub(crate) fn write_one(
    output: Output,
    operation: &(impl Fields + Serialize),
    shape: &impl Serialize,
) -> io::Result<()> {
    let mut out = stdout();
    match output {
        Output::Table => {
            let mut table = plain_table();
            for (name, value) in operation
                .fields()
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
            {
                table.add_row([name.to_owned(), columns::on_one_line(&value)]);
            }
            write_table(&mut out, &table)?;
        }
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, shape)?;
            out.write_all(b"\n")?;
        }
        Output::Ndjson => {
            serde_json::to_writer(&mut out, operation)?;
            out.write_all(b"\n")?;
        }
        Output::Csv => {
            let mut csv = csv::Writer::from_writer(&mut out);
            let (names, values): (Vec<_>, Vec<_>) = operation.fields().into_iter().unzip();
            csv.write_record(names)?;
            csv.write_record(values)?;
            csv.flush()?;
        }
    }
    out.flush()
}
