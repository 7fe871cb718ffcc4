/** The facets and groups of an answer, in a few lines. */
import { element } from "./element.js";

const OPTIONS_SHOWN = 6;

/** @returns {HTMLElement[]} */
export function summary({ facets = [], groups = [] }) {
  const grouped = groups.flatMap((group) => leaves(group));
  return [line("Groups", grouped), ...facets.map(facetLine)].filter(Boolean);
}

function facetLine({ display_name: name, options, min, max }) {
  if (min !== undefined) return line(name, [{ name: min === max ? min : `${min} to ${max}` }]);
  const all = (options ?? []).map((option) => ({ name: option.display_name, count: option.count }));
  return line(name, all);
}

/** The deepest groups that were asked for. */
function leaves({ display_name: name, count, children = [] }) {
  return children.length ? children.flatMap(leaves) : [{ name, count }];
}

function line(name, members) {
  if (!members.length) return null;
  const shown = members.slice(0, OPTIONS_SHOWN).map((member) => element("li", {}, ...named(member)));
  const more = members.length - shown.length;
  if (more > 0) shown.push(element("li", { className: "more" }, `and ${more} more`));
  return element(
    "div",
    { className: "facet" },
    element("dt", {}, name),
    element("dd", {}, element("ul", {}, ...shown)),
  );
}

function named({ name, count }) {
  return [String(name), count === undefined ? null : element("span", {}, ` ${count}`)];
}
