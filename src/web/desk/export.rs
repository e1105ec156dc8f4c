//! Exports as streams, for the desk and for whoever holds a token: a page of rows is read, written
//! and sent before the next one, so that a million rows need the memory of a thousand.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, mpsc};

use super::seat::by_token;
use super::{Seat, private};
use crate::domain::{ArticleId, ProposalState, Status};
use crate::insight::{self, Format, Rows, Selection, TableWriter, What};
use crate::store::{Store, Token};
use crate::web::App;
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::url::Fields;

/// Exports at a time: each holds a thread.
static SEATS: Semaphore = Semaphore::const_new(3);
/// Chunks that wait for a slow reader.
const CHUNKS_MAX: usize = 2;
const CHUNK_BYTES: usize = 64 * 1024;

/// `GET /review/export/{what}`.
pub async fn download(seat: Seat) -> Result<Response, Error> {
    let what = What::parse(seat.ctx.rest("/review/export/")).ok_or(Error::NotFound)?;
    let (selection, format) = asked(&seat.ctx.fields, what).ok_or(Error::BadRequest)?;
    seat.store.audit(&seat.reviewer, "export", what.as_str(), ending(format)).await?;
    stream(seat.store, what, selection, format)
}

/// `GET /api/v1/review/{what}`.
pub async fn api(State(app): State<Arc<App>>, headers: HeaderMap, ctx: Ctx) -> Result<Response, Error> {
    let store = app.store.clone();
    let bearer = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
    let token =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).and_then(|(_, t)| Token::parse(t.trim()));
    let Some(reviewer) = by_token(&store, token.as_ref()).await? else {
        let body = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
        let problem = HeaderValue::from_static("application/problem+json");
        let asks = HeaderValue::from_static("Bearer");
        let heads = [(header::CONTENT_TYPE, problem), (header::WWW_AUTHENTICATE, asks)];
        return Ok(private((StatusCode::UNAUTHORIZED, heads, body).into_response()));
    };
    let what = What::parse(ctx.rest("/api/v1/review/")).ok_or(Error::NotFound)?;
    let (selection, format) = asked(&ctx.fields, what).ok_or(Error::BadRequest)?;
    store.audit(&reviewer.name, "export", what.as_str(), ending(format)).await?;
    stream(store, what, selection, format)
}

/// The rows and format that fields ask for; none where one of them makes no sense, since rows
/// left out by a slip would be taken for all there are.
fn asked(fields: &Fields, what: What) -> Option<(Selection, Format)> {
    let format = match fields.get("format") {
        "csv" => Format::Csv { bom: fields.get("bom") != "no" },
        "" | "jsonl" => Format::Jsonl,
        "xlsx" => Format::Xlsx,
        "md" => Format::Md,
        _ => return None,
    };
    let moment = |name: &str, days: i64| match fields.filled(name) {
        None => Some(None),
        Some(text) => {
            let day = || text.parse::<Date>().ok()?.checked_add(jiff::Span::new().days(days)).ok();
            let start = || Some(day()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
            text.parse::<Timestamp>().ok().or_else(start).map(Some)
        }
    };
    let word = fields.filled("status");
    let (status, state) = match (&word, what) {
        (None, _) => (None, None),
        (Some(word), What::Suggestions) => (None, Some(ProposalState::parse(word)?)),
        (Some(word), _) => (Some(Status::parse(word)?), None),
    };
    let article = match fields.filled("article") {
        None => None,
        Some(id) => Some(ArticleId::parse(&id).ok()?),
    };
    Some((Selection { since: moment("since", 0)?, until: moment("until", 1)?, status, state, article }, format))
}

fn ending(format: Format) -> &'static str {
    match format {
        Format::Csv { .. } => "csv",
        Format::Jsonl => "jsonl",
        Format::Xlsx => "xlsx",
        Format::Md => "md",
    }
}

fn stream(store: Store, what: What, selection: Selection, format: Format) -> Result<Response, Error> {
    let seat = SEATS.try_acquire().map_err(|_| Error::Busy)?;
    let (sender, mut chunks) = mpsc::channel::<Result<Bytes, io::Error>>(CHUNKS_MAX);
    let runtime = tokio::runtime::Handle::current();
    // A thread of its own: writing rows is work, and a workbook ends with a long piece of it.
    tokio::task::spawn_blocking(move || {
        let _seat = seat;
        runtime.block_on(async {
            if let Err(error) = write(&store, what, &selection, format, &sender).await {
                // A cut stream is the only way left to say so; the reader may also have gone.
                drop(sender.send(Err(error)).await);
            }
        });
    });
    let body = Body::from_stream(stream::poll_fn(move |context| chunks.poll_recv(context)));
    let mut response = private(body.into_response());
    let mime = match format {
        Format::Csv { .. } => "text/csv; charset=utf-8",
        Format::Jsonl => "application/jsonl; charset=utf-8",
        Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Format::Md => "text/markdown; charset=utf-8",
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    let name = format!("attachment; filename=\"{}.{}\"", what.as_str(), ending(format));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

type Sender = mpsc::Sender<Result<Bytes, io::Error>>;

async fn write(store: &Store, what: What, selection: &Selection, format: Format, to: &Sender) -> io::Result<()> {
    let page = Page::default();
    let mut rows = Rows::new(store, what, selection);
    let failed = |error: insight::Error| io::Error::other(error);
    if format == Format::Xlsx {
        // A workbook is whole only at its end; until then it is a file.
        let mut table = TableWriter::new(format, what.columns(), insight::temporary()?)?;
        while let Some(page) = rows.page().await.map_err(failed)? {
            page.iter().try_for_each(|row| table.row(row))?;
        }
        let mut file = table.finish()?;
        file.seek(SeekFrom::Start(0))?;
        loop {
            let mut chunk = vec![0; CHUNK_BYTES];
            let read = file.read(&mut chunk)?;
            chunk.truncate(read);
            if read == 0 || to.send(Ok(chunk.into())).await.is_err() {
                return Ok(());
            }
        }
    }
    let mut table = TableWriter::new(format, what.columns(), page.clone())?;
    while let Some(rows) = rows.page().await.map_err(failed)? {
        rows.iter().try_for_each(|row| table.row(row))?;
        if to.send(Ok(page.take())).await.is_err() {
            return Ok(());
        }
    }
    table.finish()?.flush()?;
    // Nobody left to read the end is no fault.
    drop(to.send(Ok(page.take())).await);
    Ok(())
}

/// What a table has written and nobody has sent yet.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
