/** A photo from the camera, taken in a dialog. */

const TROUBLE = {
  NotAllowedError: "The browser does not let this page use the camera. Allow it, then try again.",
  NotFoundError: "No camera was found. Choose a photo, or pick a sample.",
  NotReadableError: "Another program uses the camera. Close it, then try again.",
};

export class Camera {
  #stream = null;

  /**
   * @param {{open, dialog, video, shoot, close}} parts elements
   * @param {(photo: {file: File, title: string}) => void} take
   * @param {(words: string) => void} complain
   */
  constructor(parts, take, complain) {
    this.parts = parts;
    this.take = take;
    this.complain = complain;
    parts.open.addEventListener("click", () => this.#open());
    parts.shoot.addEventListener("click", () => this.#shoot());
    parts.video.addEventListener("loadeddata", () => (parts.shoot.disabled = false));
    parts.close.addEventListener("click", () => parts.dialog.close());
    parts.dialog.addEventListener("close", () => this.#release());
  }

  async #open() {
    const { dialog, shoot, video } = this.parts;
    try {
      const rear = { facingMode: "environment", width: { ideal: 1280 } };
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: rear });
    } catch (error) {
      this.complain(TROUBLE[error.name] ?? "The camera could not be used.");
      return;
    }
    shoot.disabled = true; // until there is a first picture to take
    video.srcObject = this.#stream;
    dialog.showModal();
  }

  async #shoot() {
    const { video, dialog } = this.parts;
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
    dialog.close();
    const file = new File([blob], "camera.jpg", { type: blob.type });
    this.take({ file, title: "Your photo" });
  }

  /** The camera's light goes out with the dialog. */
  #release() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.parts.video.srcObject = null;
  }
}
