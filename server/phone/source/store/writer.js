// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

const LOCK = "acnetrack";
const ASK = "hand-over";

/** Starts this tab anew, to take the records over from the one that has them. */
export function takeOver() {
  sessionStorage.setItem(ASK, "yes");
  location.reload();
}

/**
 * Becomes the one tab that writes: resolves once no other does. `waiting` is called where another holds the records, with a
 * function that asks it to hand them over; `asked` is called in the tab that is asked, and the lock passes on when its
 * promise resolves; where it resolves to false, this tab keeps it.
 *
 * @param {(ask: () => void) => void} waiting
 * @param {() => Promise<boolean>} asked
 */
export async function becomeWriter(waiting, asked) {
  const channel = new BroadcastChannel(LOCK);
  const free = await locked({ ifAvailable: true });
  if (!free) {
    const ask = () => channel.postMessage("hand over");
    if (sessionStorage.getItem(ASK)) ask();
    waiting(ask);
    await locked({});
  }
  sessionStorage.removeItem(ASK);
  addEventListener("pagehide", () => release());
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  channel.onmessage = async () => {
    if (await asked()) release();
  };
}

let release = () => {};

/** Holds the lock until `release` is called; false where it was not free and `ifAvailable` was asked for. */
const locked = (options) =>
  new Promise((resolve, reject) => {
    const hold = (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise((done) => (release = () => done(undefined)));
    };
    navigator.locks.request(LOCK, options, hold).catch(reject);
  });
