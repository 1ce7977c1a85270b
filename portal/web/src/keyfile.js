// SPDX-License-Identifier: Apache-2.0
// Key files as @polkadot/keyring and the command `registry key` write them: PKCS#8 as version 3 of
// its encoding, encrypted by XSalsa20-Poly1305 under a key that scrypt derives from the password.

import { xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { randomBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import * as sr25519 from "@scure/sr25519";
import { concatBytes, equal, fromText, readU32, u32 } from "./bytes.js";
import { decodeAddress, encodeAddress } from "./ss58.js";

/** Cost of guessing a password: the stronger of the two settings that wallets write themselves. */
const SCRYPT = { N: 1 << 17, r: 8, p: 1 };
/** The costs that are tried: those of wallets, so that a file cannot make the page stand still. */
const LARGEST = { N: 1 << 18, r: 8, p: 10 };
const [SALT, NONCE] = [32, 24];
const HEADER = SALT + 3 * 4;
const PKCS8_HEADER = Uint8Array.of(48, 83, 2, 1, 1, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);
const PKCS8_DIVIDER = Uint8Array.of(161, 35, 3, 33, 0);
const LARGEST_FILE = 1 << 16;

export const SHORTEST_PASSWORD = 12;

/** Why a key file cannot be used: `reason` is the end of a key of the catalogue. */
export class KeyFault extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** How each kind of key signs; the byte names the scheme before a signature. */
const SCHEMES = {
  sr25519: {
    byte: 1,
    publicKey: (secret) => sr25519.getPublicKey(secret),
    sign: (secret, message) => sr25519.sign(secret, message),
  },
  ed25519: {
    byte: 0,
    publicKey: (secret) => ed25519.getPublicKey(secret.subarray(0, 32)),
    sign: (secret, message) => ed25519.sign(message, secret.subarray(0, 32)),
  },
};

/** A key that is open: it signs until it is locked. */
export class OpenKey {
  #secret;
  #scheme;

  constructor(kind, secret) {
    this.#scheme = SCHEMES[kind];
    this.#secret = secret;
    this.address = encodeAddress(this.#scheme.publicKey(secret));
  }

  /** The signature of a message, the scheme's byte before it. */
  sign(message) {
    if (this.#secret === null) throw new KeyFault("locked");
    return concatBytes(Uint8Array.of(this.#scheme.byte), this.#scheme.sign(this.#secret, message));
  }

  /** Overwrites the secret. */
  lock() {
    this.#secret?.fill(0);
    this.#secret = null;
  }
}

const derive = (password, salt, { N, r, p }) =>
  scryptAsync(fromText(password), salt, { N, r, p, dkLen: 32, maxmem: 2 ** 30 });

/** Makes a key of the browser's own chance, and its file. */
export async function createKey(name, password, now = Date.now()) {
  const seed = randomBytes(32);
  const secret = sr25519.secretFromSeed(seed);
  seed.fill(0);
  return await writeKey("sr25519", secret, name, password, now);
}

/** Writes a key to a file. */
export async function writeKey(kind, secret, name, password, now = Date.now(), cost = SCRYPT) {
  const publicKey = SCHEMES[kind].publicKey(secret);
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const key = await derive(password, salt, cost);
  const plain = concatBytes(PKCS8_HEADER, secret, PKCS8_DIVIDER, publicKey);
  const sealed = xsalsa20poly1305(key, nonce).encrypt(plain);
  plain.fill(0);
  return {
    encoded: base64.encode(
      concatBytes(salt, u32(cost.N), u32(cost.p), u32(cost.r), nonce, sealed),
    ),
    encoding: { content: ["pkcs8", kind], type: ["scrypt", "xsalsa20-poly1305"], version: "3" },
    address: encodeAddress(publicKey),
    meta: { name, whenCreated: now },
  };
}

/** Reads the text of a key file; what is in it is checked when it is opened. */
export function readFile(text) {
  if (text.length > LARGEST_FILE) throw new KeyFault("no_key_file");
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    throw new KeyFault("no_key_file");
  }
  const isText = (value) => typeof value === "string";
  if (!isText(file?.encoded) || !isText(file.address) || decodeAddress(file.address) === null) {
    throw new KeyFault("no_key_file");
  }
  const { content, type, version } = file.encoding ?? {};
  const known =
    version === "3" &&
    content?.[0] === "pkcs8" &&
    Object.hasOwn(SCHEMES, content?.[1] ?? "") &&
    type?.[0] === "scrypt" &&
    type?.[1] === "xsalsa20-poly1305";
  if (!known) throw new KeyFault("unknown_key_file");
  return file;
}

/** Opens a key file with its password. */
export async function openKey(file, password) {
  let bytes;
  try {
    bytes = base64.decode(file.encoded);
  } catch {
    throw new KeyFault("no_key_file");
  }
  if (bytes.length < HEADER + NONCE + 16) throw new KeyFault("no_key_file");
  const cost = { N: readU32(bytes, SALT), p: readU32(bytes, SALT + 4), r: readU32(bytes, SALT + 8) };
  const isPower = cost.N > 1 && (cost.N & (cost.N - 1)) === 0;
  const bounded = cost.N <= LARGEST.N && cost.r === LARGEST.r && cost.p >= 1 && cost.p <= LARGEST.p;
  if (!isPower || !bounded) throw new KeyFault("unknown_key_file");
  const key = await derive(password, bytes.slice(0, SALT), cost);
  let plain;
  try {
    const nonce = bytes.slice(HEADER, HEADER + NONCE);
    plain = xsalsa20poly1305(key, nonce).decrypt(bytes.slice(HEADER + NONCE));
  } catch {
    throw new KeyFault("wrong_password");
  }
  const kind = file.encoding.content[1];
  const secretEnd = PKCS8_HEADER.length + 64;
  const divider = plain.subarray(secretEnd, secretEnd + PKCS8_DIVIDER.length);
  if (!equal(divider, PKCS8_DIVIDER)) throw new KeyFault("unknown_key_file");
  const open = new OpenKey(kind, plain.slice(PKCS8_HEADER.length, secretEnd));
  const told = plain.subarray(secretEnd + PKCS8_DIVIDER.length);
  plain.fill(0, 0, secretEnd);
  // A file that says one account and holds the key of another must not sign anything.
  const expected = decodeAddress(file.address);
  const own = decodeAddress(open.address);
  if (!equal(own, told) || !equal(own, expected)) {
    open.lock();
    throw new KeyFault("other_key");
  }
  return open;
}
