// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { checkAccesses, NOTHING_READ } from "clients/accesses.js";
import { connect } from "clients/connection.js";

import { h } from "../elements.js";
import { choice, field, form } from "../forms.js";
import { said } from "../problems.js";
import { byDay } from "../sharing/looked.js";
import { qr } from "../sharing/qr.js";

const MONTHS = [1, 3, 6, 12];
const DONE = "timeline photo progress_page visit_page report fhir_export copy list_of_timelines news list_of_patients".split(" ");

/** Who may see what until when, a code for somebody new, and who has looked. @type {import("../routes.js").Draw} */
export default async function sharing(context) {
  const { t, account } = context;
  const lists = h("div", { class: "stacked" });
  const draw = async () => {
    try {
      const path = `/timelines/${account.who?.timeline}`;
      const [{ grants }, { invitations }] = await Promise.all([account.request(`${path}/grants`), account.request(`${path}/invitations`)]);
      const again = async () => (await context.sync.run(), draw());
      lists.replaceChildren(whoSees(context, grants, again), ...(invitations.length ? [waiting(context, invitations, draw)] : []), await whoLooked(context));
    } catch (error) {
      lists.replaceChildren(h("p", { class: "notice caution" }, said(t, error)), fromPhone(t, await context.store.rows("grants")));
    }
  };
  lists.append(h("p", { role: "status" }, t("sync.running")));
  draw();
  return h("div", {}, h("h1", {}, t("sharing.title")), h("p", { class: "lede" }, t("sharing.lede")), newCode(context, draw), lists);
}

const scopeOf = (t, scope) => t(`sharing.scope.${scope}`);
const endOf = (t, ends_at) => (ends_at ? t("sharing.until", { day: new Date(ends_at) }) : t("sharing.noEnd"));

function newCode({ t, account, settings, sync }, redraw) {
  const shown = h("div", { role: "status" });
  const send = async ({ scope, months }) => {
    const end = months ? new Date() : null;
    end?.setMonth(end.getMonth() + Number(months));
    await sync.finish();
    const body = { invitation: true, scope, ends_at: end?.toISOString() ?? null };
    const made = await account.request(`/timelines/${account.who?.timeline}/grants`, { method: "POST", body });
    if (scope === "photos") await settings.set("photosInvitedUntil", made.expires_at);
    shown.replaceChildren(
      h("p", {}, t("sharing.codeText", { day: new Date(made.expires_at) })),
      h("div", { class: "shown-code" }, h("code", {}, made.code)),
      h("div", { class: "scanned" }, qr(made.code, t("sharing.qr"))),
    );
    await redraw();
    sync.run();
  };
  const ends = [["", t("sharing.noEnd")], ...MONTHS.map((count) => [String(count), t("sharing.months", { count })])];
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("sharing.new")),
    form(
      t,
      t("sharing.makeCode"),
      send,
      choice("scope", t("sharing.what"), [["records", t("sharing.scope.recordsLong")], ["photos", t("sharing.scope.photosLong")]], "records"),
      field("sharing-months", t("sharing.howLong"), h("select", { name: "months" }, ends.map(([value, label]) => h("option", { value, selected: value === "6" }, label)))),
    ),
    shown,
  );
}

function whoSees({ t, account }, grants, again) {
  const now = grants.filter(({ revoked_at, left, ends_at }) => !revoked_at && !left && (!ends_at || new Date(ends_at) > new Date()));
  const line = ({ id, dermatologist, scope, ends_at }) => {
    const revoke = () => account.request(`/timelines/${account.who?.timeline}/grants/${id}`, { method: "DELETE" }).then(again);
    return h(
      "li",
      {},
      h("strong", {}, h("bdi", {}, dermatologist.name)),
      h("span", { class: "under" }, scopeOf(t, scope), " · ", endOf(t, ends_at)),
      h("details", {}, h("summary", {}, t("sharing.end")), h("p", {}, t("sharing.endText")), form(t, t("sharing.endButton"), revoke)),
    );
  };
  return h("section", { class: "card" }, h("h2", {}, t("sharing.now")), now.length ? h("ul", { class: "rows" }, now.map(line)) : h("p", {}, t("sharing.nobody")));
}

function waiting({ t, account, settings }, invitations, redraw) {
  const line = ({ id, scope, ends_at, expires_at }) => {
    const withdraw = async () => {
      await account.request(`/timelines/${account.who?.timeline}/invitations/${id}`, { method: "DELETE" });
      if (!invitations.some((each) => each.id !== id && each.scope === "photos")) await settings.set("photosInvitedUntil", null);
      await redraw();
    };
    return h("li", {}, h("span", {}, scopeOf(t, scope), " · ", endOf(t, ends_at)), h("span", { class: "under" }, t("sharing.codeUntil", { day: new Date(expires_at) })), form(t, t("sharing.withdraw"), withdraw));
  };
  return h("section", { class: "card" }, h("h2", {}, t("sharing.waiting")), h("ul", { class: "rows" }, invitations.map(line)));
}

/** Who has read and when; the log's chain is followed from the head that this phone kept. */
async function whoLooked({ t, account, settings, language }) {
  const { accesses } = await account.request(`/timelines/${account.who?.timeline}/accesses?limit=100`);
  const kept = settings.get("accessesKept") ?? NOTHING_READ;
  const { count, head, brokenAt } = await checkAccesses(connect(account.access), account.who?.timeline ?? "", kept);
  const restored = settings.get("restored");
  if (brokenAt === null || restored) await settings.set("accessesKept", brokenAt === null ? { count, head } : NOTHING_READ);
  if (restored) await settings.set("restored", null);
  await settings.set("accessLogSeen", settings.get("accessLog"));
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const did = (what) => {
    const key = what.toLowerCase().replaceAll(" ", "_");
    return DONE.includes(key) ? t(`sharing.did.${key}`) : what; // A newer server may record what this app does not know.
  };
  const line = ({ at, what, user, times }) => {
    const done = what && (times > 1 ? t("sharing.times", { what: did(what), count: times }) : did(what));
    const under = [at && when.format(new Date(at)), done].filter(Boolean).join(" · ");
    return h("li", {}, h("bdi", {}, user?.name ?? t("sharing.erasedReader")), h("span", { class: "under" }, under));
  };
  return h(
    "section",
    { class: "card" },
    h("h2", {}, t("sharing.looked")),
    brokenAt === null ? h("p", {}, t("sharing.whole")) : h("p", { class: "notice bad", role: "alert" }, t(restored ? "sharing.restored" : "sharing.broken", { number: brokenAt })),
    accesses.length ? h("ul", { class: "rows" }, byDay(accesses).map(line)) : h("p", {}, t("sharing.nobodyLooked")),
  );
}

function fromPhone(t, grants) {
  const line = ({ dermatologist_name, scope, ends_at }) => h("li", {}, h("bdi", {}, dermatologist_name), h("span", { class: "under" }, scopeOf(t, scope), " · ", endOf(t, ends_at)));
  const now = grants.filter(({ revoked_at, left }) => !revoked_at && !left);
  return h("section", { class: "card" }, h("h2", {}, t("sharing.asLastKnown")), h("ul", { class: "rows" }, now.map(line)));
}
