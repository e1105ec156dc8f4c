//! Closed sets of words: an enum whose values are written in forms, tables and exports.

/// Makes an enum of words that can be listed, read and written.
macro_rules! words {
    ($(#[$outer:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $variant,)* }
        impl $name {
            /// Every value, in the order shown.
            pub const ALL: &'static [$name] = &[$(Self::$variant),*];
            /// Reads the word that [`Self::as_str`] writes.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
            /// The word used in forms, tables and exports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}
