//! Drawings in numbers: where bars and intervals begin and end. The templates make SVG of them,
//! beside a table that says the same to those who do not see it.

/// Width and height of a chart of columns, in its own units.
pub const WIDTH: f64 = 720.0;
/// Height of the drawing.
pub const HEIGHT: f64 = 160.0;
/// The widest column: a few weeks are no wall.
const COLUMN_MAX: f64 = 64.0;
/// Length of an interval's line.
const LENGTH: f64 = 120.0;

/// A share with its interval, on a line from 0 to 100 %.
pub struct Interval {
    /// Left end of the interval.
    pub x: String,
    /// Its width.
    pub width: String,
    /// Where the share itself stands.
    pub at: String,
    /// The share and its interval in words, such as `62% (51–72%)`.
    pub text: String,
}

impl Interval {
    /// The drawing of `hits` among `of`.
    pub fn of(hits: u64, of: u64, (low, high): (f64, f64)) -> Self {
        let share = if of == 0 { 0.0 } else { hits.min(of) as f64 / of as f64 };
        let place = |share: f64| format!("{:.1}", share * LENGTH);
        Self {
            x: place(low),
            width: place((high - low).max(0.015)),
            at: place(share),
            text: format!("{:.0}% ({:.0}–{:.0}%)", share * 100.0, low * 100.0, high * 100.0),
        }
    }
}

/// One column of two parts, the lower one first.
pub struct Column {
    /// Its name.
    pub label: String,
    /// The part drawn below.
    pub part: u64,
    /// The rest.
    pub rest: u64,
    /// The part's share of the whole, such as `62%`.
    pub share: String,
    /// Left edge.
    pub x: String,
    /// Middle, for the label.
    pub middle: String,
    /// Width.
    pub width: String,
    /// Top of the lower part, and its height.
    pub part_y: String,
    /// Height of the lower part.
    pub part_height: String,
    /// Top of the upper part.
    pub rest_y: String,
    /// Height of the upper part.
    pub rest_height: String,
    /// Whether its label is shown below it.
    pub labelled: bool,
}

/// Columns of equal width, as high as the highest allows.
pub fn columns(values: &[(String, u64, u64)]) -> Vec<Column> {
    let most = values.iter().map(|(_, part, rest)| part + rest).max().unwrap_or(0).max(1) as f64;
    let step = WIDTH / values.len().max(1) as f64;
    let wide = (step * 0.7).min(COLUMN_MAX);
    let every = values.len().div_ceil(7).max(1);
    let column = |(i, (label, part, rest)): (usize, &(String, u64, u64))| {
        let all = part + rest;
        let height = |n: u64| n as f64 / most * HEIGHT;
        let (lower, upper) = (height(*part), height(*rest));
        Column {
            label: label.clone(),
            part: *part,
            rest: *rest,
            share: if all == 0 { "–".to_owned() } else { format!("{:.0}%", *part as f64 / all as f64 * 100.0) },
            x: format!("{:.1}", (i as f64 + 0.5) * step - wide / 2.0),
            middle: format!("{:.1}", (i as f64 + 0.5) * step),
            width: format!("{wide:.1}"),
            part_y: format!("{:.1}", HEIGHT - lower),
            part_height: format!("{lower:.1}"),
            rest_y: format!("{:.1}", HEIGHT - lower - upper),
            rest_height: format!("{upper:.1}"),
            labelled: (values.len() - 1 - i).is_multiple_of(every),
        }
    };
    values.iter().enumerate().map(column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_drawing_and_never_leave_it() {
        let columns = columns(&[("a".into(), 3, 1), ("b".into(), 0, 0), ("c".into(), 1, 1)]);
        assert_eq!((columns[0].rest_y.as_str(), columns[0].share.as_str()), ("0.0", "75%"));
        assert_eq!((columns[1].part_height.as_str(), columns[1].share.as_str()), ("0.0", "–"));
        assert!(columns.iter().all(|c| c.x.parse::<f64>().unwrap() < WIDTH));
        assert!(super::columns(&[]).is_empty());
    }

    #[test]
    fn an_interval_is_told_in_words_too() {
        let bar = Interval::of(62, 100, (0.51, 0.72));
        assert_eq!(bar.text, "62% (51–72%)");
    }
}
