/**
 * Devices that a test tells what to do: a line of JSON in, a line of JSON out. `node devices.js LIBRARY`.
 *
 * Each device has a database of the library and a clock of its own. `dies: "before" | "after"` kills this whole process
 * with SIGKILL at the moment of the next push: before it leaves, or when its answer has arrived and nothing was done.
 * `late: true` keeps back what RxDB pushes of a table before its pull was answered until all else is done.
 */
import { webcrypto } from "node:crypto";
import { createInterface } from "node:readline";

import { connect } from "./connection.js";

globalThis.crypto ??= webcrypto; // Debian 12's Node.js has it by this name only.

const { Device } = await import(`./device.${process.argv[2]}.js`);
const devices = new Map();
const trueDate = Date;
const trueFetch = fetch;
let seconds = 0;
let dies = null;
let late = null;

globalThis.Date = class extends trueDate {
  constructor(...given) {
    super(...(given.length ? given : [Date.now()]));
  }
  static now() {
    return trueDate.now() + 1000 * seconds;
  }
};

globalThis.fetch = async (address, options) => {
  const deadly = dies && options.method === "POST";
  const sent = () => (deadly && dies === "before" ? null : trueFetch(address, options));
  const answer = await (late ? late.order(new URL(address).pathname, sent) : sent());
  if (!deadly) return answer;
  await Promise.all([...devices.values()].map((device) => device.save()));
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => {});
};

class Late {
  answered = new Set();
  kept = [];
  allElse = new Promise((resolve) => (this.allElseIsDone = resolve));

  order(path, send) {
    const table = path.match(/\/rx\/(\w+)\//)?.[1];
    if (table && path.endsWith("/push") && !this.answered.has(table)) {
      this.kept.push(this.allElse.then(send));
      return this.kept.at(-1);
    }
    return send().finally(() => path.endsWith("/pull") && this.answered.add(table));
  }

  async arrives() {
    this.allElseIsDone();
    await Promise.all(this.kept);
  }
}

const answerTo = async ({ device: name, does, ...given }) => {
  if (does === "open") {
    devices.set(name, await Device.open({ ...given, name, connection: connect(given) }));
    devices.get(name).seconds = given.seconds ?? 0;
    return null;
  }
  const device = devices.get(name);
  if (does === "signedIn") {
    device.connection = connect(given);
    return null;
  }
  seconds = device.seconds;
  dies = given.dies ?? null;
  late = given.late ? new Late() : null;
  const value = (await device[does](given)) ?? null;
  await late?.arrives();
  return value;
};

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await answerTo(JSON.parse(line)).then(
    (value) => ({ value }),
    ({ stack, code, reason, status }) => ({ error: { message: String(stack), code, reason, status } }),
  );
  process.stdout.write(JSON.stringify(answer) + "\n");
}
process.exit();
