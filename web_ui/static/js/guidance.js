// What to do with the device now, and a map of what is done. Shapes tell the spots apart, not colours.

import { byId, onlyWhenChanged, setHidden, setText } from "./dom.js";

const SHAPES = {
  "#": (y, x) => `M${x + 0.08} ${y + 0.08}h.84v.84h-.84z`,
  o: (y, x) => `M${x + 0.5} ${y + 0.25}l.25.25-.25.25-.25-.25z`,
};

/** `input`: {guidance, spots}, both undefined while there is no contact or no camera. */
export const renderGuidance = onlyWhenChanged(({ guidance, spots }, words) => {
  const hint = byId("hint");
  setHidden(hint, !guidance?.rows.length);
  hint.dataset.kind = guidance?.hint ? "hint" : "none";
  setText(hint, !guidance?.rows.length ? "" : guidance.hint ? words.phrase(guidance.hint) : words.render("guide.keep_going"));
  setHidden(byId("spots"), !guidance?.rows.length || !spots);
  if (guidance?.rows.length && spots) renderSpots(guidance, spots, words);
});

function renderSpots({ rows, view, smallest_lens_mm: smallestMm, calibrated }, { done, pointed }, words) {
  byId("map-done").setAttribute("d", shapes(rows, "#"));
  byId("map-begun").setAttribute("d", shapes(rows, "o"));
  const [top, left, height, width] = (view ?? [0, 0, 0, 0]).map(Number);
  for (const id of ["map-halo", "map-view"]) byId(id).setAttribute("d", `M${left} ${top}h${width}v${height}h${-width}z`);
  byId("map").setAttribute("viewBox", `0 0 ${rows[0].length} ${rows.length}`);
  byId("map").setAttribute("aria-label", words.render("guide.map", { done, pointed }));
  setText(byId("spots-count"), words.render("guide.count", { done, pointed }));
  setText(byId("spots-size"), sizeText(smallestMm, calibrated, words));
}

function shapes(rows, letter) {
  const path = [];
  rows.forEach((row, y) => [...row].forEach((cell, x) => { if (cell === letter) path.push(SHAPES[letter](y, x)); }));
  return path.join("");
}

function sizeText(smallestMm, calibrated, words) {
  if (!calibrated) return words.render("guide.size_unknown");
  if (smallestMm === null) return words.render("guide.size_none");
  return words.render("guide.size", { aperture_mm: Math.round(smallestMm * 10) / 10 });
}
