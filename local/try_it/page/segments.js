/** The objects that were found: a button over each, in its place in the picture. */
import { element } from "./element.js";

/**
 * @param {HTMLElement} frame what shows the picture, and nothing around it
 * @param {object[]} segments
 * @param {{width: number, height: number}|null} size of the picture; null when it is not shown
 * @param {(segment: object) => void} choose called with the one that is looked at
 */
export function drawSegments(frame, segments, size, choose) {
  frame.querySelector(".segments")?.remove();
  const buttons = segments.map((segment) => button(segment, size, choose));
  const layer = element("div", { className: "segments", role: "group" }, ...buttons);
  layer.setAttribute("aria-label", "Objects in the photo");
  layer.classList.toggle("segments-listed", size === null);
  frame.append(layer);
}

function button(segment, size, choose) {
  const sure = `${Math.round(segment.confidence * 100)}%`;
  const made = element(
    "button",
    { type: "button", className: "segment", "aria-pressed": "false" },
    element("span", { className: "tag" }, `${segment.class_name} ${sure}`),
  );
  if (size) lay(made, segment, size);
  const look = () => {
    for (const other of made.parentElement.children) other.setAttribute("aria-pressed", "false");
    made.setAttribute("aria-pressed", "true");
    choose(segment);
  };
  for (const event of ["pointerenter", "focus", "click"]) made.addEventListener(event, look);
  return made;
}

/** In shares of the picture, so that it stays in place at any size of the page. */
function lay(made, { x1, y1, x2, y2 }, { width, height }) {
  made.classList.toggle("segment-high", y1 < height / 8);
  made.classList.toggle("segment-right", x1 > width / 2);
  made.style.left = `${(100 * x1) / width}%`;
  made.style.top = `${(100 * y1) / height}%`;
  made.style.width = `${(100 * (x2 - x1)) / width}%`;
  made.style.height = `${(100 * (y2 - y1)) / height}%`;
  // A small object may lie within the box of a large one: it is the one in front.
  made.style.zIndex = String(Math.round(1000 * (1 - ((x2 - x1) * (y2 - y1)) / (width * height))));
}
