/** The colours that a product comes in, each with its name for those who do not see it. */
import { price } from "./amounts.js";
import { element } from "./element.js";

/** @param {{color: string, from?: number}[]} colours `from`: the lowest price in this colour */
export function swatches(colours) {
  const list = element("ul", { className: "swatches", "aria-label": "Colours" });
  list.append(...colours.map(swatch));
  return colours.length ? list : null;
}

function swatch({ color, from }) {
  const dot = element("span", { className: "dot" });
  dot.style.background = CSS.supports("color", color) ? color : "transparent";
  const label = element("span", { className: "unseen" }, color);
  const amount = from === undefined ? null : element("span", { className: "from" }, price(from));
  return element("li", { title: color }, dot, label, amount);
}
