/** A photo's way: shown, searched, and answered. Only the latest search counts. */
import { search } from "./flow.js";
import { queryString } from "./query.js";

export class Journey {
  #running = new AbortController();

  /** The photo that is searched with: `{file, title}`, or null. */
  photo = null;

  constructor({ api, parameters, stage, timeline, outcome, say }) {
    Object.assign(this, { api, parameters, stage, timeline, outcome, say });
  }

  /** Shows a new photo and searches with it. */
  async take(photo) {
    this.photo = photo;
    this.outcome.forget();
    this.shown = this.stage.show(photo);
    await this.search();
  }

  /** @param {{anew?: boolean}} wish `anew`: past the cache */
  async search({ anew = false } = {}) {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    this.timeline.clear();
    this.outcome.wait();
    try {
      const answer = await this.#answer(signal, anew);
      const size = await this.shown;
      if (!signal.aborted) this.#show(answer, size);
    } catch (problem) {
      if (!signal.aborted) this.outcome.refuse(problem, () => this.search({ anew }));
    }
  }

  #answer(signal, anew) {
    const query = queryString(this.parameters.pairs());
    const begin = (step) => this.timeline.begin(step);
    return search(this.photo.file, query, { api: this.api, begin, signal, anew });
  }

  #show(answer, size) {
    this.outcome.show(answer, size);
    const count = answer.response.results.length;
    const sent = this.timeline.totals.sent ? "The photo was sent once." : "No image was sent.";
    this.say(`${count} products found. ${sent}`);
  }
}
