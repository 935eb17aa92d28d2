// Alerts: cards that stay in place while their contents change, so that a tap never hits a button being replaced.

import { byId, make, onlyWhenChanged, setHidden, setText } from "./dom.js";
import { formatClock } from "./words.js";

class AlertCard {
  #alert = null;
  #key = "";

  constructor({ onMark, onFind }) {
    this.title = make("h3");
    this.confidence = make("span", { class: "confidence" });
    this.seen = make("p", { class: "note" });
    this.reasons = make("ul", { class: "plain" });
    this.why = make("h4");
    this.innocentTitle = make("h4");
    this.innocent = make("p");
    this.picture = make("a", { href: "#picture", class: "button quiet" });
    this.marked = make("p", { class: "marked" });
    this.error = make("p", { class: "error", role: "alert" });
    this.button = make("button", { type: "button", class: "mark" });
    this.button.addEventListener("click", () => this.#mark(onMark));
    this.find = make("button", { type: "button", class: "find" });
    this.find.addEventListener("click", () => this.#find(onFind));
    this.body = make("div", {}, this.why, this.reasons, this.innocentTitle, this.innocent, this.picture, this.find);
    const head = make("div", { class: "head" }, this.title, this.confidence);
    this.node = make("article", { class: "card alert" }, head, this.seen, this.marked, this.body, this.button, this.error);
  }

  update(alert, words) {
    const key = words.lang + JSON.stringify(alert);
    if (key === this.#key) return;
    this.#key = key;
    this.#alert = alert;
    const isMarked = alert.mark === "false_alarm";
    this.node.dataset.alert = alert.id;
    this.node.dataset.mark = alert.mark;
    setText(this.title, words.name("kind", alert.kind));
    setText(this.confidence, words.render("alert.confidence", { percent: percent(alert.confidence) }));
    setText(this.seen, words.render("alert.seen", {
      sense: alert.sense, first: formatClock(alert.first_seen_s), last: formatClock(alert.last_seen_s),
    }));
    this.#explain(alert, words);
    setText(this.marked, words.render("alert.marked"));
    setHidden(this.marked, !isMarked);
    setHidden(this.body, isMarked);
    setText(this.button, words.render(isMarked ? "alert.unmark" : "alert.mark"));
  }

  #explain(alert, words) {
    setText(this.why, words.render("alert.why"));
    this.reasons.replaceChildren(...reasonTexts(alert, words).map((text) => make("li", {}, text)));
    setText(this.innocentTitle, words.render("alert.innocent"));
    setText(this.innocent, innocentText(alert.kind, words));
    setText(this.picture, words.render("alert.in_picture"));
    setHidden(this.picture, alert.y_px === undefined);
    setText(this.find, words.render("homing.find"));
    setHidden(this.find, alert.freq_hz === undefined);
  }

  async #mark(onMark) {
    const mark = this.#alert.mark === "false_alarm" ? "none" : "false_alarm";
    this.button.disabled = true;
    setText(this.error, "");
    // The card changes when the device says so, not before.
    setText(this.error, await onMark(this.#alert.id, mark));
    this.button.disabled = false;
  }

  async #find(onFind) {
    this.find.disabled = true;
    setText(this.error, await onFind(this.#alert.id));
    this.find.disabled = false;
  }
}

/** A list of cards inside the element `id`, keyed by alert id. */
export class AlertList {
  #cards = new Map();

  /** `acts`: {onMark(id, mark), onFind(id)}, each resolving to the words of a refusal or to nothing. */
  constructor(id, acts) {
    this.node = byId(id);
    this.acts = acts;
  }

  render(alerts, words) {
    const kept = new Map();
    for (const alert of alerts) {
      const card = this.#cards.get(alert.id) ?? new AlertCard(this.acts);
      card.update(alert, words);
      kept.set(alert.id, card);
    }
    this.#cards = kept;
    const nodes = [...kept.values()].map((card) => card.node);
    const same = nodes.length === this.node.children.length && nodes.every((node, i) => node === this.node.children[i]);
    if (!same) this.node.replaceChildren(...nodes);
  }
}

/** What is worth a look, a line a kind: a wall of single reflectors would only frighten. */
export const renderInspect = onlyWhenChanged((counts, words) => {
  byId("inspect").replaceChildren(...counts.map(([kind, count]) => make("article", { class: "card", "data-kind": kind },
    make("div", { class: "head" },
      make("h3", {}, words.name("kind", kind)),
      make("span", { class: "confidence" }, words.render("alerts.times", { count }))),
    make("p", { class: "note" }, innocentText(kind, words)))));
});

/** How many alerts there are of each kind, as pairs in the order of first appearance. */
export function countKinds(alerts) {
  const counts = new Map();
  for (const { kind } of alerts) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts];
}

function innocentText(kind, words) {
  return words.render(`innocent.${kind}`, {}, words.render("innocent.other"));
}

function reasonTexts({ reasons = [], reason_codes: codes = [] }, words) {
  return codes.length ? codes.map((reason, i) => words.phrase({ ...reason, text: reasons[i] })) : reasons;
}

function percent(confidence) {
  // Never 100: no instrument is certain.
  return Math.min(99, Math.round(confidence * 100));
}
