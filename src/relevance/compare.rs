//! What a change of the articles did to each judged query.

use super::judged::Judged;
use super::report::Report;

/// A query whose answer has another rank than before; none is beyond the first ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved<'a> {
    /// The query.
    pub query: &'a Judged,
    /// Rank before.
    pub before: Option<usize>,
    /// Rank now.
    pub now: Option<usize>,
}

impl Moved<'_> {
    /// Whether the answer stands higher than before.
    pub fn is_better(&self) -> bool {
        place(self.now) < place(self.before)
    }

    /// Whether the answer was within its bound and no longer is.
    pub fn is_lost(&self) -> bool {
        place(self.before) <= self.query.within && place(self.now) > self.query.within
    }
}

fn place(rank: Option<usize>) -> usize {
    rank.unwrap_or(usize::MAX)
}

/// Queries whose answer moved between two reports over the same `judged`, lost ones first, then
/// the worse ones, then the better ones, each by how far they moved.
pub fn moved<'a>(judged: &'a [Judged], before: &Report, now: &Report) -> Vec<Moved<'a>> {
    let ranks = before.ranks.iter().zip(&now.ranks);
    let mut moved: Vec<Moved<'a>> = (judged.iter().zip(ranks))
        .map(|(query, (before, now))| Moved { query, before: *before, now: *now })
        .filter(|moved| moved.before != moved.now)
        .collect();
    let gain = |rank: Option<usize>| rank.map_or(0.0, |rank| 1.0 / rank as f64);
    let change = |moved: &Moved<'_>| gain(moved.now) - gain(moved.before);
    moved.sort_by(|a, b| b.is_lost().cmp(&a.is_lost()).then_with(|| change(a).total_cmp(&change(b))));
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relevance::judgments;

    #[test]
    fn lost_queries_come_first() {
        let toml = "[[judgment]]\nquery = \"a\"\narticles = [\"x\"]\nwithin = 1\n".repeat(4);
        let (judged, _) = judgments(&toml, "j");
        let report = |ranks: [Option<usize>; 4]| Report { ranks: ranks.to_vec(), ..Report::default() };
        let before = report([Some(1), Some(3), Some(1), Some(2)]);
        let now = report([Some(1), Some(1), Some(2), None]);
        let moved = moved(&judged, &before, &now);
        let seen: Vec<_> = moved.iter().map(|m| (m.query.id.as_str(), m.is_lost(), m.is_better())).collect();
        assert_eq!(seen, [("j3", true, false), ("j4", false, false), ("j2", false, true)]);
    }
}
