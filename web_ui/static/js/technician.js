// Numbers for technicians; built only while the fold is open.

import { byId, make, onlyWhenChanged } from "./dom.js";
import { formatClock, formatNumber } from "./words.js";

export const renderTechnician = onlyWhenChanged((state, words) => {
  byId("technician-body").replaceChildren(
    part("technician.alerts", (state.alerts ?? []).map((alert) => [alert.id, alertFigures(alert)]), words),
    part("technician.signals", (state.signals ?? []).map((signal) => signalRow(signal, words)), words),
    part("technician.rejected", pairs(state.rejected ?? {}, words, "rejected"), words),
    part("technician.sensors", sensorRows(state.sensors ?? {}, words), words),
    part("technician.device", deviceRows(state), words));
});

function part(title, rows, words) {
  const body = rows.length
    ? make("table", {}, make("tbody", {}, ...rows.map(([name, value]) =>
        make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value)))))
    : make("p", { class: "note" }, words.render("technician.none"));
  return make("div", { class: "part" }, make("h3", {}, words.render(title)), body);
}

function alertFigures(alert) {
  const skipped = ["id", "sense", "reasons", "reason_codes", "mark", "kind", "first_seen_s", "last_seen_s", "history"];
  return Object.entries(alert).filter(([name]) => !skipped.includes(name))
    .map(([name, value]) => `${name} ${show(value)}`).join(" · ");
}

function signalRow(signal, words) {
  const figures = [megahertz(signal.freq_hz), megahertz(signal.bandwidth_hz), decibels(signal.snr_db)];
  return [words.name("kind", signal.kind), figures.join(" · ")];
}

/** One row for each number of each sense; its words are under `<sense>.<group>.<name>`. */
function pairs(groups, words, group) {
  return Object.entries(groups).flatMap(([sense, counts]) => Object.entries(counts).map(([name, count]) =>
    [`${words.name("sense", sense)}: ${words.name(`${sense}.${group}`, name)}`, show(count)]));
}

function sensorRows(sensors, words) {
  return Object.entries(sensors).flatMap(([sense, sensor]) => {
    const own = { source: sensor.source, provenance: sensor.provenance, restarts: sensor.restarts, lost_s: sensor.lost_s };
    return pairs({ [sense]: { ...own, ...sensor.figures } }, words, "figure");
  });
}

function deviceRows({ boot_id: boot, uptime_s: uptime }) {
  return boot === undefined ? [] : [["boot_id", String(boot)], ["uptime", formatClock(uptime)]];
}

const show = (value) => (typeof value === "number" ? formatNumber(value) : String(value));
const megahertz = (hertz) => (typeof hertz === "number" ? `${formatNumber(hertz / 1e6)} MHz` : "–");
const decibels = (level) => (typeof level === "number" ? `${level.toFixed(1)} dB` : "–");
