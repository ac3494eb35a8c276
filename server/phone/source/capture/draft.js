// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * @typedef {{ id: string, view: string, sha256: string, width_px: number, height_px: number, kept_anyway: boolean, judged: boolean }} Taken
 * @typedef {{ visit_id: string, started: string, careful: boolean, photos: Taken[] }} Draft A visit being photographed.
 * @typedef {import("../store/store.js").Store} Store
 */

const KEY = "draft";

/** The visit that was begun and not finished; null where there is none. @param {Store} store @returns {Draft | null} */
export const draftIn = (store) => store.settings.get(KEY);

/** @param {Store} store @param {boolean} careful @returns {Promise<Draft>} */
export async function beginDraft(store, careful) {
  const draft = { visit_id: crypto.randomUUID(), started: moment(new Date()), careful, photos: [] };
  await store.settings.set(KEY, draft);
  return draft;
}

/**
 * Keeps a photo at once, before anything is said of it: whatever ends the app now, it is there when it opens again.
 *
 * @param {Store} store
 * @param {Draft} draft
 * @param {import("./stored.js").Photo} photo
 * @returns {Promise<Draft>}
 */
export async function withPhoto(store, draft, { blob, ...photo }) {
  await store.putPhoto(photo.id, blob);
  return save(store, { ...draft, photos: [...draft.photos, { ...photo, kept_anyway: false, judged: false }] });
}

/** @param {Store} store @param {Draft} draft @param {string} id */
export async function withoutPhoto(store, draft, id) {
  const left = await save(store, { ...draft, photos: draft.photos.filter((photo) => photo.id !== id) });
  await store.dropPhotos([id]);
  return left;
}

/**
 * Notes that a photo was judged, and whether it is kept although it can not be compared.
 *
 * @param {Store} store
 * @param {Draft} draft
 * @param {string} id
 * @param {boolean} kept_anyway
 */
export const withVerdict = (store, draft, id, kept_anyway) =>
  save(store, {
    ...draft,
    photos: draft.photos.map((photo) => (photo.id === id ? { ...photo, judged: true, kept_anyway } : photo)),
  });

/** Forgets a draft with its photos. @param {Store} store @param {Draft} draft */
export async function dropDraft(store, draft) {
  await store.settings.set(KEY, null);
  await store.dropPhotos(draft.photos.map(({ id }) => id));
}

/**
 * Makes the draft a visit; its photos stay where they lie.
 *
 * @param {Store} store
 * @param {Draft} draft
 * @returns {Promise<string>} the visit's id
 */
export async function asVisit(store, draft) {
  const views = new Set(draft.photos.map(({ view }) => view));
  const numbers = [...views].map((view) => draft.photos.filter((photo) => photo.view === view).length);
  const columns = { recorded_at: draft.started, guided: true, frames: Math.min(...numbers), note: null, amends: null };
  const known = (await store.rows("visits")).find((row) => row.id === draft.visit_id);
  const visit_id = known?.id ?? (await store.add("visits", { ...columns, id: draft.visit_id }));
  const held = new Set((await store.rows("photos")).map(({ id }) => id));
  for (const { judged, ...photo } of draft.photos.filter(({ id }) => !held.has(id))) {
    await store.add("photos", { ...photo, visit_id, media_type: "image/jpeg", uploaded: false, amends: null });
  }
  await store.settings.set(KEY, null);
  return visit_id;
}

/** @param {Store} store @param {Draft} draft */
async function save(store, draft) {
  await store.settings.set(KEY, draft);
  return draft;
}

/** A moment with its offset, as records have it: 2026-05-17T08:30:00+02:00. @param {Date} date */
export function moment(date) {
  const two = (/** @type {number} */ number) => String(Math.trunc(Math.abs(number))).padStart(2, "0");
  const offset = -date.getTimezoneOffset();
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${day}T${time}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}
