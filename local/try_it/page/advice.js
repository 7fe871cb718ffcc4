/** What a person can do about a problem: a headline and one sentence for each. */
import { Unreachable } from "./problems.js";

const BY_CODE = {
  unsupported_media_type: [
    "This is not a photo that can be searched",
    "Choose a JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF or BMP picture.",
  ],
  image_too_large: ["This photo is too large", "Choose one of at most 20 MB, or make it smaller."],
  EntityTooLarge: ["This photo is too large", "Choose one of at most 20 MB, or make it smaller."],
  empty_image: ["This file is empty", "Choose another photo."],
  image_dimensions_exceeded: ["This picture has too many pixels", "Make it smaller, then try again."],
  corrupt_image: ["This photo cannot be read", "It may be damaged: choose another, or take it again."],
  rate_limited: ["That was too many searches", "Your quota is used up for now. What was searched before can still be searched."],
  upstream_unavailable: ["Search is not available right now", "Upstream does not answer. Your photo is fine: try again."],
  upstream_paused: ["New searches are paused", "What was searched before is still answered. Try again later."],
  upstream_timeout: ["Search took too long", "Upstream did not answer in time. Try again."],
  upstream_error: ["Search failed", "Upstream failed. Try again in a moment."],
  upstream_rejected_credentials: ["The stack has no valid key", "Its operator has to set upstream's key and token."],
  unknown_parameter: ["A parameter is not known", "Change the parameters, then search again."],
  invalid_parameter: ["A parameter is not valid", "Change the parameters, then search again."],
  parameter_not_allowed: ["A parameter is not allowed here", "Leave it out, then search again."],
};

const NOT_KEPT = [
  "No search can use this file",
  "The upload was deleted again. Is it a photo? If it is, try again.",
];
const UNREACHABLE = ["No answer", "Is the local stack up? Start it with “make run”, then try again."];
const UNFORESEEN = ["That did not work", "Try again. If it happens again, report the trace id."];

/** @returns {{headline: string, todo: string}} */
export function advise(problem) {
  const [headline, todo] = chosen(problem);
  return { headline, todo: problem.retryAfter ? `${todo} ${wait(problem.retryAfter)}` : todo };
}

function chosen(problem) {
  if (problem instanceof Unreachable) return UNREACHABLE;
  if (problem.code === "image_not_found" && problem.afterUpload) return NOT_KEPT;
  return BY_CODE[problem.code] ?? UNFORESEEN;
}

function wait(seconds) {
  const [count, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return `Wait ${count} ${unit}${count === 1 ? "" : "s"} first.`;
}
