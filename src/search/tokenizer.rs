//! Hands the house's grams to the engine.

use std::sync::Arc;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text::{Lexicon, fold, grams};

/// Feeds the house's grams to the engine.
#[derive(Clone)]
pub(super) struct GramTokenizer {
    lexicon: Arc<Lexicon>,
    /// Byte ranges of the grams of one text in the stream's.
    tokens: Vec<(u32, u32)>,
}

pub(super) struct GramStream<'a> {
    text: String,
    tokens: &'a [(u32, u32)],
    next: usize,
    token: Token,
}

impl GramTokenizer {
    /// Cuts with the words of `lexicon`.
    pub fn new(lexicon: &Arc<Lexicon>) -> Self {
        Self { lexicon: Arc::clone(lexicon), tokens: Vec::new() }
    }
}

impl Tokenizer for GramTokenizer {
    type TokenStream<'a> = GramStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> GramStream<'a> {
        let folded = fold(text);
        let mut buffer = String::with_capacity(text.len() * 2);
        self.tokens.clear();
        let tokens = &mut self.tokens;
        grams(&folded, &self.lexicon, |gram| {
            let start = buffer.len() as u32;
            buffer.push_str(gram.text);
            tokens.push((start, buffer.len() as u32));
        });
        GramStream { text: buffer, tokens: &self.tokens, next: 0, token: Token::default() }
    }
}

impl TokenStream for GramStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((start, end)) = self.tokens.get(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(&self.text[*start as usize..*end as usize]);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
