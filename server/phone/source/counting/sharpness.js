// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const SIDE_PX = 320;

/**
 * How sharp a frame's middle is, as it comes: the mean absolute Laplacian of its light. Told only to choose among frames
 * of one pose.
 *
 * @param {ImageBitmap} picture
 */
export function sharpnessOf(picture) {
  const side = Math.min(SIDE_PX, picture.width, picture.height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true })
  );
  context.drawImage(picture, (side - picture.width) / 2, (side - picture.height) / 2);
  const { data } = context.getImageData(0, 0, side, side);
  const row = 4 * side;
  let total = 0;
  for (let y = 1; y < side - 1; y++) {
    for (let at = y * row + 5; at < (y + 1) * row - 4; at += 4) {
      total += Math.abs(4 * data[at] - data[at - 4] - data[at + 4] - data[at - row] - data[at + row]);
    }
  }
  return total / (side - 2) ** 2;
}
