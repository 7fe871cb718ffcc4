/**
 * Makes a DOM element. Text is always text, never markup: product names come from outside.
 *
 * @param {string} tag
 * @param {Object} properties DOM properties; what has a dash, or is `role` or `for`, is an attribute
 * @param {...(Node|string|null|undefined|false)} children those that are nothing are left out
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child || child === 0));
  return made;
}
