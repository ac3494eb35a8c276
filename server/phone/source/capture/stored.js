// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Refusal } from "../counting/refusal.js";
import { aroundFace, storedSize } from "./crop.js";

/**
 * @typedef {{ id: string, view: string, blob: Blob, sha256: string, width_px: number, height_px: number }} Photo
 * @typedef {import("./crop.js").Rectangle} Rectangle
 */

const [TYPE, QUALITY] = ["image/jpeg", 0.92];

/** What a file input offers; what a browser can not read of it is refused with words. */
export const ACCEPTED = "image/jpeg,image/png,image/webp,image/heic";

/**
 * A picture, or a part of it, as it is stored: a JPEG, unmirrored, at most 2,048 pixels long.
 *
 * @param {ImageBitmap} picture
 * @param {string} view
 * @param {Rectangle} part
 * @returns {Promise<Photo>}
 */
export async function stored(picture, view, part = { x: 0, y: 0, width: picture.width, height: picture.height }) {
  const { width, height } = storedSize(part);
  const canvas = new OffscreenCanvas(width, height);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, part.x, part.y, part.width, part.height, 0, 0, width, height);
  const blob = await canvas.convertToBlob({ type: TYPE, quality: QUALITY });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  const sha256 = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { id: crypto.randomUUID(), view, blob, sha256, width_px: width, height_px: height };
}

/**
 * A photo that was taken elsewhere, cut so that the face fills the oval.
 *
 * @param {File} file
 * @param {string} view
 * @param {import("../counting/index.js").Counting} counting
 * @throws {Refusal} photo_unreadable
 */
export async function imported(file, view, counting) {
  const picture = await createImageBitmap(file).catch((error) => {
    throw new Refusal("photo_unreadable", error);
  });
  const { width, height } = picture;
  const [{ box }, manifest] = await Promise.all([counting.face(await createImageBitmap(picture)), counting.table()]);
  const photo = await stored(picture, view, aroundFace({ width, height, box }, view, manifest));
  picture.close();
  return photo;
}
