//! Limits on everything that comes from outside, each with its reason. Rooms use these names and
//! never a bare number.

/// Characters of a query that are looked at. A pasted question of a few sentences fits; what lies
/// beyond says nothing more about what the reader wants, and bounds the work of one request.
pub const QUERY_CHARS_MAX: usize = 256;
/// Hits one page may hold, and the default of pages and of the API.
pub const HITS_MAX: u32 = 50;
/// Hits on one page unless the caller asks for another number.
pub const HITS_DEFAULT: u32 = 10;
/// Last results page that can be asked for: nobody reads further, and deeper pages only serve scraping.
pub const PAGE_MAX: u32 = 100;
/// Suggestions offered while typing: more than this does not fit above a phone's keyboard.
pub const SUGGESTIONS_MAX: usize = 10;
/// Characters of a feedback comment. Long enough for steps and an error message.
pub const COMMENT_CHARS_MAX: usize = 2_000;
/// Characters of an optional contact line.
pub const CONTACT_CHARS_MAX: usize = 200;
/// Sentences a reader may add to one piece of feedback: enough for a conversation that stalls, too
/// few to fill a disk with.
pub const SENTENCES_MAX: usize = 10;
/// Bytes of an article's file. The longest manual page known to us is under 300 kB.
pub const ARTICLE_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// Bytes of an article's front matter: a YAML bomb needs room to grow.
pub const FRONT_MATTER_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a picture served from the articles folder.
pub const PICTURE_BYTES_MAX: u64 = 10 * 1024 * 1024;
/// Characters of an article id (a path): browsers and proxies cut addresses at about 2,000 bytes.
pub const ID_CHARS_MAX: usize = 200;
/// Characters of a title that are kept; more is a body in the wrong place.
pub const TITLE_CHARS_MAX: usize = 200;
/// Files one articles folder may hold.
pub const ARTICLES_MAX: usize = 2_000_000;
