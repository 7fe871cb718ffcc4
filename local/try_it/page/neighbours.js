/** What is nearest to one object of the photo. */
import { price } from "./amounts.js";
import { element } from "./element.js";
import { picture } from "./picture.js";

/** @param {Map<string, string>} names of products, by id: a segment does not say them itself */
export function neighbours({ class_name: kind, neighbours: nearest }, names) {
  const items = nearest.map((one) => neighbour(one, names));
  return [
    element("h3", {}, `Nearest to this ${kind}`),
    element("ol", { className: "neighbours", tabIndex: 0, "aria-label": `Nearest to this ${kind}` }, ...items),
  ];
}

function neighbour({ id, distance, data }, names) {
  return element(
    "li",
    {},
    picture(data.image_url),
    element("span", { className: "neighbour-name" }, names.get(id) ?? id),
    element("span", { className: "neighbour-figures" }, `distance ${distance.toFixed(3)}`),
    element("span", { className: "neighbour-figures" }, price(data.price)),
  );
}
