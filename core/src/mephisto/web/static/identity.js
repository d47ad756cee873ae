// Which browser this is, and ids that nothing else has.

const KEY = "mephisto-browser-key";
const YEAR = 365 * 24 * 3600;

// Not a secret between worker and server, but between this browser and others that know the same address.
// Kept twice: browsers clear the one or the other, and close some to pages within pages of other sites.
export function browserKey() {
  const key = stored() ?? new RegExp(`(?:^|; )${KEY}=([\\w-]+)`).exec(document.cookie)?.[1] ?? newId();
  try {
    localStorage.setItem(KEY, key);
  } catch {
    // the cookie has it
  }
  const within = location.protocol === "https:" ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
  document.cookie = `${KEY}=${key}; Path=/; Max-Age=${YEAR}; ${within}`;
  return key;
}

function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function newId() {
  // Plain http elsewhere than on localhost has no randomUUID, but it has random values.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
