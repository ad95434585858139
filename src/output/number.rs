//! Numbers as text without `core::fmt`, which costs more than the rest of an entry.

/// Appends a number in decimal.
#[inline]
pub(super) fn decimal(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a number in decimal, filled up to `width` bytes.
#[inline]
pub(super) fn padded(number: u64, width: usize, fill: u8, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number).as_bytes();
    out.extend(std::iter::repeat_n(fill, width.saturating_sub(text.len())));
    out.extend_from_slice(text);
}

/// Bytes in decimal with a comma before them, and how long each is.
const BYTES: [([u8; 4], u8); 256] = {
    let mut table = [([0; 4], 0); 256];
    let mut byte = 0;
    while byte < 256 {
        let [tens, ones] = pair((byte % 100) as u8);
        table[byte] = match byte {
            0..10 => ([b',', ones, 0, 0], 2),
            10..100 => ([b',', tens, ones, 0], 3),
            _ => ([b',', b'0' + (byte / 100) as u8, tens, ones], 4),
        };
        byte += 1;
    }
    table
};

/// Appends a comma and a byte in decimal.
#[inline]
pub(super) fn comma_byte(byte: u8, out: &mut Vec<u8>) {
    let (text, len) = BYTES[usize::from(byte)];
    let end = out.len() + usize::from(len);
    out.extend_from_slice(&text);
    out.truncate(end);
}

/// Appends a number in lower-case hex without leading zeros.
#[inline]
pub(super) fn hex(number: u64, out: &mut Vec<u8>) {
    let zeros = (number | 1).leading_zeros() / 4;
    let number = number << (4 * zeros);
    let end = out.len() + 16 - zeros as usize;
    // A copy of fixed length is a few instructions, one of any length is a call.
    out.extend_from_slice(&eight_digits(number >> 32));
    out.extend_from_slice(&eight_digits(number));
    out.truncate(end);
}

/// The lower 32 bits in hex: every step works on all eight digits at once, one in each byte of the word.
#[inline]
const fn eight_digits(number: u64) -> [u8; 8] {
    let spread = (number & 0xffff_0000) << 16 | number & 0xffff;
    let spread = (spread << 8 | spread) & 0x00ff_00ff_00ff_00ff;
    let spread = (spread << 4 | spread) & 0x0f0f_0f0f_0f0f_0f0f;
    // A digit above 9 becomes 16 or more by adding 6: the bit says which ones are letters.
    let letters = (spread + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    (spread + 0x3030_3030_3030_3030 + letters * (b'a' - b'0' - 10) as u64).to_be_bytes()
}

/// The hex digit of a number below 16.
#[inline]
pub(super) const fn hex_digit(number: u8) -> u8 {
    if number < 10 { b'0' + number } else { b'a' - 10 + number }
}

/// Two digits of a number below 100.
#[inline]
pub(super) const fn pair(number: u8) -> [u8; 2] {
    [b'0' + number / 10 % 10, b'0' + number % 10]
}

/// A size as journalctl says it: powers of 1024, one decimal, cut off and left out when 0.
pub(super) fn size(bytes: u64, out: &mut Vec<u8>) {
    let mut units = b"BKMGTPE".iter();
    let (mut whole, mut tenth) = (bytes, 0);
    let mut unit = units.next();
    while whole >= 1024 {
        tenth = (whole % 1024) * 10 / 1024;
        whole /= 1024;
        unit = units.next();
    }
    decimal(whole, out);
    if tenth > 0 {
        out.push(b'.');
        decimal(tenth, out);
    }
    out.extend(unit);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_agree_with_the_formatter() {
        for number in [0, 7, 10, 99, 100, 255, 256, 1_000_000, 1 << 55, u64::MAX] {
            assert_eq!(text(|out| decimal(number, out)), number.to_string());
        }
        let ones = (0..64).map(|bits| u64::MAX >> bits);
        for number in ones.chain([0, 9, 10, 0x1f, 0xabc_def0_1234, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210]) {
            assert_eq!(text(|out| hex(number, out)), format!("{number:x}"));
        }
        assert_eq!(text(|out| padded(42, 6, b'0', out)), "000042");
        assert_eq!(text(|out| padded(42, 5, b' ', out)), "   42");
        assert_eq!(text(|out| padded(1_234_567, 5, b' ', out)), "1234567");
        for byte in 0..=255 {
            assert_eq!(text(|out| comma_byte(byte, out)), format!(",{byte}"));
        }
        assert_eq!((pair(7), pair(42)), (*b"07", *b"42"));
    }

    #[test]
    fn a_size_has_one_decimal_cut_off() {
        for (bytes, said) in [(10, "10B"), (1023, "1023B"), (1024, "1K"), (1500, "1.4K"), (5 << 20, "5M")] {
            assert_eq!(text(|out| size(bytes, out)), said);
        }
    }
}
