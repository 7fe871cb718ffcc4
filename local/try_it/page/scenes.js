/** Sample photos, for those who have none at hand. */
import { element } from "./element.js";

/**
 * @param {HTMLElement} list filled with a button for each scene
 * @param {string} standIn base URL
 * @param {(photo: {file: File, title: string}) => void} take
 * @param {(words: string) => void} complain
 */
export async function offerScenes(list, standIn, take, complain) {
  try {
    const scenes = await (await fetch(`${standIn}/scenes.json`)).json();
    list.replaceChildren(...scenes.map((scene) => offer(scene, standIn, take, complain)));
  } catch {
    list.replaceChildren(element("li", { className: "hint" }, NO_ANSWER));
  }
}

const NO_ANSWER = "The stand-in, which has the samples, does not answer. Start it with “make run”.";

function offer({ name, title, url }, standIn, take, complain) {
  const source = new URL(url, `${standIn}/`).href;
  const image = element("img", { alt: "", src: source, loading: "lazy", width: 96, height: 72 });
  const button = element("button", { type: "button", className: "scene" }, image, title);
  button.addEventListener("click", async () => {
    try {
      const blob = await (await fetch(source)).blob();
      take({ file: new File([blob], `${name}.jpg`, { type: blob.type }), title });
    } catch {
      complain(NO_ANSWER);
    }
  });
  return element("li", {}, button);
}
