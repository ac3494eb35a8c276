// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h } from "./elements.js";
import { said } from "./problems.js";

/**
 * An input with its label, and a hint where it needs one.
 *
 * @param {string} id
 * @param {string} label
 * @param {HTMLElement} input
 * @param {string} [hint]
 */
export function field(id, label, input, hint) {
  input.id = id;
  if (hint) input.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", { class: "field" }, h("label", { for: id }, label), input, hint && h("p", { class: "hint", id: `${id}-hint` }, hint));
}

/**
 * One of several, each a radio button.
 *
 * @param {string} name
 * @param {string} legend
 * @param {[string, string][]} options value and label
 * @param {string | null} chosen
 */
export function choice(name, legend, options, chosen) {
  const option = ([value, label]) =>
    h("label", { class: "choice" }, h("input", { type: "radio", name, value, checked: value === chosen, required: true }), h("span", {}, label));
  return h("fieldset", { class: "choices" }, h("legend", {}, legend), options.map(option));
}

/**
 * A form that sends what it says at one place, and shows what went wrong there.
 *
 * @param {import("./words/words.js").Translate} t
 * @param {string} label of its button
 * @param {(values: any) => Promise<void>} send is given the text of each field by its name
 * @param {...import("./elements.js").Child} content
 */
export function form(t, label, send, ...content) {
  const problem = h("p", { class: "notice bad", role: "alert", hidden: true });
  const button = h("button", { class: "button", type: "submit" }, label);
  const onsubmit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await send(Object.fromEntries(new FormData(event.target)));
    } catch (error) {
      problem.textContent = said(t, error);
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  };
  return h("form", { onsubmit }, content, problem, h("div", { class: "actions" }, button));
}
