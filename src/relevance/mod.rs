//! Measures search quality: the judgments that editors keep beside the articles, or a foreign set
//! of queries and qrels in the field's usual formats.
//!
//! Sources of the measures: MRR as in Voorhees 1999 (TREC-8 question answering); nDCG with gains
//! `2^grade − 1` and a discount of `log2(rank + 1)` as in Burges et al. 2005.

mod compare;
mod judged;
mod report;

pub use compare::{Moved, moved};
pub use judged::{Error, Judged, judgments, queries_and_qrels};
pub use report::{Failure, KindReport, Report, RunLine, evaluate};
