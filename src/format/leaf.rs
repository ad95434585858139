//! nom's vocabulary for journals, and the one place where its failures get an offset.

use nom::bytes::complete::take;
use nom::number::complete::le_u64;
use nom::{IResult, Parser};

use super::Id128;
use crate::corrupt::{Corrupt, Fault, Offset};

/// An id of 16 raw bytes.
pub(super) fn id128(i: &[u8]) -> IResult<&[u8], Id128> {
    take(16usize).map(|raw: &[u8]| Id128(raw.try_into().unwrap_or_default())).parse(i)
}

/// A 64-bit link or place.
pub(super) fn offset(i: &[u8]) -> IResult<&[u8], Offset> {
    le_u64.map(Offset).parse(i)
}

/// Runs a leaf parser over `body`, which lies at `at`, and gives its failure a place in the file.
pub(super) fn decode<'data, T>(
    body: &'data [u8],
    at: Offset,
    what: &'static str,
    mut parser: impl Parser<&'data [u8], Output = T, Error = nom::error::Error<&'data [u8]>>,
) -> Result<(&'data [u8], T), Corrupt> {
    parser.parse(body).map_err(|err| {
        let left = match &err {
            nom::Err::Error(e) | nom::Err::Failure(e) => e.input.len(),
            nom::Err::Incomplete(_) => 0, // complete parsers never ask for more
        };
        let into = body.len().saturating_sub(left) as u64;
        Corrupt::new(Offset(at.0.saturating_add(into)), what, Fault::Malformed)
    })
}

/// The little-endian number at a fixed place of an object whose size has been checked; 0 beyond its end.
#[inline]
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |raw| u64::from_le_bytes(*raw))
}
