//! When people answer: opening hours in their own time zone, told in the reader's language.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use super::texts::{Ui, fill};
use crate::domain::{ContactChannel, Hours};

/// How many days ahead the next opening is looked for: the longest holidays are shorter.
const DAYS_AHEAD: i64 = 21;

/// Whether a channel answers now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// It always does.
    Always,
    /// It does, until then.
    Open {
        /// Local time of the end.
        until: Time,
    },
    /// It does not, until then.
    Closed {
        /// Local day and time of the beginning.
        opens: DateTime,
        /// Local day of now.
        today: Date,
    },
    /// The zone is not known, or nothing opens soon.
    Unknown,
}

impl Opening {
    /// Whether somebody answers now.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Always | Self::Open { .. })
    }

    /// The state in words, empty where it is not known.
    pub fn text(self, ui: Ui) -> String {
        let t = ui.texts();
        match self {
            Self::Always => t.open_now.to_owned(),
            Self::Open { until } => {
                format!("{}{}{}", t.open_now, comma(ui), fill(t.closes_at, &[("time", &clock(until))]))
            }
            Self::Closed { opens, today } => {
                let time = clock(opens.time());
                let when = if opens.date() == today {
                    fill(t.opens_today, &[("time", &time)])
                } else {
                    fill(t.opens_on, &[("day", weekday(ui, opens.date().weekday())), ("time", &time)])
                };
                format!("{}{}{when}", t.closed_now, comma(ui))
            }
            Self::Unknown => String::new(),
        }
    }
}

/// Whether `channel` answers at `now`.
pub fn opening(channel: &ContactChannel, holidays: &[Date], now: Timestamp) -> Opening {
    if channel.hours.is_empty() {
        return Opening::Always;
    }
    let Ok(zone) = TimeZone::get(&channel.timezone) else { return Opening::Unknown };
    let now = now.to_zoned(zone).datetime();
    let mut next: Option<DateTime> = None;
    // Yesterday counts too: its hours may reach past midnight.
    for ahead in -1..=DAYS_AHEAD {
        let Ok(date) = now.date().checked_add(jiff::Span::new().days(ahead)) else { continue };
        if holidays.contains(&date) {
            continue;
        }
        for hours in channel.hours.iter().filter(|h| h.days.contains(&date.weekday())) {
            let (start, end) = (date.to_datetime(hours.open), ending(date, hours));
            if start <= now && now < end {
                return Opening::Open { until: hours.close };
            }
            if start > now && next.is_none_or(|n| start < n) {
                next = Some(start);
            }
        }
    }
    next.map_or(Opening::Unknown, |opens| Opening::Closed { opens, today: now.date() })
}

/// The present opening, or the next one, as moments; none where a channel always answers, its zone
/// is not known, or nothing opens soon.
pub fn next(channel: &ContactChannel, holidays: &[Date], now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let zone = TimeZone::get(&channel.timezone).ok()?;
    let today = now.to_zoned(zone.clone()).date();
    let days = (-1..=DAYS_AHEAD).filter_map(|ahead| today.checked_add(jiff::Span::new().days(ahead)).ok());
    let open = days.filter(|date| !holidays.contains(date)).flat_map(|date| {
        let hours = channel.hours.iter().filter(move |h| h.days.contains(&date.weekday()));
        hours.map(move |h| (date.to_datetime(h.open), ending(date, h)))
    });
    let moments = open.filter_map(|(from, to)| Some((zone.to_timestamp(from).ok()?, zone.to_timestamp(to).ok()?)));
    moments.filter(|(_, to)| *to > now).min()
}

fn ending(date: Date, hours: &Hours) -> DateTime {
    let day = if hours.close <= hours.open { date.tomorrow().unwrap_or(date) } else { date };
    day.to_datetime(hours.close)
}

/// The hours in words, such as `周一至周五 10:00–18:00`.
pub fn lines(ui: Ui, channel: &ContactChannel) -> Vec<String> {
    channel.hours.iter().map(|h| format!("{} {}–{}", days(ui, &h.days), clock(h.open), close(h.close))).collect()
}

/// The zone in words, such as `UTC+8 · Asia/Shanghai`; only its name where it is not known.
pub fn zone(channel: &ContactChannel, now: Timestamp) -> String {
    let Ok(zone) = TimeZone::get(&channel.timezone) else { return channel.timezone.clone() };
    let minutes = zone.to_offset(now).seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    let rest = if rest == 0 { String::new() } else { format!(":{rest:02}") };
    format!("UTC{sign}{hours}{rest} · {}", channel.timezone)
}

