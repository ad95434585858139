//! The forward-secure generator: from the seed of a verification key, the HMAC key of any epoch.
//!
//! Two primes follow from the seed, and a first state `x`; with every epoch `x` is squared modulo their product. Who has
//! only a later state cannot go back; who has the seed can go anywhere.

#![allow(clippy::arithmetic_side_effects, reason = "numbers of any size do not overflow; no divisor is 0")]

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

/// Bits of the modulus, which systemd never made anything else.
const BITS: usize = 1536;

/// Bytes of the modulus and of the state.
const BYTES: usize = BITS / 8;

/// Rounds of the primality test.
const ROUNDS: usize = 40;

/// An epoch further away than this is gone to directly instead of step by step.
const STEPS_MOST: u64 = 256;

/// `len` bytes that follow from a seed and a number.
fn derived(seed: &[u8], number: u32, len: usize) -> Vec<u8> {
    let block = |counter: u32| {
        let hash = Sha256::new().chain_update(seed).chain_update(number.to_be_bytes());
        hash.chain_update(counter.to_be_bytes()).finalize()
    };
    (0..).flat_map(block).take(len).collect()
}

/// The first prime from a derived number on that is 3 modulo 4.
fn prime(seed: &[u8], number: u32) -> BigUint {
    let mut bytes = derived(seed, number, BYTES / 2);
    if let Some(first) = bytes.first_mut() {
        *first |= 0xc0;
    }
    if let Some(last) = bytes.last_mut() {
        *last |= 3;
    }
    let mut candidate = BigUint::from_bytes_be(&bytes);
    let small = small_primes();
    while !is_prime(&candidate, &small) {
        candidate += 4_u32;
    }
    candidate
}

/// The odd primes below 2000, which rule out most candidates at once.
fn small_primes() -> Vec<u32> {
    let is_prime =
        |n: &u32| (3..*n).step_by(2).take_while(|d| d.saturating_mul(*d) <= *n).all(|d| !n.is_multiple_of(d));
    (3..2000).step_by(2).filter(is_prime).collect()
}

/// Miller and Rabin's test of a number that is 3 modulo 4: half of what is below it is odd.
fn is_prime(n: &BigUint, small: &[u32]) -> bool {
    let zero = BigUint::ZERO;
    if small.iter().any(|prime| n % *prime == zero) {
        return false;
    }
    let one = BigUint::from(1_u32);
    let last = n - &one;
    let half = &last >> 1_u32;
    small.iter().take(ROUNDS).all(|base| {
        let power = BigUint::from(*base).modpow(&half, n);
        power == one || power == last
    })
}

/// What follows from the seed of a key, whatever the epoch.
#[derive(Clone, Debug)]
pub(super) struct Basis {
    p: BigUint,
    q: BigUint,
    n: BigUint,
    first: BigUint,
}

impl Basis {
    /// Finds the primes, which takes about a tenth of a second.
    pub(super) fn of(seed: &[u8]) -> Self {
        let (p, q) = (prime(seed, 1), prime(seed, 2));
        let n = &p * &q;
        let mut bytes = derived(seed, 3, BYTES);
        if let Some(first) = bytes.first_mut() {
            *first &= 0x7f;
        }
        let root = BigUint::from_bytes_be(&bytes);
        let first = &root * &root % &n;
        Self { p, q, n, first }
    }

    /// The first state, squared `epoch` times: by each prime apart, then put together.
    fn at(&self, epoch: u64) -> BigUint {
        let (one, two, epoch) = (BigUint::from(1_u32), BigUint::from(2_u32), BigUint::from(epoch));
        let modulo = |prime: &BigUint| {
            let exponent = two.modpow(&epoch, &(prime - &one));
            self.first.modpow(&exponent, prime)
        };
        let (by_p, by_q) = (modulo(&self.p), modulo(&self.q));
        // p⁻¹ modulo q, by Fermat.
        let inverse = self.p.modpow(&(&self.q - &two), &self.q);
        let difference = (&by_q + &self.q - &by_p % &self.q) % &self.q;
        &by_p + &self.p * (difference * inverse % &self.q)
    }
}

/// The generator of one key, at some epoch.
pub(super) struct Generator<'k> {
    basis: &'k Basis,
    state: BigUint,
    epoch: u64,
    /// Epochs that were gone to directly.
    pub(super) jumps: u64,
}

impl<'k> Generator<'k> {
    /// The generator at epoch 0.
    pub(super) fn new(basis: &'k Basis) -> Self {
        Self { basis, state: basis.first.clone(), epoch: 0, jumps: 0 }
    }

    /// The HMAC key of an epoch.
    pub(super) fn key(&mut self, epoch: u64) -> [u8; 32] {
        self.go(epoch);
        let mut state = padded(&self.basis.n);
        state.extend(padded(&self.state));
        state.extend(epoch.to_be_bytes());
        derived(&state, 0, 32).try_into().unwrap_or_default()
    }

    fn go(&mut self, epoch: u64) {
        match epoch.checked_sub(self.epoch) {
            Some(steps) if steps <= STEPS_MOST => {
                for _ in 0..steps {
                    self.state = &self.state * &self.state % &self.basis.n;
                }
            }
            _ => {
                self.jumps = self.jumps.saturating_add(1);
                self.state = self.basis.at(epoch);
            }
        }
        self.epoch = epoch;
    }
}

/// A number as so many bytes as the modulus has, the most significant first.
fn padded(number: &BigUint) -> Vec<u8> {
    let bytes = number.to_bytes_be();
    let mut padded = vec![0; BYTES.saturating_sub(bytes.len())];
    padded.extend(bytes);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_the_same_step_by_step_and_at_once() {
        let basis = Basis::of(b"twelve bytes");
        let mut generator = Generator::new(&basis);
        let stepped = (0..=5).map(|epoch| generator.key(epoch)).collect::<Vec<_>>();
        assert_eq!(generator.jumps, 0);
        generator.state = basis.at(3);
        generator.epoch = 3;
        assert_eq!(generator.key(3), stepped[3]);
        assert_eq!(generator.key(5), stepped[5]);
        assert_eq!(generator.key(0), stepped[0]);
        assert_eq!(generator.jumps, 1);
    }

    #[test]
    fn primes_are_told_from_other_numbers() {
        let small = small_primes();
        assert_eq!((small[0], small.len()), (3, 302));
        // 2^127 - 1 is prime; 2^129 - 1 and the product of two primes beyond the small ones are not.
        let mersenne = |bits: u32| (BigUint::from(1_u32) << bits) - 1_u32;
        assert!(is_prime(&mersenne(127), &small));
        assert!(!is_prime(&mersenne(129), &small));
        assert!(!is_prime(&(mersenne(127) * mersenne(89)), &small));
    }
}
