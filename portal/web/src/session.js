// SPDX-License-Identifier: Apache-2.0
// Signing in: a message that names this registry, signed with the account's key.

import { ask } from "./api.js";

/** Signs in with the key that is chosen in a panel. */
export async function signIn(signer) {
  const account = await signer.chosen();
  const { message, nonce } = await ask("POST", "/api/v1/session/challenge", { account });
  const signature = await signer.signText(account, message);
  await ask("POST", "/api/v1/session", { account, nonce, signature });
  return account;
}

/** Signs out. A session that has ended already is no fault. */
export async function signOut() {
  try {
    await ask("DELETE", "/api/v1/session");
  } catch (fault) {
    if (fault.status !== 401) throw fault;
  }
}
