//! Whether an entry's hash can be that of its payloads, when some of them were submitted twice.

/// The most hashes for which chance finds no sum: once in 2^32 attempts.
const HASHES_MOST: usize = 32;

/// Whether some of the hashes together (by XOR) give `sum`, by elimination over the bits.
///
/// Of more than 32, only single ones are tried.
pub(crate) fn is_sum(mut sum: u64, mut hashes: impl ExactSizeIterator<Item = u64>) -> bool {
    if hashes.len() > HASHES_MOST {
        return hashes.any(|hash| hash == sum);
    }
    let mut basis: [u64; 64] = [0; 64];
    let top = |number: u64| usize::try_from(number.checked_ilog2().unwrap_or_default()).unwrap_or_default();
    for mut hash in hashes {
        while hash != 0 {
            let Some(held) = basis.get_mut(top(hash)) else { break };
            if *held == 0 {
                *held = hash;
                break;
            }
            hash ^= *held;
        }
    }
    while sum != 0 {
        match basis.get(top(sum)) {
            Some(held) if *held != 0 => sum ^= held,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_of_some_is_told_from_any_other_number() {
        let hashes = [0x8000_0000_0000_0001, 0x40, 0x41, 0x1234_5678_9abc_def0];
        let is_sum = |sum, hashes: &[u64]| is_sum(sum, hashes.iter().copied());
        assert!(is_sum(hashes[0] ^ hashes[3], &hashes) && is_sum(1, &hashes) && is_sum(0, &[]));
        assert!(!is_sum(2, &hashes) && !is_sum(1, &[]));
        let many: Vec<u64> = (1..40).map(|n| n * 0x1_0001).collect();
        assert!(is_sum(many[7], &many) && !is_sum(many[7] ^ many[9] ^ 1, &many));
    }
}
