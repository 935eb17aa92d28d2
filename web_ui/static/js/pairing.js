// Sends the six digits; the answer sets the session's cookie.

import { byId, setText } from "./dom.js";
import { remember } from "./settings.js";

const form = byId("pair");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  setText(byId("error"), "");
  try {
    const answer = await fetch("/pair", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code: byId("code").value }),
    });
    if (answer.ok) return location.replace("/");
    setText(byId("error"), (await answer.json()).message);
    byId("code").select();
  } catch {
    setText(byId("error"), form.dataset.failed);
  }
});

byId("languages").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  remember("lang", button.value);
  location.reload();
});
