//! Bob Jenkins' lookup3 as journals use it: `hashlittle2` with both seeds 0, as one 64-bit number.

/// Returns the 64-bit Jenkins hash of `bytes`, primary half on top.
#[must_use]
pub fn jenkins64(bytes: &[u8]) -> u64 {
    let seed = 0xdead_beef_u32.wrapping_add(bytes.len() as u32);
    let mut state = [seed; 3];
    let mut rest = bytes;
    // A last block of exactly 12 bytes is finished, not mixed.
    while let Some((block, more)) = rest.split_first_chunk::<12>()
        && !more.is_empty()
    {
        add(&mut state, block);
        mix(&mut state);
        rest = more;
    }
    if !rest.is_empty() {
        let mut block = [0; 12];
        block[..rest.len()].copy_from_slice(rest);
        add(&mut state, &block);
        finish(&mut state);
    }
    u64::from(state[2]) << 32 | u64::from(state[1])
}

/// Adds 12 bytes to the state as three little-endian words.
fn add(state: &mut [u32; 3], block: &[u8; 12]) {
    for (word, bytes) in state.iter_mut().zip(block.chunks_exact(4)) {
        *word = word.wrapping_add(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
    }
}

/// Stirs the state between blocks; the words take turns as `x`, subtracting and rotating the one before them.
fn mix(state: &mut [u32; 3]) {
    for (round, turn) in [4, 6, 8, 16, 19, 4].into_iter().enumerate() {
        let (x, next, last) = (round % 3, (round + 1) % 3, (round + 2) % 3);
        state[x] = state[x].wrapping_sub(state[last]) ^ state[last].rotate_left(turn);
        state[last] = state[last].wrapping_add(state[next]);
    }
}

/// Stirs the state after the last block, beginning with the third word.
fn finish(state: &mut [u32; 3]) {
    for (round, turn) in [14, 11, 25, 16, 4, 14, 24].into_iter().enumerate() {
        let (x, last) = ((round + 2) % 3, (round + 1) % 3);
        state[x] = (state[x] ^ state[last]).wrapping_sub(state[last].rotate_left(turn));
    }
}

#[cfg(test)]
mod tests {
    use super::jenkins64;

    #[test]
    fn known_answers() {
        let counting: Vec<u8> = (0..=255).collect();
        let answers: [(&[u8], u64); 8] = [
            (b"", 0xdead_beef_dead_beef),
            (b"a", 0x58d6_8708_5826_47ac),
            (b"MESSAGE=hello", 0x87dd_eff2_fd1b_d06d),
            (b"_BOOT_ID=0123456789abcdef0123456789abcdef", 0x519d_b68c_0162_3cee),
            (&counting, 0xe20e_0833_6177_bd01),
            (b"123456789012", 0xb578_f5b0_27f9_a1c5),
            (b"1234567890123", 0xde86_d9f5_ff79_c7af),
            (b"Four score and seven years ago", 0x1777_0551_ce72_26e6),
        ];
        for (input, answer) in answers {
            assert_eq!(jenkins64(input), answer, "{}", input.escape_ascii());
        }
    }
}
