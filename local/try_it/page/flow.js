/**
 * The hash-first search, as docs/mobile.md has it: ask by the photo's hash; only if there is no
 * answer yet, upload the photo with the form that comes along, and ask once more.
 */
import { exchange } from "./exchange.js";
import { sha256 } from "./hash.js";
import { Refused } from "./problems.js";

/**
 * @param {File|Blob} file
 * @param {string} query the canonical query string, without a question mark
 * @param {{api: string, begin: Function, signal: AbortSignal, anew: boolean}} context `begin` is
 *   called at each step, returns a function to be called with how it ended
 * @returns {Promise<object>} the answer
 */
export async function search(file, query, context) {
  const hash = await named(file, context);
  const answer = await ask(hash, query, context);
  if (answer.ok) return answer.json;
  const form = answer.json?.upload;
  if (!form) throw refusal(answer);
  await upload(file, form, context);
  const second = await ask(hash, query, context);
  if (!second.ok) throw refusal(second, true);
  return second.json;
}

async function named(file, { begin }) {
  const end = begin({ kind: "hash" });
  const started = performance.now();
  const hash = await sha256(file);
  end({ hash, milliseconds: performance.now() - started, imageBytes: 0 });
  return hash;
}

async function ask(hash, query, { api, begin, signal, anew }) {
  // The API ignores `_dt`. With it the browser's own cache stays out, and ours can be seen at work.
  const parameters = [query, `_dt=${Date.now()}`].filter(Boolean).join("&");
  const headers = anew ? { "Cache-Control": "no-cache" } : {};
  const end = begin({ kind: "ask", hash });
  const url = `${api}/v2/image_search/${hash}?${parameters}`;
  return ended(end, 0, exchange("The API", url, { headers, signal }));
}

async function upload(file, form, { begin, signal }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(form.fields)) body.append(name, value);
  body.append("file", file); // S3 ignores what follows the file
  const end = begin({ kind: "upload" });
  const sent = exchange("The upload", form.url, { method: "POST", body, signal });
  const answer = await ended(end, file.size, sent);
  if (!answer.ok) throw refusal(answer);
}

async function ended(end, imageBytes, exchanging) {
  try {
    const answer = await exchanging;
    const { status, milliseconds, headers } = answer;
    end({ status, milliseconds, headers, imageBytes });
    return answer;
  } catch (error) {
    end({ failed: true, imageBytes: 0 });
    throw error;
  }
}

function refusal({ status, json, text, headers }, afterUpload = false) {
  const retryAfter = Number(headers.get("Retry-After")) || null;
  return new Refused({ status, body: json ?? s3Problem(text), retryAfter, afterUpload });
}

/** S3 says what is wrong in XML; here it is in the API's shape. */
function s3Problem(text) {
  const xml = new DOMParser().parseFromString(text, "text/xml");
  const said = (tag) => xml.querySelector(`Error > ${tag}`)?.textContent;
  const [code, message] = [said("Code"), said("Message")];
  return code ? { message, errors: [{ code }], trace_id: said("RequestId") } : null;
}
