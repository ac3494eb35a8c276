// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Why nothing can be counted or photographed; `name` is what the words are looked up by: model_unreachable,
 * model_untrusted, model_damaged, photo_unreadable, counting_failed.
 */
export class Refusal extends Error {
  /** @param {string} name @param {unknown} [cause] */
  constructor(name, cause) {
    super(name, { cause });
    this.name = name;
  }
}
