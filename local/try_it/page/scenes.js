/** Sample photos, for those who have none at hand. */
import { element } from "./element.js";

/**
 * @param {HTMLElement} list filled with a button for each scene
 * @param {string} standIn base URL
 * @param {(photo: {file: File, title: string}) => void} take
 */
export async function offerScenes(list, standIn, take) {
  try {
    const scenes = await (await fetch(`${standIn}/scenes.json`)).json();
    list.replaceChildren(...scenes.map((scene) => offer(scene, standIn, take)));
  } catch {
    list.replaceChildren(element("li", {}, "There are no samples: the stand-in does not answer."));
  }
}

function offer({ name, title, url }, standIn, take) {
  const source = new URL(url, `${standIn}/`).href;
  const image = element("img", { alt: "", src: source, loading: "lazy", width: 96, height: 72 });
  const button = element("button", { type: "button", className: "scene" }, image, title);
  button.addEventListener("click", async () => {
    const blob = await (await fetch(source)).blob();
    take({ file: new File([blob], `${name}.jpg`, { type: blob.type }), title });
  });
  return element("li", {}, button);
}
