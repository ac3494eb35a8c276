// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/** @type {import("../routes.js").Draw} */
export default async function today({ t }) {
  return h("div", {}, h("h1", {}, t("today.title")));
}