fn days(ui: Ui, days: &[Weekday]) -> String {
    let mut numbers: Vec<i8> = days.iter().map(|d| d.to_monday_zero_offset()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let name = |n: i8| Weekday::from_monday_zero_offset(n).map_or("", |d| weekday(ui, d));
    let (to, and) = match ui {
        Ui::Hans | Ui::Hant => ("至", "、"),
        Ui::En => ("–", ", "),
    };
    let runs = numbers.chunk_by(|a, b| a + 1 == *b).map(|run| match run {
        [first, .., last] if run.len() > 2 => format!("{}{to}{}", name(*first), name(*last)),
        run => run.iter().map(|n| name(*n)).collect::<Vec<_>>().join(and),
    });
    runs.collect::<Vec<_>>().join(and)
}

fn weekday(ui: Ui, day: Weekday) -> &'static str {
    const HANS: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    const HANT: [&str; 7] = ["週一", "週二", "週三", "週四", "週五", "週六", "週日"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let names = match ui {
        Ui::Hans => HANS,
        Ui::Hant => HANT,
        Ui::En => EN,
    };
    names[usize::from(day.to_monday_zero_offset().unsigned_abs()) % 7]
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// The end of a day is written 24:00.
fn close(time: Time) -> String {
    if time == Time::midnight() { "24:00".to_owned() } else { clock(time) }
}

fn comma(ui: Ui) -> &'static str {
    match ui {
        Ui::Hans | Ui::Hant => "，",
        Ui::En => ", ",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChannelKind;
    use jiff::civil::{date, time};

    fn channel(days: Vec<Weekday>, open: Time, close: Time) -> ContactChannel {
        ContactChannel {
            kind: ChannelKind::Chat,
            name: "客服".into(),
            address: String::new(),
            timezone: "Asia/Shanghai".into(),
            hours: vec![Hours { days, open, close }],
            first_reply: String::new(),
            handles: String::new(),
            languages: Vec::new(),
        }
    }

    #[test]
    fn opening_follows_the_clock_of_the_channel() {
        use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
        let office = channel(vec![Monday, Tuesday, Wednesday, Thursday, Friday], time(9, 0, 0, 0), time(21, 0, 0, 0));
        let night = channel(vec![Friday], time(22, 0, 0, 0), time(2, 0, 0, 0));
        let holidays = [date(2026, 11, 23)];
        let check = |channel: &ContactChannel, now: &str, expected: &str| {
            let now: Timestamp = now.parse().unwrap();
            assert_eq!(opening(channel, &holidays, now).text(Ui::Hans), expected, "{now}");
        };
        // 2026-11-20 is a Friday.
        check(&office, "2026-11-20T02:00:00Z", "现在在线，今天 21:00 结束");
        check(&office, "2026-11-20T00:59:00Z", "现在不在线，今天 09:00 开始");
        check(&office, "2026-11-20T13:00:00Z", "现在不在线，周二 09:00 开始");
        let next = |now: &str| next(&office, &holidays, now.parse().unwrap()).map(|(from, to)| format!("{from} {to}"));
        assert_eq!(next("2026-11-20T02:00:00Z").as_deref(), Some("2026-11-20T01:00:00Z 2026-11-20T13:00:00Z"));
        assert_eq!(next("2026-11-20T13:00:00Z").as_deref(), Some("2026-11-24T01:00:00Z 2026-11-24T13:00:00Z"));
        check(&night, "2026-11-20T17:30:00Z", "现在在线，今天 02:00 结束");
    }

    #[test]
    fn hours_are_told_in_words() {
        use Weekday::{Friday, Monday, Saturday, Thursday, Tuesday, Wednesday};
        let office = channel(vec![Monday, Tuesday, Wednesday, Thursday, Saturday], time(9, 0, 0, 0), Time::midnight());
        assert_eq!(lines(Ui::Hans, &office), ["周一至周四、周六 09:00–24:00"]);
        assert_eq!(days(Ui::En, &[Friday, Monday]), "Mon, Fri");
        assert_eq!(zone(&office, Timestamp::UNIX_EPOCH), "UTC+8 · Asia/Shanghai");
    }
}
