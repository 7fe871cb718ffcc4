/** The products that were found, best first. */
import { price } from "./amounts.js";
import { element } from "./element.js";
import { picture } from "./picture.js";
import { swatches } from "./swatches.js";

/** @returns {HTMLElement[]} a list item for each product */
export function cards(results) {
  return results.map((product, place) => card(product, place < FIRST_SEEN));
}

/** So many pictures are probably in sight: they are not put off until one scrolls to them. */
const FIRST_SEEN = 8;

function card({ value, data, variations = [], variations_map: map }, isSeenFirst) {
  return element(
    "li",
    { className: "card" },
    picture(data.image_url, isSeenFirst),
    element(
      "div",
      { className: "card-text" },
      element("h3", {}, value),
      element("p", { className: "card-brand" }, data.brand ?? ""),
      element("p", { className: "card-price" }, price(data.price)),
      swatches(coloursOf(variations, map)),
    ),
  );
}

/** Each colour once, with its lowest price when `variations_map` was asked for. */
function coloursOf(variations, map) {
  if (Array.isArray(map)) return map.map(({ color, price: from }) => ({ color, from }));
  const names = variations.map(({ data }) => data?.color).filter(Boolean);
  return [...new Set(names)].map((color) => ({ color }));
}
