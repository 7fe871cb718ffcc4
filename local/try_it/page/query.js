/** The query string and the curl line that stand for a choice of parameters. */

/** @param {[string, string][]} pairs */
export function queryString(pairs) {
  return pairs.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
}

/** The same, for people: brackets and the like as they are. */
export function readable(pairs) {
  return pairs.map((pair) => pair.join("=")).join("&");
}

/** A line for a POSIX shell that makes the same search with a file. */
export function curlLine(api, pairs, name) {
  const query = queryString(pairs);
  const url = `${api}/v2/image_search${query ? `?${query}` : ""}`;
  return `curl --data-binary ${quoted(`@${name}`)} ${quoted(url)}`;
}

function quoted(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
