// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

import { Model } from "../../../../mobile_models/released/web/lesions.js";
import { Refusal } from "./refusal.js";

/**
 * @typedef {{ rgba: Uint8ClampedArray, width: number, height: number, view: string, guided: boolean }} Photo
 * @typedef {{ name: string, view: string, guided: boolean, width: number, height: number, candidates: any[],
 *   faces: any[], quality: any }} Reading What both models said of one photo; its pixels are gone.
 * @typedef {(pixels: Float32Array, side: number) => Promise<number[][]>} Run
 */

const FACE_PX = 128;

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

  /** The assessment of a visit. @param {Reading[]} readings */
  visitOf(readings) {
    return this.assess(readings, readings.map(({ candidates }) => candidates), readings.map(({ faces }) => faces));
  }
}

/**
 * The pixels of a stored photo, upright, as its file says them.
 *
 * @param {Blob} blob
 * @throws {Refusal} photo_unreadable
 */
export async function decoded(blob) {
  const picture = await createImageBitmap(blob, { colorSpaceConversion: "none" }).catch((error) => {
    throw new Refusal("photo_unreadable", error);
  });
  const pixels = pixelsOf(picture);
  picture.close();
  return pixels;
}

/**
 * The pixels of a picture, drawn so wide and high.
 *
 * @param {ImageBitmap} picture
 */
export function pixelsOf(picture, width = picture.width, height = picture.height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  context.drawImage(picture, 0, 0, width, height);
  return { rgba: context.getImageData(0, 0, width, height).data, width, height };
}
