// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/**
 * A photo with what lies over it; where its bytes are not on this phone, words say so. `leave` frees it.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {{ blob: Blob | null, alt: string, over?: Node | null }} photo
 */
export function shownPhoto(t, { blob, alt, over = null }) {
  if (!blob) return h("div", { class: "photo absent" }, h("p", {}, t("result.elsewhere", { photo: alt })));
  const address = URL.createObjectURL(blob);
  const figure = h("div", { class: "photo" }, h("img", { src: address, alt }), over);
  figure.leave = () => URL.revokeObjectURL(address);
  return figure;
}
