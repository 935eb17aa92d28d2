// The line to the device. EventSource hides heartbeats and the status of a refusal, so the stream is read by hand.

const SILENCE_MS = 3000; // the device sends something every second
const RETRY_MS = 1000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Contact {
  #lastByte = performance.now();
  #lastId = null;
  #abort = null;
  #lost = false;
  #full = false;

  /** `onEvent(kind, data)`, `onBeat()` at every sign of life, `onContact({lost, full})` when that changes. */
  constructor({ onEvent, onBeat, onContact }) {
    this.onEvent = onEvent;
    this.onBeat = onBeat;
    this.onContact = onContact;
  }

  get lost() {
    return this.#lost;
  }

  async run() {
    setInterval(() => this.#watch(), 250);
    document.addEventListener("visibilitychange", () => this.#watch());
    for (;;) {
      try {
        await this.#read();
      } catch {
        // Whatever ended the stream, silence is what counts, and the watch sees to that.
      }
      await pause(RETRY_MS);
    }
  }

  #watch() {
    const silent = performance.now() - this.#lastByte > SILENCE_MS;
    if (silent !== this.#lost) this.#tell(silent, this.#full);
    if (performance.now() - this.#lastByte > 2 * SILENCE_MS) this.#abort?.abort();
  }

  #tell(lost, full) {
    if (lost === this.#lost && full === this.#full) return;
    this.#lost = lost;
    this.#full = full;
    this.onContact({ lost, full });
  }

  async #read() {
    const abort = new AbortController();
    this.#abort = abort;
    const headers = this.#lastId === null ? {} : { "Last-Event-ID": this.#lastId };
    const deadline = setTimeout(() => abort.abort(), 2 * SILENCE_MS);
    const answer = await fetch("/api/events", { headers, signal: abort.signal, cache: "no-store" })
      .finally(() => clearTimeout(deadline));
    if (answer.status === 401) return location.reload();
    if (!answer.ok) return this.#tell(this.#lost, answer.status === 503);
    // A stream that has opened gets the full time again before it counts as silent.
    this.#lastByte = performance.now();
    const parser = new EventParser((event) => this.#take(event));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.#lastByte = performance.now();
      this.#tell(false, false);
      this.onBeat();
      parser.push(value);
    }
  }

  #take({ id, kind, data }) {
    this.onEvent(kind, JSON.parse(data));
    // Only what has been taken in full is resumed after.
    this.#lastId = id;
  }
}

/** Cuts a stream of text into events; comments and unknown fields are skipped. */
export class EventParser {
  #rest = "";

  constructor(onEvent) {
    this.onEvent = onEvent;
  }

  push(text) {
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop();
    for (const block of blocks) this.#parse(block);
  }

  #parse(block) {
    const fields = {};
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, "");
    }
    if (fields.data !== undefined) this.onEvent({ id: fields.id ?? null, kind: fields.event, data: fields.data });
  }
}
