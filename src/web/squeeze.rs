//! Compressed forms of what is sent again and again: made once, kept with the plain one. A page with
//! a place for words of one reader is joined from pieces that were compressed before.

use std::io::Write as _;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Below this many bytes a compressed form saves no packet.
const WORTH_BYTES: usize = 256;
/// Bytes that a stored block of deflate holds.
///
/// Source: RFC 1951, 3.2.4.
const STORED_BYTES_MAX: usize = 65_535;
/// Head of a gzip stream that tells nothing: no time, no name, no system.
///
/// Source: RFC 1952, 2.3.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// Brotli for pages: half the size of the step from 5 to 11 for a tenth of its time.
pub const BROTLI_PAGE: i32 = 6;
/// Brotli for files that are embedded in the program.
pub const BROTLI_FILE: i32 = 11;

/// How a body is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Plain,
    /// gzip.
    Gzip,
    /// Brotli.
    Brotli,
}

impl Coding {
    /// What it is called in headers; none for a body as it is.
    pub fn name(self) -> Option<HeaderValue> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Brotli => Some(HeaderValue::from_static("br")),
        }
    }
}

/// Compressed forms that a handler has ready, beside the plain one.
#[derive(Debug, Clone)]
pub struct Forms {
    /// gzip, if that is shorter.
    pub gzip: Option<Bytes>,
    /// Brotli, if that is shorter.
    pub brotli: Option<Bytes>,
}

/// Whether a reader takes gzip, and Brotli. Weights are looked at only for a refusal: who takes both
/// does not mind which.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Takes {
    pub gzip: bool,
    pub brotli: bool,
}

impl Takes {
    /// Reads `Accept-Encoding`.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut takes = Self::default();
        for value in headers.get_all(header::ACCEPT_ENCODING) {
            for part in value.to_str().unwrap_or_default().split(',') {
                let (name, weight) = part.split_once(';').unwrap_or((part, ""));
                let weight = weight.trim().trim_start_matches("q=");
                let refused = weight.starts_with('0') && !weight.bytes().any(|b| b.is_ascii_digit() && b != b'0');
                match name.trim() {
                    "gzip" => takes.gzip = !refused,
                    "br" => takes.brotli = !refused,
                    _ => {}
                }
            }
        }
        takes
    }
}

/// Whether bodies of this type shrink: text does, pictures are small already.
pub fn shrinks(mime: &[u8]) -> bool {
    let text: [&[u8]; 5] = [b"text/", b"application/json", b"application/xml", b"application/", b"image/svg"];
    text.iter().any(|kind| mime.starts_with(kind)) && !mime.starts_with(b"application/octet-stream")
}

/// As gzip; none where that is not shorter.
pub fn gzip(plain: &[u8]) -> Option<Bytes> {
    if plain.len() < WORTH_BYTES {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::default());
    encoder.write_all(plain).ok()?;
    let squeezed = encoder.finish().ok()?;
    (squeezed.len() < plain.len()).then(|| squeezed.into())
}

/// As Brotli; none where that is not shorter.
pub fn brotli(plain: &[u8], quality: i32) -> Option<Bytes> {
    if plain.len() < WORTH_BYTES {
        return None;
    }
    // A window of 256 kB holds any page; the default of 4 MB only takes memory.
    let parameters =
        brotli::enc::BrotliEncoderParams { quality, lgwin: 18, size_hint: plain.len(), ..Default::default() };
    let mut squeezed = Vec::with_capacity(plain.len() / 3);
    brotli::BrotliCompress(&mut &*plain, &mut squeezed, &parameters).ok()?;
    (squeezed.len() < plain.len()).then(|| squeezed.into())
}

/// What stands before and after the words of one reader, compressed so that both can be joined with
/// anything between them: the first ends on a byte, the second looks back at nothing before itself.
#[derive(Debug)]
pub struct Halves {
    before: Vec<u8>,
    after: Vec<u8>,
    before_crc: Crc,
    after_crc: Crc,
}

