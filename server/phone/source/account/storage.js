// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const installed = () => matchMedia("(display-mode: standalone)").matches || /** @type {any} */ (navigator).standalone === true;
const ofApple = () => /iPhone|iPad|Macintosh/.test(navigator.userAgent) && !/Chrome|Chromium|Firefox/.test(navigator.userAgent);

/**
 * How safely records lie here: how much is used of how much, whether the browser promised to keep it, and whether it is one
 * that deletes what was not opened for seven days.
 */
export async function storageState() {
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  const persisted = await navigator.storage.persisted();
  return { usage, quota, persisted, installed: installed(), evictsAfterWeek: ofApple() && !installed() };
}

/** Asks the browser to keep what lies here; it may ask the person, or say no. */
export const askToKeep = () => navigator.storage.persist();
