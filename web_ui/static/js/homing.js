// Walking to one transmitter: one number, one bar, one word; the device goes on only while a page shows it.

import { byId, setHidden, setText } from "./dom.js";
import { post } from "./request.js";

const RENEW_MS = 2000;
const SIGNS = { warmer: "▲", colder: "▼", steady: "=", waiting: "…", not_heard: "–", very_close: "◎" };
const FEEL = { warmer: [70], colder: [40, 120, 40], very_close: [250] };

export class HomingView {
  #homing = null;
  #trend = null;

  /** `words()` returns the words in use; `isLost()` tells whether there is contact. */
  constructor({ words, isLost }) {
    this.words = words;
    this.isLost = isLost;
    this.stopping = false;
    byId("homing-stop").addEventListener("click", () => this.#stop());
    setInterval(() => this.#renew(), RENEW_MS);
  }

  /** Ask the device to walk to an alert; resolve to the words of a refusal. */
  start(id) {
    return post("/api/homing", { alert: id }, this.words());
  }

  /** `homing` as in the state, null or undefined while nobody walks. */
  render(homing, alerts) {
    const shown = Boolean(homing);
    if (shown !== Boolean(this.#homing)) this.#open(shown);
    this.#homing = homing ?? null;
    if (!shown) return;
    const words = this.words();
    const kind = alerts.find((alert) => alert.id === homing.alert)?.kind;
    setText(byId("homing-kind"), kind ? words.name("kind", kind) : homing.alert);
    this.#showLevel(homing, words);
    this.#showTrend(this.isLost() ? "waiting" : homing.trend, words);
  }

  #open(shown) {
    document.body.classList.toggle("homing", shown);
    setHidden(byId("homing"), !shown);
    setText(byId("homing-error"), "");
    this.#trend = null;
    if (!shown) return;
    window.scrollTo(0, 0);
    byId("homing-stop").focus({ preventScroll: true });
  }

  #showLevel({ strength, peak }, words) {
    const known = typeof strength === "number";
    const number = known ? Math.round(strength * 100) : null;
    const bar = byId("homing-bar");
    setText(byId("homing-number"), known ? String(number) : "–");
    bar.style.setProperty("--level", known ? strength : 0);
    bar.style.setProperty("--peak", known ? peak : 0);
    bar.setAttribute("aria-valuenow", number ?? 0);
    setText(byId("homing-peak"), known ? words.render("homing.peak", { peak: Math.round(peak * 100) }) : "\u00a0");
  }

  #showTrend(trend, words) {
    const view = byId("homing");
    view.dataset.trend = trend;
    setText(byId("homing-sign"), SIGNS[trend] ?? "…");
    setText(byId("homing-word"), words.render(`homing.${trend}`, {}, words.render("homing.waiting")));
    if (trend === this.#trend) return;
    const first = this.#trend === null;
    this.#trend = trend;
    if (!first && FEEL[trend] && typeof navigator.vibrate === "function") navigator.vibrate(FEEL[trend]);
  }

  async #renew() {
    // A page out of sight lets go, and the device returns to its sweep.
    if (!this.#homing || document.hidden || this.isLost() || this.stopping) return;
    await post("/api/homing", { alert: this.#homing.alert, renew: true }, this.words());
  }

  async #stop() {
    this.stopping = true;
    setText(byId("homing-error"), await post("/api/homing", { alert: null }, this.words()));
    this.stopping = false;
  }
}
