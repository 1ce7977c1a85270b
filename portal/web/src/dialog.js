// SPDX-License-Identifier: Apache-2.0
// The dialog in which a call is read, signed and followed. Its `data-state` is one of: checking,
// confirm, signing, broadcast, in_block, finalised, failed, lost, refused, session.

import { ask } from "./api.js";
import { remember, send, shown } from "./follow.js";
import { signIn } from "./session.js";
import { Signer } from "./signer.js";
import { Fault, say } from "./words.js";

const STEPS = ["broadcast", "in_block", "finalised"];

export class Dialog {
  #busy = false;

  constructor(root, account) {
    this.root = root;
    this.account = account;
    this.signer = new Signer(root.querySelector("[data-signer]"), account);
    this.role = (name) => root.querySelector(`[data-role="${name}"]`);
    root.addEventListener("cancel", (event) => {
      // A transaction that is on its way goes on; only its signature can be left.
      if (this.#busy) event.preventDefault();
    });
    this.role("close").addEventListener("click", () => root.close());
    this.role("reload").addEventListener("click", () => location.reload());
  }

  #state(state, words = "") {
    this.root.dataset.state = state;
    this.role("state").textContent = words;
    const at = STEPS.indexOf(state === "failed" ? "in_block" : state);
    for (const [index, step] of STEPS.entries()) {
      const line = this.root.querySelector(`[data-step="${step}"]`);
      line.dataset.done = String(index <= at);
      if (index === at) line.setAttribute("aria-current", "step");
      else line.removeAttribute("aria-current");
    }
    const parts = {
      summary: state !== "checking" && state !== "session",
      sign: ["confirm", "signing", "session"].includes(state),
      progress: [...STEPS, "failed", "lost"].includes(state),
      reload: state === "refused" || state === "failed",
      confirm: state === "confirm" || state === "signing" || state === "session",
    };
    for (const [part, isShown] of Object.entries(parts)) this.role(part).hidden = !isShown;
    this.role("confirm").disabled = state === "signing";
    this.role("confirm").textContent = say(state === "session" ? "signing.sign_in" : "signing.sign");
    this.role("close").textContent = say(state === "confirm" ? "signing.leave" : "signing.close");
  }

  #open(title) {
    this.role("title").textContent = title;
    this.role("next").hidden = true;
    this.signer.fault();
    if (!this.root.open) this.root.showModal();
  }

  /** Prepares a call, lets it be read and signed, sends it, and waits for its end. */
  async act({ call, title, next }) {
    if (this.#busy || this.root.open) return null;
    this.#open(title);
    this.#state("checking", say("signing.checking"));
    let prepared;
    try {
      prepared = await ask("POST", "/api/v1/extrinsics/prepare", { account: this.account, call });
    } catch (fault) {
      this.#refused(fault);
      return null;
    }
    this.#describe(prepared);
    this.#state("confirm");
    const signature = await this.#signature(prepared);
    if (signature === null) return null;
    const { payload, words } = prepared;
    const signed = { payload, signature, words, title, next, account: this.account };
    remember(signed);
    return await this.follow(signed);
  }

  /** What is signed, in words and to the last byte. */
  #describe({ words, needs_approvals: officers, call, method, payload, expires }) {
    this.role("words").textContent = words;
    this.role("approvals").hidden = officers === null;
    this.role("approvals").textContent = officers === null ? "" : say("signing.approvals", { n: officers });
    this.role("call").textContent = JSON.stringify(call, null, 2);
    this.role("method").textContent = method;
    const facts = {
      signer: payload.address,
      genesis: payload.genesisHash,
      nonce: String(Number(payload.nonce)),
      runtime: String(Number(payload.specVersion)),
      valid: String(expires.block),
    };
    for (const [name, value] of Object.entries(facts)) this.role(name).textContent = value;
  }

  #refused(fault) {
    this.role("words").textContent = "";
    this.#state("refused", fault.message);
  }

  /** Waits until the person signs, or leaves. */
  #signature({ payload, words }) {
    return this.#until(async () => {
      this.#state("signing", say(`signing.wait_${this.signer.method}`));
      try {
        return await this.signer.signPayload(payload, words);
      } finally {
        if (this.root.dataset.state === "signing") this.#state("confirm");
      }
    });
  }

  /** Does something at the button until it works; null where the dialog is closed before. */
  #until(attempt) {
    const button = this.role("confirm");
    return new Promise((done) => {
      const end = (result) => {
        button.onclick = null;
        this.root.removeEventListener("close", left);
        this.#busy = false;
        done(result);
      };
      const left = () => end(null);
      this.root.addEventListener("close", left);
      button.onclick = async () => {
        if (this.#busy) return;
        this.#busy = true;
        this.signer.fault();
        try {
          end(await attempt());
        } catch (fault) {
          this.#busy = false;
          if (!(fault instanceof Fault)) console.error(fault);
          this.signer.fault(fault instanceof Fault ? fault.message : say("signing.failed_here"));
        }
      };
    });
  }

  /** Sends what was signed, and follows it to its end. */
  async follow(signed) {
    this.#open(signed.title);
    this.role("words").textContent = signed.words;
    this.#state("broadcast", say("signing.sending"));
    let last;
    try {
      last = await send(signed, (state) => this.#tell(state));
    } catch (fault) {
      this.#refused(fault);
      return null;
    }
    if (last.status !== "finalised") return null;
    await shown(last.hash);
    const link = this.role("next");
    link.href = signed.next ?? location.href;
    link.hidden = false;
    link.focus();
    this.root.dispatchEvent(new CustomEvent("done", { detail: last }));
    return last;
  }

  #tell(state) {
    const words = {
      broadcast: () => say("signing.broadcast"),
      in_block: () =>
        state.height === null
          ? say("signing.in_a_block")
          : say("signing.in_block", { height: state.height }),
      finalised: () => say("signing.finalised"),
      failed: () => say("signing.failed", { words: state.reason?.sentence ?? "" }),
      lost: () => say("signing.lost"),
    };
    this.#state(state.status, words[state.status]());
    if (state.hash) this.role("hash").textContent = state.hash;
  }

  /** Does something that needs a session, and signs in anew where it has ended. */
  async withSession(deed) {
    try {
      return await deed();
    } catch (fault) {
      if (fault.status !== 401) throw fault;
    }
    this.#open(say("signing.session_title"));
    this.#state("session", say("signing.session_ended"));
    const account = await this.#until(() => signIn(this.signer));
    this.root.close();
    if (account === null) throw new Fault(say("signing.session_ended"));
    return await deed();
  }
}
