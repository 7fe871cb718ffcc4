/** Where the photo is shown, upright and whole. */
import { element } from "./element.js";

export class Stage {
  /** @param {{frame: HTMLElement, empty: HTMLElement}} parts */
  constructor({ frame, empty }) {
    this.frame = frame;
    this.empty = empty;
  }

  /**
   * Shows a photo.
   *
   * @returns {Promise<{width: number, height: number}|null>} its size as displayed, or null when
   *   this browser cannot show it: few can show HEIC. It can be searched all the same.
   */
  async show({ file, title }) {
    const image = element("img", { alt: title, src: URL.createObjectURL(file) });
    try {
      await image.decode();
      const { naturalWidth: width, naturalHeight: height } = image;
      this.#place(image, width / height);
      return { width, height };
    } catch {
      const words = "This browser cannot show this file. It is searched all the same.";
      this.#place(element("p", { className: "unshown" }, words), 4 / 3);
      return null;
    } finally {
      URL.revokeObjectURL(image.src);
    }
  }

  #place(content, ratio) {
    this.frame.style.setProperty("--ratio", ratio);
    this.frame.replaceChildren(content);
    this.frame.hidden = false;
    this.empty.hidden = true;
  }
}
