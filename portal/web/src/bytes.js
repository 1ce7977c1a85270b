// SPDX-License-Identifier: Apache-2.0
// Bytes, and the few encodings of SCALE that a payload needs.

import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

export { concatBytes };

export const toHex = (bytes) => `0x${bytesToHex(bytes)}`;

export function fromHex(text) {
  const digits = text.startsWith("0x") ? text.slice(2) : text;
  return hexToBytes(digits);
}

export const fromText = (text) => new TextEncoder().encode(text);

export const equal = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

/** A number of 32 bits, the lowest byte first. */
export function u32(number) {
  if (!Number.isInteger(number) || number < 0 || number > 0xffffffff) {
    throw new RangeError(`${number} is no number of 32 bits`);
  }
  return Uint8Array.of(number, number >>> 8, number >>> 16, number >>> 24);
}

export const readU32 = (bytes, at) => new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);

/** A number in SCALE's compact form. */
export function compact(value) {
  const number = BigInt(value);
  if (number < 0n) throw new RangeError(`${value} is negative`);
  if (number < 1n << 6n) return Uint8Array.of(Number(number << 2n));
  if (number < 1n << 14n) return little((number << 2n) | 1n, 2);
  if (number < 1n << 30n) return little((number << 2n) | 2n, 4);
  const length = Math.max(4, Math.ceil(number.toString(16).length / 2));
  return concatBytes(Uint8Array.of(((length - 4) << 2) | 3), little(number, length));
}

function little(number, length) {
  return Uint8Array.from({ length }, (_, at) => Number((number >> BigInt(8 * at)) & 0xffn));
}
