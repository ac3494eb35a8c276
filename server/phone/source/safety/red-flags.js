// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * What this app is not for, the most pressing first, each with where it leads: to the emergency number, to a doctor today,
 * or to a doctor within days. The words stand in safety.json under `flag.…` and `advice.…`.
 *
 * @type {[flag: string, where: "emergency" | "today" | "soon"][]}
 */
export const RED_FLAGS = [
  ["swelling", "emergency"],
  ["rash", "emergency"],
  ["abdomen", "emergency"],
  ["headache", "today"],
  ["fever", "today"],
  ["eye", "today"],
  ["pregnancy", "today"],
  ["sore", "soon"],
  ["spot", "soon"],
];
