/** Puts the page together; each part is in a module of its own. */
import { Camera } from "./camera.js";
import { takeFiles } from "./intake.js";
import { Journey } from "./journey.js";
import { Outcome } from "./outcome.js";
import { Parameters, Preview } from "./parameters.js";
import { offerScenes } from "./scenes.js";
import { Stage } from "./stage.js";
import { Timeline } from "./timeline.js";
import { Totals } from "./totals.js";

const at = (id) => document.getElementById(id);

/** Spoken by screen readers; the same words twice are said twice. */
function say(words) {
  at("said").textContent = "";
  requestAnimationFrame(() => (at("said").textContent = words));
}

const { api, stand_in: standIn } = await (await fetch("config.json")).json();

const form = at("parameters");
const parameters = new Parameters(form);
const copying = { query: at("query"), curl: at("curl"), copy: at("copy"), said: say };
const preview = new Preview(copying, api);

const totals = new Totals({
  sent: at("total-sent"),
  ever: at("total-ever"),
  time: at("total-time"),
  cache: at("total-cache"),
});
const outcome = new Outcome({
  section: at("found"),
  title: at("found-title"),
  products: at("products"),
  empty: at("products-empty"),
  fallback: at("fallback"),
  summary: at("summary"),
  fold: at("summary-fold"),
  problem: at("problem"),
  frame: at("frame"),
  nearest: at("nearest"),
});
const journey = new Journey({
  api,
  parameters,
  outcome,
  stage: new Stage({ frame: at("frame"), empty: at("stage-empty") }),
  timeline: new Timeline({ list: at("timeline"), totals }),
  say,
});

const showQuery = () => preview.show(parameters.pairs(), journey.photo?.file.name);

function take(photo) {
  for (const id of ["again", "anew"]) at(id).disabled = false;
  journey.take(photo);
  showQuery();
}

const intake = { input: at("file"), choose: at("choose"), zone: at("stage") };
takeFiles(intake, take);
const camera = {
  open: at("camera"),
  dialog: at("camera-dialog"),
  video: at("camera-video"),
  shoot: at("camera-shoot"),
  close: at("camera-close"),
};
const complain = (words) => outcome.complain(words);
new Camera(camera, take, complain);

at("again").addEventListener("click", () => journey.search());
at("anew").addEventListener("click", () => journey.search({ anew: true }));
form.addEventListener("input", showQuery);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (journey.photo) journey.search();
  else at("choose").click();
});
// Beside the results there is room for it; on a phone it would push them out of sight.
for (const id of ["asked", "summary-fold"]) at(id).open = matchMedia("(min-width: 60rem)").matches;
showQuery();
await offerScenes(at("scenes"), standIn, take, complain);
