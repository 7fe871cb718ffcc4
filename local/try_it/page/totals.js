/** The three figures of a search, and how much image was sent since the page was opened. */
import { bytes, milliseconds } from "./amounts.js";
import { explain } from "./cache_status.js";

export class Totals {
  #sent = 0;
  #sentEver = 0;
  #time = 0;

  /** @param {{sent: HTMLElement, ever: HTMLElement, time: HTMLElement, cache: HTMLElement}} places */
  constructor(places) {
    this.places = places;
  }

  /** A new search begins. */
  start() {
    this.#sent = 0;
    this.#time = 0;
    this.#show("–", "");
  }

  /** A step has ended. */
  add({ imageBytes, milliseconds: taken = 0, headers }) {
    this.#sent += imageBytes;
    this.#sentEver += imageBytes;
    this.#time += taken;
    const header = headers?.get("Cache-Status");
    const outcome = header ? explain(header, "").outcome : "";
    this.#show(outcome || "–", outcome);
  }

  /** Bytes of image that the latest search has sent. */
  get sent() {
    return this.#sent;
  }

  #show(cache, outcome) {
    this.places.sent.textContent = bytes(this.#sent);
    this.places.ever.textContent = `${bytes(this.#sentEver)} since you opened the page`;
    this.places.time.textContent = this.#time ? milliseconds(this.#time) : "–";
    this.places.cache.textContent = cache;
    this.places.cache.dataset.outcome = outcome;
    this.places.sent.dataset.outcome = this.#sent ? "" : outcome;
  }
}
