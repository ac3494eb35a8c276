/** A device with RxDB in a localStorage that is kept in a file of `folder`. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { getRxStorageLocalstorage } from "rxdb/plugins/storage-localstorage";

import { openDatabase } from "./integrate.rxdb.js";
import { syncTimeline } from "./rxdb.js";
import { TABLES } from "./tables.js";

const localStorageIn = (file) => {
  const items = new Map(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => items.set(key, value),
    removeItem: (key) => items.delete(key),
    key: (place) => [...items.keys()][place] ?? null,
    get length() {
      return items.size;
    },
    save: () => writeFileSync(file, JSON.stringify([...items])),
  };
};

const without = (lacks, tables) => {
  const known = (table) => Object.entries(TABLES[table]).filter(([column]) => !lacks[table]?.includes(column));
  const wanted = tables.filter((table) => lacks[table] !== null);
  return Object.fromEntries(wanted.map((table) => [table, Object.fromEntries(known(table))]));
};
const tablesIn = (database) => Object.keys(database.collections).filter((name) => name !== "refused");

export class Device {
  /**
   * RxDB's open version has at most 16 collections in a process, so that devices have only the tables asked for. An app
   * of an older version `lacks` columns, or tables, of these.
   */
  static async open({ name, folder, connection, tables, version = 0, lacks = {} }) {
    const disk = localStorageIn(`${folder}/${name}`);
    const storage = getRxStorageLocalstorage({ localStorage: disk });
    const database = await openDatabase(name, storage, without(lacks, tables), version);
    return Object.assign(new Device(), { connection, database, disk, tables: tablesIn(database), waiting: false });
  }

  create({ table, row }) {
    return this.createAll({ table, rows: [row] });
  }

  async createAll({ table, rows }) {
    this.waiting = true;
    const { error } = await this.database[table].bulkInsert(rows);
    if (error.length) throw new Error(JSON.stringify(error[0]));
  }

  async update({ table, id, columns }) {
    this.waiting = true;
    await (await this.database[table].findOne(id).exec()).incrementalPatch(columns);
  }

  async remove({ table, id }) {
    this.waiting = true;
    await (await this.database[table].findOne(id).exec()).remove();
  }

  async rows() {
    const shown = {};
    for (const table of this.tables) {
      shown[table] = (await this.database[table].find().exec()).map((document) => document.toJSON());
    }
    return shown;
  }

  async sync() {
    await syncTimeline(this.database, this.connection);
    this.waiting = false;
  }

  async refused() {
    return (await this.database.refused.find().exec()).map((document) => document.toJSON());
  }

  pending() {
    return this.waiting;
  }

  close() {
    return this.database.close();
  }

  save() {
    this.disk.save();
  }
}
