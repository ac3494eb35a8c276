// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/** There is no room on this phone, and no photo that the server holds could make some. */
export class StorageFull extends Error {}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whether a write failed because the phone is full; the error lies as deep as the library that wrote wrapped it. */
const isFull = (error) => Boolean(error) && (/Quota/.test(`${error.name} ${error.message}`) || isFull(error.inner));

/**
 * The bytes of photos, by the id of their record.
 *
 * @param {any} local
 * @param {() => Promise<any[]>} records the photos' records
 */
export function photoBytes(local, records) {
  /** Drops the oldest photo that the server holds, too; false where there is none. */
  const makeRoom = async () => {
    const held = new Set((await records()).filter(({ uploaded }) => uploaded).map(({ id }) => id));
    const kept = [];
    await local.photos.each(({ kept_ms }, { primaryKey }) => kept.push({ id: primaryKey, kept_ms }));
    const [oldest] = kept.filter(({ id }) => held.has(id)).sort((one, other) => one.kept_ms - other.kept_ms);
    if (oldest) await local.photos.delete(oldest.id);
    return Boolean(oldest);
  };

  /**
   * Writes; where the phone is full, photos that the server holds make room first.
   *
   * @template Result
   * @param {() => Promise<Result>} write
   * @returns {Promise<Result>}
   * @throws {StorageFull}
   */
  const withRoom = async (write) => {
    for (;;) {
      try {
        return await write();
      } catch (error) {
        if (!isFull(error)) throw error;
        if (!(await makeRoom())) throw new StorageFull();
      }
    }
  };

  return {
    withRoom,

    /**
     * @param {string} id
     * @param {Blob} blob
     * @throws {StorageFull}
     */
    put: (id, blob) => withRoom(() => local.photos.put({ blob, kept_ms: Date.now() }, id)),

    /** @returns {Promise<Blob | null>} */
    get: async (id) => (await local.photos.get(id))?.blob ?? null,

    /** @param {string[]} ids */
    delete: (ids) => local.photos.bulkDelete(ids),

    /** Forgets photos of the day before that have no record and are not among these. @param {string[]} kept */
    async tidy(kept) {
      const known = new Set([...kept, ...(await records()).map(({ id }) => id)]);
      const odd = [];
      await local.photos.each(({ kept_ms }, { primaryKey }) => {
        if (!known.has(primaryKey) && Date.now() - kept_ms > DAY_MS) odd.push(primaryKey);
      });
      await local.photos.bulkDelete(odd);
    },
  };
}
