import { Unreachable } from "./problems.js";

/**
 * One HTTP exchange, timed until its body is there.
 *
 * @param {string} from who is asked, as a person would call it
 * @returns {Promise<{status, ok, milliseconds, headers, text, json}>} `json` is null if it is none
 * @throws {Unreachable} when there is no answer
 */
export async function exchange(from, url, options) {
  const started = performance.now();
  try {
    const response = await fetch(url, options);
    const text = await response.text();
    const milliseconds = performance.now() - started;
    const { status, ok, headers } = response;
    return { status, ok, milliseconds, headers, text, json: parsed(text) };
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(from);
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
