// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Problem } from "clients/connection.js";

/**
 * @typedef {ReturnType<typeof openAccount>} Account
 * @typedef {{id: string, email: string, name: string, status: string, timeline: string, device_id: string, expired: boolean,
 *   erased: boolean, handed_over_on?: string | null}} Who
 */

/** Somebody signed in who is no patient, or another than the one whose records lie here. */
export class WrongPerson extends Error {
  /** @param {"not_patient" | "other_account"} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * The account whose records lie on this phone. Its token stays in IndexedDB, and in here.
 *
 * @param {import("../store/local.js").Settings} settings
 */
export function openAccount(settings) {
  const held = () => settings.get("account");
  const keep = (changes) => settings.set("account", { ...held(), ...changes });

  /**
   * One request under /v1, with JSON both ways; `raw` gives the answer itself. Throws a Problem, or the network's own error.
   *
   * @param {string} path
   * @param {{method?: string, body?: any, token?: string | null, headers?: object, raw?: boolean}} [options]
   */
  const request = async (path, { method = "GET", body, token = held()?.token, headers = {}, raw = false } = {}) => {
    const answer = await fetch(`/v1${path}`, {
      method,
      headers: {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "Content-Type": "application/json" }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (answer.ok || answer.status === 304) return raw || answer.status === 204 ? answer : answer.json();
    const problem = new Problem(answer.status, await answer.json().catch(() => ({})), Number(answer.headers.get("Retry-After")));
    if (answer.status === 401 && token && token === held()?.token) await keep({ expired: true });
    throw problem;
  };

  /** The timeline of a patient who has just signed in; signs them out again where they are somebody else. */
  const timelineOf = async ({ token, id, account }) => {
    try {
      if (account.role !== "patient") throw new WrongPerson("not_patient");
      const { timelines } = await request("/timelines", { token });
      const timeline = timelines.find(({ role }) => role === "owner").id;
      if (held() && held().timeline !== timeline) throw new WrongPerson("other_account");
      return timeline;
    } catch (error) {
      await request(`/devices/${id}`, { method: "DELETE", token });
      throw error;
    }
  };

  return {
    request,

    /** @returns {Who | null} whose records lie here; null: nobody has signed in */
    get who() {
      if (!held()) return null;
      const { token: _, ...who } = held();
      return who;
    },

    /** Whether requests can be made for them. */
    get signedIn() {
      return Boolean(held()) && !held().expired && !held().erased;
    },

    /** What `connect` and the uploads of photos need. */
    get access() {
      return { server: location.origin, timeline: held().timeline, token: held().token };
    },

    /** Makes a patient's account. */
    signUp: (person) => request("/accounts", { method: "POST", body: { ...person, role: "patient" } }),

    /**
     * Signs in on this phone; what lies on it goes to the account with the next sync.
     *
     * @param {{email: string, password: string, second_factor?: string}} proof
     * @throws {Problem} `second_factor_required` among others
     * @throws {WrongPerson}
     */
    async signIn(proof) {
      const before = held()?.device_id ? { device_id: held().device_id } : {};
      const body = { ...proof, ...before, name: `acnetrack (${deviceKind()})` };
      const signed = await request("/devices", { method: "POST", body, token: null });
      const timeline = await timelineOf(signed);
      const { id, email, name, status } = signed.account;
      const account = { id, email, name, status, timeline, device_id: signed.id, token: signed.token };
      await settings.set("account", { ...account, expired: false, erased: false });
    },

    /** Asks whether the account is active now. */
    async refresh() {
      const { status, handed_over_on } = await request("/account");
      await keep({ status, handed_over_on });
    },

    expire: () => keep({ expired: true }),
    markErased: () => keep({ erased: true }),

    /** Ends the sign-in on the server; where that cannot be reached, the device has to be ended from another one. */
    endDevice: () => request(`/devices/${held().device_id}`, { method: "DELETE" }),

    /** The bytes of a photo that the server holds, else null. */
    async photo(id) {
      if (!this.signedIn) return null;
      try {
        const answer = await request(`/timelines/${held().timeline}/photos/${id}`, { raw: true });
        return await answer.blob();
      } catch {
        return null;
      }
    },
  };
}

const deviceKind = () => {
  const known = ["Android", "iPhone", "iPad", "Macintosh", "Windows", "Linux"];
  return known.find((each) => navigator.userAgent.includes(each)) ?? "Web";
};
