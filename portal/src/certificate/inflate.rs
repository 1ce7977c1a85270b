// SPDX-License-Identifier: Apache-2.0
//! Unpacks what a PDF packs (zlib, RFC 1950 and 1951), up to a size: a small file must not fill the
//! memory.

/// Codes of literals and lengths have at most as many bits.
const MOST_BITS: usize = 15;
const LENGTH_BASE: [u16; 29] = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
];
const LENGTH_BITS: [u8; 29] =
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE: [u16; 30] = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
    2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_BITS: [u8; 30] = [
    0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
    13,
];
/// The order in which the lengths of the codes of code lengths come.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// What is packed in `data`; none if it is broken, or unpacks to more than `most` bytes.
pub fn unpack(data: &[u8], most: usize) -> Option<Vec<u8>> {
    let [method, flags, packed @ ..] = data else { return None };
    let is_zlib = method & 15 == 8 && (u16::from(*method) << 8 | u16::from(*flags)) % 31 == 0;
    // A dictionary that both sides know is not used in PDF.
    if !is_zlib || flags & 32 != 0 {
        return None;
    }
    let mut bits = Bits { data: packed, at: 0, held: 0, count: 0 };
    let mut out = Vec::new();
    loop {
        let last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut out, most)?,
            1 => {
                let lengths: Vec<u8> = (0..288)
                    .map(|symbol| match symbol {
                        0..144 => 8,
                        144..256 => 9,
                        256..280 => 7,
                        _ => 8,
                    })
                    .collect();
                coded(&mut bits, &mut out, most, &Codes::new(&lengths), &Codes::new(&[5; 30]))?;
            }
            2 => {
                let (literals, distances) = tables(&mut bits)?;
                coded(&mut bits, &mut out, most, &literals, &distances)?;
            }
            _ => return None,
        }
        if last {
            break;
        }
    }
    let sum = bits.rest().get(..4)?.try_into().ok()?;
    (u32::from_be_bytes(sum) == adler32(&out)).then_some(out)
}

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1_u32, 0_u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// The bits of some bytes, the lowest of each first.
struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u32,
    count: u32,
}

impl<'a> Bits<'a> {
    fn take(&mut self, n: u32) -> Option<u32> {
        while self.count < n {
            self.held |= u32::from(*self.data.get(self.at)?) << self.count;
            self.at += 1;
            self.count += 8;
        }
        let taken = self.held & ((1 << n) - 1);
        self.held >>= n;
        self.count -= n;
        Some(taken)
    }

    /// The whole bytes that follow; what is left of the last one is dropped.
    fn rest(&mut self) -> &'a [u8] {
        let unread = usize::try_from(self.count / 8).unwrap_or_default();
        self.at -= unread;
        (self.held, self.count) = (0, 0);
        self.data.get(self.at..).unwrap_or_default()
    }
}

/// A canonical Huffman code: how many codes have each length, and their symbols in order.
struct Codes {
    counts: [u16; MOST_BITS + 1],
    symbols: Vec<u16>,
}

