// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { openBundle, renewBundle } from "./bundle.js";
import { compiled, startRuntime } from "./interpreter.js";
import { Looking } from "./looking.js";
import { Counter, decoded, opened } from "./reading.js";
import { Refusal } from "./refusal.js";

/** @typedef {{ name: string, blob: Blob, view: string, guided: boolean }} Stored A photo as it is stored. */

const FOLDER = new URL(".", self.location.href).pathname;
const MODEL = new URL("../model/", self.location.href).pathname;
const RELEASED = { manifest: `${MODEL}manifest.json`, signature: `${MODEL}manifest.sig`, files: MODEL };

/** @type {Promise<{ counter: Counter, looking: Looking }> | null} */
let starting = null;
/** @type {Map<string, Promise<import("./reading.js").Reading>>} */
const readings = new Map();

async function begin() {
  const [bundle] = await Promise.all([openBundle(RELEASED), startRuntime(FOLDER)]);
  const [lesions, faces] = await Promise.all([compiled(bundle.lesions), compiled(bundle.faces)]);
  const counter = new Counter(bundle.manifest, lesions, faces);
  return { counter, looking: new Looking(counter) };
}

function started() {
  starting ??= begin().catch((error) => {
    starting = null; // So that the next one asks again.
    throw error;
  });
  return starting;
}

/** @param {Stored} stored */
function read({ name, blob, view, guided }) {
  const known = readings.get(name);
  if (known) return known;
  const reading = started().then(async ({ counter }) => counter.read({ ...(await decoded(blob)), view, guided }, name));
  readings.set(name, reading);
  reading.catch(() => readings.delete(name));
  return reading;
}

/** @type {Record<string, (asked: any) => Promise<any>>} */
const TASKS = {
  table: async () => (await started()).counter.manifest,

  /** What is said of one photo: its quality and size. @param {Stored} stored */
  async judge(stored) {
    const { quality, width, height } = await read(stored);
    return { quality, width, height };
  },

  /** @param {{ photos: Stored[] }} visit */
  async assess({ photos }) {
    const { counter } = await started();
    const read_ = [];
    for (const photo of photos) read_.push(await read(photo));
    for (const { name } of photos) readings.delete(name);
    return counter.visitOf(read_);
  },

  /** @param {{ picture: ImageBitmap, view: string, now: number }} frame */
  async look({ picture, view, now }) {
    const { looking } = await started();
    return looking.look(picture, view, now).finally(() => picture.close());
  },

  /** @param {{ picture: ImageBitmap, view: string }} frame */
  async check({ picture, view }) {
    const { looking } = await started();
    return looking.check(picture, view).finally(() => picture.close());
  },

  /** @param {{ blob?: Blob, picture?: ImageBitmap }} given */
  async face({ blob, picture }) {
    const { counter } = await started();
    return counter.faceOf(picture ?? (await opened(/** @type {Blob} */ (blob))));
  },

  /** Hold the bundle at another place from the next start on. @param {{ source: import("./bundle.js").Source }} from */
  renew: async ({ source }) => (await renewBundle(source ?? RELEASED)).manifest.version,
};

self.onmessage = async ({ data: { id, task, ...asked } }) => {
  try {
    self.postMessage({ id, answer: await TASKS[task](asked) });
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal("counting_failed", error);
    self.postMessage({ id, refused: refusal.name, cause: String(refusal.cause ?? "") });
  }
};
