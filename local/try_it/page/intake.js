/** A photo of one's own: chosen, dropped or pasted. */

/**
 * @param {{input: HTMLInputElement, choose: HTMLElement, zone: HTMLElement}} parts
 * @param {(photo: {file: File, title: string}) => void} take
 */
export function takeFiles({ input, choose, zone }, take) {
  choose.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    offer(input.files, take);
    input.value = ""; // the same file again is a choice, too
  });
  document.addEventListener("paste", ({ clipboardData }) => offer(clipboardData.files, take));
  takeDrops(zone, take);
}

/** Anywhere on the page: a photo dropped beside the zone would replace the page. */
function takeDrops(zone, take) {
  const mark = (isOver) => zone.classList.toggle("drop-over", isOver);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => relatedTarget || mark(false));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    mark(false);
    offer(event.dataTransfer.files, take);
  });
}

function offer([file], take) {
  if (file) take({ file, title: file.name });
}
