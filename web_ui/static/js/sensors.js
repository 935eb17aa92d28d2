// Sensors and what they covered.

import { byId, icon, make, onlyWhenChanged } from "./dom.js";

const STATUS_ICONS = ["starting", "ok", "offline", "fault"];
const LISTS = ["missing", "done", "cannot_see"];

export const renderSensors = onlyWhenChanged((sensors, words) => {
  byId("sensors").replaceChildren(...Object.entries(sensors).map(([sense, sensor]) => sensorRow(sense, sensor, words)));
});

function sensorRow(sense, sensor, words) {
  const known = STATUS_ICONS.includes(sensor.status) ? sensor.status : "fault";
  const row = make("li", { class: "sensor", "data-sense": sense, "data-status": known },
    icon(known),
    make("span", { class: "which" }, words.name("sense", sense)),
    make("span", { class: "status" }, words.name("status", sensor.status)));
  if (known === "ok") return row;
  if (sensor.message) row.append(make("p", {}, words.phrase(sensor.message)));
  if (sensor.detail) row.append(make("p", { class: "detail" }, sensor.detail));
  if (sensor.lost_s > 0) {
    row.append(make("p", { class: "detail" }, words.render("sensor.lost", { seconds: sensor.lost_s, count: sensor.restarts })));
  }
  return row;
}

export const renderCoverage = onlyWhenChanged((coverage, words) => {
  byId("senses").replaceChildren(...Object.entries(coverage).map(([sense, part]) => senseCard(sense, part, words)));
});

function senseCard(sense, part, words) {
  const state = part.complete ? "complete" : "short";
  return make("article", { class: "card sense", "data-sense": sense },
    make("div", { class: "head" },
      make("h3", {}, words.name("sense", sense)),
      make("span", { class: "pill", "data-state": state }, words.render(`coverage.${state}`))),
    ...LISTS.filter((list) => part[list]?.length).map((list) => phraseList(list, part, words)));
}

function phraseList(list, part, words) {
  // What a complete check left out cannot be made up for, and nobody should wait for it.
  const title = list === "missing" && part.complete ? "missed" : list;
  return make("div", { class: `list ${list}` },
    make("h4", {}, words.render(`coverage.${title}`)),
    make("ul", { class: "plain" },
      ...part[list].map((phrase) => make("li", {}, icon(list), make("span", {}, words.phrase(phrase))))));
}
