//! How sure a share is: 3 of 4 and 300 of 400 are both three quarters, and only one is news.

/// Standard normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// Lower and upper end of the Wilson score interval (95 %) of `hits` among `of`; everything is
/// possible where nothing was seen.
///
/// Source: E. B. Wilson, "Probable Inference", JASA 22 (1927); without continuity correction, as
/// R. G. Newcombe's method 3 (Statistics in Medicine 17, 1998).
pub fn wilson(hits: u64, of: u64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let n = of as f64;
    let p = hits.min(of) as f64 / n;
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let middle = p + Z * Z / (2.0 * n);
    let whole = 1.0 + Z * Z / n;
    (((middle - spread) / whole).max(0.0), ((middle + spread) / whole).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_that_newcombe_published() {
        // Statistics in Medicine 17 (1998), table I, method 3.
        for (hits, of, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (l, h) = wilson(hits, of);
            assert!((l - low).abs() < 5e-5 && (h - high).abs() < 5e-5, "{hits}/{of}: {l:.4} {h:.4}");
        }
        assert_eq!(wilson(0, 0), (0.0, 1.0));
        assert!(wilson(3, 4).0 < wilson(300, 400).0);
        assert!(wilson(9, 4).1 <= 1.0);
    }
}
