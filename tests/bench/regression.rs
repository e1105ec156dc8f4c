//! Learns small models: softmax regression over sparse features, against one class that needs no weights.

/// What is seen of one example: the features that it has, what each counts, and its class, none for
/// the one without weights.
pub struct Example {
    pub features: Vec<usize>,
    pub share: f64,
    pub class: Option<usize>,
}

/// Weights of each feature for each class by accelerated gradient descent over all examples at once.
/// The last of the `features` is the bias, of every example whole and drawn nowhere; the others are
/// drawn to zero by their squares over twice the `trust`. `step` is what a descent may go for each example.
pub fn learn<const CLASSES: usize>(
    examples: &[Example],
    features: usize,
    trust: f64,
    step: f64,
    steps: usize,
) -> Vec<[f64; CLASSES]> {
    let bias = features - 1;
    let step = step / examples.len() as f64;
    let (mut weights, mut ahead) = (vec![[0.0f64; CLASSES]; features], vec![[0.0f64; CLASSES]; features]);
    for at in 0..steps {
        let mut slope: Vec<[f64; CLASSES]> = ahead.iter().map(|each| each.map(|weight| weight / trust)).collect();
        slope[bias] = [0.0; CLASSES];
        for Example { features, share, class: own } in examples {
            let mut sums = ahead[bias];
            for feature in features {
                (0..CLASSES).for_each(|class| sums[class] += ahead[*feature][class] * share);
            }
            let most = sums.iter().copied().fold(0.0, f64::max);
            let whole = (-most).exp() + sums.iter().map(|sum| (sum - most).exp()).sum::<f64>();
            for class in 0..CLASSES {
                let miss = (sums[class] - most).exp() / whole - f64::from(u8::from(*own == Some(class)));
                slope[bias][class] += miss;
                for feature in features {
                    slope[*feature][class] += miss * share;
                }
            }
        }
        let momentum = at as f64 / (at as f64 + 3.0);
        for ((weight, ahead), slope) in weights.iter_mut().zip(&mut ahead).zip(&slope) {
            for class in 0..CLASSES {
                let next = ahead[class] - step * slope[class];
                ahead[class] = next + momentum * (next - weight[class]);
                weight[class] = next;
            }
        }
    }
    weights
}
