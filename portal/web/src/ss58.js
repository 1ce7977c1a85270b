// SPDX-License-Identifier: Apache-2.0
// Addresses of accounts: SS58, with any prefix of one or two bytes.

import { blake2b } from "@noble/hashes/blake2.js";
import { base58 } from "@scure/base";
import { concatBytes, equal, fromText } from "./bytes.js";

/** The registry writes addresses with the prefix of no network in particular. */
const PREFIX = 42;
const PUBLIC_KEY = 32;
const CHECKSUM = 2;

const checksum = (bytes) => blake2b(concatBytes(fromText("SS58PRE"), bytes)).subarray(0, CHECKSUM);

export function encodeAddress(publicKey) {
  const bytes = concatBytes(Uint8Array.of(PREFIX), publicKey);
  return base58.encode(concatBytes(bytes, checksum(bytes)));
}

/** The public key of an address, or null if it is none. */
export function decodeAddress(address) {
  let bytes;
  try {
    bytes = base58.decode(address.trim());
  } catch {
    return null;
  }
  const prefix = bytes[0] & 0b0100_0000 ? 2 : 1;
  if (bytes.length !== prefix + PUBLIC_KEY + CHECKSUM) return null;
  const told = bytes.subarray(0, prefix + PUBLIC_KEY);
  return equal(checksum(told), bytes.subarray(told.length)) ? told.slice(prefix) : null;
}

/** Whether two addresses are of one account, whatever their prefixes. */
export function isSameAccount(a, b) {
  const [left, right] = [decodeAddress(a), decodeAddress(b)];
  return left !== null && right !== null && equal(left, right);
}
