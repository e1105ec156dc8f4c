//! Which articles surely help their readers, and which surely do not.

use std::collections::BTreeMap;

use super::wilson;
use crate::domain::{ArticleId, Library};
use crate::search::Helpfulness;
use crate::store::RevisionVotes;

/// What `votes` say of the articles of `library`: only those on an article's present state count,
/// and only where the 95 % interval of the share that it helped lies on one side of a half. Four
/// votes of one mind are the fewest that say anything.
pub fn helpfulness(votes: &[RevisionVotes], library: &Library) -> BTreeMap<ArticleId, Helpfulness> {
    let judged = votes.iter().filter_map(|votes| {
        let article = library.article(&votes.article).filter(|article| article.revision == votes.revision)?;
        let (low, high) = wilson(votes.yes, votes.yes + votes.no);
        let known = if low > 0.5 {
            Helpfulness::Helps
        } else if high < 0.5 {
            Helpfulness::Fails
        } else {
            return None;
        };
        Some((article.id.clone(), known))
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::{Article, Revision, Site};

    #[test]
    fn only_votes_on_the_present_state_that_leave_no_doubt_count() {
        let article = |id: &str| {
            Article { id: ArticleId::parse(id).unwrap(), revision: Revision(2), ..Article::default() }.into()
        };
        let library =
            Library::new(Site::default(), ["a/good", "a/bad", "a/mixed", "a/old"].map(article).into(), Vec::new());
        let votes = |id: &str, revision: u64, yes: u64, no: u64| RevisionVotes {
            article: ArticleId::parse(id).unwrap(),
            revision: Revision(revision),
            yes,
            no,
            first: Timestamp::UNIX_EPOCH,
            last: Timestamp::UNIX_EPOCH,
        };
        let all = [
            votes("a/good", 2, 4, 0),
            votes("a/bad", 2, 1, 9),
            votes("a/mixed", 2, 3, 0),
            votes("a/old", 1, 0, 50),
            votes("a/gone", 2, 50, 0),
        ];
        let found: Vec<_> =
            helpfulness(&all, &library).into_iter().map(|(id, known)| (id.to_string(), known)).collect();
        assert_eq!(found, [("a/bad".into(), Helpfulness::Fails), ("a/good".into(), Helpfulness::Helps)]);
    }
}
