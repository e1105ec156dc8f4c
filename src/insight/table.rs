//! Writes rows as CSV, JSON Lines, XLSX or Markdown, one row at a time, so that a million rows
//! need no more memory than one.

use std::io::{self, Read, Seek, SeekFrom, Write};

use jiff::Timestamp;
use rust_xlsxwriter::{Workbook, XlsxError};

/// Rows of one XLSX sheet; the rest goes to further sheets. Source: the limits of the format.
const SHEET_ROWS_MAX: u32 = 1_048_576;
/// Characters of one XLSX cell; longer texts are cut. Source: the limits of the format.
const CELL_CHARS_MAX: usize = 32_767;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with CRLF; with a byte order mark, so that spreadsheets read it as UTF-8.
    Csv {
        /// Whether the mark is written.
        bom: bool,
    },
    /// One JSON object a line.
    Jsonl,
    /// An Office Open XML workbook.
    Xlsx,
    /// A Markdown table.
    Md,
}

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// Text.
    Text(String),
    /// A count.
    Number(u64),
    /// A share or score.
    Real(f64),
    /// A moment, written as ISO 8601 with offset.
    Time(Timestamp),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl Cell {
    fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Real(real) => format!("{real:.4}"),
            Self::Time(at) => iso(*at),
        }
    }
}

/// `2026-11-22T08:00:00+00:00`: with an offset in digits, which every spreadsheet reads.
fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// Text that a spreadsheet would run as a formula gets an apostrophe, which makes it text.
/// Source: OWASP, "CSV Injection".
fn neutral(text: String) -> String {
    let first = text.trim_start_matches(['\t', '\r', '\n', ' ']).chars().next();
    let formula =
        matches!(first, Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')) || text.starts_with(['\t', '\r']);
    if formula { format!("'{text}") } else { text }
}

/// Writes one table.
pub struct TableWriter<W: Write> {
    columns: &'static [&'static str],
    out: Out<W>,
}

enum Out<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Jsonl(W),
    Md(W),
    Xlsx { book: Box<Workbook>, row: u32, into: W },
}

fn broken(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

impl<W: Write> TableWriter<W> {
    /// Begins a table and writes its header.
    ///
    /// # Errors
    /// When `into` cannot be written.
    pub fn new(format: Format, columns: &'static [&'static str], mut into: W) -> io::Result<Self> {
        let out = match format {
            Format::Csv { bom } => {
                if bom {
                    into.write_all("\u{feff}".as_bytes())?;
                }
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(into);
                writer.write_record(columns)?;
                Out::Csv(Box::new(writer))
            }
            Format::Jsonl => Out::Jsonl(into),
            Format::Md => {
                writeln!(into, "| {} |", columns.join(" | "))?;
                writeln!(into, "|{}", " --- |".repeat(columns.len()))?;
                Out::Md(into)
            }
            Format::Xlsx => {
                let mut book = Box::new(Workbook::new());
                new_sheet(&mut book, columns)?;
                Out::Xlsx { book, row: 1, into }
            }
        };
        Ok(Self { columns, out })
    }

    /// Writes one row; missing cells are empty.
    ///
    /// # Errors
    /// When the target cannot be written.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        match &mut self.out {
            Out::Csv(writer) => {
                let fields = cells.iter().map(|cell| match cell {
                    Cell::Text(text) => neutral(text.clone()),
                    other => other.plain(),
                });
                writer.write_record(fields)?;
            }
            Out::Jsonl(into) => {
                let values = cells.iter().map(|cell| match cell {
                    Cell::Empty => serde_json::Value::Null,
                    Cell::Number(number) => (*number).into(),
                    Cell::Real(real) => (*real).into(),
                    other => other.plain().into(),
                });
                // Written by hand, as a map would sort the columns.
                let pairs = self
                    .columns
                    .iter()
                    .zip(values)
                    .map(|(column, value)| format!("{}:{value}", serde_json::Value::from(*column)));
                writeln!(into, "{{{}}}", pairs.collect::<Vec<_>>().join(","))?;
            }
            Out::Md(into) => {
                let cells: Vec<String> = cells.iter().map(|cell| escape(&cell.plain())).collect();
                writeln!(into, "| {} |", cells.join(" | "))?;
            }
            Out::Xlsx { book, row, .. } => {
                if *row >= SHEET_ROWS_MAX {
                    new_sheet(book, self.columns)?;
                    *row = 1;
                }
                let last = book.worksheets().len() - 1;
                let sheet = book.worksheet_from_index(last).map_err(broken)?;
                for (column, cell) in cells.iter().enumerate() {
                    let column = u16::try_from(column).unwrap_or(u16::MAX);
                    match cell {
                        Cell::Empty => continue,
                        Cell::Number(number) => sheet.write_number(*row, column, *number as f64),
                        Cell::Real(real) => sheet.write_number(*row, column, *real),
                        other => sheet.write_string(
                            *row,
                            column,
                            other.plain().chars().take(CELL_CHARS_MAX).collect::<String>(),
                        ),
                    }
                    .map_err(broken)?;
                }
                *row += 1;
            }
        }
        Ok(())
    }

    /// Ends the table and hands the target back.
    ///
    /// # Errors
    /// When the target cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.out {
            Out::Csv(writer) => writer.into_inner().map_err(|error| io::Error::other(error.to_string())),
            Out::Jsonl(mut into) | Out::Md(mut into) => {
                into.flush()?;
                Ok(into)
            }
            Out::Xlsx { mut book, mut into, .. } => {
                // A workbook is a zip archive, which needs to seek; the target may be a pipe.
                let mut file = temporary()?;
                book.save_to_writer(&mut file).map_err(broken)?;
                file.seek(SeekFrom::Start(0))?;
                let mut buffer = vec![0; 64 * 1024];
                loop {
                    let read = file.read(&mut buffer)?;
                    if read == 0 {
                        break;
                    }
                    into.write_all(&buffer[..read])?;
                }
                into.flush()?;
                Ok(into)
            }
        }
    }
}