impl Halves {
    /// Compresses both.
    pub fn of(before: &[u8], after: &[u8]) -> Option<Self> {
        let crc = |bytes: &[u8]| {
            let mut crc = Crc::new();
            crc.update(bytes);
            crc
        };
        Some(Self {
            before: deflate(before, FlushCompress::Full)?,
            after: deflate(after, FlushCompress::Finish)?,
            before_crc: crc(before),
            after_crc: crc(after),
        })
    }

    /// The gzip form of the whole, with `middle` stored as it is.
    pub fn join(&self, middle: &[u8]) -> Option<Bytes> {
        let length = u16::try_from(middle.len()).ok().filter(|length| usize::from(*length) <= STORED_BYTES_MAX)?;
        let mut crc = Crc::new();
        crc.combine(&self.before_crc);
        let mut middle_crc = Crc::new();
        middle_crc.update(middle);
        crc.combine(&middle_crc);
        crc.combine(&self.after_crc);
        let mut whole = Vec::with_capacity(self.before.len() + middle.len() + self.after.len() + 32);
        whole.extend_from_slice(&GZIP_HEAD);
        whole.extend_from_slice(&self.before);
        // A block that is not the last and not compressed: its length, and the same inverted.
        whole.push(0);
        whole.extend_from_slice(&length.to_le_bytes());
        whole.extend_from_slice(&(!length).to_le_bytes());
        whole.extend_from_slice(middle);
        whole.extend_from_slice(&self.after);
        whole.extend_from_slice(&crc.sum().to_le_bytes());
        whole.extend_from_slice(&crc.amount().to_le_bytes());
        Some(whole.into())
    }
}

/// One piece of a deflate stream without a wrapper.
fn deflate(plain: &[u8], flush: FlushCompress) -> Option<Vec<u8>> {
    let mut compress = Compress::new(Compression::default(), false);
    // Room for what does not shrink at all, so that one call does everything.
    let mut squeezed = Vec::with_capacity(plain.len() + plain.len() / 1_000 + 64);
    let status = compress.compress_vec(plain, &mut squeezed, flush).ok()?;
    let done = compress.total_in() == plain.len() as u64;
    let ended = matches!(flush, FlushCompress::Full) || status == Status::StreamEnd;
    squeezed.shrink_to_fit();
    (done && ended).then_some(squeezed)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    fn unzip(bytes: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn joined_halves_are_one_gzip_stream() {
        let before = "先不要再转第二笔。".repeat(500);
        let after = "到账慢不等于丢了。".repeat(700);
        let halves = Halves::of(before.as_bytes(), after.as_bytes()).unwrap();
        for middle in ["", "没到", &"长".repeat(2_000)] {
            let whole = halves.join(middle.as_bytes()).unwrap();
            assert_eq!(unzip(&whole), format!("{before}{middle}{after}"));
            assert!(whole.len() < before.len() / 10 + middle.len());
        }
        assert!(halves.join(&vec![b'a'; STORED_BYTES_MAX + 1]).is_none());
        let empty = Halves::of(b"", b"").unwrap();
        assert_eq!(unzip(&empty.join(b"x").unwrap()), "x");
    }

    #[test]
    fn forms_are_shorter_or_absent() {
        let text = "转账没有到账怎么办。".repeat(100);
        assert_eq!(unzip(&gzip(text.as_bytes()).unwrap()), text);
        assert!(brotli(text.as_bytes(), BROTLI_PAGE).unwrap().len() < text.len());
        assert!(gzip(b"short").is_none() && brotli(b"short", 11).is_none());
    }

    #[test]
    fn what_a_reader_takes_is_read_from_the_header() {
        let check = |value: &'static str, gzip: bool, brotli: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            assert_eq!(Takes::of(&headers), Takes { gzip, brotli }, "{value}");
        };
        check("gzip, deflate, br, zstd", true, true);
        check("gzip;q=1.0, br;q=0", true, false);
        check("gzip;q=0.000", false, false);
        check("br;q=0.5", false, true);
        check("identity", false, false);
        assert_eq!(Takes::of(&HeaderMap::new()), Takes::default());
    }
}
