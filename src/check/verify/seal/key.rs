//! The verification key as `journalctl --setup-keys` prints it.

use std::str::FromStr;
use std::sync::OnceLock;

use super::fsprg::Basis;

use crate::format::Realtime;

/// A key that checks seals: a seed, and when its epochs begin.
///
/// ```
/// use lastwords::check::verify::Key;
///
/// let key: Key = "dc89c6-17a808-bfeaa3-a9076f/ab378b7-989680".parse()?;
/// assert_eq!((key.epoch(0).0.0, key.interval_us()), (0x660_da2f_1f95_80, 10_000_000));
/// # Ok::<(), lastwords::check::verify::NotAKey>(())
/// ```
#[derive(Clone)]
pub struct Key {
    seed: [u8; 12],
    start: u64,
    interval: u64,
    basis: OnceLock<Basis>,
}

/// The text is not a verification key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a verification key reads like dc89c6-17a808-bfeaa3-a9076f/ab378b7-989680")]
pub struct NotAKey;

impl std::fmt::Debug for Key {
    /// The seed is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("start", &self.start).field("interval", &self.interval).finish_non_exhaustive()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        (self.seed, self.start, self.interval) == (other.seed, other.start, other.interval)
    }
}

impl Eq for Key {}

impl Key {
    /// The numbers that follow from the seed, found when they are first asked for.
    pub(super) fn basis(&self) -> &Basis {
        self.basis.get_or_init(|| Basis::of(&self.seed))
    }

    /// When an epoch begins and when it ends, µs since 1970.
    #[must_use]
    pub const fn epoch(&self, epoch: u64) -> (Realtime, Realtime) {
        let from = self.start.saturating_add(epoch.saturating_mul(self.interval));
        (Realtime(from), Realtime(from.saturating_add(self.interval)))
    }

    /// How long an epoch is, in µs.
    #[must_use]
    pub const fn interval_us(&self) -> u64 {
        self.interval
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    /// Reads `SEED/START-INTERVAL`, also in the form `fss://…?machine=…` of the QR code.
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let text = text.trim();
        let text = text.strip_prefix("fss://").unwrap_or(text);
        let text = text.split_once('?').map_or(text, |(key, _)| key);
        let (seed, times) = text.split_once('/').ok_or(NotAKey)?;
        let (start, interval) = times.split_once('-').ok_or(NotAKey)?;
        let digits: Vec<u8> = seed.bytes().filter(|byte| *byte != b'-').collect();
        let bytes: Result<Vec<u8>, _> =
            digits.chunks(2).map(|pair| hex(pair).and_then(|n| u8::try_from(n).ok()).ok_or(NotAKey)).collect();
        let seed = bytes?.try_into().map_err(|_| NotAKey)?;
        let (start, interval) = hex(start.as_bytes()).zip(hex(interval.as_bytes())).ok_or(NotAKey)?;
        let start = start.checked_mul(interval).filter(|start| *start > 0).ok_or(NotAKey)?;
        Ok(Self { seed, start, interval, basis: OnceLock::new() })
    }
}

/// A number of at least one and at most sixteen hex digits.
fn hex(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_as_it_is_printed_and_as_a_code_says_it() {
        let plain: Key = "dc89c6-17a808-bfeaa3-a9076f/ab378b7-989680\n".parse().unwrap();
        let code = "fss://dc89c617a808bfeaa3a9076f/ab378b7-989680?machine=0123;hostname=gate";
        assert_eq!(code.parse(), Ok(plain.clone()));
        assert_eq!(plain.seed[..3], [0xdc, 0x89, 0xc6]);
        for bad in [
            "",
            "dc89c6-17a808-bfeaa3-a9076f",
            "dc89c6-17a808-bfeaa3-a907/ab378b7-989680",
            "dc89c6-17a808-bfeaa3-a9076f/0-989680",
            "dc89c6-17a808-bfeaa3-a9076f/ab378b7-0",
            "dc89c6-17a808-bfeaa3-a9076g/ab378b7-989680",
            "dc89c6-17a808-bfeaa3-a9076f/ffffffffffffffff-989680",
            "dc89c6-17a808-bfeaa3-a9076f/+1-989680",
        ] {
            assert_eq!(bad.parse::<Key>(), Err(NotAKey), "{bad}");
        }
        assert!(!format!("{plain:?}").contains("dc89"));
    }
}
