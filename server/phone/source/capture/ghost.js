// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { byTime } from "../progress/visits.js";

/**
 * Gives the latest earlier photo of a view that lies on this phone, to be held against the live one.
 *
 * @param {import("../store/store.js").Store} store
 * @returns {Promise<(view: string) => Promise<Blob | null>>}
 */
export async function lastPhotoIn(store) {
  const [visits, photos] = [byTime(await store.rows("visits")), await store.rows("photos")];
  return async (view) => {
    for (const visit of visits.toReversed()) {
      const photo = photos.find((each) => each.view === view && visit.versions.includes(each.visit_id) && !each.kept_anyway);
      const blob = photo ? await store.photo(photo.id) : null;
      if (blob) return blob;
    }
    return null;
  };
}
