// SPDX-License-Identifier: Apache-2.0

import { blake2b } from "@noble/hashes/blake2.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../src/bytes.js";
import { hashOf, scaled, whole } from "../src/form.js";
import { strength } from "../src/keys.js";

globalThis.document ??= { getElementById: () => null };

const field = (value, dataset = {}) => ({ value, dataset });

test("whole numbers are read as people of several countries write them", () => {
  for (const text of ["1234567", "1,234,567", "1.234.567", "1 234 567", "1\u202f234\u202f567", "1’234’567", "١٢٣٤٥٦٧"]) {
    assert.equal(whole(field(text)), 1234567, text);
  }
  for (const text of ["", "1.5", "1,5", "-1", "0x10", "1e3", "12,34", "ten", "9007199254740993"]) {
    assert.throws(() => whole(field(text)), text);
  }
  assert.throws(() => whole(field("0", { least: "1" })));
  assert.throws(() => whole(field("11", { most: "10" })));
});

test("decimal numbers lose nothing", () => {
  assert.equal(scaled(field("12.5"), 4), 125_000);
  assert.equal(scaled(field("12,5"), 4), 125_000);
  assert.equal(scaled(field("100", { least: "0", most: "100" }), 4), 1_000_000);
  assert.equal(scaled(field("0.0001"), 4), 1);
  assert.equal(scaled(field("-17.733001", { least: "-90", most: "90" }), 6), -17_733_001);
  for (const text of ["", "0.00001", "1.2.3", "100.0001", "-1", "a"]) {
    assert.throws(() => scaled(field(text, { least: "0", most: "100" }), 4), text);
  }
});

test("a file is hashed as the chain names it", async () => {
  const bytes = new Uint8Array(300_000).map((_, at) => at % 251);
  assert.equal(await hashOf(new Blob([bytes])), toHex(blake2b(bytes, { dkLen: 32 })));
});

test("a password is as strong as it is long", () => {
  assert.equal(strength("short"), "short");
  assert.equal(strength("aaaaaaaaaaaaaaaa"), "weak");
  assert.equal(strength("correct horse"), "fair");
  assert.equal(strength("correct horse battery"), "strong");
});
