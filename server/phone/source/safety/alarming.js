// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import words from "./alarming.json";

const LOW_MOOD = 2; // Of 10: how a person feels is asked at once, not measured; a helping word too often does no harm.

const plain = (text) => text.normalize("NFC").toLowerCase().replaceAll("’", "'").replace(/\s+/g, " ");
const ALL = Object.values(words).flat().map(plain);

/**
 * Whether what somebody entered calls for a word of help at once: a low mood, or a note that speaks of dying or of hurting
 * oneself, in any of the languages whichever the app speaks. Words are looked up and nothing more: silence says nothing.
 *
 * @param {{mood?: number | null, note?: string | null}} entered
 */
export const callsForHelp = ({ mood, note }) =>
  (mood !== null && mood !== undefined && mood <= LOW_MOOD) || ALL.some((each) => plain(note ?? "").includes(each));
