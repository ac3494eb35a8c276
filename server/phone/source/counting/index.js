// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Refusal } from "./refusal.js";

/**
 * @typedef {import("./worker.js").Stored} Stored
 * @typedef {ReturnType<typeof startCounting>} Counting
 */

/**
 * What counts on the device, in a worker that lies at `address`. Every promise rejects with a Refusal by its name.
 *
 * @param {string} address
 */
export function startCounting(address) {
  /** @type {Map<number, { resolve: Function, reject: Function }>} */
  const waiting = new Map();
  /** @type {Worker | null} */
  let worker = null;
  let asked = 0;

  function start() {
    worker = new Worker(address);
    worker.onmessage = ({ data: { id, answer, refused, cause } }) => {
      const asker = waiting.get(id);
      waiting.delete(id);
      if (refused) asker?.reject(new Refusal(refused, cause));
      else asker?.resolve(answer);
    };
    worker.onerror = ({ message }) => {
      for (const { reject } of waiting.values()) reject(new Refusal("counting_failed", message));
      waiting.clear();
      worker?.terminate();
      worker = null;
    };
    return worker;
  }

  /** @param {string} task @param {object} [given] @param {Transferable[]} [moved] @returns {Promise<any>} */
  const ask = (task, given = {}, moved = []) =>
    new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      (worker ?? start()).postMessage({ id: asked, task, ...given }, moved);
    });

  return {
    /** The manifest of the bundle that counts; asking for it starts everything. */
    table: () => ask("table"),

    /**
     * What the gate says of a stored photo: {quality, width, height}. It stays read until its visit is assessed.
     *
     * @param {Stored} photo
     */
    judge: (photo) => ask("judge", photo),

    /** The assessment of one visit, as it is stored and synced. @param {Stored[]} photos */
    assess: (photos) => ask("assess", { photos }),

    /**
     * A quick look at a live frame; the picture is empty afterwards.
     *
     * @param {ImageBitmap} picture
     * @param {string} view
     * @returns {Promise<import("./looking.js").Look>}
     */
    look: (picture, view) => ask("look", { picture, view, now: performance.now() }, [picture]),

    /**
     * The whole gate for one live frame: {hints}; slower. The picture is empty afterwards.
     *
     * @param {ImageBitmap} picture
     * @param {string} view
     */
    check: (picture, view) => ask("check", { picture, view }, [picture]),

    /**
     * The best face in a picture, or a stored photo, in its pixels: {width, height, box, points}, where box and points are
     * null without a face. Points are the person's right eye, left eye, nose, mouth, right ear and left ear.
     *
     * @param {ImageBitmap | Blob} given a picture is empty afterwards
     */
    face: (given) => (given instanceof Blob ? ask("face", { blob: given }) : ask("face", { picture: given }, [given])),

    /** Fetch and hold another bundle, which counts from the next start on. @param {import("./bundle.js").Source} [source] */
    renew: (source) => ask("renew", { source }),

    stop() {
      worker?.terminate();
      worker = null;
    },
  };
}
