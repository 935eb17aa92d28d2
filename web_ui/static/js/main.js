// Puts the page together: one state, kept up to date by the stream, drawn part by part.

import { AlertList, countKinds, renderInspect } from "./alerts.js";
import { BaselineView } from "./baseline.js";
import { Contact } from "./contact.js";
import { byId, setHidden, setText } from "./dom.js";
import { FramePull } from "./frame.js";
import { renderGuidance } from "./guidance.js";
import { HomingView } from "./homing.js";
import { peopleCode, renderPeople } from "./people.js";
import { post } from "./request.js";
import { renderCoverage, renderSensors } from "./sensors.js";
import { remember, setUpLanguages, setUpThemes, setUpVibration, showLanguage } from "./settings.js";
import { renderTechnician } from "./technician.js";
import { renderProvenance, renderVerdict } from "./verdict.js";
import { Words, translatePage } from "./words.js";

const boot = JSON.parse(byId("boot").textContent);
let words = new Words(document.documentElement.lang, boot.words);
let state = null;
let reach = { lost: false, full: false };

const alertList = new AlertList("alerts", { onMark: sendMark, onFind: (id) => homing.start(id) });
const vibrate = setUpVibration();
const contact = new Contact({ onEvent: takeEvent, onBeat: showBeat, onContact: takeContact });
const homing = new HomingView({ isLost: () => contact.lost, words: () => words });
const baseline = new BaselineView({ words: () => words });
const frames = new FramePull({
  isLost: () => contact.lost,
  isWithheld: () => state?.people?.withheld === true,
  people: () => peopleCode(state?.people),
  words: () => words,
});

function takeEvent(kind, data) {
  const before = state;
  state = kind === "state" ? data : { ...state, ...data };
  draw();
  if (before !== null && hasNewStrongAlert(before, state)) vibrate();
}

function hasNewStrongAlert(before, now) {
  if (now.verdict !== "strong_sign") return false;
  const known = new Set(before.verdict === "strong_sign" ? before.alerts.map((alert) => alert.id) : []);
  return now.alerts.some((alert) => alert.mark !== "false_alarm" && !known.has(alert.id));
}

function takeContact(next) {
  reach = next;
  draw();
  frames.show();
}

function draw() {
  const { lost, full } = reach;
  document.body.classList.toggle("stale", lost);
  setHidden(byId("lost"), !lost && !full);
  setText(byId("lost-more"), words.render(full ? "contact.full" : "contact.lost_more"));
  drawContact();
  renderProvenance(state?.provenance, words);
  renderVerdict(verdictInput(), words);
  renderPeople(peopleCode(state?.people), words);
  frames.show();
  drawAlerts();
  renderGuidance(guidanceInput(), words);
  homing.render(state?.homing, state?.alerts ?? []);
  baseline.render(state?.baseline);
  renderSensors(state?.sensors ?? {}, words);
  renderCoverage(state?.coverage ?? {}, words);
  if (byId("technician").open) renderTechnician(state ?? {}, words);
}

function verdictInput() {
  const { verdict = null, verdict_because: because = [], provenance, sensors = {}, alerts = [] } = state ?? {};
  return {
    verdict,
    because,
    live: provenance === "live",
    sensorDown: Object.values(sensors).some(({ status }) => status === "offline" || status === "fault"),
    placed: alerts.some((alert) => alert.mark !== "false_alarm" && alert.y_px !== undefined),
    paused: state?.people?.paused === true,
    lost: reach.lost,
  };
}

function guidanceInput() {
  // Advice about a picture that no longer comes would be about nothing.
  const sense = reach.lost ? undefined : Object.keys(state?.guidance ?? {})[0];
  return { guidance: state?.guidance?.[sense], spots: state?.coverage?.[sense]?.spots };
}

function drawContact() {
  const code = reach.lost ? "contact.last" : state === null ? "contact.waiting" : "contact.live";
  setText(byId("contact-text"), words.render(code, { seconds: Math.round(contact.silenceS) }));
}

function drawAlerts() {
  const { alerts = [], inspect = [] } = state ?? {};
  alertList.render(alerts, words);
  renderInspect(countKinds(inspect), words);
  setHidden(byId("alerts-section"), alerts.length === 0);
  setHidden(byId("inspect-section"), inspect.length === 0);
  setText(byId("inspect-count"), String(inspect.length));
}

function showBeat() {
  // Restarts the pulse: it moves only while the device does.
  for (const animation of byId("beat").getAnimations()) {
    animation.cancel();
    animation.play();
  }
}

function sendMark(id, mark) {
  return post(`/api/alerts/${encodeURIComponent(id)}/mark`, { mark }, words);
}

async function changeLanguage(lang) {
  const answer = await fetch(`/api/words/${lang}`).catch(() => null);
  if (!answer?.ok) return;
  words = new Words(lang, await answer.json());
  remember("lang", lang);
  translatePage(words);
  showLanguage(lang);
  draw();
  frames.show();
}

setUpLanguages(boot.languages, changeLanguage);
showLanguage(words.lang);
setUpThemes();
byId("technician").addEventListener("toggle", draw);
contact.run();
setInterval(drawContact, 1000);
frames.run();
