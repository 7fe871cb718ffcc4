/** What can go wrong with a search: a server refused, or none answered. */

/** An answer that is an error. `body` is in the API's error shape, or null when it is not. */
export class Refused extends Error {
  constructor({ status, body, retryAfter, from, afterUpload = false }) {
    super(body?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = body?.errors?.[0]?.code ?? "";
    this.source = body?.errors?.[0]?.source ?? "";
    this.traceId = body?.trace_id ?? "";
    this.retryAfter = retryAfter;
    this.from = from;
    this.afterUpload = afterUpload;
  }
}

/** No answer at all: the server is down, or the browser was not allowed to read the answer. */
export class Unreachable extends Error {
  constructor(from) {
    super(`${from} did not answer`);
    this.from = from;
  }
}
