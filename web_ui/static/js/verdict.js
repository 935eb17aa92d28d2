// What the device says of the room, and what to do next.

import { byId, make, onlyWhenChanged, setHidden, setText } from "./dom.js";

const KNOWN = ["incomplete", "nothing_detected", "check_this_spot", "strong_sign"];

/** `input`: {verdict, because, sensorDown, lost}; verdict null before the first state. */
export const renderVerdict = onlyWhenChanged((input, words) => {
  const { verdict, because, lost } = input;
  const shown = lost ? "unknown" : verdict ?? "waiting";
  byId("result").dataset.verdict = shown;
  byId("verdict-icon").setAttribute("href", `#i-${KNOWN.includes(shown) ? shown : "unknown"}`);
  setText(byId("verdict"), words.name("verdict", shown));
  const last = byId("verdict-last");
  setHidden(last, !(lost && verdict));
  if (lost && verdict) setText(last, words.render("verdict.last_known", { verdict }));
  byId("because").replaceChildren(...(lost ? [] : because.map((phrase) => make("li", {}, words.phrase(phrase)))));
  renderNext(input, shown, words);
});

function renderNext({ verdict, sensorDown, lost }, shown, words) {
  // Without contact the steps stay: whoever was told to call still has to know whom.
  const strong = verdict === "strong_sign";
  setHidden(byId("steps"), !strong);
  const code = shown === "incomplete" && sensorDown ? "next.incomplete_fault" : `next.${shown}`;
  setHidden(byId("next"), strong && !lost);
  if (!strong || lost) setText(byId("next"), words.render(code, {}, ""));
}

export const renderProvenance = onlyWhenChanged((provenance, words) => {
  const banner = byId("provenance");
  const live = provenance === "live" || !provenance;
  setHidden(banner, live);
  banner.dataset.provenance = provenance ?? "";
  setText(banner, live ? "" : words.name("provenance", provenance));
});
