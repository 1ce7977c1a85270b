// SPDX-License-Identifier: Apache-2.0
// What makes the console's pages sign: forms of calls, forms of the registry's own, the way in, and
// what was sent and is not final yet.

import { ask } from "./api.js";
import { applicationPayload } from "./application.js";
import { demonstration } from "./demo.js";
import { Dialog } from "./dialog.js";
import { pending } from "./follow.js";
import { collect, deposit, enliven } from "./form.js";
import { importing } from "./import.js";
import { keysPage } from "./keys.js";
import { signIn, signOut } from "./session.js";
import { Signer } from "./signer.js";
import { Fault, say } from "./words.js";

const root = document.getElementById("console");
const account = root?.dataset.account || null;
const dialogRoot = document.getElementById("signing");
const dialog = dialogRoot && account ? new Dialog(dialogRoot, account) : null;

/** Does what a form says once, however often its button is pressed. */
function onSubmit(form, deed) {
  const told = form.querySelector('[data-role="form-fault"]');
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    const buttons = [...form.querySelectorAll('button:not([type="button"])')];
    // Not disabled: a button that is loses the focus, which the dialog gives back to it.
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    if (told) told.textContent = "";
    try {
      await deed(form);
    } catch (fault) {
      if (!(fault instanceof Fault)) console.error(fault);
      const words = fault instanceof Fault ? fault.message : say("signing.failed_here");
      if (fault.field?.setCustomValidity) {
        fault.field.setCustomValidity(words);
        fault.field.reportValidity();
      }
      if (told) told.textContent = words;
    } finally {
      busy = false;
      for (const button of buttons) button.removeAttribute("aria-disabled");
    }
  });
}

/** A form that becomes a call, or that has a whole one. */
async function signCall(form) {
  await dialog.withSession(() => deposit(form));
  const [pallet, name] = form.dataset.call?.split(".") ?? [];
  const whole = form.dataset.callJson;
  const call = whole ? JSON.parse(whole) : { pallet, name, args: collect(form) };
  await dialog.act({ call, title: form.dataset.title, next: form.dataset.next });
}

/** A form of what is not on the chain: its answer is shown, or signed, or the page read again. */
async function askApi(form) {
  const [method, path] = form.dataset.api.split(" ");
  if (form.dataset.sure && !confirm(form.dataset.sure)) return;
  const withSession = dialog === null ? (deed) => deed() : (deed) => dialog.withSession(deed);
  const answer = await withSession(async () => {
    await deposit(form);
    return await ask(method, path, method === "DELETE" ? undefined : collect(form));
  });
  const { done, next, title } = form.dataset;
  if (done === "sign") {
    await dialog.act({ call: answer.call, title, next });
  } else if (done === "show") {
    const output = form.querySelector('[data-role="answer"]');
    output.querySelector("code").textContent = answer[form.dataset.show];
    output.hidden = false;
    output.querySelector("code").focus();
    for (const part of form.querySelectorAll("[data-once]")) part.hidden = true;
  } else {
    location.assign(next ?? location.href);
  }
}

for (const form of document.querySelectorAll("form[data-call],form[data-call-json],form[data-api]")) {
  enliven(form);
  onSubmit(form, form.dataset.api ? askApi : signCall);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  onSubmit(form, async () => {
    await dialog.withSession(() => deposit(form));
    location.reload();
  });
}

for (const form of document.querySelectorAll("form[data-sign-in]")) {
  const signer = new Signer(form.querySelector("[data-signer]"));
  onSubmit(form, async () => {
    await signIn(signer);
    location.assign(form.dataset.next);
  });
}

/** A text that proves that a key is somebody's: an invitation is answered with it. */
for (const form of document.querySelectorAll("form[data-sign-text]")) {
  const signer = new Signer(form.querySelector("[data-signer]"), form.dataset.account || null);
  onSubmit(form, async () => {
    const address = await signer.chosen();
    const opened = await ask("POST", "/api/v1/invitations/open", { token: form.dataset.token, account: address });
    const signature = await signer.signText(address, opened.message);
    await ask("POST", "/api/v1/invitations/claim", { token: form.dataset.token, account: address, signature });
    form.querySelector('[data-role="answer"]').hidden = false;
    for (const part of form.querySelectorAll("[data-once]")) part.hidden = true;
  });
}

/** An application to be registered, signed with the key of the first Admin to be. */
for (const form of document.querySelectorAll("form[data-apply]")) {
  const signer = new Signer(form.querySelector("[data-signer]"));
  enliven(form);
  onSubmit(form, async () => {
    const { role, details, ...contact } = collect(form);
    const applicant = await signer.chosen();
    const payload = applicationPayload(form.dataset.apply, role, details);
    const signature = await signer.signBytes(applicant, payload);
    const args = { role, details: { ...details, sectoral_scopes: [] }, applicant, signature };
    const application = { pallet: "organisations", name: "approve_application", args };
    await ask("POST", "/api/v1/applications", { application, ...contact });
    form.querySelector('[data-role="answer"]').hidden = false;
    for (const part of form.querySelectorAll("[data-once]")) part.hidden = true;
  });
}

const files = document.getElementById("import");
if (files) importing(files, dialog, onSubmit);

for (const button of document.querySelectorAll("[data-sign-out]")) {
  button.addEventListener("click", async () => {
    await signOut();
    location.assign(button.dataset.signOut);
  });
}

const keys = document.getElementById("key-page");
if (keys) keysPage(keys);
const demo = document.getElementById("demo-keys");
if (demo) demonstration(demo);

/** Whatever was signed and is not final yet goes on, one after the other. */
if (dialog !== null) {
  for (const signed of pending().filter((it) => it.account === account)) {
    await dialog.follow(signed);
  }
}

document.documentElement.dataset.console = "ready";
