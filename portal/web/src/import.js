// SPDX-License-Identifier: Apache-2.0
// Organisations and members from two files. The registry says what remains to be done; that is signed
// here, one step after the other; and the registry is asked again with the same files, since members
// need the numbers of organisations that are new. So nothing is signed twice.

import { Fault, say } from "./words.js";

/** Shows what the registry finds in the files of a form. */
async function look(form, place) {
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  } catch {
    throw new Fault(say("signing.no_connection"));
  }
  // Whose session has ended is led to the door.
  if (answer.redirected) throw new Fault(say("signing.session_ended"), { status: 401 });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById(place.id);
  if (found === null) {
    const words = page.querySelector("main .lead")?.textContent;
    throw new Fault(words ?? say("signing.no_answer", { status: answer.status }));
  }
  place.replaceChildren(...found.childNodes);
}

/** Makes the page of an import sign. */
export function importing(form, dialog, onSubmit) {
  const place = document.getElementById("import-found");
  const signing = document.getElementById("import-sign");
  const steps = () => [...place.querySelectorAll("[data-call-json]")];
  const offer = () => (signing.hidden = steps().length === 0);
  const check = async () => {
    // Who came back to the page has to give the files again.
    if (!form.checkValidity()) throw new Fault(say("signing.field_file"));
    await dialog.withSession(() => look(form, place));
    offer();
  };

  offer();
  onSubmit(form, async () => {
    await check();
    place.querySelector("h2")?.focus();
  });
  onSubmit(signing, async () => {
    const done = new Set();
    const open = () => steps().filter((step) => !done.has(step.dataset.callJson));
    for (let left = open(); left.length > 0; left = open()) {
      for (const { dataset } of left) {
        const signed = await dialog.act({ call: JSON.parse(dataset.callJson), title: dataset.title });
        if (signed === null) {
          await check();
          throw new Fault(say("signing.steps_left"));
        }
        done.add(dataset.callJson);
        dialog.root.close();
      }
      await check();
    }
    place.querySelector("h2")?.focus();
  });
}
