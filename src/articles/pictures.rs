//! Pictures beside the articles: which files are pictures, how large they are, and their bytes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use crate::domain::PICTURE_BYTES_MAX;

/// A picture in the articles folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Relative to the articles folder, `/` as separator; served under `/media/`.
    pub path: String,
    /// Media type.
    pub mime: &'static str,
    /// Bytes of the file.
    pub bytes: u64,
    /// Last change of the file, where the file system tells.
    pub modified: Option<SystemTime>,
    /// Changes with the content: the `v` of its address, so that it can be cached for ever.
    pub version: String,
    /// Width and height in CSS pixels, where the file's head tells.
    pub dimensions: Option<(u32, u32)>,
}

/// Why a picture cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// No such file, a path that leads out of the folder, or not a picture.
    #[error("no such picture")]
    NotFound,
    /// Over [`PICTURE_BYTES_MAX`].
    #[error("the picture is larger than {PICTURE_BYTES_MAX} bytes")]
    TooLarge,
    /// The file is there but cannot be read.
    #[error("the picture cannot be read")]
    Unreadable(#[source] io::Error),
}

/// The media type of a picture's file name; none for what is no picture.
pub(super) fn mime(path: &str) -> Option<&'static str> {
    let (_, extension) = path.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        _ => return None,
    })
}

/// Reads a picture of the articles folder: its bytes and media type.
///
/// # Errors
/// When `path` names no picture inside the folder, symbolic links followed, or it cannot be read.
pub fn read_picture(folder: &Path, path: &str) -> Result<(Vec<u8>, &'static str), PictureError> {
    let mime = mime(path).ok_or(PictureError::NotFound)?;
    let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    let hidden = path.split('/').any(|part| part.starts_with('.') && part != ".gitbook");
    if !plain || hidden || path.contains(['\\', '\0', ':']) {
        return Err(PictureError::NotFound);
    }
    let inside = folder.canonicalize().map_err(PictureError::Unreadable)?;
    let file = folder.join(path).canonicalize().map_err(|_| PictureError::NotFound)?;
    if !file.starts_with(&inside) || !file.is_file() {
        return Err(PictureError::NotFound);
    }
    let opened = File::open(&file).map_err(PictureError::Unreadable)?;
    let mut bytes = Vec::new();
    opened.take(PICTURE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(PictureError::Unreadable)?;
    if bytes.len() as u64 > PICTURE_BYTES_MAX {
        return Err(PictureError::TooLarge);
    }
    Ok((bytes, mime))
}

/// Bytes looked at from each end of a picture for its version and dimensions. Whole files would make
/// the start as slow as the pictures are large; an edited picture differs at its head or tail.
const ENDS_BYTES: u64 = 64 * 1024;

/// Reads what the page needs to know of a picture.
pub(super) fn inspect(
    file: &Path,
    path: &str,
    mime: &'static str,
    bytes: u64,
    modified: Option<SystemTime>,
) -> io::Result<Picture> {
    let mut opened = File::open(file)?;
    let mut ends = Vec::new();
    (&mut opened).take(ENDS_BYTES).read_to_end(&mut ends)?;
    let dimensions = dimensions(mime, &ends);
    if bytes > ENDS_BYTES {
        opened.seek(SeekFrom::Start(bytes.saturating_sub(ENDS_BYTES).max(ENDS_BYTES)))?;
        opened.take(ENDS_BYTES).read_to_end(&mut ends)?;
    }
    let hash = Sha256::new().chain_update(&ends).chain_update(bytes.to_be_bytes()).finalize();
    let version = hash.iter().take(6).fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    Ok(Picture { path: path.to_owned(), mime, bytes, modified, version, dimensions })
}

/// Width and height from the head of a file.
///
/// Sources: PNG <https://www.w3.org/TR/png-3/#11IHDR>, GIF <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>,
/// JPEG ITU-T T.81 annex B, WebP <https://developers.google.com/speed/webp/docs/riff_container>.
fn dimensions(mime: &str, head: &[u8]) -> Option<(u32, u32)> {
    let be32 = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| Some(u32::from(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?)));
    let le24 = |at: usize| Some(le16(at)? | u32::from(*head.get(at + 2)?) << 16);
    let size = match mime {
        "image/svg+xml" => svg_dimensions(&String::from_utf8_lossy(head))?,
        "image/png" if head.starts_with(b"\x89PNG\r\n\x1a\n") => (be32(16)?, be32(20)?),
        "image/gif" if head.starts_with(b"GIF8") => (le16(6)?, le16(8)?),
        "image/jpeg" => jpeg_dimensions(head)?,
        "image/webp" if head.get(8..12) == Some(b"WEBP") => match head.get(12..16)? {
            b"VP8 " => (le16(26)? & 0x3fff, le16(28)? & 0x3fff),
            b"VP8L" => {
                let bits = u32::from_le_bytes(head.get(21..25)?.try_into().ok()?);
                ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1)
            }
            b"VP8X" => (le24(24)? + 1, le24(27)? + 1),
            _ => return None,
        },
        _ => return None,
    };
    // What a page can show; more is a damaged head.
    ((1..=20_000).contains(&size.0) && (1..=20_000).contains(&size.1)).then_some(size)
}