impl Codes {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; MOST_BITS + 1];
        let mut symbols = Vec::new();
        for (length, count) in (1..=15_u8).zip(counts.iter_mut().skip(1)) {
            let of_length = (0..).zip(lengths).filter(|(_, its)| **its == length);
            let before = symbols.len();
            symbols.extend(of_length.map(|(symbol, _)| symbol));
            *count = u16::try_from(symbols.len() - before).unwrap_or(u16::MAX);
        }
        Self { counts, symbols }
    }

    /// The next symbol.
    fn read(&self, bits: &mut Bits) -> Option<u16> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in self.counts.iter().skip(1).map(|count| u32::from(*count)) {
            code |= bits.take(1)?;
            if code < first + count {
                let index = usize::try_from(index + code - first).ok()?;
                return self.symbols.get(index).copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

/// The codes that stand before what they pack.
fn tables(bits: &mut Bits) -> Option<(Codes, Codes)> {
    let literals = usize::try_from(bits.take(5)?).ok()? + 257;
    let distances = usize::try_from(bits.take(5)?).ok()? + 1;
    let lengths = usize::try_from(bits.take(4)?).ok()? + 4;
    let mut of_lengths = [0_u8; 19];
    for place in ORDER.iter().take(lengths) {
        *of_lengths.get_mut(*place)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let codes = Codes::new(&of_lengths);
    let mut lengths = Vec::new();
    while lengths.len() < literals + distances {
        let (length, times) = match codes.read(bits)? {
            symbol @ 0..16 => (u8::try_from(symbol).ok()?, 1),
            16 => (*lengths.last()?, 3 + bits.take(2)?),
            17 => (0, 3 + bits.take(3)?),
            _ => (0, 11 + bits.take(7)?),
        };
        lengths.extend(std::iter::repeat_n(length, usize::try_from(times).ok()?));
    }
    if lengths.len() > literals + distances {
        return None;
    }
    let (literals, distances) = lengths.split_at(literals);
    Some((Codes::new(literals), Codes::new(distances)))
}

/// Bytes that are not packed.
fn stored(bits: &mut Bits, out: &mut Vec<u8>, most: usize) -> Option<()> {
    let rest = bits.rest();
    let [a, b, c, d, rest @ ..] = rest else { return None };
    let length = u16::from_le_bytes([*a, *b]);
    if length != !u16::from_le_bytes([*c, *d]) || out.len() + usize::from(length) > most {
        return None;
    }
    out.extend(rest.get(..length.into())?);
    bits.at += 4 + usize::from(length);
    Some(())
}

/// Bytes that are packed with these codes.
fn coded(
    bits: &mut Bits,
    out: &mut Vec<u8>,
    most: usize,
    literals: &Codes,
    distances: &Codes,
) -> Option<()> {
    loop {
        match literals.read(bits)? {
            literal @ 0..256 => out.push(u8::try_from(literal).ok()?),
            256 => return Some(()),
            symbol => {
                let symbol = usize::from(symbol - 257);
                let more = bits.take(u32::from(*LENGTH_BITS.get(symbol)?))?;
                let length = usize::from(*LENGTH_BASE.get(symbol)?) + usize::try_from(more).ok()?;
                let symbol = usize::from(distances.read(bits)?);
                let more = bits.take(u32::from(*DISTANCE_BITS.get(symbol)?))?;
                let back = usize::from(*DISTANCE_BASE.get(symbol)?) + usize::try_from(more).ok()?;
                let from = out.len().checked_sub(back)?;
                // What is copied may begin before it ends.
                for index in from..from + length {
                    out.push(*out.get(index)?);
                }
            }
        }
        if out.len() > most {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }

    /// As zlib packs them: stored, with the fixed codes, with codes of their own.
    const STORED: &str = "7801010600f9ff746f6e6e657309280298";
    const FIXED: &str = "78012bc9cfcb4b2d5628c142010096a90abd";
    const DYNAMIC: &str =
        "78daedc7291100300c0030adfd7049fddf6c0c242c153b79dd97b3512222222222f2631e1417bcaf";

    fn dynamic() -> Vec<u8> {
        (0..3_000_u32).map(|n| b"carbon credit"[(n * n % 13) as usize]).collect()
    }

    #[test]
    fn all_three_ways_of_packing_are_read() {
        assert_eq!(unpack(&bytes(STORED), 100).unwrap(), b"tonnes");
        assert_eq!(unpack(&bytes(FIXED), 100).unwrap(), b"tonnes tonnes tonnes tonnes");
        assert_eq!(unpack(&bytes(DYNAMIC), 10_000).unwrap(), dynamic());
    }

    #[test]
    fn what_is_broken_or_too_large_is_nothing() {
        assert_eq!(unpack(&bytes(DYNAMIC), 2_999), None);
        assert_eq!(unpack(&bytes(STORED), 5), None);
        for text in [STORED, FIXED, DYNAMIC] {
            let whole = bytes(text);
            for length in 0..whole.len() {
                assert_eq!(unpack(&whole[..length], 10_000), None, "{length} of {text}");
            }
            for place in 0..whole.len() {
                let mut broken = whole.clone();
                broken[place] ^= 0x55;
                // Whatever comes, it ends and does not panic.
                let _ = unpack(&broken, 10_000);
            }
        }
        assert_eq!(unpack(b"", 10), None);
        assert_eq!(unpack(b"%PDF-1.7", 10), None);
    }
}
