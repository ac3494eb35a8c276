// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const running = ({ revoked_at, left, ends_at }) => !revoked_at && !left && (!ends_at || new Date(ends_at) > new Date());

/**
 * Whether somebody may see the photos now, or will by a code that was handed over: only then do they leave the phone.
 *
 * @param {any[]} grants
 * @param {string | null} invitedUntil until when the latest code for photos can be used
 */
export const photosShared = (grants, invitedUntil) =>
  grants.some((grant) => grant.scope === "photos" && running(grant)) || new Date(invitedUntil ?? 0) > new Date();

/**
 * Sends the photos that are shared and not on the server yet; gives how many.
 *
 * @param {{store: any, settings: any, account: any}} parts
 * @returns {Promise<number>}
 */
export async function uploadShared({ store, settings, account }) {
  if (!photosShared(await store.rows("grants"), settings.get("photosInvitedUntil"))) return 0;
  let sent = 0;
  for (const photo of await store.rows("photos")) {
    const file = photo.uploaded ? null : await store.photoHere(photo.id);
    if (!file) continue;
    const { uploadPhoto } = await import("clients/photos.js");
    await uploadPhoto(account.access, photo, file);
    sent += 1;
  }
  return sent;
}
