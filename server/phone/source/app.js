// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { startCounting } from "./counting/index.js";
import { frame } from "./frame.js";
import { routeOf } from "./routes.js";
import { openLocal, openSettings } from "./store/local.js";
import { openStore } from "./store/store.js";
import { becomeWriter } from "./store/writer.js";
import { waitingForOtherTab } from "./store/other-tab.js";
import { languageFor, speak } from "./words/words.js";

/**
 * @typedef {object} Context what every screen is given
 * @property {import("./store/store.js").Store} store
 * @property {import("./words/words.js").Translate} t
 * @property {(path: string) => void} go
 * @property {import("./store/local.js").Settings} settings
 * @property {import("./counting/index.js").Counting} counting
 * @property {string} language
 */

async function start() {
  const local = openLocal();
  const settings = await openSettings(local);
  const language = settings.get("language") ?? languageFor(navigator.languages);
  const t = await speak(language);
  let store;
  const handOver = async () => {
    if (document.body.classList.contains("whole")) return false; // Nothing interrupts a capture.
    await store.close();
    waitingForOtherTab(t, () => location.reload());
    return true;
  };
  await becomeWriter((ask) => waitingForOtherTab(t, ask), handOver);
  store = await openStore(local, settings);
  await store.tidyPhotos();
  const go = (path) => (location.hash = path);
  const counting = startCounting("counting/worker.js");
  route(frame(t), { store, t, go, settings, counting, language });
}

/** Shows the screen that the address asks for, now and whenever it changes. */
function route(page, context) {
  /** @type {import("./routes.js").Screen | null} */
  let shown = null;
  let asked = 0;
  const show = async () => {
    const number = ++asked;
    const { route: wanted, parameters } = routeOf(location.hash);
    const draw = (await wanted.load()).default;
    const screen = await draw(context, parameters);
    if (number !== asked) return screen.leave?.();
    shown?.leave?.();
    shown = screen;
    page.show(screen, wanted);
  };
  addEventListener("hashchange", show);
  return show();
}

await start();
