/** A product's picture in a square that is there before the picture is. */
import { element } from "./element.js";

/** The name stands beside it, so the picture itself says nothing to a screen reader. */
export function picture(url, isSeenFirst = true) {
  const square = element("div", { className: "picture" });
  if (!url) return square;
  const loading = isSeenFirst ? "eager" : "lazy";
  const image = element("img", { alt: "", loading, width: 480, height: 480, src: url });
  image.addEventListener("error", () => image.remove());
  square.append(image);
  return square;
}
