/** What a search ends in: products and objects, or a problem. */
import { element } from "./element.js";
import { neighbours } from "./neighbours.js";
import { problemCard } from "./problem_card.js";
import { cards } from "./results.js";
import { drawSegments } from "./segments.js";
import { summary } from "./summary.js";

export class Outcome {
  /** @param {Object<string, HTMLElement>} places by what is shown in them */
  constructor(places) {
    this.places = places;
    this.hint = [...places.nearest.childNodes];
  }

  /** Another photo: nothing of the last one stays. */
  forget() {
    const { products, fold, title, fallback, empty } = this.places;
    products.replaceChildren();
    fold.hidden = true;
    title.textContent = "Products";
    fallback.hidden = true;
    empty.hidden = false;
    this.#objects([], null);
  }

  /** A search is under way: what is there stays until there is something better. */
  wait() {
    this.places.section.setAttribute("aria-busy", "true");
    this.places.problem.replaceChildren();
  }

  /** @param {object} answer @param {{width, height}|null} size of the picture as it is shown */
  show(answer, size) {
    const { response, segments = [], whole_image_search_fallback: fallback } = answer;
    const { places } = this;
    places.section.setAttribute("aria-busy", "false");
    places.title.textContent = counted(response.results.length);
    places.products.replaceChildren(...cards(response.results));
    places.summary.replaceChildren(...summary(response));
    places.fold.hidden = false;
    places.fallback.hidden = !fallback;
    places.empty.hidden = true;
    this.names = new Map(response.results.map(({ value, data }) => [data.id, value]));
    this.#objects(segments, size);
  }

  /** @param {Error} problem @param {() => void} again */
  refuse(problem, again) {
    this.forget();
    this.places.section.setAttribute("aria-busy", "false");
    this.places.empty.hidden = true;
    this.places.problem.replaceChildren(problemCard(problem, again));
  }

  /** Something went wrong before there was a photo to search with. */
  complain(words) {
    const problem = element("p", { className: "problem", role: "alert" }, words);
    this.places.problem.replaceChildren(problem);
  }

  #objects(segments, size) {
    const { frame, nearest } = this.places;
    nearest.replaceChildren(...this.hint);
    drawSegments(frame, segments, size, (segment) =>
      nearest.replaceChildren(...neighbours(segment, this.names)),
    );
  }
}

function counted(count) {
  if (count === 0) return "No product looks like it";
  return count === 1 ? "1 product" : `${count} products`;
}
