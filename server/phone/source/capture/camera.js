// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { kept } from "./crop.js";

/** Why there is no camera; `name`: camera_refused, camera_absent, camera_busy, camera_insecure. */
export class NoCamera extends Error {
  /** @param {string} name @param {unknown} [cause] */
  constructor(name, cause) {
    super(name, { cause });
    this.name = name;
  }
}

const NAMES = /** @type {Record<string, string>} */ ({
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_absent",
  OverconstrainedError: "camera_absent",
});
const WANTED = { facingMode: "user", width: { ideal: 1920 }, height: { ideal: 1440 } };

/**
 * The camera at the screen's side, playing in `video`.
 *
 * @param {HTMLVideoElement} video
 * @returns {Promise<() => void>} which ends it
 * @throws {NoCamera}
 */
export async function openCamera(video) {
  if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera("camera_insecure");
  const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false }).catch((error) => {
    throw new NoCamera(NAMES[error.name] ?? "camera_busy", error);
  });
  video.srcObject = stream;
  await video.play();
  return () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
}

/** Whether the person has let this app use the camera before; not every browser tells. */
export async function isCameraGranted() {
  const asked = navigator.permissions?.query({ name: /** @type {PermissionName} */ ("camera") });
  return (await asked?.catch(() => null))?.state === "granted";
}

/** The part of the present frame that is kept. @param {HTMLVideoElement} video */
export function frameOf(video) {
  const { x, y, width, height } = kept(video.videoWidth, video.videoHeight);
  return createImageBitmap(video, x, y, width, height);
}

/** Resolves with the next frame that the camera gives, or after a second without any. @param {HTMLVideoElement} video */
export const nextFrame = (video) =>
  new Promise((resolve) => {
    const late = setTimeout(resolve, 1000);
    const told = () => (clearTimeout(late), resolve(undefined));
    if ("requestVideoFrameCallback" in video) video.requestVideoFrameCallback(told);
    else requestAnimationFrame(told);
  });
