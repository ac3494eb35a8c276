// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/** @typedef {(key: string, values?: Record<string, string | number | Date>) => string} Translate */

/** Every language there is: its own name, its texts, and whether it runs from right to left. */
export const LANGUAGES = {
  en: { name: "English", load: () => import("words:en"), direction: "ltr" },
  de: { name: "Deutsch", load: () => import("words:de"), direction: "ltr" },
  ar: { name: "العربية", load: () => import("words:ar"), direction: "rtl" },
};

/**
 * The language to begin with: the first of what the person reads that there is, else English.
 *
 * @param {readonly string[]} preferred
 */
export const languageFor = (preferred) => preferred.map((each) => each.split("-")[0]).find((each) => each in LANGUAGES) ?? "en";

/**
 * The texts of a language, and the page turned to it.
 *
 * @param {string} language
 * @returns {Promise<Translate>}
 */
export async function speak(language) {
  const { load, direction } = LANGUAGES[language];
  const texts = (await load()).default;
  Object.assign(document.documentElement, { lang: language, dir: direction });
  return translator(language, texts);
}

/**
 * @param {string} language
 * @param {Record<string, string>} texts
 * @returns {Translate} which throws for a key that there is not
 */
export function translator(language, texts) {
  const plural = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const written = (value) => {
    if (typeof value === "number") return number.format(value);
    return value instanceof Date ? date.format(value) : value;
  };
  return (key, values = {}) => {
    const text = texts[key] ?? texts[`${key}.${plural.select(/** @type {number} */ (values.count))}`];
    if (text === undefined) throw new Error(`There is no text "${key}" in ${language}.`);
    return text.replace(/\{(\w+)\}/g, (_, name) => written(values[name]));
  };
}
