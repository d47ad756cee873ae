// Shadow roots, in which a page may have its forms: what happens in them is neither heard nor found from outside.

export const roots = [];
const uses = [];

// Those that there are, and those that come.
export function forEachRoot(use) {
  uses.push(use);
  roots.forEach(use);
}

const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (...how) {
  const root = attachShadow.apply(this, how);
  roots.push(root);
  uses.forEach((use) => use(root));
  return root;
};
