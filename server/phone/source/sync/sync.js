// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { connect, Problem } from "clients/connection.js";
import { syncTimeline } from "clients/rxdb.js";

import { uploadShared } from "./photos.js";

/**
 * @typedef {ReturnType<typeof openSync>} Sync
 * @typedef {"local" | "idle" | "waiting" | "running" | "offline" | "signed_out" | "awaiting_consent" | "erased" | "failed"} Phase
 */

const SOON_MS = 1500;
const EVERY_MS = 5 * 60 * 1000;
const LATER_SECONDS = 60;

/**
 * Brings the phone and the server together: after each write, when the network is back, when the app is looked at, and every
 * five minutes meanwhile. With nothing new that is one request.
 *
 * @param {{store: import("../store/store.js").Store, settings: import("../store/local.js").Settings,
 *   account: import("../account/account.js").Account}} parts
 */
export function openSync({ store, settings, account }) {
  const watching = new Set();
  /** @type {Phase} */
  let phase = "local";
  let detail = "";
  let timer = 0;
  /** @type {Promise<void> | null} */
  let running = null;

  const tell = (now, why = "") => {
    [phase, detail] = [now, why];
    for (const callback of watching) callback(now);
  };
  const unsent = () => (settings.get("written") ?? 0) !== (settings.get("sent") ?? 0);
  const later = (ms) => {
    clearTimeout(timer);
    timer = window.setTimeout(run, ms);
  };

  /** Whether the server has something that is not here, asked with what the last answer was. */
  const poll = async () => {
    const path = `/timelines/${account.who?.timeline}`;
    const known = settings.get("cursor");
    if (known === null) {
      const { timelines } = await account.request("/timelines");
      await settings.set("cursor", timelines.find(({ role }) => role === "owner").cursor);
      return true;
    }
    try {
      const asked = { headers: { "If-None-Match": `"${known}"` }, raw: true };
      const answer = await account.request(`${path}/sync?last_pulled_at=${known}`, asked);
      const log = answer.headers.get("Acnetrack-Access-Log");
      if (log && log !== settings.get("accessLog")) await settings.set("accessLog", log);
      if (answer.status === 304) return false;
      await settings.set("cursor", (await answer.json()).timestamp);
      return true;
    } catch (problem) {
      if (problem.code !== "resync_required") throw problem;
      if (problem.reason === "restored") await settings.set("restored", new Date().toISOString());
      await settings.set("cursor", null);
      return true;
    }
  };

  const exchange = async () => {
    const written = settings.get("written") ?? 0;
    if (!((await poll()) || unsent())) return;
    const changed = new Set();
    const noting = store.database().$.subscribe(({ collectionName }) => changed.add(collectionName));
    try {
      await syncTimeline(store.database(), connect(account.access));
      await settings.set("sent", written);
    } finally {
      noting.unsubscribe();
      if (changed.size) await store.changed(...changed);
    }
  };

  const once = async () => {
    if (!account.who) return tell("local");
    if (account.who.erased) return tell("erased");
    if (account.who.expired) return tell("signed_out");
    tell("running");
    if (account.who.status !== "active") await account.refresh();
    if (account.who.status !== "active") return tell("awaiting_consent");
    await exchange();
    if (await uploadShared({ store, settings, account })) await exchange(); // The server's records say now that it holds them.
    await settings.set("syncedAt", new Date().toISOString());
    tell(unsent() ? "waiting" : "idle");
    if (unsent()) later(SOON_MS);
  };

  const after = async (error) => {
    if (!(error instanceof Problem)) return tell("offline"), later(LATER_SECONDS * 1000);
    if (error.code === "erased") return await account.markErased(), tell("erased");
    if (error.status === 401) return await account.expire(), tell("signed_out");
    if (error.code === "consent_required") return await account.refresh(), tell("awaiting_consent");
    tell("failed", error.detail);
    later((error.retryAfter || LATER_SECONDS) * 1000);
  };

  /** Syncs now, or goes on with what is under way; resolves when it is done, whatever came of it: see `phase`. */
  const run = () => (running ??= once().catch(after).finally(() => (running = null)));

  /** Syncs until nothing waits here any longer, or until that is not possible now. */
  const finish = async () => {
    await run();
    if (phase === "waiting") await run(); // What was under way had begun before the latest was written.
  };

  addEventListener("online", run);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && run());
  setInterval(() => document.visibilityState === "visible" && run(), EVERY_MS);
  store.watch("*", () => {
    if (!account.signedIn || !unsent()) return;
    if (phase === "idle") tell("waiting");
    later(SOON_MS);
  });

  return {
    run,
    finish,
    unsent,
    get phase() {
      return phase;
    },
    get detail() {
      return detail;
    },

    /**
     * @param {(phase: Phase) => void} callback at once and whenever it changes
     * @returns {() => void} which ends it
     */
    watch(callback) {
      watching.add(callback);
      callback(phase);
      return () => watching.delete(callback);
    },
  };
}
