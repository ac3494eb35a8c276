// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { h, svg } from "./elements.js";
import { TABS } from "./routes.js";

const ICONS = {
  today: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  skin: "M4 19V5m0 14h16M7 15l4-4 3 3 5-7",
  photo: "M4 8h4l2-3h4l2 3h4v11H4zm8 8.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  care: "M12 20s-7-4.6-7-10a4 4 0 0 1 7-2.6A4 4 0 0 1 19 10c0 5.4-7 10-7 10z",
  me: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8c0-4 3-6 7-6s7 2 7 6",
};

/**
 * What stays while screens change: mark, notices, navigation, and a place for the screen.
 *
 * @param {import("./words/words.js").Translate} t
 */
export function frame(t) {
  const main = h("main", { id: "main", tabindex: "-1" });
  const notices = h("div", { class: "notices", role: "status" });
  const links = new Map(
    TABS.map(([tab, path]) => {
      const icon = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: ICONS[tab] }));
      return [tab, h("a", { href: path }, icon, h("span", {}, t(`app.tab.${tab}`)))];
    }),
  );
  const toMain = (event) => (event.preventDefault(), main.focus());
  const skip = h("a", { class: "skip", href: "#main", onclick: toMain }, t("app.skip"));
  const nav = h("nav", { class: "tabs", "aria-label": t("app.navigation") }, [...links.values()]);
  document.body.replaceChildren(skip, notices, main, nav);

  return {
    /**
     * Shows a screen, says its title, and puts the reader at its heading.
     *
     * @param {HTMLElement} screen
     * @param {import("./routes.js").Route} route
     */
    show(screen, route) {
      main.replaceChildren(screen);
      document.body.classList.toggle("whole", Boolean(route.whole));
      for (const [tab, link] of links) {
        if (tab === route.tab) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      const heading = screen.querySelector("h1");
      document.title = heading ? `${heading.textContent} – acnetrack` : "acnetrack";
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
      scrollTo(0, 0);
    },

    /**
     * Shows a notice in place of an earlier one with this `key`; none takes it away.
     *
     * @param {string} key
     * @param {...any} content
     */
    notice(key, ...content) {
      notices.querySelector(`[data-key="${key}"]`)?.remove();
      if (content.length) notices.append(h("div", { class: "notice", "data-key": key }, ...content));
    },
  };
}
