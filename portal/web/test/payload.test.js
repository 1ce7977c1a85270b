// SPDX-License-Identifier: Apache-2.0

import assert from "node:assert/strict";
import { test } from "node:test";
import { compact, toHex } from "../src/bytes.js";
import { toSign } from "../src/payload.js";
import { decodeAddress, encodeAddress, isSameAccount } from "../src/ss58.js";

const PAYLOAD = {
  address: "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
  blockHash: `0x${"09".repeat(32)}`,
  blockNumber: "0x00000080",
  era: "0x0500",
  genesisHash: `0x${"07".repeat(32)}`,
  method: "0x0a0b",
  nonce: "0x00000041",
  specVersion: "0x00000102",
  tip: "0x00000000",
  transactionVersion: "0x00000003",
  signedExtensions: [
    "CheckNonZeroSender", "CheckSpecVersion", "CheckTxVersion", "CheckGenesis", "CheckMortality",
    "CheckNonce", "CheckWeight", "CheckMetadataHash", "WeightReclaim",
  ],
  version: 4,
  mode: 0,
  metadataHash: null,
};

test("what is signed is the call, what travels with it, and what both sides know", () => {
  const expected = [
    "0a0b", "0500", "0501", "00",
    "02010000", "03000000", "07".repeat(32), "09".repeat(32), "00",
  ].join("");
  assert.equal(toHex(toSign(PAYLOAD)), `0x${expected}`);
});

test("a long payload is signed by its hash", () => {
  const long = toSign({ ...PAYLOAD, method: `0x${"00".repeat(300)}` });
  assert.equal(long.length, 32);
});

test("a payload of a form that is not known is not signed", () => {
  const changes = [
    { version: 5 }, { mode: 1 }, { metadataHash: `0x${"00".repeat(32)}` }, { tip: "0x01" },
    { signedExtensions: [...PAYLOAD.signedExtensions, "ChargeSomething"] },
    { genesisHash: "0x00" }, { nonce: "-1" }, { specVersion: "0x1ffffffff" },
  ];
  for (const change of changes) {
    assert.throws(() => toSign({ ...PAYLOAD, ...change }), RangeError, JSON.stringify(change));
  }
});

test("compact numbers are those of SCALE", () => {
  const known = {
    0: "0x00", 1: "0x04", 63: "0xfc", 64: "0x0101", 16383: "0xfdff", 16384: "0x02000100",
    1073741823: "0xfeffffff", 1073741824: "0x0300000040", 4294967296: "0x070000000001",
  };
  for (const [number, bytes] of Object.entries(known)) assert.equal(toHex(compact(number)), bytes);
});

test("an account is the same under every prefix", () => {
  const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
  assert.equal(encodeAddress(decodeAddress(alice)), alice);
  assert.ok(isSameAccount(alice, "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5"));
  assert.ok(!isSameAccount(alice, "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"));
  for (const bad of ["", "5", "0OIl", alice.slice(1), `${alice.slice(0, -1)}Z`]) {
    assert.equal(decodeAddress(bad), null, bad);
  }
});
