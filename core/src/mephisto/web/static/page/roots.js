// Shadow roots, in which a page may have its forms: what happens in them is neither heard nor found from outside.

export const roots = [];
const uses = [];

// Those that there are, and those that come.
export function forEachRoot(use) {
  uses.push(use);
  roots.forEach(use);
}

function add(root) {
  if (!roots.includes(root)) {
    roots.push(root);
    uses.forEach((use) => use(root));
  }
}

const attachShadow = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (...how) {
  const root = attachShadow.apply(this, how);
  add(root);
  return root;
};

// Those that were made of the page's HTML; closed ones are found by nobody.
export function findRoots(tree = document) {
  for (const { shadowRoot } of tree.querySelectorAll("*")) {
    if (shadowRoot) {
      add(shadowRoot);
      findRoots(shadowRoot);
    }
  }
}
