/** What is happening: one row for each step of a search. */
import { bytes, milliseconds } from "./amounts.js";
import { explain } from "./cache_status.js";
import { element } from "./element.js";

const STEPS = {
  hash: { title: "Name the photo", sends: "nothing is sent" },
  ask: { title: "Ask by name", sends: "64 characters, no image" },
  upload: { title: "Upload the photo", sends: "" },
};

export class Timeline {
  /** @param {{list: HTMLElement, totals: import("./totals.js").Totals}} parts */
  constructor({ list, totals }) {
    this.list = list;
    this.totals = totals;
  }

  clear() {
    this.list.replaceChildren();
    this.totals.start();
  }

  /** Adds a row for a step that begins; what it returns is called when the step ends. */
  begin({ kind }) {
    const note = element("p", { className: "step-note" }, "…");
    const figures = element("p", { className: "step-figures" });
    const row = element(
      "li",
      { className: "step step-pending" },
      element("p", { className: "step-title" }, STEPS[kind].title, method(kind)),
      note,
      figures,
    );
    row.dataset.kind = kind;
    this.list.append(row);
    return (ended) => this.#end(kind, ended, { row, note, figures });
  }

  #end(kind, ended, { row, note, figures }) {
    row.className = `step ${ended.failed ? "step-failed" : "step-done"}`;
    row.dataset.status = ended.status ?? "";
    row.dataset.imageBytes = ended.imageBytes;
    note.textContent = summary(kind, ended);
    const sent = ended.imageBytes ? `${bytes(ended.imageBytes)} of image` : STEPS[kind].sends;
    figures.append(
      ended.status ? element("span", { className: "status" }, String(ended.status)) : "",
      element("span", {}, sent),
      ended.failed ? "" : element("span", { className: "time" }, milliseconds(ended.milliseconds)),
    );
    this.totals.add(ended);
  }
}

function method(kind) {
  const called = { hash: "SHA-256", ask: "GET", upload: "POST" }[kind];
  return element("span", { className: "method" }, called);
}

function summary(kind, { failed, status, hash, headers }) {
  if (failed) return "No answer.";
  if (kind === "hash") return `${hash.slice(0, 16)}… is this file, and no other.`;
  if (kind === "upload") return status < 300 ? "S3 checked the hash and took it." : "S3 refused it.";
  if (status === 404) return "New here: the answer is a form to upload it with.";
  const cache = headers.get("Cache-Status");
  return cache ? explain(cache, headers.get("Age")).words : "Refused.";
}
