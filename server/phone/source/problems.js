// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Problem } from "clients/connection.js";

import { StorageFull } from "./store/photos.js";

const IN_OUR_WORDS = new Set([
  "code_not_confirmed",
  "consent_required",
  "email_taken",
  "ends_in_past",
  "invalid",
  "not_patient",
  "other_account",
  "second_factor_required",
  "too_many_requests",
  "weak_password",
  "wrong_credentials",
  "wrong_password",
  "wrong_second_factor",
]);

/**
 * What went wrong and what to do about it, in the person's language where the app knows it, else in the server's own words.
 *
 * @param {import("./words/words.js").Translate} t
 * @param {any} error
 */
export function said(t, error) {
  if (IN_OUR_WORDS.has(error.code)) return t(`problem.${error.code}`);
  if (error instanceof Problem) return error.detail ?? t("problem.server", { status: error.status });
  if (error instanceof StorageFull) return t("problem.full");
  if (error instanceof TypeError && /fetch|network|load/i.test(error.message)) return t("problem.offline");
  throw error;
}
