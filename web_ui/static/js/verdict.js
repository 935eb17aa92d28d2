// What the device says of the room, and what to do next.

import { byId, make, onlyWhenChanged, setHidden, setText } from "./dom.js";

const KNOWN = ["incomplete", "nothing_detected", "check_this_spot", "strong_sign"];

/** `input`: {verdict, because, live, sensorDown, placed, paused, lost}; verdict null before the first state. */
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

function renderNext(input, shown, words) {
  // Without contact the steps stay: whoever was told to call still has to know whom.
  const strong = input.verdict === "strong_sign";
  setHidden(byId("steps"), !strong);
  setHidden(byId("next"), strong && !input.lost);
  setText(byId("next"), words.render(nextCode(input, shown), {}, ""));
  // Nobody calls the police about a simulation by a slip of the thumb.
  setHidden(byId("not-live"), input.live);
  byId("calls").inert = !input.live;
}

function nextCode({ sensorDown, placed, paused }, shown) {
  if (shown === "incomplete" && sensorDown) return "next.incomplete_fault";
  if (shown === "incomplete" && paused) return "next.paused";
  if (shown === "check_this_spot" && !placed) return "next.check_this_spot_unplaced";
  return `next.${shown}`;
}

export const renderProvenance = onlyWhenChanged((provenance, words) => {
  const banner = byId("provenance");
  const live = provenance === "live" || !provenance;
  setHidden(banner, live);
  banner.dataset.provenance = provenance ?? "";
  setText(banner, live ? "" : words.name("provenance", provenance));
});
