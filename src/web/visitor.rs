//! Who asks, as far as limits need to tell visitors apart: the address of the peer, or the one that a
//! trusted proxy saw. It is never logged nor kept: the store counts under a hash of the day.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use jiff::Timestamp;

use super::context::Ctx;
use super::listen::Peer;

/// Seconds in which uses are counted.
const WINDOW_S: u32 = 3_600;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Feedback, suggestions and additions to them.
    Words,
    /// Look-ups in the official register.
    Check,
}

/// The address under which a visitor is counted: of IPv6 only the network, since one visitor has
/// all of it. Empty where there is no connection, as in tests.
pub fn address(parts: &Parts, trusted_proxies: usize) -> String {
    let peer = parts.extensions.get::<ConnectInfo<Peer>>().map(|info| info.0.address);
    let forwarded = || {
        let values = parts.headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
        let hops: Vec<&str> = values.flat_map(|v| v.split(',')).map(str::trim).collect();
        // Each proxy writes the address it saw at the right end; what stands further left is hearsay.
        read(hops.get(hops.len().checked_sub(trusted_proxies)?)?)
    };
    let address = if trusted_proxies == 0 { peer } else { forwarded().or(peer) };
    address.map(network).unwrap_or_default()
}

fn read(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
    }
}

/// Counts one use; none where it is within the limit, else the seconds until the next window. A store
/// that does not answer turns nobody away: what follows will say so itself.
pub async fn too_many(ctx: &Ctx, purpose: Purpose) -> Option<u32> {
    let (word, max) = match purpose {
        Purpose::Words => ("words", ctx.app.options.posts_per_hour),
        Purpose::Check => ("check", ctx.app.options.checks_per_hour),
    };
    let key = ctx.app.store.visitor_key(word, &ctx.visitor).await.ok()?;
    if ctx.app.store.take(key, WINDOW_S, max).await.unwrap_or(true) {
        return None;
    }
    let over = Timestamp::now().as_second().rem_euclid(i64::from(WINDOW_S));
    Some(WINDOW_S.saturating_sub(u32::try_from(over).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn proxies_are_believed_from_the_right_and_only_as_many_as_are_trusted() {
        let check = |peer: &str, forwarded: &[&str], trusted: usize, expected: &str| {
            let mut request = Request::builder();
            for value in forwarded {
                request = request.header("x-forwarded-for", *value);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            parts.extensions.insert(ConnectInfo(Peer::at(peer.parse().unwrap())));
            assert_eq!(address(&parts, trusted), expected, "{forwarded:?} with {trusted}");
        };
        check("192.0.2.1", &[], 0, "192.0.2.1");
        check("192.0.2.1", &["203.0.113.9"], 0, "192.0.2.1");
        check("127.0.0.1", &["198.51.100.1, 203.0.113.9"], 1, "203.0.113.9");
        check("127.0.0.1", &["198.51.100.1", "203.0.113.9, 10.0.0.1"], 2, "203.0.113.9");
        check("127.0.0.1", &["203.0.113.9:4711"], 1, "203.0.113.9");
        check("127.0.0.1", &["unknown"], 1, "127.0.0.1");
        check("127.0.0.1", &["203.0.113.9"], 2, "127.0.0.1");
        check("::ffff:192.0.2.1", &[], 0, "192.0.2.1");
        check("2001:db8:1:2:3:4:5:6", &[], 0, "2001:db8:1:2::");
    }
}
