// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

/** What the server answers when it does not do what was asked: `status`, a stable `code`, and what to do about it. */
export class Problem extends Error {
  constructor(status, document, retryAfter) {
    super(document.detail ?? `The server answered ${status}.`);
    Object.assign(this, document, { status, retryAfter });
  }
}

/**
 * One timeline on one server, as one signed-in device: `connection(path, { method, query, body })` gives the answer.
 *
 * A Problem of 429 or 503, like a lost connection, means: the same again, after `retryAfter` seconds. A 401 means:
 * sign in again and go on with the new token; what was not sent yet stays in the local database until then.
 */
export const connect = ({ server, timeline, token }) => async (path, { method = "GET", query = {}, body } = {}) => {
  const answer = await fetch(`${server}/v1/timelines/${timeline}${path}?${new URLSearchParams(query)}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer.json();
  throw new Problem(answer.status, await answer.json().catch(() => ({})), Number(answer.headers.get("Retry-After")));
};
