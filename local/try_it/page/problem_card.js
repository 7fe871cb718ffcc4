/** A problem in plain words, with what to quote when it is reported. */
import { advise } from "./advice.js";
import { element } from "./element.js";

/** @param {() => void} again what the button does */
export function problemCard(problem, again) {
  const { headline, todo } = advise(problem);
  const button = element("button", { type: "button", className: "quiet" }, "Try again");
  button.addEventListener("click", again);
  return element(
    "div",
    { className: "problem", role: "alert" },
    element("h3", {}, headline),
    element("p", {}, todo),
    element("dl", {}, ...facts(problem)),
    button,
  );
}

function facts(problem) {
  const known = {
    "What was said": problem.message,
    Code: problem.code && `${problem.status} ${problem.code}`,
    Parameter: problem.source,
    "Trace id": problem.traceId,
  };
  const said = Object.entries(known).filter(([, value]) => value);
  return said.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value)),
  );
}