fn new_sheet(book: &mut Workbook, columns: &[&str]) -> io::Result<()> {
    // Rows go to a temporary file as they are written.
    let sheet = book.add_worksheet_with_constant_memory().map_err(broken)?;
    for (column, name) in columns.iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).unwrap_or(u16::MAX), *name).map_err(broken)?;
    }
    Ok(())
}

/// A file without a name, gone with the process.
///
/// # Errors
/// When the system's folder for such files cannot be written.
pub fn temporary() -> io::Result<std::fs::File> {
    let path =
        std::env::temp_dir().join(format!("wenqu-export-{}-{:x}.xlsx", std::process::id(), rand::random::<u64>()));
    let file = std::fs::OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('|', "\\|").replace('<', "&lt;").replace("\r\n", "<br>").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(format: Format, rows: &[&[Cell]]) -> Vec<u8> {
        let mut writer = TableWriter::new(format, &["甲", "b"], Vec::new()).unwrap();
        for row in rows {
            writer.row(row).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn csv_opens_in_a_spreadsheet_and_runs_nothing() {
        let hostile: &[&str] = &["=1+1", "+86", "-1", "@x", "\t=1", " =cmd()", "＝1"];
        for text in hostile {
            let bytes = write(Format::Csv { bom: true }, &[&[Cell::from(*text), Cell::Number(3)]]);
            let text_of = String::from_utf8(bytes).unwrap();
            assert!(text_of.starts_with("\u{feff}甲,b\r\n"), "{text_of:?}");
            let row = text_of.lines().nth(1).unwrap().trim_start_matches('"');
            assert!(row.starts_with('\''), "{text_of:?}");
        }
        let bytes = write(Format::Csv { bom: false }, &[&[Cell::from("转账, \"没到\"\n第二行"), Cell::Empty]]);
        assert_eq!(String::from_utf8(bytes).unwrap(), "甲,b\r\n\"转账, \"\"没到\"\"\n第二行\",\r\n");
    }

    #[test]
    fn other_formats_keep_every_value() {
        let at = Timestamp::from_second(1_790_000_000).unwrap();
        let row: &[Cell] = &[Cell::from("a|b\n<c>"), Cell::Time(at)];
        let jsonl = String::from_utf8(write(Format::Jsonl, &[row])).unwrap();
        let value: serde_json::Value = serde_json::from_str(&jsonl).unwrap();
        assert_eq!((value["甲"].as_str(), value["b"].as_str()), (Some("a|b\n<c>"), Some("2026-09-21T14:13:20+00:00")));
        assert!(String::from_utf8(write(Format::Md, &[row])).unwrap().contains("| a\\|b<br>&lt;c> |"));
        assert!(write(Format::Xlsx, &[row]).starts_with(b"PK"));
    }
}
