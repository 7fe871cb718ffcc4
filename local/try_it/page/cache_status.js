/** `Cache-Status` (RFC 9211) in words. */

const FORWARDED = {
  miss: ["miss", "Miss: it had not been asked for, so it was searched"],
  stale: ["stale", "Stale: the stored answer was too old, so it was searched again"],
  request: ["anew", "Searched anew, as you asked for it"],
  bypass: ["off", "Searched: this deployment keeps no answers"],
};

const DETAILS = {
  "stale-if-error": ["stale", "Stale: upstream failed, so this is an older answer"],
  "refresh-ahead": ["stale", "Refreshed ahead: answered anew just before the stored answer aged out"],
  "cache-unavailable": ["off", "The cache could not be read; it was searched all the same"],
};

/** @returns {{outcome: string, words: string}} `outcome` in one word */
export function explain(header, age) {
  const members = header.split(";").map((member) => member.trim());
  const value = (name) => members.find((member) => member.startsWith(`${name}=`))?.split("=")[1];
  if (DETAILS[value("detail")]) return named(DETAILS[value("detail")]);
  if (members.includes("hit")) return named(["hit", `Hit: answered from the cache${aged(age)}`]);
  if (members.includes("collapsed"))
    return named(["collapsed", "Collapsed: the same search was under way, and this one joined it"]);
  const [outcome, words] = FORWARDED[value("fwd")] ?? ["unknown", header];
  return named([outcome, members.includes("stored") ? `${words}, and kept` : words]);
}

function named([outcome, words]) {
  return { outcome, words: `${words}.` };
}

function aged(age) {
  return age ? `, ${age} s after it was searched` : ", searched this second";
}
