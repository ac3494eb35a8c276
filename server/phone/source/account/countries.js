// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { countries } from "accounts/ages.json";

import { h } from "../elements.js";

/** The country that the phone's own settings speak of; "" where they name none. */
export const likelyCountry = () => {
  const region = navigator.languages.map((tag) => new Intl.Locale(tag).region).find(Boolean) ?? "";
  return countries.split(" ").includes(region) ? region : "";
};

/**
 * A list of all countries by their names in a language, with one chosen.
 *
 * @param {string} language
 * @param {string} chosen two letters, or ""
 * @param {string} none what stands for no choice
 */
export function countrySelect(language, chosen, none) {
  const names = new Intl.DisplayNames(language, { type: "region" });
  const options = countries.split(" ").map((code) => ({ code, name: names.of(code) ?? code }));
  options.sort((one, other) => one.name.localeCompare(other.name, language));
  return h(
    "select",
    { name: "country", required: true },
    h("option", { value: "", selected: chosen === "" }, none),
    options.map(({ code, name }) => h("option", { value: code, selected: code === chosen }, name)),
  );
}
