// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

import { Upload } from "tus-js-client";

import { Problem } from "./connection.js";

/**
 * Upload a photo in parts; where an earlier attempt was cut off, even by the end of the app, it goes on there.
 *
 * `photo` is its record, pushed before; `file` what tus-js-client takes on this platform. `options` are further ones of
 * tus-js-client: `urlStorage` where there is no localStorage, `onProgress` for a bar.
 */
export const uploadPhoto = ({ server, timeline, token }, photo, file, options = {}) =>
  new Promise((resolve, reject) => {
    const upload = new Upload(file, {
      endpoint: `${server}/v1/timelines/${timeline}/uploads`,
      headers: { Authorization: `Bearer ${token}` },
      metadata: { photo_id: photo.id, media_type: photo.media_type },
      fingerprint: async () => `${timeline}/${photo.id}/${photo.sha256}`,
      removeFingerprintOnSuccess: true,
      chunkSize: 1024 * 1024,
      ...options,
      onSuccess: () => resolve(),
      onError: reject,
    });
    const begin = ([earlier]) => {
      if (earlier) upload.resumeFromPreviousUpload(earlier);
      upload.start();
    };
    upload.findPreviousUploads().then(begin, reject);
  });

/** Upload a photo in one request, as background sessions of iOS want it. `bytes` is a Uint8Array. */
export async function putPhoto({ server, timeline, token }, photo, bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const answer = await fetch(`${server}/v1/timelines/${timeline}/photos/${photo.id}`, {
    method: "PUT",
    headers: {
      Authorization: `Bearer ${token}`,
      "Content-Type": photo.media_type,
      "Content-Digest": `sha-256=:${btoa(String.fromCharCode(...hash))}:`,
    },
    body: bytes,
  });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
}
