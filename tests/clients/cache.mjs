// What a client's cache makes of our answers, by http-cache-semantics: cases on standard input, and
// what came of each step on standard output, as JSON.
import { readFileSync } from "node:fs";
import CachePolicy from "http-cache-semantics";

let now = 0; // milliseconds; each case begins at 0
CachePolicy.prototype.now = () => now;

function play({ shared, request, response, steps }) {
  now = 0;
  let policy = new CachePolicy(request, response, { shared });
  const storable = policy.storable();
  return { storable, steps: steps.map((step) => take(step)) };

  function take({ after, request: asked, response: got }) {
    now = after * 1000;
    const condition = policy.revalidationHeaders(asked)["if-none-match"] ?? null;
    let unchanged = null;
    if (got) {
      const renewed = policy.revalidatedPolicy(asked, got);
      policy = renewed.policy;
      unchanged = !renewed.modified;
    }
    const usable = policy.satisfiesWithoutRevalidation(asked);
    return { seconds: policy.timeToLive() / 1000, usable, condition, unchanged };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(play)));
