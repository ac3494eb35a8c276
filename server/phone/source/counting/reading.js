// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Model } from "lesions";
import { Refusal } from "./refusal.js";

/**
 * @typedef {{ rgba: Uint8ClampedArray, width: number, height: number, view: string, guided: boolean }} Photo
 * @typedef {{ name: string, view: string, guided: boolean, width: number, height: number, candidates: any[],
 *   faces: any[], quality: any }} Reading What both models said of one photo; its pixels are gone.
 * @typedef {(pixels: Float32Array, side: number) => Promise<number[][]>} Run
 */

const FACE_PX = 128;
const FACE_SHORT_PX = 480;

/** A model whose visits are made of readings: each photo was judged when it was read. */
export class Counter extends Model {
  /** @param {any} manifest @param {Run} lesions @param {Run} finder */
  constructor(manifest, lesions, finder) {
    super(manifest);
    Object.assign(this, { lesions, finder });
    /** @type {WeakMap<object, Uint8Array>} */
    this.squares = new WeakMap();
  }

  /** Both the gate and the model look at it, and it is dear. @param {any} photo */
  square(photo, size = this.sizePx) {
    if (size !== this.sizePx) return super.square(photo, size);
    const square = this.squares.get(photo) ?? super.square(photo, size);
    this.squares.set(photo, square);
    return square.slice();
  }

  /** As the model's own, by a plain loop: `Float32Array.from` takes five times as long. @param {any} photo */
  tensor(photo) {
    const levels = this.exposed(photo);
    const tensor = new Float32Array(levels.length);
    for (let i = 0; i < levels.length; i++) tensor[i] = levels[i] / 255;
    return tensor;
  }

  /** @param {any} photo @param {any[]} faces */
  judge(photo, faces) {
    return photo.quality ?? super.judge(photo, faces);
  }

  /** The faces in a photo, best first: {score, box, points} in its pixels. @param {any} photo */
  async facesIn(photo) {
    const [places, logits] = await this.finder(this.faceTensor(photo), FACE_PX);
    return this.faces(photo, places, logits);
  }

  /**
   * @param {Photo} photo
   * @param {string} name
   * @returns {Promise<Reading>}
   */
  async read(photo, name) {
    const [boxes, classes, scores, [count]] = await this.lesions(this.tensor(photo), this.sizePx);
    const candidates = this.candidates(photo, boxes, classes, scores, count);
    const faces = await this.facesIn(photo);
    const { width, height, view, guided } = photo;
    return { name, view, guided, width, height, candidates, faces, quality: this.judge(photo, faces) };
  }

  /** The best face of a picture, found in a small copy of it. @param {ImageBitmap} picture which is empty afterwards */
  async faceOf(picture) {
    const photo = reduced(picture, FACE_SHORT_PX);
    const [best] = await this.facesIn({ ...photo, guided: false });
    const { width, height } = picture;
    picture.close();
    return { width, height, box: best?.box ?? null, points: best?.points ?? null };
  }

  /** The assessment of a visit. @param {Reading[]} readings */
  visitOf(readings) {
    return this.assess(readings, readings.map(({ candidates }) => candidates), readings.map(({ faces }) => faces));
  }
}

/**
 * A stored photo, upright, with the colours that its file says.
 *
 * @param {Blob} blob
 * @throws {Refusal} photo_unreadable
 */
export const opened = (blob) =>
  createImageBitmap(blob, { colorSpaceConversion: "none" }).catch((error) => {
    throw new Refusal("photo_unreadable", error);
  });

/** Its pixels. @param {Blob} blob @throws {Refusal} photo_unreadable */
export async function decoded(blob) {
  const picture = await opened(blob);
  const pixels = pixelsOf(picture);
  picture.close();
  return pixels;
}

/** A picture's pixels at a fraction of its size, which tell its own. @param {ImageBitmap} picture @param {number} short_px */
export function reduced(picture, short_px) {
  const { width, height } = picture;
  const scale = Math.min(1, short_px / Math.min(width, height));
  const pixels = pixelsOf(picture, Math.round(width * scale), Math.round(height * scale));
  return { ...pixels, fullWidth: width, fullHeight: height };
}

/** The pixels of a picture, drawn so wide and high. @param {ImageBitmap} picture */
export function pixelsOf(picture, width = picture.width, height = picture.height) {
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })
  );
  context.drawImage(picture, 0, 0, width, height);
  return { rgba: context.getImageData(0, 0, width, height).data, width, height };
}
