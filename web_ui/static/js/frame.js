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

  /** `isLost()` tells whether there is contact; `words()` returns the words in use. */
  constructor({ isLost, words }) {
    this.isLost = isLost;
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

  /** Say how old the picture is, or that there is none. */
  show() {
    const ageS = this.#shownAt === null ? null : this.#ageS + (performance.now() - this.#shownAt) / 1000;
    const old = ageS !== null && (ageS > OLD_S || this.isLost());
    byId("figure").dataset.state = ageS === null ? "none" : old ? "old" : "live";
    setHidden(this.image, ageS === null);
    const note = byId("frame-note");
    setHidden(note, ageS !== null && !old);
    setText(note, ageS === null ? this.words().render("picture.none")
      : old ? this.words().render("picture.old", { seconds: Math.round(ageS) }) : "");
  }

  async #pull() {
    const patience = new Patience(GIVE_UP_MS);
    try {
      const answer = await fetch("/api/frame.jpg", { cache: "no-store", signal: patience.signal });
      if (answer.status === 204) this.#shownAt = null;
      if (answer.status === 200) await this.#put(await answer.blob(), Number(answer.headers.get("X-Frame-Age-S")));
    } finally {
      patience.end();
    }
  }

  async #put(jpeg, ageS) {
    const before = this.image.src;
    this.image.src = URL.createObjectURL(jpeg);
    await this.image.decode().finally(() => URL.revokeObjectURL(before));
    this.#ageS = ageS || 0;
    this.#shownAt = performance.now();
  }
}
