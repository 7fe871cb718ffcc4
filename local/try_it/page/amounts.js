/** Numbers as people read them. */

/** Bytes in decimal units, as phones and networks count. */
export function bytes(count) {
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1000).toFixed(1)} kB`;
  return `${(count / 1e6).toFixed(2)} MB`;
}

export function milliseconds(count) {
  if (count < 10) return `${count.toFixed(1)} ms`;
  return count < 10_000 ? `${Math.round(count)} ms` : `${(count / 1000).toFixed(1)} s`;
}

/** A price without a currency: the catalogue does not say which. */
export function price(amount) {
  return typeof amount === "number" ? amount.toFixed(2) : "";
}
