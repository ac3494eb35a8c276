// Copyright The acnetrack authors. SPDX-License-Identifier: Apache-2.0

/** The head of an access log in which nobody has read anything yet. */
export const NOTHING_READ = { count: 0, head: "0".repeat(64) };

const sha256 = async (text) => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/**
 * Follows a timeline's access log from its start: gives the head to keep from now on, and `brokenAt`, the number of the
 * first entry that is not what it was when this phone `kept` a head (changed, removed or slipped in), else null.
 *
 * Every pull of the owner brings the newest head as `access_log`: where it is the one that was kept, nobody has read.
 */
export const checkAccesses = async (connection, timeline, kept = NOTHING_READ) => {
  let { count, head } = NOTHING_READ;
  for (;;) {
    const { accesses, access_log: newest } = await connection("/accesses", { query: { after: count, limit: 1000 } });
    for (const entry of accesses) {
      head = await sha256(`${head}/${timeline}/${count + 1}/${entry.id}`);
      const seen = count + 1 !== kept.count || head === kept.head;
      if (entry.n !== count + 1 || entry.hash !== head || !seen) return { ...kept, brokenAt: count + 1 };
      count += 1;
    }
    if (accesses.length && count < newest.count) continue;
    const whole = count >= kept.count && count === newest.count && head === newest.head;
    return whole ? { count, head, brokenAt: null } : { ...kept, brokenAt: count + 1 };
  }
};
