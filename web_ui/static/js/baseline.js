// Record outside, compare inside. The form stays in place while the device works, so that no tap and no letter is lost.

import { byId, make, setHidden, setText } from "./dom.js";
import { post } from "./request.js";

const SURE_MS = 4000;

export class BaselineView {
  #key = "";

  /** `words()` returns the words in use. */
  constructor({ words }) {
    this.words = words;
    byId("baseline-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const place = byId("baseline-place").value.trim() || words().render("baseline.default_place");
      this.#ask("record", { place });
    });
    byId("baseline-leave").addEventListener("click", () => this.#ask("leave", {}));
    byId("baseline-kept").addEventListener("click", (event) => this.#tap(event.target.closest("button")));
  }

  render(baseline) {
    setHidden(byId("baseline"), !baseline);
    if (!baseline) return;
    const words = this.words();
    const { mode } = baseline;
    byId("baseline").dataset.mode = mode;
    setHidden(byId("baseline-idle"), mode !== "idle");
    setHidden(byId("baseline-busy"), mode === "idle");
    setText(byId("baseline-state"), mode === "idle" ? "" : stateText(baseline, words));
    const bar = byId("baseline-bar");
    bar.value = baseline.progress;
    setHidden(bar, mode === "idle" || mode === "recorded");
    setText(byId("baseline-common"), baseline.common_db >= 1 ? words.render("baseline.common", baseline) : "");
    setText(byId("baseline-leave"), words.render(mode === "comparing" ? "baseline.leave" : "baseline.cancel"));
    const problem = baseline.problem ? words.phrase(baseline.problem) : "";
    setText(byId("baseline-problem"), [problem, baseline.store_problem ?? ""].filter(Boolean).join(" "));
    byId("baseline-place").placeholder = words.render("baseline.default_place");
    this.#renderKept(baseline, words);
  }

  #renderKept({ kept, with: current, mode }, words) {
    const key = JSON.stringify([kept, current, mode, words.lang]);
    if (key === this.#key) return;
    this.#key = key;
    setHidden(byId("baseline-kept-part"), kept.length === 0);
    byId("baseline-kept").replaceChildren(...kept.map((item) => keptRow(item, current, mode, words)));
  }

  #tap(button) {
    if (!button) return;
    const { act, id } = button.dataset;
    if (act === "delete" && !button.dataset.sure) {
      // A second tap deletes: a record cannot be brought back.
      button.dataset.sure = "yes";
      setText(button, this.words().render("baseline.delete_sure"));
      setTimeout(() => {
        delete button.dataset.sure;
        setText(button, this.words().render("baseline.delete"));
      }, SURE_MS);
      return;
    }
    this.#ask(act, { id });
  }

  async #ask(act, body) {
    setText(byId("baseline-error"), await post(`/api/baseline/${act}`, body, this.words()));
  }
}

function stateText({ mode, place, progress }, words) {
  const done = mode === "comparing" && progress >= 1;
  return words.render(done ? "baseline.comparing_done" : `baseline.${mode}`, { place, percent: Math.floor(progress * 100) });
}

function keptRow(item, current, mode, words) {
  const date = new Date(item.date);
  const when = Number.isNaN(date.getTime()) ? item.date
    : date.toLocaleString(words.lang, { dateStyle: "medium", timeStyle: "short" });
  const busy = mode === "recording" || item.id === current;
  return make("li", { class: "kept" },
    make("div", {},
      make("b", {}, item.place),
      make("span", { class: "note" }, when),
      item.moved ? null : make("span", { class: "note" }, words.render("baseline.still")),
      item.comparable ? null : make("span", { class: "note" }, words.render("baseline.not_comparable"))),
    make("div", { class: "acts" },
      make("button", { type: "button", "data-act": "compare", "data-id": item.id, disabled: busy || !item.comparable },
        words.render("baseline.compare")),
      make("button", { type: "button", "data-act": "delete", "data-id": item.id }, words.render("baseline.delete"))));
}
