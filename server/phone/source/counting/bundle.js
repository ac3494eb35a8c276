// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Refusal } from "./refusal.js";
import { isSigned, sha256Of } from "./signature.js";

/**
 * @typedef {{ manifest: any, lesions: ArrayBuffer, faces: ArrayBuffer }} Bundle
 * @typedef {{ manifest: string, signature: string, files: string, headers?: Record<string, string> }} Source Where a
 *   bundle lies: the addresses of its manifest and signature, and what stands before the names of its files.
 * @typedef {{ signed: ArrayBuffer, signature: string }} Signed
 */

const STORE = "acnetrack-model";
const SIGNED = "/held/manifest";
const placeOf = (/** @type {string} */ sha256) => `/held/${sha256}`;

/**
 * The bundle that is held, else the one that lies at `source`, which is held from then on. Nothing of it is read before
 * its signature and its hashes are verified.
 *
 * @param {Source} source
 * @returns {Promise<Bundle>}
 * @throws {Refusal} model_unreachable, model_untrusted or model_damaged
 */
export async function openBundle(source) {
  const store = await caches.open(STORE);
  const kept = await store.match(SIGNED);
  if (!kept) return renewBundle(source);
  const signed = { signed: await kept.arrayBuffer(), signature: kept.headers.get("X-Signature") ?? "" };
  return bundleOf(signed, (_, sha256) => fromStore(store, sha256)).catch(() => renewBundle(source));
}

/**
 * The bundle at `source`, verified, and held in place of what was.
 *
 * @param {Source} source
 * @returns {Promise<Bundle>}
 */
export async function renewBundle(source) {
  const store = await caches.open(STORE);
  const signed = await fetched(source.manifest, source.headers);
  const signature = new TextDecoder().decode(await fetched(source.signature, source.headers)).trim();
  const bundle = await bundleOf({ signed, signature }, async (name, sha256) => {
    const held = await fromStore(store, sha256);
    return (await sha256Of(held)) === sha256 ? held : fetched(`${source.files}${name}`, source.headers);
  });
  const files = new Map([bundle.lesions, bundle.faces].map((bytes, i) => [placeOf(filesOf(bundle.manifest)[i].sha256), bytes]));
  for (const [place, bytes] of files) await store.put(place, new Response(bytes));
  await store.put(SIGNED, new Response(signed, { headers: { "X-Signature": signature } })); // From here on it is held.
  for (const { url } of await store.keys()) {
    const { pathname } = new URL(url);
    if (pathname !== SIGNED && !files.has(pathname)) await store.delete(url);
  }
  return bundle;
}

/** What a phone needs of a bundle. @returns {{ name: string, sha256: string }[]} @param {any} manifest */
const filesOf = (manifest) =>
  [manifest.default_file, manifest.gate.face.file].map((name) => ({ name, sha256: manifest.files[name].sha256 }));

/**
 * @param {Signed} signed
 * @param {(name: string, sha256: string) => Promise<ArrayBuffer>} read
 * @returns {Promise<Bundle>}
 */
async function bundleOf({ signed, signature }, read) {
  if (!(await isSigned(signed, signature))) throw new Refusal("model_untrusted");
  const manifest = JSON.parse(new TextDecoder().decode(signed));
  const [lesions, faces] = await Promise.all(
    filesOf(manifest).map(async ({ name, sha256 }) => {
      const bytes = await read(name, sha256);
      if ((await sha256Of(bytes)) !== sha256) throw new Refusal("model_damaged");
      return bytes;
    }),
  );
  return { manifest, lesions, faces };
}

/** What is held of that hash; nothing gives no bytes. @param {Cache} store @param {string} sha256 */
async function fromStore(store, sha256) {
  const kept = await store.match(placeOf(sha256));
  return kept ? kept.arrayBuffer() : new ArrayBuffer(0);
}

/** @param {string} address @param {Record<string, string>} [headers] */
async function fetched(address, headers) {
  const answer = await fetch(address, { headers, cache: "no-cache" }).catch((error) => {
    throw new Refusal("model_unreachable", error);
  });
  if (!answer.ok) throw new Refusal("model_unreachable", answer.status);
  return answer.arrayBuffer();
}
