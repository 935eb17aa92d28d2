// Whether the picture is blanked for a person in view, in one calm line.

import { byId, onlyWhenChanged, setHidden, setText } from "./dom.js";

const RESUMED_S = 8; // how long it says that the search goes on again

/** The code of what to say of people in view, null when there is nothing to say. */
export function peopleCode(people) {
  if (people?.paused) return "people.paused";
  if (people?.withheld) return "people.withheld";
  const resumed = people?.times > 0 && people.since_s !== null && people.since_s < RESUMED_S;
  return resumed ? "people.resumed" : null;
}

export const renderPeople = onlyWhenChanged((code, words) => {
  // Two glints that may be eyes hide the picture only: that is said in its place.
  const said = code === "people.withheld" ? null : code;
  byId("people").dataset.state = said ?? "";
  setHidden(byId("people"), said === null);
  setHidden(byId("people-more"), said !== "people.paused");
  setText(byId("people-text"), said === null ? "" : `${words.render(said)}.`);
});
