// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { openAccount } from "./account/account.js";
import { startCounting } from "./counting/index.js";
import { frame } from "./frame.js";
import { showNotices } from "./notices.js";
import { routeOf } from "./routes.js";
import { renewOperatorsNumbers } from "./safety/operator.js";
import { openLocal, openSettings } from "./store/local.js";
import { waitingForOtherTab } from "./store/other-tab.js";
import { openStore } from "./store/store.js";
import { becomeWriter, takeOver } from "./store/writer.js";
import { openSync } from "./sync/sync.js";
import { offerUpdates } from "./updates.js";
import { languageFor, speak } from "./words/words.js";

/**
 * @typedef {object} Context what every screen is given
 * @property {import("./store/store.js").Store} store
 * @property {import("./words/words.js").Translate} t
 * @property {(path: string) => void} go
 * @property {import("./store/local.js").Settings} settings
 * @property {import("./account/account.js").Account} account
 * @property {import("./sync/sync.js").Sync} sync
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
    waitingForOtherTab(t, takeOver);
    return true;
  };
  await becomeWriter((ask) => waitingForOtherTab(t, ask), handOver);
  const account = openAccount(settings);
  store = await openStore(local, settings, (id) => account.photo(id));
  await store.tidyPhotos();
  const sync = openSync({ store, settings, account });
  const counting = startCounting("counting/worker.js");
  const page = frame(t);
  const context = { store, t, go: (path) => (location.hash = path), settings, account, sync, counting, language };
  showNotices(page, context);
  await route(page, context);
  offerUpdates(page, t);
  await sync.run();
  await renewOperatorsNumbers(settings);
  if (!document.body.classList.contains("whole")) await counting.renew().catch(() => {}); // Else what is held goes on.
}

/** Shows the screen that the address asks for, now and whenever it changes; who has not begun is welcomed first. */
function route(page, context) {
  /** @type {import("./routes.js").Screen | null} */
  let shown = null;
  let asked = 0;
  const show = async () => {
    const number = ++asked;
    const found = routeOf(location.hash);
    const { route: wanted, parameters } = context.settings.get("begun") || found.route.first ? found : routeOf("#/welcome");
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
