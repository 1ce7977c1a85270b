// SPDX-License-Identifier: Apache-2.0
// The panel in which a person chooses a key and signs: by a wallet of the browser, by a key file in
// the page, or elsewhere with a file that is downloaded and a signature that is brought back.

import { concatBytes, fromText, toHex } from "./bytes.js";
import * as extension from "./extension.js";
import { readFile } from "./keyfile.js";
import * as keyring from "./keyring.js";
import { toSign } from "./payload.js";
import { decodeAddress, isSameAccount } from "./ss58.js";
import { Fault, say } from "./words.js";

const METHOD = "registry.method";
const SIGNATURE = /^0x(00|01)[0-9a-f]{128}$|^0x02[0-9a-f]{130}$|^0x[0-9a-f]{128}$/i;

export class Signer {
  /** `account` is whose signature it must be, where that is known. */
  constructor(root, account = null) {
    this.root = root;
    this.account = account;
    this.part = (name) => root.querySelector(`[name="${name}"]`);
    this.role = (name) => root.querySelector(`[data-role="${name}"]`);
    root.addEventListener("change", (event) => {
      if (event.target.name === "method") this.#choose(event.target.value);
      if (event.target.name === "signed") this.#readSigned(event.target);
    });
    this.role("connect").addEventListener("click", () => this.#connect());
    this.role("lock").addEventListener("click", () => keyring.lock());
    document.addEventListener("keyring", () => this.refresh());
    const remembered = localStorage.getItem(METHOD);
    this.#choose(remembered ?? (extension.wallets().length > 0 ? "extension" : "file"));
  }

  get method() {
    return this.root.querySelector('[name="method"]:checked').value;
  }

  /** Says what went wrong, or nothing. */
  fault(words) {
    this.role("fault").textContent = words ?? "";
  }

  refresh() {
    const files = keyring.kept();
    const select = this.part("stored");
    const options = files.map((file) => {
      const option = new Option(`${file.meta?.name ?? ""} ${file.address}`.trim(), file.address);
      option.selected = this.account !== null && isSameAccount(file.address, this.account);
      return option;
    });
    select.replaceChildren(new Option(say("signing.another_file"), ""), ...options);
    if (!this.account && files.length > 0) options[0].selected = true;
    select.closest("p").hidden = files.length === 0;
    this.role("other-file").hidden = select.value !== "";
    select.onchange = () => {
      this.role("other-file").hidden = select.value !== "";
    };
    const open = this.account === null ? null : keyring.open(this.account);
    this.role("open").hidden = open === null;
    this.role("closed").hidden = open !== null;
    if (open !== null) {
      const time = new Date(open.until).toLocaleTimeString(document.documentElement.lang, {
        timeStyle: "short",
      });
      this.role("until").textContent = say("signing.open_until", { time });
    }
    this.role("address").hidden = this.account !== null;
    this.role("accounts").hidden = this.account !== null;
  }

  #choose(method) {
    for (const radio of this.root.querySelectorAll('[name="method"]')) {
      radio.checked = radio.value === method;
    }
    for (const part of this.root.querySelectorAll("[data-method]")) {
      part.hidden = part.dataset.method !== method;
    }
    localStorage.setItem(METHOD, method);
    this.role("offer").hidden = true;
    this.fault();
    this.refresh();
    if (method === "extension" && this.account === null && extension.wallets().length > 0) {
      this.#connect();
    }
  }

  async #connect() {
    this.fault();
    try {
      const found = await extension.accounts();
      const option = ({ name, address }) => new Option(`${name ?? ""} ${address}`.trim(), address);
      this.part("account").replaceChildren(...found.map(option));
    } catch (fault) {
      this.fault(fault.message);
    }
  }

  /** The file that was chosen, in this browser or on the disk. */
  async #file() {
    const stored = this.part("stored").value;
    if (stored !== "") return keyring.kept().find((file) => file.address === stored);
    const [chosen] = this.part("file").files;
    if (chosen === undefined) throw new Fault(say("signing.choose_file"));
    return readFile(await chosen.text());
  }

  /** Whose key was chosen. */
  async chosen() {
    if (this.account !== null) return this.account;
    const address = {
      file: async () => (await this.#file()).address,
      extension: async () => this.part("account").value,
      elsewhere: async () => this.part("address").value.trim(),
    };
    const found = await address[this.method]();
    if (!found || decodeAddress(found) === null) throw new Fault(say("signing.choose_account"));
    return found;
  }

  async #key(address) {
    const open = keyring.open(address);
    if (open !== null) return open.key;
    const file = await this.#file();
    if (!isSameAccount(file.address, address)) {
      throw new Fault(say("signing.key_other_account", { address: file.address, account: address }));
    }
    const password = this.part("password");
    if (password.value === "") throw new Fault(say("signing.give_password"));
    const key = await keyring.unlock(file, password.value);
    password.value = "";
    if (this.part("keep").checked) keyring.keep(file);
    return key;
  }

  /** The signature of a prepared transaction. */
  async signPayload(payload, words) {
    return await this.#sign(payload.address, {
      file: (key) => toHex(key.sign(toSign(payload))),
      extension: () => extension.signPayload(payload),
      offer: {
        name: "payload.json",
        text: JSON.stringify({ words, payload }, null, 2),
        command: "registry sign payload.json --key key.json --out signed.json",
      },
    });
  }

  /** The signature of a text. */
  async signText(address, text) {
    const command = "registry sign-text message.txt --key key.json";
    return await this.signBytes(address, fromText(text), { name: "message.txt", text, command });
  }

  /** The signature of bytes. Around them stands what says that they are no transaction. */
  async signBytes(address, bytes, offer = null) {
    const wrapped = concatBytes(fromText("<Bytes>"), bytes, fromText("</Bytes>"));
    return await this.#sign(address, {
      file: (key) => toHex(key.sign(wrapped)),
      extension: () => extension.signBytes(address, bytes),
      offer,
    });
  }

  async #sign(address, { file, extension, offer }) {
    this.fault();
    try {
      switch (this.method) {
        case "file":
          return file(await this.#key(address));
        case "extension":
          return await extension();
        default:
          if (offer === null) throw new Fault(say("signing.not_elsewhere"));
          return await this.#elsewhere(offer);
      }
    } catch (error) {
      if (error.reason) throw new Fault(say(`signing.${error.reason}`));
      throw error;
    }
  }

  /** Offers a file to sign elsewhere, and waits for the signature. */
  #elsewhere({ name, text, command }) {
    const link = this.role("download");
    const address = URL.createObjectURL(new Blob([text]));
    Object.assign(link, { href: address, download: name });
    this.role("command").textContent = command;
    this.role("offer").hidden = false;
    link.focus();
    return new Promise((done, failed) => {
      const buttons = { use: this.role("use"), leave: this.role("leave") };
      const end = () => {
        URL.revokeObjectURL(address);
        this.role("offer").hidden = true;
        buttons.use.onclick = buttons.leave.onclick = null;
      };
      buttons.use.onclick = () => {
        const signature = this.part("signature").value.trim();
        if (!SIGNATURE.test(signature)) return this.fault(say("signing.no_signature"));
        this.part("signature").value = "";
        end();
        done(signature);
      };
      buttons.leave.onclick = () => {
        end();
        failed(new Fault(say("signing.rejected")));
      };
    });
  }

  /** What `registry sign` wrote. */
  async #readSigned(input) {
    try {
      const { signature } = JSON.parse(await input.files[0].text());
      this.part("signature").value = String(signature ?? "");
    } catch {
      this.fault(say("signing.no_signature"));
    }
    input.value = "";
  }
}
