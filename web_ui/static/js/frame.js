// The camera's picture, pulled at the phone's own pace: the next is asked for when the last one has been shown.

import { byId, setHidden, setText } from "./dom.js";
import { Patience, pause } from "./time.js";

const SHOWN_MS = 200; // five a second at most
const OUT_OF_SIGHT_MS = 2000;
const GIVE_UP_MS = 5000;
const OLD_S = 3;

export class FramePull {
  #inSight = false;
  #shownAt = null;
  #ageS = 0;

  /**
   * `isLost()` tells whether there is contact, `isWithheld()` whether no picture may be shown and `people()` which words
   * say why; `words()` returns the words in use.
   */
  constructor({ isLost, isWithheld, people, words }) {
    this.isLost = isLost;
    this.isWithheld = isWithheld;
    this.people = people;
    this.words = words;
    this.image = byId("frame");
    new IntersectionObserver(([entry]) => { this.#inSight = entry.isIntersecting; }).observe(byId("figure"));
  }

  async run() {
    for (;;) {
      if (!document.hidden && !this.isLost()) await this.#pull().catch(() => {});
      this.show();
      await pause(this.#inSight ? SHOWN_MS : OUT_OF_SIGHT_MS);
    }
  }

  /** Say how old the picture is, or that there is none; forget the last one while a person is in view. */
  show() {
    if (this.isWithheld()) this.#forget();
    const ageS = this.#shownAt === null ? null : this.#ageS + (performance.now() - this.#shownAt) / 1000;
    const old = ageS !== null && (ageS > OLD_S || this.isLost());
    byId("figure").dataset.state = ageS === null ? "none" : old ? "old" : "live";
    setHidden(this.image, ageS === null);
    const note = byId("frame-note");
    setHidden(note, ageS !== null && !old);
    const none = this.isWithheld() ? this.people() ?? "picture.none" : "picture.none";
    setText(note, ageS === null ? this.words().render(none)
      : old ? this.words().render("picture.old", { seconds: Math.round(ageS) }) : "");
  }

  async #pull() {
    const patience = new Patience(GIVE_UP_MS);
    try {
      const answer = await fetch("/api/frame.jpg", { cache: "no-store", signal: patience.signal });
      if (answer.status === 204) this.#forget();
      if (answer.status === 200 && !this.isWithheld()) await this.#put(await answer.blob(), Number(answer.headers.get("X-Frame-Age-S")));
    } finally {
      patience.end();
    }
  }

  #forget() {
    if (this.#shownAt === null) return;
    this.#shownAt = null;
    URL.revokeObjectURL(this.image.src);
    this.image.removeAttribute("src");
  }

  async #put(jpeg, ageS) {
    const before = this.image.src;
    this.image.src = URL.createObjectURL(jpeg);
    await this.image.decode().finally(() => URL.revokeObjectURL(before));
    this.#ageS = ageS || 0;
    this.#shownAt = performance.now();
  }
}
