// Reads a list of texts, and writes what Node.js makes of each as base64, null where it refuses it:
// "atob" is the WHATWG's forgiving-base64 decode, and fetch reads a data: URI.
async function read(text, as) {
  try {
    if (as === "base64") return Buffer.from(atob(text), "latin1").toString("base64");
    return Buffer.from(await (await fetch(text)).arrayBuffer()).toString("base64");
  } catch {
    return null;
  }
}

let input = "";
process.stdin.on("data", (piece) => (input += piece));
process.stdin.on("end", async () => {
  const { as, texts } = JSON.parse(input);
  const made = [];
  for (const text of texts) made.push(await read(text, as));
  process.stdout.write(JSON.stringify(made));
});
