// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Model } from "lesions";
import { pixelsOf, reduced } from "./reading.js";
import { sharpnessOf } from "./sharpness.js";

/**
 * @typedef {{ box: number[], score: number, turn: number, roll_degrees: number }} Face In pixels of the frame.
 * @typedef {{ face: Face | null, hints: string[], steady: boolean, sharpness: number }} Look What is to be mended before
 *   a photo is taken, most urgent first; `steady` tells that the face is where it was at the look before.
 */

const FROZEN_MS = 1500;
const BLACK = 16;
const [MOVED, GROWN, TURNED] = [0.025, 0.05, 0.12];
const SHORT_PX = 240;
const ORDER = [
  "black", "frozen", "upside_down", "several_faces", "no_face", "too_far", "too_near", "off_centre",
  "turn_left", "turn_right", "little_skin", "covered", "overexposed", "dark", "shaken", "blurred", "noisy",
];
const LOST_DETAIL = ["dark", "shaken", "blurred", "noisy", "small", "featureless"];

/** The gate at a quarter of its size: as good for a face's place, and too coarse for how sharp it is. */
class Glance extends Model {
  /** @param {any} manifest */
  constructor(manifest) {
    super(manifest);
    this.sizePx = manifest.input.shape[1] / 4;
  }
}

/** Follows a camera from frame to frame. */
export class Looking {
  /** @param {import("./reading.js").Counter} counter */
  constructor(counter) {
    this.counter = counter;
    this.glance = new Glance(counter.manifest);
    /** @type {Face | null} */
    this.before = null;
    this.seen = { sum: -1, since: 0 };
  }

  /**
   * A glance at a frame: quick, and silent on what only the whole gate can tell.
   *
   * @param {ImageBitmap} picture
   * @param {string} view
   * @param {number} now milliseconds
   * @returns {Promise<Look>}
   */
  async look(picture, view, now) {
    const photo = { ...reduced(picture, SHORT_PX), view, guided: true };
    const tensor = this.glance.faceTensor(photo);
    const quality = this.glance.judge(photo, await this.facesFrom(tensor, photo));
    const hints = new Set(this.hintsOf(quality, view).filter((code) => !LOST_DETAIL.includes(code)));
    if (brightest(photo) < BLACK) hints.add("black");
    else if (this.stands(tensor, now)) hints.add("frozen");
    if (await this.isUpsideDown(tensor, photo, quality.face)) hints.add("upside_down");
    const steady = this.stays(quality.face, Math.min(picture.width, picture.height));
    return { face: quality.face, hints: inOrder(hints), steady, sharpness: sharpnessOf(picture) };
  }

  /** All hints of the whole gate for one frame. @param {ImageBitmap} picture @param {string} view */
  async check(picture, view) {
    const photo = { ...pixelsOf(picture), view, guided: true };
    const quality = this.counter.judge(photo, await this.counter.facesIn(photo));
    return { hints: inOrder(new Set(this.hintsOf(quality, view))) };
  }

  /** @param {any} quality @param {string} view @returns {string[]} */
  hintsOf(quality, view) {
    const turned = quality.face && quality.face.turn < this.glance.gate.face.turn[view][0] ? "turn_left" : "turn_right";
    return quality.warnings.map((/** @type {{ code: string }} */ { code }) => (code === "wrong_view" ? turned : code));
  }

  /** @param {Float32Array} tensor @param {any} photo */
  async facesFrom(tensor, photo) {
    const [places, logits] = await this.counter.finder(tensor, 128);
    return this.glance.faces(photo, places, logits);
  }

  /** Whether the very same picture has come for a while: that of a real camera never does. */
  stands(/** @type {Float32Array} */ tensor, /** @type {number} */ now) {
    const sum = tensor.reduce((total, level, i) => total + level * ((i % 251) + 1), 0);
    if (sum !== this.seen.sum) this.seen = { sum, since: now };
    return now - this.seen.since >= FROZEN_MS;
  }

  /** @param {Float32Array} tensor @param {any} photo @param {Face | null} face */
  async isUpsideDown(tensor, photo, face) {
    const sure = this.counter.gate.face.whole_score.turned;
    if (face && face.score >= sure) return Math.abs(face.roll_degrees) > 100;
    const rotated = new Float32Array(tensor.length);
    for (let i = 0; i < tensor.length; i += 3) rotated.set(tensor.subarray(i, i + 3), tensor.length - 3 - i);
    const [best] = await this.facesFrom(rotated, photo);
    return Boolean(best) && best.score >= sure;
  }

  /** @param {Face | null} face @param {number} short */
  stays(face, short) {
    const before = this.before;
    this.before = face;
    if (!face || !before) return false;
    const middle = (/** @type {Face} */ { box }) => [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
    const size = (/** @type {Face} */ { box }) => box[2] - box[0];
    const moved = Math.hypot(...middle(face).map((place, i) => place - middle(before)[i])) / short;
    const grown = Math.abs(Math.log(size(face) / size(before)));
    return moved < MOVED && grown < GROWN && Math.abs(face.turn - before.turn) < TURNED;
  }
}

/** @param {Set<string>} hints */
const inOrder = (hints) => ORDER.filter((code) => hints.has(code));

/** The brightest of some levels of a picture, 0–255. @param {{ rgba: Uint8ClampedArray }} photo */
function brightest({ rgba }) {
  let most = 0;
  for (let i = 0; i < rgba.length; i += 4 * 97) most = Math.max(most, rgba[i], rgba[i + 1], rgba[i + 2]);
  return most;
}
