// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/**
 * Says what is wrong with a photo and how to mend it, and asks what to do.
 *
 * @param {import("../words/words.js").Translate} t
 * @param {HTMLElement} root
 * @param {import("./verdict.js").Verdict} verdict
 * @param {string} view
 * @param {Blob} blob
 * @returns {Promise<"again" | "keep">}
 */
export function askAbout(t, root, { codes, comparable }, view, blob) {
  const address = URL.createObjectURL(blob);
  return new Promise((resolve) => {
    const answer = (/** @type {"again" | "keep"} */ what) => () => {
      dialog.close();
      dialog.remove();
      URL.revokeObjectURL(address);
      resolve(what);
    };
    const dialog = /** @type {any} */ (
      h(
        "dialog",
        { class: "review", "aria-labelledby": "review-title", oncancel: (/** @type {Event} */ event) => event.preventDefault() },
        h("h2", { id: "review-title" }, t(comparable ? "capture.review.doubt" : "capture.review.unusable")),
        h("img", { src: address, alt: t(`capture.view.${view}`) }),
        h("ul", { class: "points" }, codes.map((code) => h("li", {}, t(`capture.remedy.${code}`)))),
        !comparable && h("p", { class: "soft" }, t("capture.review.notCompared")),
        h(
          "div",
          { class: "actions" },
          h("button", { type: "button", class: "button", onclick: answer("again"), autofocus: true }, t("capture.review.again")),
          h(
            "button",
            { type: "button", class: "button quiet", onclick: answer("keep") },
            t(comparable ? "capture.review.use" : "capture.review.keep"),
          ),
        ),
      )
    );
    root.append(dialog);
    dialog.showModal();
  });
}
