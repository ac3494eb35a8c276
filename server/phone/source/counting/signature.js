// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/** Base64 of the 32 bytes of each Ed25519 key that is trusted to sign bundles; the build takes them from keys.py. */
export const KEYS = /** @type {string[]} */ (RELEASE_KEYS);

const bytesOf = (/** @type {string} */ base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/**
 * Whether `signature`, the line "<key id> <base64>" of manifest.sig, is one of a pinned key over these bytes.
 *
 * @param {ArrayBuffer} signed
 * @param {string} signature
 * @param {string[]} keys
 */
export async function isSigned(signed, signature, keys = KEYS) {
  const [, base64 = ""] = signature.trim().split(" ");
  for (const key of keys) {
    const imported = await crypto.subtle.importKey("raw", bytesOf(key), "Ed25519", false, ["verify"]);
    if (await crypto.subtle.verify("Ed25519", imported, bytesOf(base64), signed)) return true;
  }
  return false;
}

/** Lower-case hexadecimal SHA-256. @param {ArrayBuffer} bytes */
export async function sha256Of(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
