// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/**
 * Gives a file to the person, by the browser's own download.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
