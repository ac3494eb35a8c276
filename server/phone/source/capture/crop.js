// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/** @typedef {{ x: number, y: number, width: number, height: number }} Rectangle */

const [NARROWEST, WIDEST] = [3 / 4, 1];
const LONGEST_PX = 2048;

/**
 * The middle of a picture that is kept: never wider than high, never narrower than 3 : 4, so that the oval, which goes by
 * the shorter side, gets all the pixels there are.
 *
 * @param {number} width
 * @param {number} height
 * @returns {Rectangle}
 */
export function kept(width, height) {
  const [w, h] = [Math.min(width, Math.floor(height * WIDEST)), Math.min(height, Math.floor(width / NARROWEST))];
  return { x: Math.floor((width - w) / 2), y: Math.floor((height - h) / 2), width: w, height: h };
}

/** So large is a picture of that size stored. @param {{ width: number, height: number }} size */
export function storedSize({ width, height }) {
  const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/**
 * The part of a picture in which its face fills the oval as the manifest asks; all of the middle where that does not fit.
 *
 * @param {{ width: number, height: number, box: number[] | null }} picture `box` is the face's
 * @param {string} view
 * @param {any} manifest
 * @returns {Rectangle}
 */
export function aroundFace({ width, height, box }, view, manifest) {
  const whole = kept(width, height);
  if (!box) return whole;
  const { size, centre } = manifest.gate.face;
  const asked = (size[view][0] + size[view][1]) / 2;
  const face = Math.max(box[2] - box[0], box[3] - box[1]);
  const short = face / (asked * 2 * manifest.zones.oval.radius_v);
  const part = { width: short, height: short / NARROWEST };
  const x = (box[0] + box[2]) / 2 - part.width / 2;
  const y = (box[1] + box[3]) / 2 - centre.down * short - part.height / 2;
  const fits = x >= 0 && y >= 0 && x + part.width <= width && y + part.height <= height;
  if (fits) return { x, y, ...part };
  const square = (box[1] + box[3]) / 2 - centre.down * short - short / 2;
  const fitsSquare = x >= 0 && square >= 0 && x + short <= width && square + short <= height;
  return fitsSquare ? { x, y: square, width: short, height: short } : whole;
}
