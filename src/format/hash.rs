//! The two hash functions of journal files.

use siphasher::sip::SipHasher24;

use super::Id128;

/// A file's hash function for DATA payloads and FIELD names.
#[derive(Clone, Copy, Debug)]
pub enum FileHash {
    /// Jenkins' lookup3, both halves.
    Jenkins,
    /// SipHash-2-4 keyed with the file id.
    Keyed(Id128),
}

impl FileHash {
    /// The hash of `bytes` by this file's function.
    #[must_use]
    pub fn of(self, bytes: &[u8]) -> u64 {
        match self {
            Self::Jenkins => jenkins64(bytes),
            Self::Keyed(key) => SipHasher24::new_with_key(&key.0).hash(bytes),
        }
    }
}

/// Bob Jenkins' lookup3 (`hashlittle2` with both seeds 0): the first result in the upper half, the second in the lower.
#[must_use]
pub fn jenkins64(bytes: &[u8]) -> u64 {
    #[expect(clippy::cast_possible_truncation, reason = "the function adds the length modulo 2^32")]
    let seed = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let mut state = [seed; 3];
    let mut rest = bytes;
    while let Some((block, after)) = rest.split_first_chunk::<12>() {
        if after.is_empty() {
            break;
        }
        add(&mut state, block);
        mix(&mut state);
        rest = after;
    }
    if !rest.is_empty() {
        add(&mut state, &padded(rest, bytes));
        finish(&mut state);
    }
    let [_, b, c] = state;
    u64::from(c) << 32 | u64::from(b)
}

/// The last bytes of `bytes`, 12 at most, with zeros after them.
#[inline]
fn padded(rest: &[u8], bytes: &[u8]) -> [u8; 12] {
    let mut last = [0; 12];
    if let Some(window) = bytes.last_chunk::<16>() {
        // One load and a shift, where a loop of unknown length would cost more than the hash.
        let before = 16_u32.saturating_sub(rest.len() as u32).saturating_mul(8);
        let word = u128::from_le_bytes(*window).unbounded_shr(before);
        last.copy_from_slice(word.to_le_bytes().first_chunk::<12>().unwrap_or(&[0; 12]));
    } else {
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    }
    last
}

#[inline]
fn add(state: &mut [u32; 3], block: &[u8; 12]) {
    for (sum, word) in state.iter_mut().zip(block.chunks_exact(4)) {
        *sum = sum.wrapping_add(u32::from_le_bytes(word.try_into().unwrap_or_default()));
    }
}

#[inline]
fn mix(state: &mut [u32; 3]) {
    let [mut a, mut b, mut c] = *state;
    for [first, second, third] in [[4, 6, 8], [16, 19, 4]] {
        a = a.wrapping_sub(c) ^ c.rotate_left(first);
        c = c.wrapping_add(b);
        b = b.wrapping_sub(a) ^ a.rotate_left(second);
        a = a.wrapping_add(c);
        c = c.wrapping_sub(b) ^ b.rotate_left(third);
        b = b.wrapping_add(a);
    }
    *state = [a, b, c];
}

#[inline]
fn finish(state: &mut [u32; 3]) {
    let [mut a, mut b, mut c] = *state;
    let step = |x: u32, y: u32, turn: u32| (x ^ y).wrapping_sub(y.rotate_left(turn));
    c = step(c, b, 14);
    a = step(a, c, 11);
    b = step(b, a, 25);
    c = step(c, b, 16);
    a = step(a, c, 4);
    b = step(b, a, 14);
    c = step(c, b, 24);
    *state = [a, b, c];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_functions_give_the_known_answers() {
        let key = Id128(std::array::from_fn(|i| i as u8));
        let all: Vec<u8> = (0..=255).collect();
        let known: [(&[u8], u64, u64); 7] = [
            (b"", 0xdead_beef_dead_beef, 0x726f_db47_dd0e_0e31),
            (b"a", 0x58d6_8708_5826_47ac, 0x2ba3_e8e9_a711_48ca),
            (b"MESSAGE=hello", 0x87dd_eff2_fd1b_d06d, 0xc1e4_7240_469d_2e88),
            (b"_BOOT_ID=0123456789abcdef0123456789abcdef", 0x519d_b68c_0162_3cee, 0xecdc_1cde_eefd_b9e4),
            (&all, 0xe20e_0833_6177_bd01, 0x999d_0526_d2a7_bfd7),
            (b"123456789012", 0xb578_f5b0_27f9_a1c5, 0xe839_7907_31ea_ba2f),
            (b"1234567890123", 0xde86_d9f5_ff79_c7af, 0x6da6_c8d7_9c13_4d31),
        ];
        for (bytes, jenkins, keyed) in known {
            assert_eq!(FileHash::Jenkins.of(bytes), jenkins, "{:?}", String::from_utf8_lossy(bytes));
            assert_eq!(FileHash::Keyed(key).of(bytes), keyed, "{:?}", String::from_utf8_lossy(bytes));
        }
        assert_eq!(jenkins64(b"Four score and seven years ago"), 0x1777_0551_ce72_26e6);
    }
}
