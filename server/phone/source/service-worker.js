// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later
//
// Keeps this version of the app on the phone. A newer one waits until the page, asked by the person, says so.

/* global PRECACHED, VERSION */
const worker = /** @type {any} */ (self);
const names = /** @type {string[]} */ (PRECACHED);
const CACHE = `app-${VERSION}`;

worker.addEventListener("install", (event) => {
  const fresh = names.map((name) => new Request(name, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

worker.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("app-") && name !== CACHE;
  const forget = async () => {
    await Promise.all((await caches.keys()).filter(old).map((name) => caches.delete(name)));
    await worker.clients.claim();
  };
  event.waitUntil(forget());
});

worker.addEventListener("message", ({ data }) => data === "take over" && worker.skipWaiting());

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const inScope = request.method === "GET" && request.url.startsWith(worker.registration.scope);
  if (inScope) event.respondWith(request.mode === "navigate" ? page() : kept(request));
});

const page = async () => (await (await caches.open(CACHE)).match("index.html")) ?? fetch("index.html");
const kept = async (request) => (await (await caches.open(CACHE)).match(request)) ?? fetch(request);
