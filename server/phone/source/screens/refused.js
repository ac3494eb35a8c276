// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "../elements.js";

/** What the server did not take, with its reason and what was entered. @type {import("../routes.js").Draw} */
export default async function refused({ t, store }) {
  const list = h("ul", { class: "stacked" });
  const entry = ({ key, table, detail, record }) => {
    const forget = () => store.forgetRefused(key);
    const entered = Object.entries(record ?? {}).filter(([name, value]) => value !== null && !["id", "result", "sha256"].includes(name));
    return h(
      "li",
      { class: "card" },
      h("h2", {}, t(`data.table.${table}`)),
      h("p", {}, detail),
      h("dl", { class: "pairs" }, entered.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
      h("button", { class: "button quiet", type: "button", onclick: forget }, t("data.refused.forget")),
    );
  };
  const draw = async () => {
    const found = await store.refused();
    list.replaceChildren(...found.map(entry), ...(found.length ? [] : [h("li", {}, t("data.refused.none"))]));
  };
  await draw();
  const element = h("div", {}, h("h1", {}, t("data.refused.title")), h("p", { class: "lede" }, t("data.refused.lede")), list);
  element.leave = store.watch("*", draw);
  return element;
}