fn jpeg_dimensions(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    head.starts_with(&[0xff, 0xd8]).then_some(())?;
    loop {
        let [0xff, marker, high, low] = *head.get(at..at + 4)? else { return None };
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let [h1, h0, w1, w0] = *head.get(at + 5..at + 9)? else { return None };
            return Some((u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0]))));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

/// `width` and `height` in pixels, else the proportions of `viewBox`.
fn svg_dimensions(head: &str) -> Option<(u32, u32)> {
    let svg = super::html::tags(head).find(|tag| tag.name.eq_ignore_ascii_case("svg"))?;
    let pixels = |name: &str| {
        let value = svg.attribute(name)?;
        value.trim().trim_end_matches("px").parse::<f64>().ok().filter(|v| *v >= 1.0).map(|v| v.round() as u32)
    };
    if let (Some(width), Some(height)) = (pixels("width"), pixels("height")) {
        return Some((width, height));
    }
    let view = svg.attribute("viewBox")?;
    let mut numbers = view.split([' ', ',']).filter(|n| !n.is_empty()).skip(2).map(str::parse::<f64>);
    let (width, height) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    Some((width.round() as u32, height.round() as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dimensions_come_from_the_head() {
        let check = |mime: &str, head: &[u8], size: Option<(u32, u32)>| assert_eq!(dimensions(mime, head), size);
        check("image/svg+xml", b"<?xml version='1.0'?><svg viewBox=\"0 0 720 360\">", Some((720, 360)));
        check("image/svg+xml", b"<svg width='10px' height='20' viewBox='0 0 1 1'>", Some((10, 20)));
        check("image/svg+xml", b"<svg width='100%'>", None);
        check("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20", Some((64, 32)));
        check("image/gif", b"GIF89a\x40\0\x20\0", Some((64, 32)));
        check("image/jpeg", b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x0b\x08\0\x20\0\x40", Some((64, 32)));
        check("image/jpeg", b"\xff\xd8\xff", None);
        check("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\0\0\0\x20", None);
    }

    #[test]
    fn only_pictures_inside_the_folder_are_read() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.svg"), "<svg/>").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("images")).unwrap();
        std::fs::write(folder.path().join("images/a.svg"), "<svg/>").unwrap();
        std::fs::write(folder.path().join("a.md"), "text").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(outside.path().join("secret.svg"), folder.path().join("link.svg")).unwrap();
        let (bytes, mime) = read_picture(folder.path(), "images/a.svg").unwrap();
        assert_eq!((bytes.as_slice(), mime), (&b"<svg/>"[..], "image/svg+xml"));
        let absolute = outside.path().join("secret.svg");
        for bad in
            ["a.md", "../secret.svg", "images/../../x.svg", "link.svg", "images/b.svg", ".git/a.svg", "", "images"]
        {
            assert!(matches!(read_picture(folder.path(), bad), Err(PictureError::NotFound)), "{bad}");
        }
        assert!(read_picture(folder.path(), absolute.to_str().unwrap()).is_err());
    }
}
