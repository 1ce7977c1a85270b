// SPDX-License-Identifier: Apache-2.0

import { getPublicKey } from "@scure/sr25519";
import assert from "node:assert/strict";
import { test } from "node:test";
import { derive } from "../src/demo.js";
import { encodeAddress } from "../src/ss58.js";

test("the demonstration's keys are the development keys", () => {
  const address = (path) => encodeAddress(getPublicKey(derive(path)));
  assert.equal(address("//Alice"), "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
  assert.equal(address("//Bob"), "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty");
  assert.equal(address("//Alice//stash"), "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY");
});
