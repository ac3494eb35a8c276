// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * @typedef {{ phase: "seeking" | "checking" | "counting" | "taken", hints: string[], seconds: number, frame?: any }} Step
 *   `frame` is the one to keep, once it is taken.
 */

const STEADY_LOOKS = 2;
const COUNT_MS = 1800;
const SECONDS = 3;
const SAID_MS = 1500;

/**
 * When a photo is taken: once the face is well placed and steady, and the whole gate has nothing against it, it counts
 * down and takes the sharpest of the steady frames that it saw meanwhile.
 */
export class Shutter {
  /** @type {Step["phase"]} */
  phase = "seeking";
  steady = 0;
  began = 0;
  /** @type {{ frame: any, sharpness: number } | null} */
  best = null;
  /** What the whole gate said last, and until when that stands. @type {{ hints: string[], until: number }} */
  said = { hints: [], until: 0 };

  /**
   * @param {import("../counting/looking.js").Look} look
   * @param {any} frame
   * @param {number} now milliseconds
   * @returns {Step}
   */
  see(look, frame, now) {
    if (look.hints.length) return this.begin(look.hints);
    if (now < this.said.until) return this.begin(this.said.hints);
    this.steady = look.steady ? this.steady + 1 : 0;
    if (this.phase === "counting") return this.count(look, frame, now);
    if (this.steady < STEADY_LOOKS) return this.step(look.steady ? [] : ["hold_still"]);
    this.phase = "checking";
    return this.step([]);
  }

  /** What the whole gate said of the frame. @param {string[]} hints @param {number} now @returns {Step} */
  checked(hints, now) {
    if (hints.length) {
      this.said = { hints, until: now + SAID_MS };
      return this.begin(hints);
    }
    this.phase = "counting";
    this.began = now;
    return this.step([], SECONDS);
  }

  /** @param {import("../counting/looking.js").Look} look @param {any} frame @param {number} now @returns {Step} */
  count(look, frame, now) {
    if (!look.steady) return this.begin(["hold_still"]);
    if (!this.best || look.sharpness > this.best.sharpness) this.best = { frame, sharpness: look.sharpness };
    const left = COUNT_MS - (now - this.began);
    if (left > 0) return this.step([], Math.ceil((left / COUNT_MS) * SECONDS));
    this.phase = "taken";
    return { ...this.step([]), frame: this.best.frame };
  }

  /** @param {string[]} hints */
  begin(hints) {
    Object.assign(this, { phase: "seeking", steady: 0, best: null });
    return this.step(hints);
  }

  /** @param {string[]} hints @returns {Step} */
  step(hints, seconds = 0) {
    return { phase: this.phase, hints, seconds };
  }
}
