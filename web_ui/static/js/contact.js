// The line to the device. EventSource hides heartbeats and the status of a refusal, so the stream is read by hand.

import { Patience, pause } from "./time.js";

const SILENCE_MS = 3000; // the device sends something every second
const RETRY_MS = 1000;

export class Contact {
  #lastByte = performance.now();
  #lastId = null;
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

  /** Seconds since the last sign of life. */
  get silenceS() {
    return (performance.now() - this.#lastByte) / 1000;
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
    const silent = this.silenceS * 1000 > SILENCE_MS;
    if (silent !== this.#lost) this.#tell(silent, this.#full);
  }

  #tell(lost, full) {
    if (lost === this.#lost && full === this.#full) return;
    this.#lost = lost;
    this.#full = full;
    this.onContact({ lost, full });
  }

  async #read() {
    const patience = new Patience(2 * SILENCE_MS);
    try {
      const headers = this.#lastId === null ? {} : { "Last-Event-ID": this.#lastId };
      const answer = await fetch("/api/events", { headers, signal: patience.signal, cache: "no-store" });
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return this.#tell(this.#lost, answer.status === 503);
      await this.#follow(answer.body.pipeThrough(new TextDecoderStream()).getReader(), patience);
    } finally {
      patience.end();
    }
  }

  async #follow(reader, patience) {
    const parser = new EventParser((event) => this.#take(event));
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      patience.renew();
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
