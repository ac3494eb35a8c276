// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Where the app goes on once somebody has signed in: a child to the guardian's consent, who is new to the first questions.
 *
 * @param {import("../app.js").Context} context
 * @param {boolean} isNew
 */
export async function signedIn({ settings, account, sync, go }, isNew) {
  const begun = settings.get("begun");
  await settings.set("begun", true);
  sync.run();
  if (account.who?.status === "awaiting_consent") go("#/consent");
  else go(begun && !isNew ? "#/today" : "#/red-flags?first=1");
}
