// Waiting, and giving up.

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives up on a connection, opening or open, that stays silent for too long. */
export class Patience {
  #abort = new AbortController();
  #timer;

  constructor(ms) {
    this.ms = ms;
    this.renew();
  }

  get signal() {
    return this.#abort.signal;
  }

  renew() {
    this.end();
    this.#timer = setTimeout(() => this.#abort.abort(), this.ms);
  }

  end() {
    clearTimeout(this.#timer);
  }
}
